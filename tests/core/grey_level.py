"""A model of 1.7 kB whose answer is known beforehand: it names the emotion whose grey level is nearest.

`grey_level.tflite` was written, once, by

    inputs = keras.Input((48, 48, 1))
    dense = keras.layers.Dense(7, activation="softmax")
    model = keras.Model(inputs, dense(keras.layers.GlobalAveragePooling2D()(inputs)))
    levels = -1 + 2 * (np.arange(7) + 0.5) / 7              # seven even steps from black to white
    dense.set_weights([60 * 2 * levels[None], -60 * levels**2])  # softmax of -60 (mean - level)²
    model.export("grey_level.tflite", format="litert")

and `grey_level_features.tflite`, which also answers with a feature map of 3×2×2, by

    pooled = keras.layers.AveragePooling2D((16, 24))(inputs)
    features = keras.layers.Concatenate(name="features")([pooled, -pooled])
    model = keras.Model(inputs, dense(keras.layers.GlobalAveragePooling2D()(features)))
    dense.set_weights([np.stack([60 * 2 * levels, np.zeros(7)]), -60 * levels**2])
    fer.training.engine.export.save_litert(model, Path("grey_level_features.tflite"))

and `grey_level_maps.tflite`, which answers with its emotion maps, 3×2×7, as well, by

    dense = keras.layers.Dense(7, name="emotion_maps")
    logits = dense(keras.layers.GlobalAveragePooling2D()(features))
    model = keras.Model(inputs, keras.layers.Softmax()(logits))
    dense.set_weights([np.stack([60 * 2 * levels, np.zeros(7)]), -60 * levels**2])
    fer.training.engine.export.save_litert(model, Path("grey_level_maps.tflite"))

so that tests of recognition need neither TensorFlow nor a trained network.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fer.emotions import EMOTIONS, Emotion
from fer.models.card import MODEL_FILE, ModelCard
from fer.models.preprocessing import Preprocessing

CONTENT = (Path(__file__).parent / "grey_level.tflite").read_bytes()
WITH_FEATURES = (Path(__file__).parent / "grey_level_features.tflite").read_bytes()
WITH_MAPS = (Path(__file__).parent / "grey_level_maps.tflite").read_bytes()
PREPROCESSING = Preprocessing(48, 48, 1, "minus_one_to_one")
LEVELS = tuple(round(255 * (index + 0.5) / 7) for index in range(7))
BIAS = (0.0 - 60 * (-1 + 2 * (np.arange(7) + 0.5) / 7) ** 2).astype(np.float32)


def save_model(
    folder: Path,
    *,
    content: bytes = CONTENT,
    preprocessing: Preprocessing = PREPROCESSING,
    emotions: Sequence[Emotion] = EMOTIONS,
    architecture: str = "mini_xception",
) -> Path:
    """Write the model and its card into `folder` and return it."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MODEL_FILE).write_bytes(content)
    ModelCard(
        name=folder.name,
        title=f"Grey level {folder.name}",
        architecture=architecture,
        preprocessing=preprocessing,
        emotions=tuple(emotions),
    ).save(folder)
    return folder


def flat(emotion: Emotion, height: int = 48, width: int = 48, channels: int = 1) -> NDArray[np.uint8]:
    """An image, (height, width, channels), of the one grey that the model calls `emotion`."""
    return np.full((height, width, channels), LEVELS[EMOTIONS.index(emotion)], np.uint8)
