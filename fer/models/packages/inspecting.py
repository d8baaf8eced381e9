"""Package validation: a model file from anywhere, checked before anything in it is believed."""

import math
import re
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray

from fer.errors import ModelError
from fer.models.packages.header import ModelHeader

HEADER = "header.json"
ARRAYS = "arrays/"
MOST_BYTES = 200 * 2**20
"""Of a file, packed and unpacked alike: twice the largest network of the catalogue."""

_MOST_HEADER_BYTES = 20_000
_MOST_ARRAYS = 2_000
# As Keras names what it keeps: "layers/conv2d_3/vars/0". No dots, so no way out of anything.
_NAME = re.compile(r"arrays/[A-Za-z0-9_]+(/[A-Za-z0-9_]+){0,11}\.npy")
_DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, ValueError, OSError, NotImplementedError, RuntimeError)


@dataclass(frozen=True, slots=True, eq=False)
class ModelFile:
    """A file that holds a model, as far as that can be said without building its network.

    Attributes:
        header: what it says of itself, checked against the catalogue.
        arrays: its weights by their names: float32, finite.
    """

    header: ModelHeader
    arrays: Mapping[str, NDArray[np.float32]]


def inspect(path: Path) -> ModelFile:
    """Read a model file that anybody may have made.

    Sizes are checked before anything is unpacked, and only plain numbers are read: nothing is unpickled, and
    nothing in it can name a file of this machine.

    Raises:
        ModelError: it is no model file, is too large, damaged, or holds something else than finite numbers,
            or more or fewer of them than the architecture has weights.
        UnknownArchitectureError: the catalogue does not have its architecture.
        ConfigError: its image size is none that can be prepared.
    """
    try:
        size = path.stat().st_size
        if size > MOST_BYTES:
            raise ModelError(too_large("The file", size))
        with zipfile.ZipFile(path) as archive:
            members = _members(archive)
            with archive.open(HEADER) as file:
                header = ModelHeader.from_json(file.read(_MOST_HEADER_BYTES).decode("utf-8"))
            arrays = {name: _array(archive, member) for name, member in members.items()}
    except _DAMAGED as error:
        raise ModelError(
            "The file is not a model of this workshop, or was damaged or cut off on its way. Keras' own "
            "files (.keras, .h5) are not taken, because loading one runs whatever is in it: let its owner "
            "export the model as a package, and choose that."
        ) from error
    _require_as_many_weights(header, arrays)
    return ModelFile(header, arrays)


def _members(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """The arrays' places in the archive by their names, all sizes within bounds."""
    infos = archive.infolist()
    names = [info.filename for info in infos]
    if HEADER not in names or len(set(names)) != len(names):
        raise ModelError(
            f"The file has no {HEADER}, or holds a name twice, so it is no model of this workshop. Choose "
            "one that was exported."
        )
    if len(infos) > _MOST_ARRAYS:
        raise ModelError(f"The file holds {len(infos):,} parts; a model here has at most {_MOST_ARRAYS:,}.")
    unpacked = sum(info.file_size for info in infos)
    if unpacked > MOST_BYTES:
        raise ModelError(too_large("Unpacked, the file", unpacked))
    members = {}
    for info in infos:
        if info.filename == HEADER:
            if info.file_size > _MOST_HEADER_BYTES:
                raise ModelError(
                    f"The header of the model file has {info.file_size:,} bytes; no header has so many."
                )
        elif not _NAME.fullmatch(info.filename):
            raise ModelError(
                f"The file holds “{info.filename[:60]}”, which is not what a model's arrays are called. "
                "Choose a package that was exported."
            )
        else:
            members[info.filename.removeprefix(ARRAYS).removesuffix(".npy")] = info
    return members


def _array(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> NDArray[np.float32]:
    with archive.open(member) as file:
        shape, dtype = _announced(file, member)
        content = file.read()
    count = math.prod(shape)
    if len(content) != count * dtype.itemsize:
        raise ModelError(
            f"The array “{member.filename}” says it has {count:,} numbers and brings {len(content):,} bytes. "
            "The file was damaged; fetch it again."
        )
    with np.errstate(over="ignore"):  # what is too large for float32 becomes infinite, and is refused
        values = np.frombuffer(content, dtype).reshape(shape).astype(np.float32)
    if not np.isfinite(values).all():
        raise ModelError(
            f"The array “{member.filename}” holds {int((~np.isfinite(values)).sum()):,} values that are no "
            "numbers (NaN or infinite), so the model cannot answer. Its training went wrong: take another "
            "epoch's."
        )
    return values


def _announced(file: IO[bytes], member: zipfile.ZipInfo) -> tuple[tuple[int, ...], np.dtype[np.floating]]:
    """What the head of an array says is behind it: floats in rows, and not more than there can be."""
    version = np.lib.format.read_magic(file)
    if version != (1, 0):
        raise ModelError(f"The array “{member.filename}” is written in a way that models here are not.")
    shape, by_columns, dtype = np.lib.format.read_array_header_1_0(file, max_header_size=1_000)
    if dtype.kind != "f" or dtype.itemsize not in (2, 4, 8) or by_columns:
        raise ModelError(
            f"The array “{member.filename}” holds {dtype}, not rows of floating-point numbers. Choose a "
            "package that was exported."
        )
    if math.prod(shape) * dtype.itemsize > member.file_size or len(shape) > 6:
        raise ModelError(
            f"The array “{member.filename}” says it has the shape {shape}, which is more than it brings. The "
            "file was damaged or tampered with; fetch it again."
        )
    return shape, dtype


def _require_as_many_weights(header: ModelHeader, arrays: Mapping[str, NDArray[np.float32]]) -> None:
    """Refuse at once what cannot be this architecture; the shapes are compared when the network is built."""
    found = sum(array.size for array in arrays.values())
    # The last layer has fewer weights for fewer emotions, and its size may follow from the picture's.
    usual = len(header.emotions) == 7 and header.image_size is None
    if usual and found != header.entry.parameters:
        raise ModelError(
            f"The file says it is a {header.entry.title}, which has {header.entry.parameters:,} weights; it "
            f"holds {found:,}. Its header names the wrong architecture, or a part is missing."
        )


def too_large(what: str, size: int) -> str:
    """Say that a file, packed or unpacked, has more bytes than any model."""
    return (
        f"{what} has {size / 2**20:,.0f} MB; a model here has at most {MOST_BYTES / 2**20:,.0f} MB. Choose "
        "another file."
    )
