"""From pixels to model input: exact where it can be worked out on paper."""

import json
from typing import Any, Literal

import cv2
import numpy as np
import pytest

from fer.errors import ConfigError
from fer.models.preprocessing import Preprocessing, Scale


@pytest.mark.parametrize(
    ("scale", "black", "middle", "white"),
    [("zero_to_one", 0.0, 128 / 255, 1.0), ("minus_one_to_one", -1.0, 128 / 127.5 - 1, 1.0)],
)
def test_grey_levels_become_the_scale(scale: Scale, black: float, middle: float, white: float) -> None:
    images = np.stack([np.full((48, 48, 1), level, np.uint8) for level in (0, 128, 255)])
    inputs = Preprocessing(scale=scale).apply(images)
    assert inputs.dtype == np.float32
    assert inputs.shape == (3, 48, 48, 1)
    assert inputs[:, 5, 7, 0].tolist() == pytest.approx([black, middle, white], abs=1e-6)


def test_a_face_of_another_size_is_resized_as_opencv_does() -> None:
    images = np.random.default_rng(0).integers(0, 256, (2, 96, 80, 1), dtype=np.uint8)
    smaller = Preprocessing(48, 40, scale="zero_to_one").apply(images)
    expected = cv2.resize(images[1], (40, 48), interpolation=cv2.INTER_AREA)
    assert np.array_equal(np.rint(smaller[1, ..., 0] * 255), expected)
    larger = Preprocessing(120, 112, scale="zero_to_one").apply(images)
    expected = cv2.resize(images[0], (112, 120), interpolation=cv2.INTER_LINEAR)
    assert np.array_equal(np.rint(larger[0, ..., 0] * 255), expected)


def test_colour_becomes_grey_by_its_luma_and_grey_becomes_three_channels() -> None:
    red, green, blue = np.eye(3, dtype=np.uint8) * 255
    colours = np.stack([np.full((48, 48, 3), colour) for colour in (red, green, blue)])
    grey = Preprocessing(scale="zero_to_one").apply(colours)
    assert grey.shape == (3, 48, 48, 1)
    assert grey[:, 0, 0, 0].tolist() == pytest.approx([0.299, 0.587, 0.114], abs=0.003)

    image = np.random.default_rng(0).integers(0, 256, (1, 48, 48, 1), dtype=np.uint8)
    tripled = Preprocessing(channels=3).apply(image)
    assert tripled.shape == (1, 48, 48, 3)
    assert all(np.array_equal(tripled[..., [c]], Preprocessing().apply(image)) for c in range(3))


@pytest.mark.parametrize("shape", [(0, 48, 48, 1), (0, 60, 50, 3)])
def test_no_face_is_no_input(shape: tuple[int, ...]) -> None:
    assert Preprocessing().apply(np.empty(shape, np.uint8)).shape == (0, 48, 48, 1)


def test_the_pixels_that_came_are_not_written_to() -> None:
    images = np.full((1, 48, 48, 1), 100, np.uint8)
    images.flags.writeable = False
    Preprocessing().apply(images)
    assert images[0, 0, 0, 0] == 100


def test_it_comes_back_from_its_json_as_it_was() -> None:
    unusual = Preprocessing(64, 72, 3, "zero_to_one")
    assert unusual.input_shape == (64, 72, 3)
    assert Preprocessing.from_dict(json.loads(json.dumps(unusual.as_dict()))) == unusual


@pytest.mark.parametrize(
    "values",
    [
        {"image_height": 4},
        {"image_width": 5000},
        {"image_height": 48.0},
        {"image_height": "48"},
        {"image_height": None},
        {"channels": 2},
        {"channels": True},
        {"scale": "standard"},
        {"scale": []},
        {"mean": 0.5},
    ],
)
def test_what_cannot_be_prepared_is_refused(values: dict[str, Any]) -> None:
    with pytest.raises(ConfigError):
        Preprocessing.from_dict(values)


@pytest.mark.parametrize("scale", ["zero_to_one", "minus_one_to_one"])
@pytest.mark.parametrize("channels", [1, 3])
def test_what_was_prepared_is_shown_as_it_was(scale: Scale, channels: Literal[1, 3]) -> None:
    images = np.arange(256, dtype=np.uint8).reshape(1, 16, 16, 1).repeat(channels, axis=3)
    preprocessing = Preprocessing(16, 16, channels, scale)
    assert np.array_equal(preprocessing.pictures(preprocessing.apply(images)), images)
