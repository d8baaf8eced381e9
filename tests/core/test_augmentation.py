"""Augmentation: what may be drawn, and what each value does to pixels whose fate is known."""

from dataclasses import replace
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from fer.config import HIGHEST, AugmentationConfig, Fill
from fer.training import augmentation
from fer.training.augmentation import AugmentationParams

EVERYTHING = AugmentationConfig(
    horizontal_flip=True,
    rotation_degrees=20,
    shift_x_fraction=0.2,
    shift_y_fraction=0.2,
    zoom_in_fraction=0.3,
    zoom_out_fraction=0.3,
    brightness_fraction=0.2,
    contrast_fraction=0.4,
    erase_fraction=0.3,
    vertical_flip=True,
    noise_fraction=0.1,
    blur_pixels=1.5,
)
# Which values each setting governs.
GOVERNS = {
    "horizontal_flip": ["flipped"],
    "rotation_degrees": ["rotation_degrees"],
    "shift_x_fraction": ["shift_x_fraction"],
    "shift_y_fraction": ["shift_y_fraction"],
    "zoom_in_fraction": ["zoom"],
    "zoom_out_fraction": ["zoom"],
    "brightness_fraction": ["brightness_fraction"],
    "contrast_fraction": ["contrast"],
    "erase_fraction": ["erased_box"],
    "vertical_flip": ["upside_down"],
    "noise_fraction": ["noise_fraction"],
    "blur_pixels": ["blur_pixels"],
    "fill": [],
}


def noise(count: int, size: int = 48, channels: int = 1) -> NDArray[np.uint8]:
    return np.random.default_rng(1).integers(0, 256, (count, size, size, channels), dtype=np.uint8)


def identity_params(count: int = 1, **params: Any) -> AugmentationParams:
    """Values that change nothing, but for those named."""
    return augmentation.identity_params(count, **params)


def thrown(config: AugmentationConfig, count: int = 4000) -> AugmentationParams:
    return augmentation.draw(config, count, np.random.default_rng(5))


@pytest.mark.parametrize("channels", [1, 3])
def test_the_zero_config_changes_no_bit(channels: int) -> None:
    images = noise(20, channels=channels)
    assert np.array_equal(augmentation.apply(images, thrown(AugmentationConfig(), 20)), images)


def test_the_same_seed_gives_the_same_pixels_and_another_one_others() -> None:
    images = noise(10)
    first, second, other = (
        augmentation.apply(images, augmentation.draw(EVERYTHING, 10, np.random.default_rng(seed)))
        for seed in (3, 3, 4)
    )
    assert np.array_equal(first, second)
    assert not np.array_equal(first, other)


def test_what_came_in_is_not_written_to() -> None:
    images = noise(4)
    before = images.copy()
    images.flags.writeable = False
    changed = augmentation.apply(images, thrown(EVERYTHING, 4))
    assert np.array_equal(images, before)
    assert changed.flags.writeable


def test_a_flip_is_the_mirror_image_to_the_bit() -> None:
    images = noise(3)
    assert np.array_equal(augmentation.apply(images, identity_params(3, flipped=True)), images[:, :, ::-1])


def test_a_positive_rotation_turns_counter_clockwise_about_the_centre() -> None:
    image = np.zeros((1, 49, 49, 1), np.uint8)
    image[0, 24, 40] = 255  # to the right of the centre (24, 24)
    turned = augmentation.apply(image, identity_params(rotation_degrees=90.0))
    assert turned[0, 8, 24, 0] == 255  # above it
    assert np.count_nonzero(turned) == 1


@pytest.mark.parametrize(
    ("degrees", "zoom"), [(0.0, 1.4), (0.0, 0.7), (10.0, 1.0), (-33.0, 1.0), (25.0, 1.2)]
)
def test_turning_and_zooming_are_what_opencv_makes_of_them(degrees: float, zoom: float) -> None:
    image = noise(1)
    changed = augmentation.apply(image, identity_params(rotation_degrees=degrees, zoom=zoom))
    matrix = cv2.getRotationMatrix2D((23.5, 23.5), degrees, zoom)
    expected = cv2.warpAffine(image[0], matrix, (48, 48), borderMode=cv2.BORDER_REPLICATE)
    # The last bits of two matrices may differ, and with them the last bit of a pixel.
    assert np.abs(changed[0, ..., 0].astype(int) - expected.astype(int)).max() <= 1


def test_a_shift_moves_by_its_share_in_pixels_and_repeats_the_border() -> None:
    image = noise(1)
    changed = augmentation.apply(image, identity_params(shift_x_fraction=0.25, shift_y_fraction=-0.125))
    assert np.array_equal(changed[0, :-6, 12:], image[0, 6:, :-12])
    assert np.array_equal(changed[0, :-6, :12], np.repeat(image[0, 6:, :1], 12, axis=1))


def test_a_flip_comes_before_the_other_moves() -> None:
    image = noise(1)
    both = augmentation.apply(image, identity_params(flipped=True, shift_x_fraction=0.25))
    assert np.array_equal(both, augmentation.apply(image[:, :, ::-1], identity_params(shift_x_fraction=0.25)))


