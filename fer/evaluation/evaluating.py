"""Model evaluation: a model's predictions on a split, labels translated by name, predictions cached."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from fer.datasets import Dataset, Split
from fer.emotions import Emotion, indices
from fer.errors import DatasetError, ModelMismatchError
from fer.evaluation.evaluation import Evaluation
from fer.evaluation.test_time_augmentation import TTA, predict
from fer.models.inference import Recognizer
from fer.system.progress import Progress, silent
from fer.system.result_store import ResultStore

# Some hundred kilobytes each.
_ANSWERS = ResultStore("answers", ".npy", most=200)


def evaluate(
    recognizer: Recognizer,
    dataset: Dataset,
    split: Split,
    progress: Progress = silent,
    *,
    tta: TTA = TTA.NONE,
    answerable_only: bool = False,
) -> Evaluation:
    """Return how the model does on one split of a dataset.

    The model's column order wins; the dataset's labels are translated by emotion name. Answers are kept in
    `data/cache/answers/`, by what the model and the faces are: the same question is never computed twice.

    Args:
        dataset: in the state in which it is to be used.
        tta: whether answers to several looks at each face are averaged.
        answerable_only: leave out the faces of emotions that the model cannot answer, rather than refuse.

    Raises:
        DatasetError: the split has no face, or none that the model can answer.
        ModelMismatchError: the split shows an emotion that the model cannot answer.
    """
    faces = judged_faces(recognizer.emotions, dataset, split, answerable_only=answerable_only)
    return evaluate_faces(recognizer, faces, split, progress, tta)


def evaluate_faces(
    recognizer: Recognizer,
    faces: Dataset,
    split: Split,
    progress: Progress = silent,
    tta: TTA = TTA.NONE,
) -> Evaluation:
    """Return how the model does on these faces, every one of them of an emotion that it can answer.

    Raises:
        ModelMismatchError: the model answers with something that is not a probability.
    """
    answers = _answers(recognizer, faces.images, tta, progress)
    progress(1.0, "Counting")
    return evaluation_of(recognizer.name, recognizer.emotions, faces, split, answers, tta)


def judged_faces(
    emotions: Sequence[Emotion], dataset: Dataset, split: Split, *, answerable_only: bool = False
) -> Dataset:
    """Return the faces of a split that a model with these emotions is judged on, never empty.

    Raises:
        DatasetError: the split has no face, or none that the model can answer.
        ModelMismatchError: the split shows an emotion that the model cannot answer.
    """
    faces = dataset.only(split)
    if len(faces) == 0:
        there = ", ".join(dataset.counts()) or "none"
        raise DatasetError(
            f"The dataset “{dataset.name}” has no {split} faces. Choose another split; it has: {there}."
        )
    unknown = unanswerable(emotions, faces)
    if not unknown:
        return faces
    if not answerable_only:
        raise ModelMismatchError(
            f"The {split} faces show {', '.join(unknown)}, which this model cannot answer: it "
            f"knows {', '.join(emotions)}. Choose another model, or judge it on the other emotions only."
        )
    known = [label for label, emotion in enumerate(faces.emotions) if emotion not in unknown]
    left = faces.take(np.flatnonzero(np.isin(faces.labels, known)))
    if len(left) == 0:
        raise DatasetError(
            f"The {split} faces show {', '.join(unknown)} alone, and this model knows "
            f"{', '.join(emotions)}. Choose another model, or another dataset."
        )
    return left


def unanswerable(emotions: Sequence[Emotion], faces: Dataset) -> Mapping[Emotion, int]:
    """Return the emotions that faces show and a model with `emotions` cannot answer, with their faces."""
    counts = np.bincount(faces.labels, minlength=len(faces.emotions))
    return {
        emotion: int(count)
        for emotion, count in zip(faces.emotions, counts, strict=True)
        if count and emotion not in emotions
    }


def evaluation_of(
    model: str,
    emotions: Sequence[Emotion],
    faces: Dataset,
    split: Split,
    probabilities: NDArray[np.float32],
    tta: TTA = TTA.NONE,
) -> Evaluation:
    """Return a model's answers beside the labels of the faces, in the model's own column order.

    Args:
        emotions: the columns of `probabilities`; every label of the faces is one of them.
        probabilities: (n, k).

    Raises:
        ModelMismatchError: the arrays do not fit one another.
    """
    # -1 stands for emotions the faces do not show; it is never looked up.
    column = indices(faces.emotions, emotions)
    return Evaluation.from_predictions(
        model, split, emotions, column[faces.labels], probabilities, rows=faces.rows, tta=tta
    )


def _answers(
    recognizer: Recognizer, images: NDArray[np.uint8], tta: TTA, progress: Progress
) -> NDArray[np.float32]:
    """The model's answers, from the cache if it was ever asked about these very pixels."""
    shape = (len(images), len(recognizer.emotions))

    def checked(answers: NDArray[np.float32]) -> NDArray[np.float32] | None:
        return answers if answers.shape == shape and answers.dtype == np.float32 else None

    path = _ANSWERS.path(_ANSWERS.key(recognizer.fingerprint, images.shape, tta, arrays=[images]))
    return _ANSWERS.once(path, checked, lambda: predict(recognizer, images, tta, progress))
