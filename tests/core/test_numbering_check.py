"""Labels read by the wrong numbering: a model's answers name the right one, and doubt nothing else."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from fer.config import ImportSettings, Numbering
from fer.datasets import Dataset
from fer.datasets.dataset import SourceLabel
from fer.datasets.readers.numbering import NUMBERINGS, read_labels
from fer.emotions import EMOTIONS, Emotion
from fer.evaluation.numbering_check import default_doubt, doubt_numbering
from fer.models.inference import DEFAULT_MODEL, Recognizer
from tests.conftest import dataset_of
from tests.core import grey_level

FACES_OF_EACH = 20


@pytest.fixture
def recognizer(fer_home: Path) -> Recognizer:
    """A model that knows each emotion by its grey level."""
    return Recognizer(grey_level.save_model(fer_home / "models" / "pretrained" / DEFAULT_MODEL))


def numbers_in(numbering: Numbering) -> dict[Emotion, int]:
    return {emotion: number for number, emotion in NUMBERINGS[numbering].items() if emotion is not None}


def read_as(how: ImportSettings, number_of: Mapping[Emotion, int], noise: float = 0.0) -> Dataset:
    """Faces of every emotion, numbered by `number_of` and read by `how`; some have any number instead."""
    shown = dataset_of([*range(7)] * FACES_OF_EACH)
    rng = np.random.default_rng(0)
    mistaken = np.where(rng.random(len(shown)) < noise, rng.integers(0, 7, len(shown)), shown.labels)
    texts = [str(number_of[EMOTIONS[label]]) for label in mistaken]
    reading = read_labels({text: texts.count(text) for text in texts}, how)
    labels = np.array([meaning if (meaning := reading.meanings[text]) is not None else -1 for text in texts])
    read = replace(shown.take(np.flatnonzero(labels >= 0)), source_labels=reading.source_labels)
    return replace(read, labels=labels[labels >= 0])


@pytest.mark.parametrize("right", NUMBERINGS)
@pytest.mark.parametrize("given", NUMBERINGS)
def test_the_right_numbering_is_named_where_another_was_taken(
    recognizer: Recognizer, right: Numbering, given: Numbering
) -> None:
    if (right == "raf-db") != (given == "raf-db"):
        return  # there are numbers that mean nothing, so it cannot be read
    doubt = doubt_numbering(read_as(ImportSettings(given), numbers_in(right)), recognizer)
    assert (doubt.numbering if doubt else given) == right


def test_raf_db_read_as_fer_2013_is_named_with_both_figures(recognizer: Recognizer) -> None:
    doubt = doubt_numbering(read_as(ImportSettings("fer-2013"), numbers_in("raf-db")), recognizer)
    assert doubt is not None
    assert doubt.sentence.startswith(
        "These labels look like RAF-DB's numbering. Of 120 faces small_resnet has"
    )
    assert ImportSettings(**doubt.choices) == ImportSettings("raf-db")


def test_an_order_that_nobody_published_is_given_label_by_label(recognizer: Recognizer) -> None:
    zero_based = {emotion: number - 1 for emotion, number in numbers_in("raf-db").items()}
    doubt = doubt_numbering(read_as(ImportSettings(), zero_based), recognizer)
    assert doubt is not None
    again = read_as(ImportSettings(**doubt.choices), zero_based)
    assert doubt_numbering(again, recognizer) is None
    assert [EMOTIONS[label] for label in again.labels[:7]] == list(EMOTIONS)


@pytest.mark.parametrize("noise", [0.0, 0.3, 0.6, 1.0])
def test_noisy_labels_in_the_right_order_are_not_doubted(recognizer: Recognizer, noise: float) -> None:
    assert doubt_numbering(read_as(ImportSettings(), numbers_in("fer-2013"), noise), recognizer) is None


def test_faces_that_the_model_cannot_read_are_not_doubted(recognizer: Recognizer) -> None:
    dataset = read_as(ImportSettings("affectnet"), numbers_in("fer-2013"))
    rng = np.random.default_rng(0)
    unreadable = replace(dataset, images=rng.integers(0, 256, dataset.images.shape, np.uint8))
    assert doubt_numbering(unreadable, recognizer) is None


def test_what_was_left_out_stays_left_out(recognizer: Recognizer) -> None:
    dataset = read_as(ImportSettings("affectnet"), numbers_in("fer-2013"))
    left_out = [SourceLabel("9", 40, None), SourceLabel("contempt", 3, None)]
    doubt = doubt_numbering(replace(dataset, source_labels=(*dataset.source_labels, *left_out)), recognizer)
    assert doubt is not None
    assert doubt.choices == {"numbering": "fer-2013", "mapping": (("9", ""),)}


def test_words_and_the_few_are_not_doubted(recognizer: Recognizer) -> None:
    wrong = read_as(ImportSettings("affectnet"), numbers_in("fer-2013"))
    words = tuple(replace(label, text=f"class {label.text}") for label in wrong.source_labels)
    assert doubt_numbering(replace(wrong, source_labels=words), recognizer) is None
    assert doubt_numbering(replace(wrong, source_labels=()), recognizer) is None
    assert doubt_numbering(wrong.take(np.arange(20)), recognizer) is None


def test_the_model_is_asked_once(recognizer: Recognizer, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = read_as(ImportSettings("affectnet"), numbers_in("fer-2013"))
    first = doubt_numbering(wrong, recognizer)

    def refuse(*_: object) -> None:
        raise AssertionError("asked again")

    monkeypatch.setattr(Recognizer, "predict", refuse)
    assert doubt_numbering(wrong, recognizer) == first


def test_without_a_shipped_model_nothing_is_doubted(fer_home: Path) -> None:
    assert default_doubt(read_as(ImportSettings("affectnet"), numbers_in("fer-2013"))) is None
