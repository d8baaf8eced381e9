"""A trained model at work: face crops in, one probability per emotion out, through LiteRT alone.

TensorFlow is never loaded here: it would cost the server 5 s, 600 MB and a smooth camera.
"""

import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from ai_edge_litert.interpreter import Interpreter
from numpy.typing import NDArray

from fer import paths
from fer.cards import CARD_FILE, MODEL_FILE, ModelCard, load_card
from fer.emotions import Emotion
from fer.errors import FerError, ModelMismatchError, ModelNotFoundError
from fer.preprocessing import Preprocessing

ModelKind = Literal["pretrained", "run"]

# Faces per call of the interpreter: few enough that a live frame waits at most some milliseconds
# behind an evaluation, many enough that the call itself costs nothing.
CHUNK = 32
# How far seven probabilities may miss 1 together; seven values rounded to 8 bits miss it by up to 0.027.
SUM_TOLERANCE = 0.05


@dataclass(frozen=True, slots=True)
class ModelEntry:
    """One model that can be chosen.

    Attributes:
        name: what `load_recognizer` takes: a pretrained model's name, or a run's id.
        title: what a list shows.
        kind: shipped, or trained here.
    """

    name: str
    title: str
    kind: ModelKind


class Recognizer:
    """A `.tflite` model together with the card that says how it sees. Safe to call from several threads."""

    def __init__(self, folder: Path, threads: int = 1) -> None:
        """Load the model of `folder` and try it once, so that the first face is as fast as the next.

        Args:
            folder: holds `model.tflite` and `card.json`.
            threads: of the interpreter; one is enough for a face, and leaves the others to the detector.

        Raises:
            ModelNotFoundError: a file is missing or damaged.
            ModelMismatchError: the model is not what its card says.
        """
        self.card: ModelCard = load_card(folder)
        self.name = folder.name
        self._lock = threading.Lock()
        self._batch = 0  # the batch size for which the interpreter has its memory
        try:
            # Read whole, not mapped: a later training may then replace the file under a running camera.
            content = (folder / MODEL_FILE).read_bytes()
            self._interpreter = Interpreter(model_content=content, num_threads=threads)
        except FileNotFoundError as error:
            raise ModelNotFoundError(
                f"The model “{self.name}” has no {MODEL_FILE}; its training did not finish. "
                "Choose another model, or train it again."
            ) from error
        except (OSError, ValueError, RuntimeError) as error:
            raise ModelNotFoundError(
                f"The {MODEL_FILE} of the model “{self.name}” cannot be read; it is damaged or "
                "incomplete. Restore it, train again, or choose another model."
            ) from error
        self._check_shapes()
        height, width, channels = self.preprocessing.input_shape
        self.predict(np.full((1, height, width, channels), 128, np.uint8))

    @property
    def emotions(self) -> tuple[Emotion, ...]:
        """The columns of `predict`'s answer."""
        return self.card.emotions

    @property
    def preprocessing(self) -> Preprocessing:
        """How `predict` prepares its images."""
        return self.card.preprocessing

    def predict(self, images: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return probabilities, (n, k) float32, each row summing to 1, in the order of `emotions`.

        Args:
            images: (n, h, w, c) uint8, c 1 (grey) or 3 (RGB), of any size; n may be 0.

        Raises:
            ModelMismatchError: the model answers with something that is not a probability.
        """
        probabilities = np.empty((len(images), len(self.emotions)), np.float32)
        for start in range(0, len(images), CHUNK):
            rows = slice(start, start + CHUNK)
            inputs = self.preprocessing.apply(images[rows])
            with self._lock:
                probabilities[rows] = self._run(inputs)
        # NaN compares false, so a model whose training blew up is caught here too.
        if not np.all(np.abs(probabilities.sum(axis=1) - 1) <= SUM_TOLERANCE):
            raise ModelMismatchError(
                f"The model “{self.name}” answers with values that are not probabilities; its "
                "training probably diverged. Choose another model, or train with a lower "
                "learning rate."
            )
        return probabilities

    def _run(self, inputs: NDArray[np.float32]) -> NDArray[np.float32]:
        """One call of the interpreter; the caller holds the lock."""
        if len(inputs) != self._batch:
            self._interpreter.resize_tensor_input(self._input["index"], inputs.shape)
            self._interpreter.allocate_tensors()
            self._batch = len(inputs)
        self._interpreter.set_tensor(self._input["index"], inputs)
        self._interpreter.invoke()
        outputs: NDArray[np.float32] = self._interpreter.get_tensor(self._output["index"])
        return outputs

    def _check_shapes(self) -> None:
        self._input = self._interpreter.get_input_details()[0]
        self._output = self._interpreter.get_output_details()[0]
        received, promised = tuple(self._input["shape"][1:]), self.preprocessing.input_shape
        if received != promised or self._input["dtype"] is not np.float32:
            raise ModelMismatchError(
                f"The model “{self.name}” takes {_sides(received)} of "
                f"{self._input['dtype'].__name__}, but its {CARD_FILE} says {_sides(promised)} "
                "of float32. The two files belong to different models; restore both together."
            )
        answers = tuple(self._output["shape"][1:])
        if answers != (len(self.emotions),):
            raise ModelMismatchError(
                f"The model “{self.name}” answers with {_sides(answers)} values a face, but its "
                f"{CARD_FILE} names {len(self.emotions)} emotions. The two files belong to "
                "different models; restore both together."
            )


def load_recognizer(name: str) -> Recognizer:
    """Return the model of that name, ready to use: a pretrained one, or a training run's.

    Raises:
        ModelNotFoundError: there is none, or its files are damaged.
        ModelMismatchError: its files do not belong together.
    """
    return Recognizer(model_folder(name))


def model_folder(name: str) -> Path:
    """Return the folder of a model, where `model.tflite` and `card.json` lie.

    Raises:
        ModelNotFoundError: there is no model of that name.
    """
    for parent in (paths.pretrained_folder(), paths.runs_folder()):
        try:
            folder = paths.child(parent, name)
        except FerError as error:
            raise ModelNotFoundError(str(error)) from error
        if folder.is_dir():
            return folder
    known = ", ".join(entry.name for entry in list_models()) or "none yet"
    raise ModelNotFoundError(
        f"There is no model “{name}”. The models here are: {known}. Train one, or check the spelling."
    )


def list_models() -> list[ModelEntry]:
    """Return every model that has weights: the shipped ones by name, then the runs, newest first."""
    kinds: list[tuple[ModelKind, list[Path]]] = [
        ("pretrained", sorted(paths.pretrained_folder().glob(f"*/{MODEL_FILE}"))),
        (
            "run",
            sorted(
                paths.runs_folder().glob(f"*/{MODEL_FILE}"),
                key=lambda path: path.stat().st_mtime,
                reverse=True,
            ),
        ),
    ]
    return [
        ModelEntry(path.parent.name, _title(path.parent), kind) for kind, found in kinds for path in found
    ]


def _title(folder: Path) -> str:
    """What the card calls the model; a damaged one stays in the list, and choosing it says what is wrong."""
    try:
        return load_card(folder).title or folder.name
    except ModelNotFoundError:
        return f"{folder.name} (damaged)"


def _sides(shape: tuple[int, ...]) -> str:
    return "×".join(str(side) for side in shape)