def test_light_adds_a_share_of_white_and_scales_about_the_middle() -> None:
    image = np.array([0, 50, 100, 200, 255], np.uint8).reshape(1, 1, 5, 1).repeat(5, axis=1)
    brighter = augmentation.apply(image, identity_params(brightness_fraction=0.2))
    assert brighter[0, 0, :, 0].tolist() == pytest.approx([51, 101, 151, 251, 255], abs=1)
    flatter = augmentation.apply(image, identity_params(contrast=0.5))
    assert flatter[0, 0, :, 0].tolist() == pytest.approx([63.75, 88.75, 113.75, 163.75, 191.25], abs=1)


def test_what_is_erased_is_the_mean_and_nothing_else_changes() -> None:
    image = noise(1)
    erased = augmentation.apply(image, identity_params(erased_box=[0.25, 0.5, 0.5, 1.0]))
    assert set(erased[0, 24:, 12:24].ravel().tolist()) == {int(image.mean())}
    inside = np.zeros((48, 48), bool)
    inside[24:, 12:24] = True
    assert np.array_equal(erased[0][~inside], image[0][~inside])


def test_the_dice_fill_their_ranges_and_never_leave_them() -> None:
    params = thrown(EVERYTHING)
    for values, lowest, highest in (
        (params.rotation_degrees, -20, 20),
        (params.shift_x_fraction, -0.2, 0.2),
        (params.shift_y_fraction, -0.2, 0.2),
        (params.zoom, 0.7, 1.3),
        (params.brightness_fraction, -0.2, 0.2),
        (params.contrast, 0.6, 1.4),
        (params.noise_fraction, 0, 0.1),
        (params.blur_pixels, 0, 1.5),
        (params.noise_seed / 2**32, 0, 1),
    ):
        spread = highest - lowest
        assert lowest <= values.min() < lowest + 0.01 * spread
        assert highest >= values.max() > highest - 0.01 * spread
        assert values.mean() == pytest.approx((lowest + highest) / 2, abs=0.03 * spread)
    assert params.flipped.mean() == pytest.approx(0.5, abs=0.04)
    assert params.upside_down.mean() == pytest.approx(0.5, abs=0.04)


def test_half_of_the_faces_are_erased_within_the_picture_and_the_area_allowed() -> None:
    left, top, right, bottom = thrown(EVERYTHING).erased_box.T
    assert np.mean(right > left) == pytest.approx(0.5, abs=0.04)
    assert min(left.min(), top.min()) >= 0
    assert max(right.max(), bottom.max()) <= 1
    area = (right - left) * (bottom - top)
    assert 0.29 < area.max() <= 0.3 + 1e-9


@pytest.mark.parametrize("setting", GOVERNS)
def test_moving_one_slider_does_not_change_what_the_others_drew(setting: str) -> None:
    off = AugmentationConfig().as_dict()[setting]
    before, after = (
        thrown(EVERYTHING, 50),
        thrown(AugmentationConfig.from_dict({**EVERYTHING.as_dict(), setting: off}), 50),
    )
    changed = [
        name
        for name in AugmentationParams.__slots__
        if not np.array_equal(getattr(before, name), getattr(after, name))
    ]
    assert changed == GOVERNS[setting]


def test_every_setting_of_a_single_face_is_governed_here() -> None:
    mixing = {"mixup_alpha", "cutmix_alpha"}
    assert set(GOVERNS) == set(AugmentationConfig().as_dict()) - mixing


def test_an_old_seed_draws_its_old_dice_though_there_are_more_now() -> None:
    first_rows = np.random.default_rng(5).random((12, 50))
    params = thrown(EVERYTHING, 50)
    assert np.array_equal(params.rotation_degrees, (2 * first_rows[1] - 1) * 20)
    assert np.array_equal(params.contrast, 1 + (2 * first_rows[6] - 1) * 0.4)
    assert np.array_equal(params.flipped, first_rows[0] < 0.5)


def test_some_of_the_dice_change_their_faces_as_all_of_them_did() -> None:
    images, params = noise(8), thrown(EVERYTHING, 8)
    rows = np.array([5, 2])
    assert len(params.take(slice(1, 4))) == 3
    assert np.array_equal(
        augmentation.apply(images[rows], params.take(rows)), augmentation.apply(images, params)[rows]
    )


def test_dice_for_another_number_of_faces_are_refused() -> None:
    with pytest.raises(ValueError, match="3 images need 3 draws; received 2"):
        augmentation.apply(noise(3), identity_params(2))


def test_upside_down_is_the_mirror_image_to_the_bit() -> None:
    images = noise(3)
    assert np.array_equal(augmentation.apply(images, identity_params(3, upside_down=True)), images[:, ::-1])
    both = augmentation.apply(images, identity_params(3, upside_down=True, flipped=True))
    assert np.array_equal(both, images[:, ::-1, ::-1])


