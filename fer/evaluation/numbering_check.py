"""Permuted labels: whether a model's mistakes say that a dataset's numbers were read by the wrong numbering.

A model that is bad at a dataset is bad at it in any numbering. Where its answers would fit once the labels
were exchanged, class by class, the classes are right and their numbers were taken for those of another
dataset. A few hundred faces show it.

Source:
    The best exchange is the linear assignment of the confusion matrix: Kuhn (1955), “The Hungarian method for
    the assignment problem”, as in `scipy.optimize.linear_sum_assignment`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fer.config import LEFT_OUT, Numbering
from fer.datasets import Dataset
from fer.datasets.readers.numbering import NUMBERINGS, TITLES, number_of
from fer.datasets.registry import FER_2013
from fer.emotions import EMOTIONS, Emotion, indices
from fer.errors import ModelError
from fer.models.inference import DEFAULT_MODEL, Recognizer, load_recognizer
from fer.statistics import Proportion, percent
from fer.system.result_store import ResultStore

# Sixty faces of each emotion take a third of a second, and tell 67 from 40 % beyond chance.
_FACES_OF_EACH = 60
_SEED = 0
_FEWEST_FACES = 30
_FEWEST_CLASSES = 4
# A model that knows its emotions is right about more than this in the right numbering, on nearly any faces.
_LEAST_ACCURACY = 0.4
# Any of 5,040 exchanges may fit a little by chance; one that nobody published has to fit much better.
_MARGIN_OF_ANY = 0.25
_FACES_FOR_ANY = 140
_CHECKS = ResultStore("numbering", ".json", most=200)


@dataclass(frozen=True, slots=True)
class NumberingDoubt:
    """A numbering that fits a model's answers far better than the one that the labels were read by.

    Attributes:
        numbering: its name; "guessed" for an exchange that is none of the known ones.
        mapping: what single numbers would stand for then: all of them for an exchange that is none of the
            known ones, else those that are left out.
        model: whose answers they are.
        as_read: how many of the faces the model has right as they are labelled now.
        exchanged: how many it would have right.
    """

    numbering: Numbering
    mapping: tuple[tuple[str, str], ...]
    model: str
    as_read: Proportion
    exchanged: Proportion

    @property
    def choices(self) -> dict[str, Any]:
        """The values of `ImportSettings` by which the labels would be read so."""
        return {"numbering": self.numbering, "mapping": self.mapping}

    @property
    def sentence(self) -> str:
        """What is in doubt and why."""
        if self.numbering == "guessed":
            like = "numbers in another order: " + ", ".join(
                f"{label} {emotion or 'left out'}" for label, emotion in self.mapping
            )
        elif self.numbering == "alphabetical":
            like = "the emotions in alphabetical order"
        else:
            like = f"{TITLES[self.numbering]}'s numbering"
        return (
            f"These labels look like {like}. Of {self.as_read.of:,} faces {self.model} has "
            f"{percent(self.exchanged.share, 0)} right if they are read so, instead of "
            f"{percent(self.as_read.share, 0)}."
        )


def doubt_numbering(dataset: Dataset, recognizer: Recognizer) -> NumberingDoubt | None:
    """Return which numbering fits a dataset's labels far better than theirs; None if none does.

    Only labels that are numbers are doubted, one for each emotion. The model's answers to at most sixty faces
    of each emotion are kept in `data/cache/numbering/`.

    Args:
        dataset: as it came, without an edition's labels.
        recognizer: a model that is known to be good; `DEFAULT_MODEL`.

    Raises:
        ModelMismatchError: the model answers with something that is not a probability.
    """
    numbers = _numbers(dataset)
    if len(numbers) < _FEWEST_CLASSES:
        return None
    faces = _sampled(dataset)
    if len(faces) < _FEWEST_FACES:
        return None
    confusion = _confusion(faces, dataset, recognizer)
    return _doubt(confusion, numbers, dataset, recognizer.name)


def default_doubt(dataset: Dataset) -> NumberingDoubt | None:
    """Return `doubt_numbering` by the model that reads where none was chosen; None without it."""
    if len(_numbers(dataset)) < _FEWEST_CLASSES or dataset.source == FER_2013:
        return None  # nothing is loaded for labels that are words, or proven by the numbers of faces
    try:
        return doubt_numbering(dataset, load_recognizer(DEFAULT_MODEL))
    except ModelError:
        return None


def _numbers(dataset: Dataset) -> Mapping[Emotion, int]:
    """The number that each emotion's faces had as their label; none if one had a word or several numbers."""
    numbers: dict[Emotion, int] = {}
    for label in dataset.source_labels:
        number = number_of(label.text)
        if label.emotion is None:
            continue
        if number is None or label.emotion in numbers:
            return {}
        numbers[label.emotion] = number
    return numbers


