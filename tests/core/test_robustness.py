"""Corruptions: what they leave alone, how they grow, and what they refuse."""

from functools import cache

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from fer.config import AugmentationConfig
from fer.datasets.browsing import portraits
from fer.datasets.synthetic.loading import EMOTION_ACTION_UNITS, random_appearance
from fer.datasets.synthetic.portrait import draw_face
from fer.emotions import Emotion
from fer.errors import ConfigError
from fer.evaluation.robustness import (
    CORRUPTIONS,
    LEVELS,
    RECOMMENDATIONS,
    CorruptionKind,
    corrupt,
    corrupt_together,
    train_against,
)


def faces(count: int = 3, size: int = 48, channels: int = 1) -> NDArray[np.uint8]:
    """Faces of the drawn set, larger or smaller, in as many channels."""
    drawn = _drawn()[:count]
    resized = [cv2.resize(face, (size, size), interpolation=cv2.INTER_AREA) for face in drawn]
    return np.repeat(np.stack(resized)[..., None], channels, axis=3)


@cache
def _drawn() -> NDArray[np.uint8]:
    return portraits()


def distance(first: NDArray[np.uint8], second: NDArray[np.uint8]) -> float:
    return float(np.abs(first.astype(float) - second).mean())


@pytest.mark.parametrize("kind", CorruptionKind)
@pytest.mark.parametrize(("size", "channels"), [(24, 1), (48, 1), (96, 3)])
def test_the_neutral_severity_leaves_every_pixel_alone_and_the_faces_their_own(
    kind: CorruptionKind, size: int, channels: int
) -> None:
    images = faces(size=size, channels=channels)
    same = corrupt(images, kind, CORRUPTIONS[kind].neutral)
    assert np.array_equal(same, images)
    assert not np.shares_memory(same, images)


@pytest.mark.parametrize("kind", CorruptionKind)
@pytest.mark.parametrize(("size", "channels"), [(24, 1), (48, 1), (48, 3), (96, 3)])
def test_each_level_changes_a_face_more_than_the_one_before(
    kind: CorruptionKind, size: int, channels: int
) -> None:
    images = faces(size=size, channels=channels)
    before = images.copy()
    distances = [distance(images, corrupt(images, kind, level)) for level in CORRUPTIONS[kind].levels]
    assert np.array_equal(images, before)
    assert distances[0] > 0
    # What moves over a pattern need not differ more at each step; over all of them it does.
    moves = kind in (CorruptionKind.ROTATION, CorruptionKind.SIDE_SHIFT)
    assert distances[-1] > distances[0] if moves else distances == sorted(distances)


@pytest.mark.parametrize("kind", CorruptionKind)
def test_no_face_stays_no_face_and_all_keep_their_shape(kind: CorruptionKind) -> None:
    level = CORRUPTIONS[kind].levels[2]
    for shape in ((0, 48, 48, 1), (2, 40, 56, 3), (1, 8, 8, 1)):
        changed = corrupt(np.full(shape, 90, np.uint8), kind, level)
        assert (changed.shape, changed.dtype) == (shape, np.uint8)


@pytest.mark.parametrize("kind", CorruptionKind)
def test_the_ends_of_every_slider_are_allowed_and_nothing_beyond(kind: CorruptionKind) -> None:
    corruption, images = CORRUPTIONS[kind], faces(1)
    for severity in (corruption.least, corruption.greatest):
        corrupt(images, kind, severity)
    for severity in (corruption.least - 0.01, corruption.greatest + 0.01, float("nan")):
        with pytest.raises(ConfigError, match=f"{corruption.title} goes from .* received"):
            corrupt(images, kind, severity)


def test_an_unknown_kind_is_a_sentence_that_names_those_there_are() -> None:
    with pytest.raises(ConfigError, match=r"no corruption “fog”.*darkness, brightness"):
        corrupt(faces(), "fog", 0.5)


@pytest.mark.parametrize("kind", CorruptionKind)
def test_five_levels_grow_away_from_neutral_and_lie_on_the_slider(kind: CorruptionKind) -> None:
    corruption = CORRUPTIONS[kind]
    assert len(corruption.levels) == LEVELS
    assert corruption.neutral < corruption.levels[0]
    assert list(corruption.levels) == sorted(set(corruption.levels))
    assert corruption.levels[-1] <= corruption.greatest
    severities = corruption.severities.tolist()
    assert {corruption.least, corruption.greatest, corruption.neutral, *corruption.levels} <= set(severities)
    assert severities[corruption.index_of(corruption.levels[2])] == corruption.levels[2]


def test_noise_follows_from_its_seed_and_does_not_depend_on_the_faces_after() -> None:
    images = np.repeat(faces(7, size=12), 100, axis=0)
    noisy = corrupt(images, "noise", 0.2, seed=4)
    assert np.array_equal(noisy, corrupt(images, "noise", 0.2, seed=4))
    assert np.array_equal(noisy[:3], corrupt(images[:3], "noise", 0.2, seed=4))
    assert not np.array_equal(noisy, corrupt(images, "noise", 0.2, seed=5))
    assert not np.array_equal(noisy[0].astype(int) - images[0], noisy[1].astype(int) - images[1])


