"""A training epoch: every face once, the same again for the same seed, prepared ahead by a thread."""

import threading
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from fer.batches import Batch, TrainingBatches, prefetched
from fer.config import DEFAULT_AUGMENTATION, TrainingConfig
from fer.datasets import Dataset
from fer.emotions import EMOTIONS
from fer.errors import EmptyClassError
from fer.preprocessing import Preprocessing
from tests.conftest import dataset_of

PLAIN = TrainingConfig(batch_size=10, seed=3)


@pytest.fixture
def numbered() -> Dataset:
    """47 faces, each of the one grey level that is its number."""
    faces = dataset_of([number % 7 for number in range(47)])
    levels = np.arange(47, dtype=np.uint8)[:, None, None, None]
    return replace(faces, images=np.broadcast_to(levels, faces.images.shape))


def batches_of(faces: Dataset, config: TrainingConfig = PLAIN) -> TrainingBatches:
    return TrainingBatches(faces, config, Preprocessing(scale="zero_to_one"))


def numbers(batches: Iterator[Batch]) -> list[int]:
    """The faces of these batches, by their grey level."""
    return [round(float(face.mean()) * 255) for batch in batches for face in batch.inputs]


def same(left: Iterator[Batch], right: Iterator[Batch]) -> bool:
    return all(
        np.array_equal(a.inputs, b.inputs)
        and np.array_equal(a.labels, b.labels)
        and np.array_equal(a.targets, b.targets)
        for a, b in zip(left, right, strict=True)
    )


def preparing() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "prepare-batches"]


def test_an_epoch_shows_every_face_once_with_its_own_label(numbered: Dataset) -> None:
    batches = list(batches_of(numbered).epoch(1))
    seen = numbers(iter(batches))
    assert sorted(seen) == list(range(47))
    assert seen != list(range(47))
    assert np.array_equal(np.concatenate([batch.labels for batch in batches]), np.array(seen) % 7)


def test_the_last_batch_holds_what_is_left(numbered: Dataset) -> None:
    batches = batches_of(numbered)
    sizes = [len(batch.labels) for batch in batches.epoch(1)]
    assert sizes == [10, 10, 10, 10, 7]
    assert len(batches) == len(sizes)
    assert len(batches_of(numbered.take(np.arange(40)))) == 4


def test_inputs_are_prepared_and_weigh_alike(numbered: Dataset) -> None:
    batch = next(batches_of(numbered).epoch(1))
    assert batch.inputs.shape == (10, 48, 48, 1)
    assert batch.inputs.dtype == np.float32
    assert batch.weights.tolist() == [1.0] * 10


def test_a_target_is_the_label_or_the_shares_of_the_face(numbered: Dataset) -> None:
    for batch in batches_of(numbered).epoch(1):
        assert batch.targets.dtype == np.float32
        assert np.array_equal(batch.targets, np.eye(7)[batch.labels])
    # The first share of each face tells its number.
    shares = np.full((47, 7), 0.0, np.float32)
    shares[:, 0] = np.arange(47) / 100
    shares[:, 6] = 1 - shares[:, 0]
    batches = list(batches_of(replace(numbered, soft_labels=shares)).epoch(1))
    seen = numbers(iter(batches))
    assert (np.concatenate([batch.targets[:, 0] for batch in batches]) * 100).round().tolist() == seen
    assert np.array_equal(np.concatenate([batch.labels for batch in batches]), np.array(seen) % 7)


def test_balancing_goes_by_the_label_whatever_the_shares() -> None:
    faces = dataset_of([0] * 8 + [1] * 2, emotions=EMOTIONS[:2])
    soft = replace(faces, soft_labels=np.full((10, 2), 0.5, np.float32))
    config = replace(PLAIN, balance_classes=True)
    [batch], [same_weights] = batches_of(faces, config).epoch(1), batches_of(soft, config).epoch(1)
    assert np.array_equal(batch.weights, same_weights.weights)


def test_the_same_seed_and_epoch_give_the_same_bits(small_dataset: Dataset) -> None:
    config = replace(PLAIN, augmentation=DEFAULT_AUGMENTATION)
    first, again = batches_of(small_dataset, config), batches_of(small_dataset, config)
    list(again.epoch(1))  # what was drawn before does not matter
    assert same(first.epoch(2), again.epoch(2))


def test_another_epoch_or_seed_gives_others(small_dataset: Dataset) -> None:
    config = replace(PLAIN, augmentation=DEFAULT_AUGMENTATION)
    batches, reseeded = batches_of(small_dataset, config), batches_of(small_dataset, replace(config, seed=4))
    assert not same(batches.epoch(1), batches.epoch(2))
    assert not same(batches.epoch(1), reseeded.epoch(1))


def test_an_augmented_face_keeps_its_label(numbered: Dataset) -> None:
    # Moving a face of one grey level shows nothing: the border repeats it.
    config = replace(PLAIN, augmentation=DEFAULT_AUGMENTATION)
    batches = list(batches_of(numbered, config).epoch(1))
    seen = numbers(iter(batches))
    assert np.array_equal(np.concatenate([batch.labels for batch in batches]), np.array(seen) % 7)


def test_balancing_weighs_each_emotion_the_same_in_all() -> None:
    faces = dataset_of([0] * 8 + [1] * 2, emotions=EMOTIONS[:2])
    batches = list(batches_of(faces, replace(PLAIN, balance_classes=True, batch_size=3)).epoch(1))
    labels = np.concatenate([batch.labels for batch in batches])
    weights = np.concatenate([batch.weights for batch in batches])
    assert weights[labels == 0].sum() == pytest.approx(weights[labels == 1].sum())
    assert weights.mean() == pytest.approx(1)


def test_an_emotion_without_a_face_cannot_be_balanced() -> None:
    with pytest.raises(EmptyClassError, match="disgust"):
        batches_of(dataset_of([0, 2, 3, 4, 5, 6]), replace(PLAIN, balance_classes=True))


@pytest.mark.parametrize("ahead", [1, 8, 100])
def test_prefetched_batches_are_the_same_in_the_same_order(small_dataset: Dataset, ahead: int) -> None:
    batches = batches_of(small_dataset, replace(PLAIN, augmentation=DEFAULT_AUGMENTATION, batch_size=4))
    assert same(prefetched(batches.epoch(1), ahead), batches.epoch(1))
    assert preparing() == []


def test_what_goes_wrong_in_the_thread_is_raised_where_it_is_heard(numbered: Dataset) -> None:
    def failing() -> Iterator[Batch]:
        yield from list(batches_of(numbered).epoch(1))[:2]
        raise OSError("the disk is gone")

    received: list[Batch] = []
    with pytest.raises(OSError, match="the disk is gone"):
        for batch in prefetched(failing()):
            received.append(batch)
    assert len(received) == 2
    assert preparing() == []


def test_who_walks_away_leaves_no_thread_behind(numbered: Dataset) -> None:
    def endless() -> Iterator[Batch]:
        while True:
            yield from batches_of(numbered).epoch(1)

    batches = prefetched(endless(), ahead=2)
    next(batches)
    assert len(preparing()) == 1
    batches.close()  # type: ignore[attr-defined]
    assert preparing() == []
