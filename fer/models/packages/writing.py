"""Package export: a model's weights as a file of plain arrays, for another workshop."""

import io
import tempfile
import zipfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fer.errors import ModelError, ModelNotFoundError
from fer.models.card import ModelCard, load_card
from fer.models.inference import model_folder
from fer.models.packages.header import ModelHeader
from fer.models.packages.inspecting import ARRAYS, HEADER
from fer.models.weights import arrays_in, keras_weights
from fer.statistics import percent
from fer.system import files

SUFFIX = ".fer-model.zip"


def model_package(name: str) -> bytes:
    """Return the file that carries a model of this workshop into another one.

    Raises:
        ModelNotFoundError: there is no such model, or its Keras weights are gone.
        ModelError: its weights are damaged.
    """
    folder = model_folder(name)
    card, weights = load_card(folder), keras_weights(folder)
    if weights is None:
        raise ModelNotFoundError(
            f"The model “{name}” has no Keras weights to export. Choose another one, or train it again."
        )
    header = ModelHeader(
        architecture=card.architecture,
        emotions=card.emotions,
        image_size=card.config.get("image_size"),
        title=card.title[:200],
        claims=_claims(card),
        written_with="Keras 3",
    )
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(HEADER, header.to_json())
        for place, values in keras_arrays(weights).items():
            content = io.BytesIO()
            np.lib.format.write_array(content, values, version=(1, 0), allow_pickle=False)
            archive.writestr(f"{ARRAYS}{place}.npy", content.getvalue())
    return buffer.getvalue()


def keras_arrays(path: Path) -> dict[str, NDArray[np.float32]]:
    """Return the arrays of one of our own .keras files by their places in it; nothing else of it is read.

    Raises:
        ModelError: it is damaged.
    """
    import h5py  # loads in a tenth of a second, and only who exports a model needs it

    try:
        # HDF5 seeks about, which is slow in a packed file: it is unpacked first.
        with tempfile.TemporaryFile() as unpacked:
            with zipfile.ZipFile(path) as archive, archive.open("model.weights.h5") as packed:
                while chunk := packed.read(2**20):
                    unpacked.write(chunk)
            with h5py.File(unpacked, "r") as content:
                return {place: np.asarray(item[()], np.float32) for place, item in arrays_in(content).items()}
    except files.DAMAGED_ARRAYS as error:
        raise ModelError(
            f"The weights {path.name} cannot be read ({error}). Train the model again, or restore the file."
        ) from error


def _claims(card: ModelCard) -> str:
    for figures, which in ((card.test, "test"), (card.validation, "validation")):
        if figures:
            title = card.dataset.get("title", "its dataset")
            return f"{percent(figures['accuracy'])} of {figures['count']:,} {which} faces of {title}."
    return ""
