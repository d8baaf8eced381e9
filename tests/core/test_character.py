"""What a dataset is like: mean faces, spread, light, and where voters disagree with its labels."""

from dataclasses import replace

import numpy as np
import pytest

from fer.datasets import Dataset
from fer.datasets.browsing import TIE, VOTE_OUTCOMES
from fer.datasets.character import VOTE_OF, character_of, disagreement_of, vote_agreement
from fer.datasets.dataset import VOTE_NAMES
from fer.emotions import EMOTIONS, Emotion
from tests.conftest import dataset_of


def votes_of(*counts: dict[str, int]) -> np.ndarray:
    """Votes per face, told by name."""
    return np.array([[count.get(name, 0) for name in VOTE_NAMES] for count in counts], np.uint8)


def voted(labels: list[int], *counts: dict[str, int]) -> Dataset:
    """Faces with these labels and these votes."""
    return replace(dataset_of(labels, size=8), votes=votes_of(*counts))


def test_mean_and_deviation_are_those_of_the_pixels_of_each_emotion() -> None:
    dataset = dataset_of([0] * 1500 + [3] * 5, size=6)
    character = character_of(dataset)
    for label in (0, 3):
        images = dataset.images[dataset.labels == label].astype(np.float64)
        np.testing.assert_allclose(character.means[label], images.mean(axis=0), atol=1e-3)
        np.testing.assert_allclose(character.deviations[label], images.std(axis=0), atol=1e-2)
    assert character.counts.tolist() == [1500, 0, 0, 5, 0, 0, 0]


def test_an_emotion_without_faces_has_a_black_mean_and_no_pixels() -> None:
    character = character_of(dataset_of([0, 3], size=4))
    empty = EMOTIONS.index(Emotion.SAD)
    assert not character.means[empty].any()
    assert not character.deviations[empty].any()
    assert not character.histograms[empty].any()


def test_histograms_count_every_pixel_of_every_channel_once() -> None:
    grey = dataset_of([0, 0, 6], size=5)
    rgb = replace(grey, images=np.repeat(grey.images, 3, axis=3))
    for dataset, channels in ((grey, 1), (rgb, 3)):
        character = character_of(dataset)
        for label in (0, 6):
            pixels = dataset.images[dataset.labels == label]
            expected = np.bincount(pixels.ravel(), minlength=256)
            np.testing.assert_array_equal(character.histograms[label], expected)
        assert character.histograms.sum() == 3 * 25 * channels
        assert character.means.shape == (7, 5, 5, channels)


def test_agreement_is_the_share_of_the_voters_who_chose_the_label() -> None:
    dataset = voted([3, 0, 6], {"happiness": 7, "neutral": 3}, {"fear": 10}, {})
    agreement = vote_agreement(dataset)
    assert agreement[:2].tolist() == [pytest.approx(0.7), 0]
    assert np.isnan(agreement[2])
    assert np.isnan(vote_agreement(dataset_of([0, 1]))).all()


def test_disagreement_counts_labels_against_what_the_votes_came_to() -> None:
    dataset = voted(
        [3, 3, 3, 0, 0, 0],
        {"happiness": 6, "neutral": 4},
        {"happiness": 5, "neutral": 5},
        {"NF": 9, "fear": 1},
        {"anger": 10},
        {"contempt": 6, "anger": 4},
        {},
    )
    disagreement = disagreement_of(dataset)
    assert disagreement is not None
    happy, angry = disagreement.counts[3], disagreement.counts[0]
    assert happy[VOTE_OUTCOMES.index("happiness")] == happy[VOTE_OUTCOMES.index(TIE)] == 1
    assert happy[VOTE_OUTCOMES.index("NF")] == 1
    assert angry[VOTE_OUTCOMES.index("anger")] == angry[VOTE_OUTCOMES.index("contempt")] == 1
    # The face that nobody voted on counts nowhere.
    assert disagreement.counts.sum() == 5
    assert disagreement.agreeing == pytest.approx(2 / 5)


def test_without_votes_there_is_no_disagreement() -> None:
    assert disagreement_of(dataset_of([0, 1])) is None


def test_every_emotion_has_a_vote_of_its_own() -> None:
    assert set(VOTE_OF) == set(EMOTIONS)
    assert set(VOTE_OF.values()) == set(VOTE_NAMES) - {"contempt", "unknown", "NF"}
