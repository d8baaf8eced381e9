"""Quantization (int8): a model in 8-bit whole numbers, kept only where it is as good as the float one.

A quarter of the size or so, and on processors that have instructions for it several times as fast; on others
it can be slower. So both are measured, here and now.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from fer.datasets import Dataset, Split
from fer.errors import DatasetError
from fer.evaluation import evaluate
from fer.models.card import CARD_FILE, INT8_FILE, MODEL_FILE
from fer.models.inference import Recognizer, own_model_folder
from fer.statistics import PairedComparison, compare_answers
from fer.system import files
from fer.system.progress import Progress, silent
from fer.system.stopwatch import take_turns
from fer.training.engine.export import save_int8
from fer.training.engine.loading import load_network

MOST_LOSS = 0.005
"""The share of the validation faces that a model may lose by it: half a point."""
CALIBRATION_FACES = 400
FACE_COUNTS = (1, 16)
_ROUNDS = 40


@dataclass(frozen=True, slots=True)
class Quantization:
    """A model and its int8 form, on the same validation faces.

    Attributes:
        comparison: the float model first, the int8 one second.
        sizes: of the two files, bytes.
        milliseconds: of one call with one thread, by number of faces; float, then int8.
        calibration_faces: training faces from which the ranges of all values were taken.
        kept: whether the file was put beside the model, because it costs under `MOST_LOSS`.
        path: where it is, or would be.
    """

    comparison: PairedComparison
    sizes: tuple[int, int]
    milliseconds: Mapping[int, tuple[float, float]]
    calibration_faces: int
    kept: bool
    path: Path


def quantize(
    name: str, dataset: Dataset, progress: Progress = silent, *, calibration_faces: int = CALIBRATION_FACES
) -> Quantization:
    """Make the int8 form of a model, judge it on the validation faces, and keep it if it is as good.

    Its card then notes the figures. A file that was kept earlier stays when a new one is refused.

    Args:
        name: of a pretrained model, or a run's id.
        dataset: with faces to learn the ranges from (its training split) and to judge by (validation).
        calibration_faces: how many training faces, at least 1; all if there are fewer.

    Raises:
        ModelError: there is no such model, its Keras weights are gone, or they do not fit.
        DatasetError: a split that is needed is empty.
        StorageError: a file could not be written.
    """
    folder = own_model_folder(name)
    exact = Recognizer(folder)
    training = dataset.only(Split.TRAIN)
    if not len(training):
        raise DatasetError(
            f"“{dataset.name}” has no training faces to take the ranges of the values from. Choose another."
        )
    progress(0.05, "Reading the weights")
    network = load_network(folder)
    chosen = training.subset(min(calibration_faces, len(training)), 0)
    with files.aside(folder) as aside:
        exact.card.save(aside)
        progress(0.1, f"Taking the ranges of all values from {len(chosen):,} faces")
        save_int8(network, exact.preprocessing.apply(chosen.images), aside / INT8_FILE)
        small = Recognizer(aside, precision="int8")

        def judged(recognizer: Recognizer, start: float) -> Any:
            return evaluate(
                recognizer,
                dataset,
                Split.VALIDATION,
                lambda fraction, message: progress(start + 0.2 * fraction, message),
                answerable_only=True,
            ).is_right

        comparison = compare_answers(judged(exact, 0.5), judged(small, 0.7))
        progress(0.9, "Timing both")
        kept = comparison.difference > -MOST_LOSS
        made = Quantization(
            comparison,
            ((folder / MODEL_FILE).stat().st_size, (aside / INT8_FILE).stat().st_size),
            _times(exact, small),
            len(chosen),
            kept,
            folder / INT8_FILE,
        )
        if kept:
            replace(exact.card, int8=_noted(made, dataset)).save(aside)
            files.put_in_place(aside, folder, (INT8_FILE, CARD_FILE))
    return made


def _times(exact: Recognizer, small: Recognizer) -> dict[int, tuple[float, float]]:
    """The median time of both, in turns, by number of faces."""

    def asking(recognizer: Recognizer, count: int) -> Callable[[], object]:
        shape = (count, *recognizer.preprocessing.input_shape)
        faces = np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)
        return lambda: recognizer.predict(faces)

    times = {}
    for count in FACE_COUNTS:
        taken = take_turns({"exact": asking(exact, count), "small": asking(small, count)}, _ROUNDS)
        times[count] = (taken["exact"].median_ms, taken["small"].median_ms)
    return times


def _noted(made: Quantization, dataset: Dataset) -> dict[str, Any]:
    """What the card says of it: plain JSON values."""
    comparison = made.comparison
    return {
        "dataset": dataset.source.title,
        "split": str(Split.VALIDATION),
        **comparison.second.to_dict(),
        "float_accuracy": comparison.first.share,
        "difference": comparison.difference,
        "difference_interval_95": list(comparison.interval_95),
        "calibration_faces": made.calibration_faces,
        "bytes": made.sizes[1],
    }
