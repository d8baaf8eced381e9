"""Inference: face crops in, one probability per emotion out, through LiteRT alone.

A model exported here has more outputs than its answer. One is its last feature map before the head: what it
has seen in the face before it decides what to call it. Where the head averages over the places of the face,
the other is the emotion maps: how much each place raised each emotion, which averaged is the answer itself.

TensorFlow is never loaded here: it would cost the server 5 s, 600 MB and a smooth camera.
"""

import hashlib
import json
import shutil
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from fer.emotions import Emotion
from fer.errors import FerError, ModelMismatchError, ModelNotFoundError
from fer.models.card import CARD_FILE, INT8_FILE, MODEL_FILE, ModelCard, load_card
from fer.models.preprocessing import Preprocessing
from fer.models.temperature import log_softmax
from fer.system import files, paths

ModelKind = Literal["pretrained", "imported", "run"]
Precision = Literal["float32", "int8"]

DEFAULT_MODEL = "small_resnet"
# Shipped too, and trained on the built-in faces: it can be asked about them before the first run.
DRAWN_FACES_MODEL = "tiny_cnn_drawn"
"""The shipped model that reads where none was chosen: two points better than mini_XCEPTION for a millisecond
a face; the next point would cost four times as much."""

# Faces per call of the interpreter: few enough that a live frame waits at most some milliseconds
# behind an evaluation, many enough that the call itself costs nothing.
CHUNK = 32
# How far the softmax of the averaged emotion maps may be from the probabilities: they are added up in another
# order.
MAPS_TOLERANCE = 1e-3
# How far seven probabilities may miss 1 together; seven values rounded to 8 bits miss it by up to 0.027.
SUM_TOLERANCE = 0.05


@dataclass(frozen=True, slots=True)
class ModelEntry:
    """One model that can be chosen.

    Attributes:
        name: what `load_recognizer` takes: a pretrained model's name, or a run's id.
        title: what a list shows.
        kind: published or shipped, imported, or trained here.
    """

    name: str
    title: str
    kind: ModelKind


