"""Asking a model about a few faces."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fer.bench.material import DEFAULT_MODEL
from fer.bench.stopwatch import Measurement, Report, ratio, take_turns
from fer.progress import Progress, silent
from fer.recognition import Recognizer, load_recognizer

_FACE_COUNTS = (1, 4, 16)


def bench_predict(
    progress: Progress = silent, *, data: str | None = None, model: str = DEFAULT_MODEL
) -> Report:
    """One, four and sixteen faces through LiteRT, against Keras' three ways to ask a model.

    Args:
        progress: told how far it is.
        data: not used.
        model: a pretrained model's name or a run's id.
    """
    from fer.bench.rivals import untrained_network

    recognizer = load_recognizer(model)
    network = untrained_network(recognizer.card.architecture)
    measurements: dict[str, Measurement] = {}
    ratios: dict[str, float] = {}
    for number, count in enumerate(_FACE_COUNTS):
        progress(number / len(_FACE_COUNTS), f"Timing predictions of {count} face(s)")
        height, width, channels = recognizer.preprocessing.input_shape
        images = np.random.default_rng(0).integers(0, 256, (count, height, width, channels), dtype=np.uint8)
        ways = _ways_to_predict(recognizer, network, images)
        measurements |= take_turns({f"{way}_{count}": ask for way, ask in ways.items()}, runs=40)
        ratios |= ratio(measurements, f"model_predict_{count}", f"litert_{count}")
    return Report(measurements, ratios, f"{model}, one LiteRT thread")


def _ways_to_predict(
    recognizer: Recognizer, network: Any, images: NDArray[np.uint8]
) -> dict[str, Callable[[], object]]:
    """Ours with its preprocessing; Keras' on input that is already prepared."""
    inputs = recognizer.preprocessing.apply(images)
    return {
        "litert": lambda: recognizer.predict(images),
        "model_predict": lambda: network.predict(inputs, verbose=0),
        "model_call": lambda: network(inputs, training=False),
        "predict_on_batch": lambda: network.predict_on_batch(inputs),
    }
