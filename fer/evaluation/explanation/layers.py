"""Feature maps (activations): what each layer of a model makes of a face, read from the `.tflite` itself.

The converter folds what it can: a batch normalisation becomes part of the weights of the convolution before
it, and a ReLU is done by the convolution in the same step. So there are fewer layers here than in the
blueprint, and each shows what really passes through the model that answers.
"""

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from ai_edge_litert.interpreter import Interpreter, OpResolverType
from numpy.typing import NDArray

from fer.emotions import Emotion
from fer.errors import ModelNotFoundError
from fer.models.card import MODEL_FILE, load_card

_KINDS = {
    "MAX_POOL_2D": "Pooling, the largest of each neighbourhood",
    "AVERAGE_POOL_2D": "Pooling, the mean of each neighbourhood",
    "MUL": "Normalisation, scaling",
    "RELU": "ReLU",
    "ELU": "ELU",
    "LOGISTIC": "Sigmoid",
    "SUB": "Normalisation, shifting",
    "REVERSE_V2": "Red and blue exchanged",
    "CONCATENATION": "Maps laid one behind the other",
}
# A slice shows the layer before it once more, thinned out; the others change the form and no value.
_LEFT_OUT = {"STRIDED_SLICE", "RESHAPE", "PAD"}
_CONVOLUTION, _DEPTHWISE = "CONV_2D", "DEPTHWISE_CONV_2D"


@dataclass(frozen=True, slots=True, eq=False)
class LayerMaps:
    """What one layer makes of a face.

    Attributes:
        number: from 1, in the order in which the face passes them.
        kind: in a learner's words: "Convolution 3×3, then ReLU".
        maps: (h, w, d) float32, a picture for each of its d channels.
        emotions: what each map stands for where they are the emotion maps; empty for all other layers.
    """

    number: int
    kind: str
    maps: NDArray[np.float32]
    emotions: tuple[Emotion, ...] = ()

    @property
    def silent(self) -> int:
        """How many of its maps are the same everywhere: this face has nothing that they answer to."""
        return int((np.ptp(self.maps, axis=(0, 1)) < 1e-6).sum())

    def strongest(self, count: int) -> NDArray[np.intp]:
        """Return the channels that tell most about the face, at most `count`: whose values differ most."""
        return np.argsort(-self.maps.std(axis=(0, 1)), kind="stable")[:count]


class LayerReader:
    """A model that remembers what each of its layers answered. Safe to call from several threads."""

    def __init__(self, folder: Path) -> None:
        """Load the model of `folder`.

        Raises:
            ModelNotFoundError: a file is missing or damaged.
        """
        self._card = load_card(folder)
        self._lock = threading.Lock()
        try:
            # Without the delegate that makes answers fast, which computes several layers in one step.
            self._interpreter = Interpreter(
                model_content=(folder / MODEL_FILE).read_bytes(),
                experimental_preserve_all_tensors=True,
                experimental_op_resolver_type=OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES,
            )
            self._interpreter.allocate_tensors()
        except (OSError, ValueError, RuntimeError) as error:
            raise ModelNotFoundError(
                f"The {MODEL_FILE} of the model “{folder.name}” cannot be read; it is damaged or incomplete. "
                "Restore it, train again, or choose another model."
            ) from error
        self._tensors = {tensor["index"]: tensor for tensor in self._interpreter.get_tensor_details()}
        self._outputs = {output["index"] for output in self._interpreter.get_output_details()}
        self._steps = _steps_in_order(self._interpreter)
        self._computed = {index for step in self._steps for index in step["outputs"]}

    def read(self, image: NDArray[np.uint8]) -> tuple[LayerMaps, ...]:
        """Return what every layer that has maps makes of a face, in the order in which the face passes them.

        Args:
            image: (h, w, 1 or 3) uint8, of any size.
        """
        face = self._interpreter.get_input_details()[0]["index"]
        steps = [step for step in self._steps if step["op_name"] not in _LEFT_OUT and self._has_maps(step)]
        with self._lock:
            self._interpreter.set_tensor(face, self._card.preprocessing.apply(image[np.newaxis]))
            self._interpreter.invoke()
            answers = [self._interpreter.get_tensor(step["outputs"][0])[0] for step in steps]
        return tuple(
            LayerMaps(number, self._kind(step, maps), maps, self._emotions(step, maps))
            for number, (step, maps) in enumerate(zip(steps, answers, strict=True), start=1)
        )

    def first_filters(self) -> NDArray[np.float32] | None:
        """Return the filters of the first layer, (d, h, w, c) float32; None where it is no convolution.

        With the normalisation folded in, they are what is really laid over the face: its d maps are the first
        of `read`.
        """
        first = next((step for step in self._steps if self._has_maps(step)), None)
        if first is None or first["op_name"] != _CONVOLUTION:
            return None
        with self._lock:
            return np.asarray(self._interpreter.get_tensor(first["inputs"][1]), np.float32)

    def _has_maps(self, step: Mapping[str, Any]) -> bool:
        return len(self._tensors[step["outputs"][0]]["shape"]) == 4

    def _emotions(self, step: Mapping[str, Any], maps: NDArray[np.float32]) -> tuple[Emotion, ...]:
        emotions = self._card.emotions
        named = step["op_name"] == _CONVOLUTION and maps.shape[2] == len(emotions)
        answer = step["outputs"][0]
        is_averaged = any(each["op_name"] == "MEAN" and answer in each["inputs"] for each in self._steps)
        feeds_the_answer = answer in self._outputs or is_averaged
        return emotions if named and feeds_the_answer else ()

    def _kind(self, step: Mapping[str, Any], maps: NDArray[np.float32]) -> str:
        operation: str = step["op_name"]
        if operation in (_CONVOLUTION, _DEPTHWISE):
            _, height, width, _ = self._tensors[step["inputs"][1]]["shape"]
            name = "Depthwise convolution" if operation == _DEPTHWISE else "Convolution"
            if self._emotions(step, maps):
                return f"{name} {height}×{width}: a map for each emotion"
            return f"{name} {height}×{width}{self._activation(step, maps)}"
        if operation == "ADD":
            both = all(index in self._computed for index in step["inputs"])
            return "Addition of the shortcut" if both else "Normalisation, shifting"
        return _KINDS.get(operation, operation.replace("_", " ").capitalize())

    def _activation(self, step: Mapping[str, Any], maps: NDArray[np.float32]) -> str:
        """What a convolution does to its sum in the same step: the names of its tensors tell."""
        names = " ".join(
            self._tensors[index]["name"] for index in (*step["inputs"], *step["outputs"]) if index >= 0
        )
        return ", then ReLU" if "/Relu" in names and maps.min() >= 0 else ""


def _steps_in_order(interpreter: Interpreter) -> list[dict[str, Any]]:
    """What the model does, step by step: {"op_name", "inputs", "outputs"}, tensors by their index.

    The one place that uses what the interpreter keeps to itself, because nothing public tells which tensor is
    made of which; LiteRT's own model analyser reads it the same way.
    """
    steps: list[dict[str, Any]] = interpreter._get_ops_details()
    return [step for step in steps if len(step["outputs"])]
