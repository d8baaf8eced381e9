"""Model summary: what an architecture is made of, layer by layer, so that a page shows it without Keras.

    fer/models/blueprints/<architecture>.json      at the architecture's own input size, for seven emotions

`fer.models.architectures.drafting` makes them; `python -m fer blueprint NAME --renew` saves them.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from fer.errors import ModelError
from fer.system import files

FOLDER = Path(__file__).parent / "blueprints"


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer of a network.

    Attributes:
        name: as Keras calls it; unique.
        kind: what it does, in Keras' word ("Conv2D"), or "Slice" for every second row and column.
        detail: what makes it this one: "3×3", "stride 2", "relu"; may be empty.
        inputs: the names of the layers it takes its input from.
        output_shape: (h, w, d) or (d,).
        parameters: its weights, trainable or not.
        trainable: those of them that training changes.
        multiply_adds: of its convolution or matrix product, for one face; 0 for a layer without one.
    """

    name: str
    kind: str
    detail: str
    inputs: tuple[str, ...]
    output_shape: tuple[int, ...]
    parameters: int
    trainable: int
    multiply_adds: int

    @property
    def size(self) -> str:
        """Of its output, as a person writes it: "46×46×8"."""
        return "×".join(map(str, self.output_shape))


@dataclass(frozen=True, slots=True)
class Blueprint:
    """What an architecture is made of; `layers` in the order in which a face passes them."""

    architecture: str
    layers: tuple[Layer, ...]

    @property
    def parameters(self) -> int:
        """All weights, trainable or not."""
        return sum(layer.parameters for layer in self.layers)

    @property
    def trainable(self) -> int:
        """The weights that training changes."""
        return sum(layer.trainable for layer in self.layers)

    @property
    def multiply_adds(self) -> int:
        """The multiplications, each with an addition, that one face costs."""
        return sum(layer.multiply_adds for layer in self.layers)

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON values; `from_dict` takes them back."""
        return {
            "architecture": self.architecture,
            "parameters": self.parameters,
            "trainable": self.trainable,
            "multiply_adds": self.multiply_adds,
            "layers": [asdict(layer) for layer in self.layers],
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "Blueprint":
        """Rebuild from `as_dict`'s values."""
        return cls(
            values["architecture"],
            tuple(
                Layer(**{**row, "inputs": tuple(row["inputs"]), "output_shape": tuple(row["output_shape"])})
                for row in values["layers"]
            ),
        )


def load_blueprint(name: str) -> Blueprint:
    """Return what an architecture of the catalogue is made of.

    Raises:
        ModelError: its file is missing or damaged.
    """
    path = FOLDER / f"{name}.json"
    try:
        return Blueprint.from_dict(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(
            f"The blueprint of “{name}” cannot be read ({error}). "
            f"Make it again with: python -m fer blueprint {name} --renew"
        ) from error


def save_blueprint(blueprint: Blueprint) -> Path:
    """Save it beside the catalogue, a layer a line, and return where.

    Raises:
        StorageError: it cannot be written.
    """
    values = blueprint.as_dict()
    rows = ",\n    ".join(json.dumps(row, ensure_ascii=False) for row in values.pop("layers"))
    head = json.dumps(values, indent=2, ensure_ascii=False).removesuffix("\n}")
    path = FOLDER / f"{blueprint.architecture}.json"
    files.save_text(path, f'{head},\n  "layers": [\n    {rows}\n  ]\n}}\n')
    return path
