"""A training epoch: every face once, the same again for the same seed, prepared ahead by a thread."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from fer.config import DEFAULT_AUGMENTATION, AugmentationConfig, TrainingConfig
from fer.datasets import Dataset, Split, load_dataset
from fer.emotions import EMOTIONS
from fer.errors import DatasetError, EmptyClassError
from fer.models.catalog import preprocessing_of
from fer.models.preprocessing import Preprocessing
from fer.training.batches import (
    Batch,
    TrainingBatches,
    fingerprint,
    first_batch,
    prefetched,
    training_faces,
    validation_counts,
    validation_faces,
)
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


EVERYTHING = AugmentationConfig(
    horizontal_flip=True,
    rotation_degrees=20,
    fill="reflect",
    brightness_fraction=0.2,
    noise_fraction=0.1,
    blur_pixels=1,
    erase_fraction=0.2,
    mixup_alpha=0.4,
    cutmix_alpha=1,
)


def test_the_batch_a_page_shows_is_to_the_bit_the_one_that_is_trained_on(
    csv_in_data: Callable[[str], str],
) -> None:
    name = f"{csv_in_data('small')}.csv"
    config = TrainingConfig(name, batch_size=17, seed=11, subset=20, balance_classes=True)
    config = replace(config, augmentation=EVERYTHING)
    # The page: one call. The training process: the same dataset read anew, its thread, its own objects.
    shown = first_batch(load_dataset(name), config)
    dataset = load_dataset(name)
    batches = TrainingBatches(training_faces(dataset, config), config, preprocessing_of(config))
    manifest = next(prefetched(batches.epoch(1)))
    for field in ("inputs", "labels", "targets", "weights"):
        assert np.array_equal(getattr(shown, field), getattr(manifest, field)), field
    assert len(shown.labels) == 17
    assert fingerprint(shown) == fingerprint(manifest)


def test_the_fingerprint_is_of_every_bit_that_the_model_is_given(numbered: Dataset) -> None:
    batch = next(batches_of(numbered).epoch(1))
    digits = fingerprint(batch)
    assert len(digits) == 8
    assert int(digits, 16) >= 0
    for name in ("inputs", "targets", "weights"):
        changed = getattr(batch, name).copy()
        changed.ravel()[-1] = np.nextafter(changed.ravel()[-1], np.float32(9))
        assert fingerprint(replace(batch, **{name: changed})) != digits, name
    assert fingerprint(next(batches_of(numbered).epoch(1))) == digits
    assert fingerprint(next(batches_of(numbered).epoch(2))) != digits


@pytest.mark.parametrize("batch_size", [1, 5, 47, 100])
@pytest.mark.parametrize("mixed", [{"mixup_alpha": 0.5}, {"cutmix_alpha": 1.0}])
def test_mixed_batches_of_any_size_keep_their_labels_whole(
    numbered: Dataset, batch_size: int, mixed: dict[str, float]
) -> None:
    config = replace(PLAIN, batch_size=batch_size, augmentation=AugmentationConfig.from_dict(mixed))
    batches = list(batches_of(numbered, config).epoch(1))
    assert sum(len(batch.labels) for batch in batches) == 47
    plain = list(batches_of(numbered, replace(PLAIN, batch_size=batch_size)).epoch(1))
    for batch, unmixed in zip(batches, plain, strict=True):
        assert np.array_equal(batch.labels, unmixed.labels)
        assert batch.targets.dtype == np.float32
        assert batch.targets.sum(axis=1) == pytest.approx(np.ones(len(batch.labels)), abs=1e-6)
        if batch_size == 1:  # a face alone can only be mixed with itself
            assert np.allclose(batch.inputs, unmixed.inputs, atol=1e-6)
            assert np.allclose(batch.targets, unmixed.targets, atol=1e-6)
    if batch_size > 1:
        assert any((batch.targets.max(axis=1) < 0.99).any() for batch in batches)


def test_each_batch_is_mixed_in_a_way_of_its_own_that_the_seed_decides(numbered: Dataset) -> None:
    alone = replace(PLAIN, batch_size=10, augmentation=AugmentationConfig(mixup_alpha=1.0))
    faces = replace(numbered, images=np.zeros_like(numbered.images), labels=np.zeros(47, np.intp))
    first, second = (batch for batch, _ in zip(batches_of(numbered, alone).epoch(1), range(2), strict=False))
    assert not np.array_equal(first.targets.max(axis=1), second.targets.max(axis=1))
    assert same(batches_of(faces, alone).epoch(3), batches_of(faces, alone).epoch(3))
    assert same(batches_of(numbered, alone).epoch(3), batches_of(numbered, alone).epoch(3))


def test_weights_of_mixed_faces_lie_between_those_of_their_two() -> None:
    faces = dataset_of([0] * 8 + [1] * 2, emotions=EMOTIONS[:2])
    config = replace(PLAIN, balance_classes=True, augmentation=AugmentationConfig(mixup_alpha=1.0))
    [batch] = batches_of(faces, config).epoch(1)
    # Two emotions, so the share of one in the label says the weight: 10/16 for the many, 10/4 for the few.
    assert batch.weights == pytest.approx(batch.targets @ np.array([10 / 16, 10 / 4]), abs=1e-5)
    assert len(set(batch.weights.round(3).tolist())) > 2


def test_what_is_trained_on_is_the_training_split_and_its_subset(small_dataset: Dataset) -> None:
    assert len(training_faces(small_dataset, PLAIN)) == 28
    few = training_faces(small_dataset, replace(PLAIN, subset=14, seed=2))
    assert len(few) == 14
    assert set(few.splits.tolist()) == {"train"}
    nothing = replace(small_dataset, splits=np.array([Split.TEST] * len(small_dataset), str))
    with pytest.raises(DatasetError, match="no face in its train split"):
        first_batch(nothing, PLAIN)


def test_a_subset_is_judged_by_validation_faces_in_proportion_and_by_some_of_every_emotion() -> None:
    # Of emotion 0 many, of 1 some, of 2 few.
    labels = [0] * 1000 + [1] * 200 + [2] * 30
    faces = dataset_of(
        labels + labels, [Split.TRAIN] * len(labels) + [Split.VALIDATION] * len(labels), emotions=EMOTIONS[:3]
    )
    config = replace(PLAIN, subset=123)  # a tenth
    judging = validation_faces(faces, config)
    assert set(judging.splits.tolist()) == {"validation"}
    assert np.bincount(judging.labels).tolist() == [100, 20, 20]
    assert judging.rows.tolist() == sorted(judging.rows.tolist())
    assert validation_counts(len(labels), [1000, 200, 30], config) == (100, 20, 20)
    again, other = validation_faces(faces, config), validation_faces(faces, replace(config, seed=99))
    assert np.array_equal(again.rows, judging.rows)
    assert not np.array_equal(other.rows, judging.rows)
    # What judges few faces judges more faces too, so that the two can be compared face by face.
    more = validation_faces(faces, replace(config, subset=600))
    assert set(judging.rows.tolist()) < set(more.rows.tolist())


@pytest.mark.parametrize(
    "change", [{"subset": None}, {"subset": 28}, {"subset": 10, "whole_validation": True}]
)
def test_all_validation_faces_judge_where_all_are_learned_from_or_that_is_wished(
    small_dataset: Dataset, change: dict[str, Any]
) -> None:
    judging = validation_faces(small_dataset, replace(PLAIN, **change))
    assert len(judging) == 7


def test_an_emotion_with_few_validation_faces_keeps_them_all(small_dataset: Dataset) -> None:
    assert len(validation_faces(small_dataset, replace(PLAIN, subset=7))) == 7


def test_the_input_is_prepared_as_the_architecture_asks_at_the_size_of_the_config() -> None:
    own = preprocessing_of(TrainingConfig())
    assert own.input_shape == (48, 48, 1)
    assert preprocessing_of(TrainingConfig(image_size=64)).input_shape == (64, 64, 1)
    assert preprocessing_of(TrainingConfig(image_size=64)).scale == own.scale
