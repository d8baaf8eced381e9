"""Every loss against its formula, in training and after it, in one child process."""

import json
from typing import Any, get_args

import numpy as np
import pytest

from fer.config import Loss
from tests.process.conftest import found_by_child

SMOOTHING = 0.1

pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="module")
def found() -> dict[str, Any]:
    """What `measure` found, in a process of its own."""
    return found_by_child("tests.process.test_losses")


@pytest.mark.parametrize("loss", get_args(Loss))
def test_a_loss_is_its_formula_in_training_and_in_validation(found: dict[str, Any], loss: str) -> None:
    probabilities, targets = np.array(found["probabilities"]), np.array(found["targets"])
    smoothed = targets * (1 - SMOOTHING) + SMOOTHING / 7
    exponentials = np.exp(probabilities)
    formula = {
        "crossentropy": -(smoothed * np.log(probabilities)).sum(axis=1),
        "focal": -(smoothed * (1 - probabilities) ** 2 * np.log(probabilities)).sum(axis=1),
        "squared_error": ((smoothed - probabilities) ** 2).mean(axis=1),
        # A softmax of what is a softmax already.
        "double_softmax": -(smoothed * np.log(exponentials / exponentials.sum(axis=1, keepdims=True))).sum(
            axis=1
        ),
    }[loss].mean()
    assert found["validation"][loss] == pytest.approx(formula, rel=1e-4)
    assert found["training"][loss] == pytest.approx(formula, rel=1e-4)


# ── in the child process ─────────────────────────────────────────────────────────────────────────


def measure() -> dict[str, Any]:
    """Each loss of one network on one batch, as plain JSON values."""
    import keras

    from fer.config import TrainingConfig
    from fer.training.engine.losses import build_loss
    from fer.training.engine.network import compiled

    rng = np.random.default_rng(0)
    inputs = rng.normal(0, 1, (16, 5)).astype(np.float32)
    targets = rng.dirichlet(np.ones(7), 16).astype(np.float32)
    found: dict[str, Any] = {"targets": targets.tolist(), "training": {}, "validation": {}}
    for loss in get_args(Loss):
        config = TrainingConfig(loss=loss, label_smoothing=SMOOTHING)
        keras.utils.set_random_seed(0)
        layers = [keras.layers.Dense(7), keras.layers.Activation("softmax")]
        network = keras.Sequential([keras.Input((5,)), *layers])
        probabilities = network.predict_on_batch(inputs)
        found["probabilities"] = probabilities.tolist()
        found["validation"][loss] = float(build_loss(config)(targets, probabilities))
        trained, _ = compiled(network, config).train_on_batch(inputs, targets, np.ones(16, np.float32))
        found["training"][loss] = float(trained)
    return found


if __name__ == "__main__":
    print(json.dumps(measure()))
