"""Dataset upload: a learner's file put into `data/`, whole, and only if it can be read."""

import filecmp
import os
import re
import shutil
import tempfile
import unicodedata
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from fer.datasets.cache import remove_forgotten
from fer.datasets.readers.ferplus import load_votes, looks_like_votes
from fer.datasets.registry import DatasetEntry, entry_at, keep_read, read_dataset
from fer.errors import DatasetError, MalformedDatasetError, UnlabelledDatasetError
from fer.system import files, paths
from fer.system.locks import locked
from fer.system.progress import Progress, silent

# Browsers call a second download "archive (1).zip", and brackets are no part of a name here.
_SECOND_DOWNLOAD = re.compile(r"\s*\((\d{1,3})\)\s*\.")


def save_upload(
    name: str, content: BinaryIO | bytes, progress: Progress = silent, skip_bad: bool = False
) -> DatasetEntry:
    """Put an uploaded table or archive into `data/` and return its entry. Its content says what it is.

    It is read once before it gets its name, so that a file that is broken or was cut off leaves nothing
    behind. An archive of pictures is kept whose labels stand where nobody can guess, because that can be said
    of it then. Uploading the same file twice is fine. FER+'s votes are taken as well: the entry's kind is
    then "votes", and FER-2013 has them from the next time it is opened.

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
            dataset = None
            if not is_votes:
                # Where its labels stand can only be said of what lies in data/.
                with suppress(UnlabelledDatasetError):
                    dataset = read_dataset(arriving, progress, skip_bad)
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


def _check_votes(path: Path) -> None:
    """Read a table of votes where it lies, because what is read is kept by its place; remove a bad one."""
    try:
        load_votes(path)
    except MalformedDatasetError:
        path.unlink()
        raise
