"""Temperature scaling: probabilities made softer or sharper by one number."""

import numpy as np
from numpy.typing import NDArray

LEAST_PROBABILITY = float(np.finfo(np.float32).eps)
"""What a probability of 0 is taken for wherever its logarithm is needed, as scikit-learn does in float32."""


def apply_temperature(probabilities: NDArray[np.float32], temperature: float) -> NDArray[np.float32]:
    """Return probabilities at another temperature: softmax(ln p / T), which never changes the answer.

    Above 1 they are drawn together, below 1 apart; at 1 they come back as they are. A softmax model's
    logits are the logarithms of its probabilities up to a constant, so nothing but its answers is needed.

    Args:
        probabilities: (n, k), or (k,) of one face; each row sums to 1.
        temperature: T, above 0.

    Source:
        C. Guo, G. Pleiss, Y. Sun and K. Q. Weinberger (2017), "On Calibration of Modern Neural Networks".
    """
    if temperature == 1:
        return probabilities
    softened = np.exp(log_softmax(logits_of(probabilities) / temperature)).astype(np.float32)
    # Rounding may have drawn the two highest level, and of equals the earlier column would win.
    answers = probabilities.argmax(axis=-1, keepdims=True)
    just_above = np.nextafter(softened.max(axis=-1, keepdims=True), np.float32(2))
    levelled = softened.argmax(axis=-1, keepdims=True) != answers
    at_answers = np.take_along_axis(softened, answers, axis=-1)
    np.put_along_axis(softened, answers, np.where(levelled, just_above, at_answers), axis=-1)
    return softened


def logits_of(probabilities: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return the logarithms of probabilities, none below that of `LEAST_PROBABILITY`; as their shape."""
    return np.log(np.maximum(probabilities.astype(np.float64), LEAST_PROBABILITY))


def log_softmax(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the logarithms of the probabilities that `logits` stand for, along the last axis."""
    shifted = logits - logits.max(axis=-1, keepdims=True)
    return np.asarray(shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True)))
