"""Dataset upload: a learner's file put into `data/`, whole, and only if it can be read."""

import filecmp
import os
import re
import shutil
import tempfile
import unicodedata
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from fer.datasets.cache import remove_forgotten
from fer.datasets.dataset import Dataset
from fer.datasets.readers.ferplus import load_votes, looks_like_votes
from fer.datasets.readers.numbering import number_of
from fer.datasets.registry import DatasetEntry, entry_at, keep_read, read_dataset
from fer.errors import DatasetError, MalformedDatasetError, PartlyBadDatasetError, UnlabelledDatasetError
from fer.system import files, paths
from fer.system.locks import locked
from fer.system.progress import Progress, silent

# Browsers call a second download "archive (1).zip", and brackets are no part of a name here.
_SECOND_DOWNLOAD = re.compile(r"\s*\((\d{1,3})\)\s*\.")
# Fewer numbers without a meaning are slips of the pen.
_STRAY_SHARE = 0.05


def save_upload(
    name: str, content: BinaryIO | bytes, progress: Progress = silent, skip_bad: bool = False
) -> DatasetEntry:
    """Put an uploaded table or archive into `data/` and return its entry. Its content says what it is.

    It is read once before it gets its name, so that a file that is broken or was cut off leaves nothing
    behind. Pictures whose labels stand where nobody can guess are kept, and so is a dataset with numbers that
    mean nothing, because it can be said then what its labels are. Uploading the same file twice is fine.
    FER+'s votes are taken as well: the entry's kind is then "votes", and FER-2013 has them from the next time
    it is opened.

    Args:
        name: the file's name, as the browser gave it.
        content: its bytes, or a binary file to read them from.
        skip_bad: take the file although some of its faces are bad.

    Raises:
        FerError: the name cannot be a file name here.
        PartlyBadDatasetError: some of its faces are bad and others are good; not with `skip_bad`.
        MalformedDatasetError: it is not a dataset.
        DatasetError: another dataset has that name already.
        StorageError: the disk is full, or `data/` cannot be written.
    """
    # “Gesichter üben (1).csv” becomes “Gesichter uben-1.csv”; what has no such spelling is refused below.
    name = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    name = _SECOND_DOWNLOAD.sub(r"-\1.", name)
    target = paths.child(paths.data_folder(), name)
    source = BytesIO(content) if isinstance(content, bytes) else content
    source.seek(0)  # the page may offer the same file a second time, without its bad faces
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        remove_forgotten(target.parent)
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".uploading-") as folder:
            arriving = Path(folder) / name
            with arriving.open("wb") as file:
                shutil.copyfileobj(source, file, 2**20)
                file.flush()
                os.fsync(file.fileno())
            is_votes = target.suffix.lower() == ".csv" and looks_like_votes(arriving)
            dataset = None if is_votes else _read(arriving, progress, skip_bad)
            # Two who upload different files of one name in the same moment: the second replaces nothing.
            with locked(paths.cache_folder()):
                if not target.exists():
                    arriving.rename(target)
                elif not filecmp.cmp(arriving, target, shallow=False):
                    raise DatasetError(
                        f"There is another dataset “{name}” already. Rename your file and upload it again."
                    )
        if is_votes:
            _check_votes(target)
        elif dataset is not None:
            keep_read(target, dataset, skip_bad)
    except OSError as error:
        raise files.storage_error(target, error) from error
    entry = entry_at(target)
    if entry is None:
        raise DatasetError(f"“{name}” was put into data and is gone again. Upload it once more.")
    return entry


def _read(path: Path, progress: Progress, skip_bad: bool) -> Dataset | None:
    """Read an upload; None for one that is kept unread, because there it can be said what it means.

    That is so where its labels stand nowhere, or many of its numbers mean nothing.
    """
    try:
        return read_dataset(path, progress, skip_bad)
    except UnlabelledDatasetError:
        return None
    except PartlyBadDatasetError as error:
        numbers = any(number_of(label) is not None for label in error.unknown_labels)
        if numbers and error.bad_count > _STRAY_SHARE * (error.good + error.bad_count):
            return None
        raise


def _check_votes(path: Path) -> None:
    """Read a table of votes where it lies, because what is read is kept by its place; remove a bad one."""
    try:
        load_votes(path)
    except MalformedDatasetError:
        path.unlink()
        raise
