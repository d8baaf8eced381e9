"""File download: a file that lies in `data/` handed to the browser."""

from pathlib import Path

from fer.errors import DatasetError
from fer.system import paths

# A browser gets it through the server's memory; above this, a person copies the file.
MAX_BYTES = 100_000_000


def can_be_taken(path: Path) -> bool:
    """Whether a file is in `data/` and small enough to go through the browser."""
    try:
        place = path.resolve()
        inside = place.is_relative_to(paths.data_folder().resolve())
        return inside and place.is_file() and place.stat().st_size <= MAX_BYTES
    except OSError:
        return False


def content_of(path: Path) -> bytes:
    """Return a file of `data/` for the browser.

    Raises:
        DatasetError: it is not there any more, lies elsewhere, or is too large.
    """
    if not can_be_taken(path):
        raise DatasetError(
            f"“{path.name}” is not in data, or has more than {MAX_BYTES // 10**6} MB. Copy the file from its "
            "folder."
        )
    try:
        return path.read_bytes()
    except OSError as error:
        raise DatasetError(
            f"“{path.name}” cannot be read: {error.strerror or error}. Copy the file from its folder."
        ) from error