def _sampled(dataset: Dataset) -> NDArray[np.intp]:
    """The places of at most sixty faces of each emotion, drawn at random with a fixed seed."""
    rng = np.random.default_rng(_SEED)
    drawn = []
    for label in range(len(dataset.emotions)):
        members = np.flatnonzero(dataset.labels == label)
        drawn.append(np.sort(rng.permutation(members)[:_FACES_OF_EACH]))
    return np.concatenate(drawn)


def _confusion(places: NDArray[np.intp], dataset: Dataset, recognizer: Recognizer) -> NDArray[np.intp]:
    """(7, 7) counts of sampled faces: how they are labelled, and what the model calls them."""
    images = dataset.images[places]
    labels = indices(dataset.emotions, EMOTIONS)[dataset.labels[places]]

    def checked(answers: Any) -> NDArray[np.intp] | None:
        answered = np.asarray(answers, np.intp)
        fits = answered.shape == labels.shape and answered.min() >= 0 and answered.max() < len(EMOTIONS)
        return np.bincount(labels * 7 + answered, minlength=49).reshape(7, 7) if fits else None

    def ask() -> list[int]:
        columns = recognizer.predict(images).argmax(axis=1)
        answered: list[int] = indices(recognizer.emotions, EMOTIONS)[columns].tolist()
        return answered

    key = _CHECKS.key(recognizer.fingerprint, images.shape, arrays=[images])
    return _CHECKS.once(_CHECKS.path(key), checked, ask)


def _doubt(
    confusion: NDArray[np.intp], numbers: Mapping[Emotion, int], dataset: Dataset, model: str
) -> NumberingDoubt | None:
    of = int(confusion.sum())
    as_read = Proportion(int(np.trace(confusion)), of)

    def right(exchanged: Mapping[Emotion, Emotion | None]) -> Proportion:
        cells = ((EMOTIONS.index(a), EMOTIONS.index(b)) for a, b in exchanged.items() if b is not None)
        return Proportion(int(sum(confusion[cell] for cell in cells)), of)

    def fits(exchanged: Proportion) -> bool:
        beyond_chance = exchanged.interval_95[0] > as_read.interval_95[1]
        return beyond_chance and exchanged.share >= _LEAST_ACCURACY

    known = {
        numbering: right({emotion: encoding[number] for emotion, number in numbers.items()})
        for numbering, encoding in NUMBERINGS.items()
        if {*numbers.values()} <= encoding.keys()
    }
    best = max(known, key=lambda numbering: known[numbering].right, default=None)
    # Imported here: half a second that nobody should wait for who has no numbers.
    from scipy.optimize import linear_sum_assignment

    rows, columns = linear_sum_assignment(-confusion)
    any_order = {EMOTIONS[row]: EMOTIONS[column] for row, column in zip(rows, columns, strict=True)}
    freely = right({emotion: any_order[emotion] for emotion in numbers})
    reference = known[best] if best is not None and fits(known[best]) else as_read
    if of >= _FACES_FOR_ANY and fits(freely) and freely.share - reference.share >= _MARGIN_OF_ANY:
        mapping = {
            label.text: LEFT_OUT if label.emotion is None else str(any_order[label.emotion])
            for label in dataset.source_labels
            if number_of(label.text) is not None  # a word that is left out stays so by itself
        }
        return NumberingDoubt("guessed", tuple(mapping.items()), model, as_read, freely)
    if best is not None and fits(known[best]):
        # What is left out now and would mean nothing then stays left out.
        left_out = [
            (label.text, LEFT_OUT)
            for label in dataset.source_labels
            if label.emotion is None and number_of(label.text) not in {None, *NUMBERINGS[best]}
        ]
        return NumberingDoubt(best, tuple(left_out), model, as_read, known[best])
    return None
