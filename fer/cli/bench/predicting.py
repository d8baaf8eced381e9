"""Inference benchmark: a model asked about a few faces, and what each network costs."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fer.cli.bench import Request
from fer.cli.bench.costing import measure_costs
from fer.models.costs.measured import FACE_COUNTS, save_costs
from fer.models.costs.table import NO_WEIGHTS, CostRow, cost_rows
from fer.models.inference import Recognizer, load_recognizer
from fer.system.stopwatch import Measurement, Report, ratio, take_turns

# Share of the whole time that every architecture takes; then the one model is held against Keras.
_COSTING = 0.9


def bench_predict(request: Request) -> Report:
    """One, four and sixteen faces through LiteRT, against Keras' three ways to ask a model.

    And through every architecture of the catalogue: what it costs, beside the accuracy on the card of the
    model that is shipped of it.
    """
    recognizer = load_recognizer(request.model)
    costs = measure_costs(progress=lambda fraction, message: request.progress(_COSTING * fraction, message))
    kept = [f"Kept in {save_costs(costs)}"] if request.keep else []
    # Not before: its Keras would be in memory while the networks are timed.
    from fer.cli.bench.rivals import untrained_network

    network = untrained_network(recognizer.card.architecture, recognizer.preprocessing)
    measurements: dict[str, Measurement] = {}
    ratios: dict[str, float] = {}
    for number, count in enumerate(FACE_COUNTS):
        share = _COSTING + (1 - _COSTING) * number / len(FACE_COUNTS)
        request.progress(share, f"Timing predictions of {count} face(s)")
        height, width, channels = recognizer.preprocessing.input_shape
        images = np.random.default_rng(0).integers(0, 256, (count, height, width, channels), dtype=np.uint8)
        ways = _ways_to_predict(recognizer, network, images)
        measurements |= take_turns({f"{way}_{count}": ask for way, ask in ways.items()}, runs=40)
        ratios |= ratio(measurements, f"model_predict_{count}", f"litert_{count}")
    return Report(
        measurements,
        ratios,
        f"{request.model}, one LiteRT thread",
        rows=[_plain_values(row) for row in cost_rows(costs)],
        remarks=kept,
    )


def _plain_values(row: CostRow) -> dict[str, str | int | float]:
    assert row.cost is not None  # all of them were measured just now
    accuracy = row.accuracy
    return {
        "network": row.entry.name,
        "parameters": row.cost.parameters,
        "image_size": row.cost.image_size,
        "multiply_adds": row.cost.multiply_adds,
        "file_bytes": row.cost.file_bytes,
        **{f"ms_{count}": row.cost.milliseconds[count] for count in FACE_COUNTS},
        "private_test": NO_WEIGHTS if accuracy is None else round(accuracy.share, 4),
        "from": "" if accuracy is None else round(accuracy.interval_95[0], 4),
        "to": "" if accuracy is None else round(accuracy.interval_95[1], 4),
    }


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
