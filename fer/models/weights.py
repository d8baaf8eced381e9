"""Model weights: where a model's Keras weights lie, and which arrays are in them."""

from pathlib import Path
from typing import TYPE_CHECKING

from fer.models.card import BEST_FILE, KERAS_FILE

if TYPE_CHECKING:  # only who reads weights loads it
    import h5py


def keras_weights(folder: Path) -> Path | None:
    """Return the Keras weights of a shipped model or of a run; None where it has none."""
    return next((folder / name for name in (KERAS_FILE, BEST_FILE) if (folder / name).exists()), None)


def arrays_in(content: "h5py.File") -> dict[str, "h5py.Dataset"]:
    """Return the arrays of an open weights file of Keras by their places; the dice of dropout are none."""
    import h5py

    found: dict[str, h5py.Dataset] = {}

    def note(place: str, item: object) -> None:
        if isinstance(item, h5py.Dataset) and "seed_generator" not in place:
            found[place] = item

    content.visititems(note)
    return found