def test_noise_is_as_strong_as_it_says_and_the_same_in_every_channel() -> None:
    grey = np.full((40, 48, 48, 3), 128, np.uint8)
    noisy = corrupt(grey, "noise", 0.1)
    assert noisy.astype(float).std() / 255 == pytest.approx(0.1, rel=0.02)
    assert np.array_equal(noisy[..., 0], noisy[..., 2])


def test_darkness_and_brightness_are_what_their_words_say() -> None:
    images = np.array([0, 100, 200], np.uint8).reshape(1, 1, 3, 1)
    assert corrupt(images, "darkness", 0.5).ravel().tolist() == [0, 50, 100]
    assert corrupt(images, "brightness", 0.4).ravel().tolist() == [102, 202, 255]


def test_a_face_moves_to_the_side_that_is_said_and_turns_anticlockwise() -> None:
    image = np.zeros((1, 49, 49, 1), np.uint8)
    image[0, 24, 34] = 255  # right of the middle
    shifted = corrupt(np.roll(image, -20, axis=2), "side_shift", 10 / 49)
    assert np.unravel_index(shifted.argmax(), (49, 49)) == (24, 24)
    turned = corrupt(image, "rotation", 90)
    assert np.unravel_index(turned.argmax(), (49, 49)) == (14, 24)  # above it


@pytest.mark.parametrize("size", [24, 48, 96])
def test_covered_is_only_the_region_and_with_the_faces_own_grey(size: int) -> None:
    images = faces(size=size)
    for kind, top, bottom in (("eyes_covered", 0.22, 0.5), ("mouth_covered", 0.56, 0.92)):
        covered = corrupt(images, kind, 1.0)
        rows = np.flatnonzero((covered != images).any(axis=(0, 2, 3))) / size
        assert top - 1 / size <= rows.min() <= top + 1 / size
        assert bottom - 2 / size <= rows.max() <= bottom
        middle = round((top + bottom) / 2 * size)
        assert np.allclose(covered[:, middle].mean(axis=(1, 2)), images.mean(axis=(1, 2, 3)), atol=0.5)


@pytest.mark.parametrize("kind", ["blur", "side_shift"])
def test_a_severity_means_the_same_at_every_size(kind: CorruptionKind) -> None:
    small, large = faces(size=48), faces(size=96)
    level = CORRUPTIONS[kind].levels[2]
    share = distance(small, corrupt(small, kind, level)) / distance(large, corrupt(large, kind, level))
    assert share == pytest.approx(1, abs=0.2)


def test_several_at_once_are_done_in_the_order_of_a_camera() -> None:
    images = faces()
    both = corrupt_together(images, {CorruptionKind.NOISE: 0.1, CorruptionKind.DARKNESS: 0.8}, seed=3)
    assert np.array_equal(both, corrupt(corrupt(images, "darkness", 0.8), "noise", 0.1, seed=3))
    nothing = corrupt_together(images, {})
    assert np.array_equal(nothing, images)
    assert not np.shares_memory(nothing, images)


@pytest.mark.parametrize("kind", CorruptionKind)
def test_the_cure_of_each_kind_changes_the_augmentation_and_takes_nothing_away(kind: CorruptionKind) -> None:
    plain = train_against(kind, AugmentationConfig(), 48)
    assert plain.changes_anything
    assert RECOMMENDATIONS[kind].words
    strong = AugmentationConfig(
        horizontal_flip=True,
        rotation_degrees=90,
        shift_x_fraction=0.5,
        brightness_fraction=0.5,
        contrast_fraction=0.9,
        noise_fraction=0.3,
        blur_pixels=3,
        erase_fraction=0.5,
    )
    assert train_against(kind, strong, 48) == strong


def test_blur_is_trained_against_in_the_pixels_of_the_models_own_input() -> None:
    assert train_against(CorruptionKind.BLUR, AugmentationConfig(), 48).blur_pixels == pytest.approx(1.44)
    assert train_against(CorruptionKind.BLUR, AugmentationConfig(), 512).blur_pixels == 3  # the most there is


def test_a_covered_mouth_hides_what_a_smile_moves() -> None:
    rng, below_the_eyes = np.random.default_rng(0), slice(26, 48)
    before = after = 0.0
    for _ in range(8):
        person = random_appearance(rng)
        smiling, neutral = (
            draw_face(person, EMOTION_ACTION_UNITS[emotion], size=48)[None, ..., None]
            for emotion in (Emotion.HAPPY, Emotion.NEUTRAL)
        )
        covered = [corrupt(face, "mouth_covered", 1.0).astype(float) for face in (smiling, neutral)]
        before += np.abs(smiling.astype(float) - neutral)[0, below_the_eyes].sum()
        after += np.abs(covered[0] - covered[1])[0, below_the_eyes].sum()
    assert after < before / 3
