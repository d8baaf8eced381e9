"""Parquet of numbers: tables whose faces are lists, texts or columns of numbers, read as the CSV of them.

pandas writes a data frame to Parquet as it was read from fer2013.csv: the pixels are a text in one column.
What numbers mean, which columns there are, and what is said of a bad row is the CSV reader's business.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from fer.config import ImportSettings
from fer.datasets.dataset import Dataset, Split
from fer.datasets.readers.csv_faces import place_for_copy
from fer.datasets.readers.vocabulary import PIXEL_COLUMNS, printable
from fer.datasets.readers.wide_csv import load_plain
from fer.errors import MalformedDatasetError
from fer.system import files
from fer.system.progress import Progress, part

_BATCH_ROWS = 64
# What a table may become as text: 83 million numbers of FER-2013 take 0.3 GiB.
_MOST_BYTES = 4 * 2**30
# The least that one face takes as columns.
_MANY_COLUMNS = 65


def holds_pixels(schema: Any) -> bool:
    """Whether a column of the table may hold all numbers of a face, or each column one."""
    import pyarrow as pa

    numbers = sum(is_number(field.type) for field in schema)
    return numbers >= _MANY_COLUMNS or any(
        (_is_text(field.type) and field.name.lower() in PIXEL_COLUMNS)
        or (_is_list(field.type) and is_number(_innermost(field.type)))
        for field in schema
        if not pa.types.is_struct(field.type)
    )


def load_parquet_pixels(
    path: Path,
    progress: Progress,
    skip_bad: bool,
    how: ImportSettings,
    *,
    split: Split | None,
    words: Mapping[str, Callable[[Any], str]],
) -> Dataset:
    """Read such a table; see `fer.datasets.readers`.

    Args:
        words: what to write for each value of a column, by the column's name.

    Raises:
        StorageError: there is no room for it as text in `data/cache`.
    """
    with place_for_copy(path.name) as text:
        with damage_said(path):
            _write_text(path, text, words, part(progress, 0, 0.5))
        return load_plain(text, part(progress, 0.5, 1), skip_bad, how, split=split, is_copy=True)


@contextmanager
def damage_said(path: Path) -> Iterator[None]:
    """Turn what pyarrow raises for a file that it cannot read into a sentence."""
    import pyarrow as pa

    try:
        yield
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        if isinstance(error, OSError) and error.errno:  # not the content: the disk, or a missing right
            raise
        raise MalformedDatasetError(
            f"“{path.name}” is not a Parquet file, or is damaged or cut off. Fetch it again."
        ) from error


def _write_text(
    path: Path, text: Path, words: Mapping[str, Callable[[Any], str]], progress: Progress
) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq
    from pyarrow import csv

    with pq.ParquetFile(path) as file:
        wanted = [field.name for field in file.schema_arrow if _is_written(field.type)]
        names = [printable(name).replace('"', "'") for name in wanted]
        done, rows = 0, max(file.metadata.num_rows, 1)
        try:
            with text.open("wb") as target:
                for batch in file.iter_batches(_BATCH_ROWS, columns=wanted):
                    columns = [_as_text(batch.column(name), words.get(name)) for name in wanted]
                    style = csv.WriteOptions(include_header=not done)
                    csv.write_csv(pa.table(columns, names=names), target, style)
                    done += len(batch)
                    progress(done / rows, f"Reading {path.name}")
                    if target.tell() > _MOST_BYTES:
                        raise MalformedDatasetError(
                            f"“{path.name}” is more than {_MOST_BYTES // 2**30} GiB as text, the most that "
                            "is loaded at once. Choose a smaller table."
                        )
        except OSError as error:
            if isinstance(error, pa.ArrowException) or not error.errno:
                raise  # the table is damaged
            raise files.storage_error(text.parent, error) from error


def _as_text(column: Any, word: Callable[[Any], str] | None) -> Any:
    """A column without what would end a field or a line; a list as a text with spaces between its numbers."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if word is not None:
        column = pa.array(
            [None if value is None else word(value) for value in column.to_pylist()], pa.string()
        )
    if _is_list(column.type):
        column = pc.binary_join(_flat(column).cast(pa.list_(pa.string())), " ")
    if pa.types.is_float16(column.type) or pa.types.is_decimal(column.type):
        return column.cast(pa.float64())
    return pc.replace_substring_regex(column, r'[\r\n"]', " ") if _is_text(column.type) else column


def _flat(column: Any) -> Any:
    """Lists of lists as lists: the rows of a face one after the other."""
    import pyarrow as pa

    if not pa.types.is_list(column.type):
        column = column.cast(pa.list_(column.type.value_type))
    if not _is_list(column.type.value_type):
        return column
    inner = _flat(column.values)
    return pa.ListArray.from_arrays(inner.offsets.take(column.offsets), inner.values)


def _is_list(kind: Any) -> bool:
    import pyarrow as pa

    return bool(pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind))


def _innermost(kind: Any) -> Any:
    return _innermost(kind.value_type) if _is_list(kind) else kind


def is_number(kind: Any) -> bool:
    """Whether it is a type of whole numbers, or of those with fractions."""
    import pyarrow as pa

    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind))


def _is_text(kind: Any) -> bool:
    import pyarrow as pa

    kind = kind.value_type if pa.types.is_dictionary(kind) else kind
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _is_written(kind: Any) -> bool:
    import pyarrow as pa

    kind = kind.value_type if pa.types.is_dictionary(kind) else kind
    if _is_list(kind):
        return is_number(_innermost(kind))
    return is_number(kind) or _is_text(kind) or bool(pa.types.is_boolean(kind))
