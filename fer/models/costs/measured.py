"""Measured costs: parameters, multiply-adds, file size and latency of each architecture.

    fer/models/costs/costs.json    an entry for each architecture, and what it was measured on

`python -m fer bench predict --keep` measures and saves it. How good a network is does not stand here: that is
on the cards of the shipped models.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from fer.errors import ModelError
from fer.system import files

COSTS_FILE = Path(__file__).parent / "costs.json"
FACE_COUNTS = (1, 4, 16)
"""How many faces at once LiteRT is timed with."""
_RENEW = "Measure it again with: python -m fer bench predict --keep"


@dataclass(frozen=True, slots=True)
class NetworkCost:
    """What one architecture costs for seven emotions: as it is shipped, or else at its own input size.

    Attributes:
        architecture: its name in the catalogue.
        parameters: all weights of the network that was timed, trainable or not.
        image_size: side of the input in pixels that it was timed with.
        multiply_adds: for one face of that size, by its blueprint.
        file_bytes: of the `.tflite` file that was timed.
        milliseconds: by number of faces, the median time of one call with one LiteRT thread, the faces'
            preparation included.
        timed: the shipped model that was timed; empty for a network with random weights, which is as fast.
    """

    architecture: str
    parameters: int
    image_size: int
    multiply_adds: int
    file_bytes: int
    milliseconds: Mapping[int, float]
    timed: str = ""


@dataclass(frozen=True, slots=True)
class MeasuredCosts:
    """All architectures, measured in one run.

    Attributes:
        networks: by architecture, in the catalogue's order.
        measured_on: ISO date.
        processor: its name.
        versions: of what was measured with, by name: "python", "ai-edge-litert".
    """

    networks: Mapping[str, NetworkCost]
    measured_on: str
    processor: str
    versions: Mapping[str, str]

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON values; `from_dict` takes them back."""
        return {
            "measured_on": self.measured_on,
            "processor": self.processor,
            "versions": dict(self.versions),
            "networks": [asdict(cost) for cost in self.networks.values()],
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "MeasuredCosts":
        """Rebuild from `as_dict`'s values, or from JSON, where a number that is a key has become text."""
        rows = (
            NetworkCost(
                **{
                    **row,
                    "milliseconds": {int(count): float(ms) for count, ms in row["milliseconds"].items()},
                }
            )
            for row in values["networks"]
        )
        return cls(
            {row.architecture: row for row in rows},
            values["measured_on"],
            values["processor"],
            dict(values["versions"]),
        )


def load_costs() -> MeasuredCosts:
    """Return what was measured last.

    Raises:
        ModelError: the file is missing or damaged.
    """
    try:
        return MeasuredCosts.from_dict(json.loads(COSTS_FILE.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelError(f"What the networks cost cannot be read ({error}). {_RENEW}") from error


def save_costs(costs: MeasuredCosts) -> Path:
    """Save it beside the catalogue and return where.

    Raises:
        StorageError: it cannot be written.
    """
    files.save_text(COSTS_FILE, json.dumps(costs.as_dict(), indent=2, ensure_ascii=False) + "\n")
    return COSTS_FILE
