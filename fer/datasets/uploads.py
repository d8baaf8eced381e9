"""Taking in a dataset that a learner uploads: all of it, and only if it can be read."""

import filecmp
import os
import shutil
import tempfile
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from fer import files, paths
from fer.datasets.registry import DatasetEntry, list_datasets, read_dataset
from fer.errors import DatasetError, MalformedDatasetError
from fer.progress import Progress, silent


def save_upload(name: str, content: BinaryIO | bytes, progress: Progress = silent) -> DatasetEntry:
    """Put an uploaded CSV or Parquet file into `data/` and return its entry.

    It is read once before it gets its name, so that a file that is broken or was cut off leaves nothing
    behind. Uploading the same file twice is fine.

    Args:
        name: the file's name, as the browser gave it.
        content: its bytes, or a binary file to read them from.
        progress: told how far the checking is.

    Raises:
        FerError: the name cannot be a file name here.
        MalformedDatasetError: it is not a dataset.
        DatasetError: another dataset has that name already.
        StorageError: the disk is full, or `data/` cannot be written.
    """
    target = paths.child(paths.data_folder(), name)
    if target.suffix.lower() not in (".csv", ".parquet"):
        raise MalformedDatasetError(
            f"“{name}” is neither a .csv nor a .parquet file. Choose a FER-2013 CSV "
            "or a Parquet table of pictures; copy class folders into data by hand."
        )
    source = BytesIO(content) if isinstance(content, bytes) else content
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".uploading-") as folder:
            arriving = Path(folder) / name
            with arriving.open("wb") as file:
                shutil.copyfileobj(source, file, 2**20)
                file.flush()
                os.fsync(file.fileno())
            read_dataset(arriving, progress)
            if not target.exists():
                arriving.rename(target)
            elif not filecmp.cmp(arriving, target, shallow=False):
                raise DatasetError(
                    f"There is another dataset “{name}” already. Rename your file and upload it again."
                )
    except OSError as error:
        raise files.storage_error(target, error) from error
    return next(entry for entry in list_datasets() if entry.path == target)
