"""Text encoding: a table in UTF-16, or with rows over several lines, copied as UTF-8 with a line a row."""

import codecs
import re
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from fer.datasets.readers.csv_faces.text import LINE_BYTES, utf_16_of
from fer.errors import MalformedDatasetError
from fer.system import files, paths

_PIECE_BYTES = 2**20
# FER-2013 as lists in UTF-16 has 0.7 GiB.
_MOST_BYTES = 4 * 2**30
# A field of numbers that a line ends within, as NumPy writes an array: "[ 70  80
_UNFINISHED = re.compile(rb'"[\[(\s]*[0-9.,\s]+')


@contextmanager
def plain_text(path: Path) -> Iterator[tuple[Path, bool]]:
    """Give a table as it can be read, and whether its lines are others now; a copy goes in the end.

    Raises:
        MalformedDatasetError: it is too large for a copy.
        StorageError: `data/cache` cannot be written, or the disk is full.
    """
    with ExitStack() as stack:
        with path.open("rb") as file:
            encoding = utf_16_of(file.read(_PIECE_BYTES))
        if encoding:
            path = _copy(path, stack, _as_utf_8(encoding))
        joined = _has_rows_of_several_lines(path)
        yield (_copy(path, stack, _joining()) if joined else path), joined


def _copy(path: Path, stack: ExitStack, changed: Callable[[bytes], bytes]) -> Path:
    """A copy of a file, piece by piece, in a folder that goes when the stack is left."""
    size = path.stat().st_size
    if size > _MOST_BYTES:
        raise MalformedDatasetError(
            f"“{path.name}” has {size / 2**30:.1f} GiB, and {_MOST_BYTES // 2**30} GiB is the most that is "
            "read in its form. Save it again as “CSV UTF-8”, with a line for each face."
        )
    target = stack.enter_context(place_for_copy(path.name))
    try:
        with path.open("rb") as source, target.open("wb") as copy:
            while piece := source.read(_PIECE_BYTES):
                copy.write(changed(piece))
    except OSError as error:
        raise files.storage_error(target.parent, error) from error
    return target


@contextmanager
def place_for_copy(name: str) -> Iterator[Path]:
    """Give the path for a copy of the table of that name, because errors speak of what they read by its name.

    Raises:
        StorageError: `data/cache` cannot be written, or the disk is full.
    """
    place = paths.cache_folder()
    with ExitStack() as stack:
        try:
            place.mkdir(parents=True, exist_ok=True)
            folder = tempfile.TemporaryDirectory(dir=place, prefix=".copying-", ignore_cleanup_errors=True)
            stack.enter_context(folder)
        except OSError as error:
            raise files.storage_error(place, error) from error
        yield Path(folder.name) / name


def _as_utf_8(encoding: str) -> Callable[[bytes], bytes]:
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    # Tables that were put together have a byte order mark inside as well.
    return lambda piece: decoder.decode(piece).replace("\ufeff", "").encode("utf-8", "replace")


def _joining() -> Callable[[bytes], bytes]:
    """A space for each end of a line between quotes."""
    inside = False

    def joined(piece: bytes) -> bytes:
        nonlocal inside
        parts = piece.split(b'"')
        for place in range(len(parts)):
            if inside:
                parts[place] = parts[place].replace(b"\r", b" ").replace(b"\n", b" ")
            inside ^= place < len(parts) - 1
        return b'"'.join(parts)

    return joined


def _has_rows_of_several_lines(path: Path) -> bool:
    """Whether the first or the second line ends within a quoted field of numbers."""
    with path.open("rb") as file:
        lines = [file.readline(LINE_BYTES) for _ in range(2)]
    return any(
        line.count(b'"') % 2 == 1 and _UNFINISHED.fullmatch(line, line.rfind(b'"')) is not None
        for line in lines
    )
