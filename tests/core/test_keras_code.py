"""The settings as Keras code: text that a process with Keras runs, see also tests/process."""

import ast

import pytest

from fer.config import HIGHEST, AugmentationConfig
from fer.training.augmentation.keras_code import keras_code


def test_nothing_set_is_no_layer() -> None:
    code = keras_code(AugmentationConfig(fill="black"))
    ast.parse(code)
    assert "layers = []" in code
    assert "keras.layers." not in code


@pytest.mark.parametrize(
    ("values", "line"),
    [
        ({"horizontal_flip": True}, 'keras.layers.RandomFlip("horizontal"),'),
        ({"vertical_flip": True}, 'keras.layers.RandomFlip("vertical"),'),
        (
            {"horizontal_flip": True, "vertical_flip": True},
            'keras.layers.RandomFlip("horizontal_and_vertical"),',
        ),
        ({"rotation_degrees": 12.5}, 'keras.layers.RandomRotation(12.5 / 360, fill_mode="nearest"),'),
        (
            {"shift_x_fraction": 0.1, "shift_y_fraction": 0.2, "fill": "black"},
            'keras.layers.RandomTranslation(height_factor=0.2, width_factor=0.1, fill_mode="constant"),',
        ),
        # Keras counts how much of the picture is seen: 1.25 times as large is a fifth less of it.
        (
            {"zoom_in_fraction": 0.25, "zoom_out_fraction": 0.5, "fill": "reflect"},
            'keras.layers.RandomZoom((-0.2, 1), fill_mode="reflect"),',
        ),
        ({"contrast_fraction": 0.3}, "keras.layers.RandomContrast((0.3, 0.3), value_range=(0, 1)),"),
        ({"brightness_fraction": 0.2}, "keras.layers.RandomBrightness(0.2, value_range=(0, 1)),"),
        ({"noise_fraction": 0.1}, "keras.layers.GaussianNoise(0.1),"),
        ({"cutmix_alpha": 0.5}, "cut_mix = keras.layers.CutMix(factor=(0.5, 0.5))"),
        ({"mixup_alpha": 0.2}, "mix_up = keras.layers.MixUp(alpha=0.2)"),
    ],
)
def test_each_setting_is_its_layer_in_keras_conventions(values: dict[str, object], line: str) -> None:
    code = keras_code(AugmentationConfig.from_dict(values))
    ast.parse(code)
    assert line in [text.strip() for text in code.splitlines()]


def test_with_everything_on_it_is_still_python_of_a_readable_width() -> None:
    code = keras_code(
        AugmentationConfig.from_dict({**HIGHEST, "horizontal_flip": True, "vertical_flip": True})
    )
    ast.parse(code)
    assert max(map(len, code.splitlines())) <= 110
    assert "mix_up if heads else cut_mix" in code