class Recognizer:
    """A `.tflite` model together with the card that says how it sees. Safe to call from several threads."""

    def __init__(self, folder: Path, threads: int = 1, precision: Precision = "float32") -> None:
        """Load the model of `folder` and try it once, so that the first face is as fast as the next.

        Args:
            folder: holds `model.tflite` and `card.json`.
            precision: "int8" asks `model.int8.tflite` instead, which answers with probabilities alone.
            threads: of the interpreter; one is enough for a face, and leaves the others to the detector.

        Raises:
            ModelNotFoundError: a file is missing or damaged.
            ModelMismatchError: the model is not what its card says.
        """
        # Here, because a machine that only trains may lack it.
        from ai_edge_litert.interpreter import Interpreter

        self.card: ModelCard = load_card(folder)
        self.name = folder.name
        self.precision: Precision = precision
        file = MODEL_FILE if precision == "float32" else INT8_FILE
        self._lock = threading.Lock()
        self._maps: Mapping[str, Any] | None = None
        self._emotion_maps: Mapping[str, Any] | None = None
        self._batch = 0  # the batch size for which the interpreter has its memory
        try:
            # Read whole, not mapped: a later training may then replace the file under a running camera.
            content = (folder / file).read_bytes()
            self._interpreter = Interpreter(model_content=content, num_threads=threads)
        except FileNotFoundError as error:
            if precision == "int8":
                raise ModelNotFoundError(
                    f"The model “{self.name}” has no {INT8_FILE}. Make one with “python -m fer quantize "
                    f"{self.name} --data DATASET”, or do without int8."
                ) from error
            raise ModelNotFoundError(
                f"The model “{self.name}” has no {MODEL_FILE}; its training did not finish. "
                "Choose another model, or train it again."
            ) from error
        except (OSError, ValueError, RuntimeError) as error:
            raise ModelNotFoundError(
                f"The {file} of the model “{self.name}” cannot be read; it is damaged or "
                "incomplete. Restore it, train again, or choose another model."
            ) from error
        about = json.dumps([self.emotions, self.preprocessing.as_dict()])
        self.fingerprint = hashlib.blake2b(content + about.encode(), digest_size=12).hexdigest()
        """24 hexadecimal digits that change with anything its answers depend on; its name does not matter."""
        self._check_shapes()
        height, width, channels = self.preprocessing.input_shape
        grey = np.full((1, height, width, channels), 128, np.uint8)
        self.predict(grey)
        if self.has_emotion_maps and not self._are_emotion_maps(grey):
            self._maps, self._emotion_maps = self._maps or self._emotion_maps, None

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
        return self._gathered(images, self._output)[0]

    @property
    def has_features(self) -> bool:
        """Whether the model also answers with its last feature map; models exported before it did cannot."""
        return self._maps is not None

    def features(self, images: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return what the model sees in each face, (n, d) float32: its feature map, averaged over the face.

        Raises:
            ModelMismatchError: the model does not answer with its feature map.
        """
        return self._gathered(images, self._feature_map(), averaged=True)[0]

    def feature_maps(self, images: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return what the model sees where in each face, (n, h, w, d) float32: its last map before the head.

        Raises:
            ModelMismatchError: the model does not answer with its feature map.
        """
        return self._gathered(images, self._feature_map())[0]

    def predict_with_features(
        self, images: NDArray[np.uint8]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return `features` and `predict`'s probabilities of the same images, in the time of one of them."""
        features, probabilities = self._gathered(images, self._feature_map(), self._output, averaged=True)
        return features, probabilities

    @property
    def has_emotion_maps(self) -> bool:
        """Whether the model also answers with a map for each emotion.

        None can whose head flattens the features, and none that was exported before there were such maps.
        """
        return self._emotion_maps is not None

    def emotion_maps(self, images: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return how much each place of each face raises each emotion, (n, h, w, k) float32.

        The mean of an emotion's map is exactly its logit, what the model answers before softmax makes
        probabilities of it. Logits may be shifted together without changing any probability, so it is the
        differences between emotions, and between places, that mean something.

        Raises:
            ModelMismatchError: the model does not answer with emotion maps.

        Source:
            The class activation maps of Zhou et al. (2016), arXiv:1512.04150.
        """
        return self._gathered(images, self._emotion_map())[0]

    def predict_with_maps(self, images: NDArray[np.uint8]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return `emotion_maps` and `predict`'s probabilities of the same images, in the time of one of them.

        Raises:
            ModelMismatchError: the model does not answer with emotion maps, or with no probabilities.
        """
        emotion_maps, probabilities = self._gathered(images, self._emotion_map(), self._output)
        return emotion_maps, probabilities

    def _gathered(
        self, images: NDArray[np.uint8], *outputs: Mapping[str, Any], averaged: bool = False
    ) -> list[NDArray[np.float32]]:
        """These outputs of the model for all images; maps averaged over their places where that is asked for.

        A chunk at a time: tens of thousands of maps would not fit into memory before they are averaged.
        """
        gathered = []
        for output in outputs:
            shape = [int(side) for side in output["shape"][1:]]
            gathered.append(np.empty((len(images), *(shape[-1:] if averaged else shape)), np.float32))
        for start in range(0, len(images), CHUNK):
            rows = slice(start, start + CHUNK)
            inputs = self.preprocessing.apply(images[rows])
            with self._lock:
                self._run(inputs)
                answers = [self._interpreter.get_tensor(output["index"]) for output in outputs]
            for values, answer in zip(gathered, answers, strict=True):
                values[rows] = answer.mean(axis=(1, 2)) if averaged and answer.ndim == 4 else answer
        if outputs[-1] is self._output:
            self._require_probabilities(gathered[-1])
        return gathered

    def _run(self, inputs: NDArray[np.float32]) -> None:
        """One call of the interpreter; the caller holds the lock."""
        if len(inputs) != self._batch:
            self._interpreter.resize_tensor_input(self._input["index"], inputs.shape)
            self._interpreter.allocate_tensors()
            self._batch = len(inputs)
        self._interpreter.set_tensor(self._input["index"], inputs)
        self._interpreter.invoke()

    def _require_probabilities(self, probabilities: NDArray[np.float32]) -> None:
        # NaN compares false, so a model whose training blew up is caught here too.
        if not np.all(np.abs(probabilities.sum(axis=1) - 1) <= SUM_TOLERANCE):
            raise ModelMismatchError(
                f"The model “{self.name}” answers with values that are not probabilities; its "
                "training probably diverged. Choose another model, or train with a lower "
                "learning rate."
            )

    def _feature_map(self) -> Mapping[str, Any]:
        """The output that is the feature map, (h, w, d) a face."""
        if self._maps is None and self.precision == "int8":
            raise ModelMismatchError(
                f"The int8 form of “{self.name}” answers with probabilities only. Ask the model itself."
            )
        if self._maps is None:
            raise ModelMismatchError(
                f"The model “{self.name}” answers with probabilities only; it was exported before models "
                "also gave their feature map. Train it again, or choose another model, such as mini_xception."
            )
        return self._maps

    def _emotion_map(self) -> Mapping[str, Any]:
        """The output that is the emotion maps, (h, w, k) a face."""
        if self._emotion_maps is None:
            raise ModelMismatchError(
                f"The model “{self.name}” does not answer with a map for each emotion. Its architecture has "
                "none, or it was exported before there were any; then “python -m fer reexport "
                f"{self.name}” adds them."
            )
        return self._emotion_maps

    def _are_emotion_maps(self, images: NDArray[np.uint8]) -> bool:
        """Whether what has the shape of emotion maps adds up to the answer, as by their definition."""
        maps, probabilities = self.predict_with_maps(images)
        expected = np.exp(log_softmax(maps.mean(axis=(1, 2), dtype=np.float64)))
        return bool(np.all(np.abs(expected - probabilities) < MAPS_TOLERANCE))

    def _check_shapes(self) -> None:
        self._input = self._interpreter.get_input_details()[0]
        # Told apart by what they are, not by their order, which the converter chooses: one row of values a
        # face, a map for each emotion, and a map of anything else.
        outputs = self._interpreter.get_output_details()
        self._output = next((output for output in outputs if len(output["shape"]) == 2), outputs[0])
        maps = [output for output in outputs if len(output["shape"]) == 4]
        of_emotions = [output for output in maps if output["shape"][3] == len(self.emotions)]
        self._emotion_maps = of_emotions[-1] if of_emotions else None
        self._maps = next((output for output in maps if output is not self._emotion_maps), None)
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


def load_recognizer(name: str, precision: Precision = "float32") -> Recognizer:
    """Return the model of that name, ready to use: a pretrained or imported one, or a training run's.

    Raises:
        ModelNotFoundError: there is none, or its files are damaged.
        ModelMismatchError: its files do not belong together.
    """
    return Recognizer(model_folder(name), precision=precision)


def model_folder(name: str) -> Path:
    """Return the folder of a model, where `model.tflite` and `card.json` lie.

    Raises:
        ModelNotFoundError: there is no model of that name.
    """
    own = (paths.pretrained_folder(), paths.imported_models_folder(), paths.runs_folder())
    for parent in (*own, paths.shipped_models_folder()):
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


def own_model_folder(name: str) -> Path:
    """Return the folder of a model that is about to be changed.

    A shipped one is the installation's: it is copied into the learner's home first, and found there then.

    Raises:
        ModelNotFoundError: there is no model of that name.
        StorageError: it cannot be copied.
    """
    folder = model_folder(name)
    if not paths.is_shipped(folder):
        return folder
    target = paths.pretrained_folder() / folder.name
    with files.replacing(target) as copy:
        shutil.copytree(folder, copy, dirs_exist_ok=True)
    return target


def list_models() -> list[ModelEntry]:
    """Return every model that has weights: the default, others published or shipped, imported ones, runs.

    One name is listed once, as `model_folder` finds it: the learner's own before a shipped one.
    """
    imported = sorted(paths.imported_models_folder().glob(f"[!.]*/{MODEL_FILE}"))
    runs = sorted(
        paths.runs_folder().glob(f"*/{MODEL_FILE}"), key=lambda path: path.stat().st_mtime, reverse=True
    )
    own = [_entry(path.parent, "imported") for path in imported] + [
        _entry(path.parent, "run") for path in runs
    ]
    names = {entry.name for entry in own}
    published = [
        _entry(folder, "pretrained")
        for name, folder in paths.pretrained_models().items()
        if (folder / MODEL_FILE).exists() and not (name in names and paths.is_shipped(folder))
    ]
    return [*sorted(published, key=lambda entry: entry.name != DEFAULT_MODEL), *own]


def _entry(folder: Path, kind: ModelKind) -> ModelEntry:
    """A damaged model stays in the list, and choosing it says what is wrong."""
    try:
        return ModelEntry(folder.name, load_card(folder).title or folder.name, kind)
    except ModelNotFoundError:
        return ModelEntry(folder.name, f"{folder.name} (damaged)", kind)


def _sides(shape: tuple[int, ...]) -> str:
    return "×".join(str(side) for side in shape)
