"""Where the Keras weights of a model lie, from which its `model.tflite` was exported."""

from pathlib import Path

from fer.publishing import KERAS_FILE
from fer.runs import BEST_FILE


def keras_weights(folder: Path) -> Path | None:
    """Return the Keras weights of a shipped model or of a run; None where it has none."""
    return next((folder / name for name in (KERAS_FILE, BEST_FILE) if (folder / name).exists()), None)