@pytest.mark.parametrize(
    ("fill", "expected"),
    [("nearest", [10, 10, 10, 20]), ("reflect", [20, 10, 10, 20]), ("black", [0, 0, 10, 20])],
)
def test_the_fill_is_the_edge_a_mirror_image_or_black(fill: Fill, expected: list[int]) -> None:
    row = np.array([10, 20, 30, 40], np.uint8)
    image = np.broadcast_to(row, (4, 4))[None, :, :, None]
    moved = augmentation.apply(image, augmentation.identity_params(1, fill, shift_x_fraction=0.5))
    assert moved[0, :, :, 0].tolist() == [expected] * 4


def test_what_the_fill_made_up_is_told_pixel_by_pixel() -> None:
    filled = augmentation.filled_in(
        identity_params(2, shift_x_fraction=0.25, shift_y_fraction=-0.125), 48, 48
    )
    expected = np.zeros((48, 48), bool)
    expected[:, :12] = True
    expected[-6:] = True
    assert np.array_equal(filled, np.stack([expected] * 2))
    assert not augmentation.filled_in(identity_params(flipped=True), 48, 48).any()
    assert augmentation.filled_in(identity_params(zoom=0.5), 48, 48).mean() == pytest.approx(0.75, abs=0.03)


def test_noise_has_the_strength_that_was_drawn_and_a_seed_of_its_own() -> None:
    grey = np.full((2, 64, 64, 1), 128, np.uint8)
    params = replace(
        identity_params(2), noise_fraction=np.array([0.05, 0.1]), noise_seed=np.array([1, 2], np.uint32)
    )
    noisy = augmentation.apply(grey, params)
    added = noisy.astype(float) - 128
    assert added.mean() == pytest.approx(0, abs=0.7)
    assert added.std(axis=(1, 2, 3)) == pytest.approx([0.05 * 255, 0.1 * 255], rel=0.05)
    # Alone or beside others, a face gets the same noise.
    assert np.array_equal(augmentation.apply(grey[1:], params.take(slice(1, 2))), noisy[1:])
    other = replace(params, noise_seed=np.array([1, 3], np.uint32))
    changed = augmentation.apply(grey, other)
    assert np.array_equal(changed[0], noisy[0])
    assert not np.array_equal(changed[1], noisy[1])


@pytest.mark.parametrize("sigma", [0.3, 1.0, 3.0])
@pytest.mark.parametrize("channels", [1, 3])
def test_blur_is_a_gaussian_of_so_many_pixels(sigma: float, channels: int) -> None:
    point = np.zeros((1, 65, 65, channels), np.uint8)
    point[0, 32, 32] = 255
    blurred = augmentation.apply(point, identity_params(blur_pixels=sigma)).astype(float)
    away = np.arange(-32, 33) ** 2
    bell = np.exp(-np.add.outer(away, away) / (2 * sigma**2))
    expected = 255 * bell / bell.sum()
    assert np.abs(blurred[0] - expected[..., None]).max() <= 1
    flat = np.full((1, 48, 48, channels), 77, np.uint8)
    assert np.array_equal(augmentation.apply(flat, identity_params(blur_pixels=sigma)), flat)


def test_the_extremes_are_the_ends_of_what_can_be_drawn() -> None:
    ends = augmentation.extremes(EVERYTHING)
    assert list(ends) == [name for name in EVERYTHING.as_dict() if name in GOVERNS and name != "fill"]
    assert [float(params.rotation_degrees[0]) for params in ends["rotation_degrees"]] == [-20, 20]
    assert [float(params.zoom[0]) for params in ends["zoom_out_fraction"]] == [1.0, 0.7]
    assert [float(params.contrast[0]) for params in ends["contrast_fraction"]] == pytest.approx([0.6, 1.4])
    [nothing, most] = [params.erased_box[0] for params in ends["erase_fraction"]]
    assert nothing[0] == nothing[2]
    assert (most[2] - most[0]) * (most[3] - most[1]) == pytest.approx(0.3)
    image = noise(1)
    for name, pair in ends.items():
        pictures = [augmentation.apply(image, params) for params in pair]
        assert not np.array_equal(*pictures), name
    assert augmentation.extremes(AugmentationConfig(fill="black")) == {}


anything = st.builds(
    AugmentationConfig,
    horizontal_flip=st.booleans(),
    vertical_flip=st.booleans(),
    fill=st.sampled_from(["nearest", "reflect", "black"]),
    **{name: st.floats(0, highest) for name, highest in HIGHEST.items()},
)


@given(anything, st.integers(0, 2**31 - 1), st.sampled_from([(48, 48, 1), (9, 16, 3), (8, 8, 1)]))
@settings(max_examples=60, deadline=None)
def test_whatever_is_set_a_face_stays_a_face_of_its_size(
    config: AugmentationConfig, seed: int, shape: tuple[int, int, int]
) -> None:
    images = np.random.default_rng(0).integers(0, 256, (3, *shape), dtype=np.uint8)
    first, again = (
        augmentation.apply(images, augmentation.draw(config, 3, np.random.default_rng(seed)))
        for _ in range(2)
    )
    assert (first.shape, first.dtype) == (images.shape, np.uint8)
    assert np.array_equal(first, again)
    if not replace(config, mixup_alpha=0.0, cutmix_alpha=0.0).changes_anything:
        assert np.array_equal(first, images)
