"""The code that the augmentation page shows runs in Keras as it stands, and does what is said of it."""

import json
import subprocess
import sys

from fer.config import DEFAULT_AUGMENTATION, HIGHEST, AugmentationConfig
from fer.training.augmentation.keras_code import keras_code
from tests.conftest import PROJECT_ROOT

EVERYTHING = AugmentationConfig.from_dict(
    {**HIGHEST, "horizontal_flip": True, "vertical_flip": True, "fill": "black"}
)

SCRIPT = """
import json, sys
import numpy as np

def run(code, images, labels):
    names = {}
    exec(code, names)
    out = names["augment"](images, labels)
    return names, [np.asarray(array) for array in out]

codes = json.load(sys.stdin)
rng = np.random.default_rng(0)
faces = rng.random((9, 48, 48, 1), np.float32)
labels = np.eye(7, dtype=np.float32)[np.arange(9) % 7]
told = {}
for name, code in codes.items():
    names, (images, answers) = run(code, faces, labels)
    told[name] = {
        "shape": images.shape,
        "lowest": float(images.min()),
        "highest": float(images.max()),
        "unchanged": bool(np.array_equal(images, faces)),
        "labels": answers.sum(axis=1).round(4).tolist(),
        "mixed": bool((answers.max(axis=1) < 0.99).any()),
    }

# What the page says of the conventions, asked of Keras.
import keras
many = np.repeat(faces[:1], 100, axis=0)
ratio = lambda layer: np.asarray(layer(many, training=True)).std(axis=(1, 2, 3)) / many[0].std()
told["contrast, one number"] = float(ratio(keras.layers.RandomContrast(0.4, value_range=(-9, 9))).min())
told["contrast, a pair"] = float(ratio(keras.layers.RandomContrast((0.4, 0.4), value_range=(-9, 9))).min())
names, _ = run(codes["zoom"], faces, labels)
seen = np.asarray(names["layers"][0].get_random_transformation(many)["height_zoom"])
told["zoom range"] = [float(1 / seen.max()), float(1 / seen.min())]
square = np.zeros((40, 48, 48, 1), np.float32)
square[:, 12:36, 12:36] = 1
sides = np.sqrt(np.asarray(names["layers"][0](square, training=True)).sum(axis=(1, 2, 3))) / 24
told["zoomed"] = [float(sides.min()), float(sides.max())]
print(json.dumps(told))
"""


def test_the_keras_code_of_the_page_runs_and_keeps_its_promises() -> None:
    zoom = AugmentationConfig(zoom_in_fraction=0.25, zoom_out_fraction=0.5, fill="black")
    codes = {
        "nothing": keras_code(AugmentationConfig()),
        "default": keras_code(DEFAULT_AUGMENTATION),
        "zoom": keras_code(zoom),
        "mixup": keras_code(AugmentationConfig(mixup_alpha=1)),
        "cutmix": keras_code(AugmentationConfig(cutmix_alpha=1)),
        "everything": keras_code(EVERYTHING),
    }
    child = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        cwd=PROJECT_ROOT,
        input=json.dumps(codes),
        capture_output=True,
        text=True,
        check=False,
    )
    assert child.returncode == 0, child.stderr
    told = json.loads(child.stdout.splitlines()[-1])
    for name in codes:
        assert told[name]["shape"] == [9, 48, 48, 1], name
        assert told[name]["lowest"] >= -1e-5, name
        assert told[name]["highest"] <= 1 + 1e-5, name
        assert told[name]["labels"] == [1.0] * 9, name
        assert told[name]["unchanged"] == (name == "nothing"), name
        assert told[name]["mixed"] == (name in ("mixup", "cutmix", "everything")), name
    assert told["contrast, one number"] > 0.999
    assert told["contrast, a pair"] < 0.8
    lowest, highest = told["zoom range"]
    assert 0.499 <= lowest < 0.6
    assert 1.15 < highest <= 1.251
    smallest, largest = told["zoomed"]
    assert 0.45 < smallest < 0.7
    assert 1.05 < largest < 1.3
