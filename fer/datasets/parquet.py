"""Parquet tables of encoded pictures with labels, as dataset hubs serve them."""

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fer.datasets.dataset import Dataset, Source, Split
from fer.datasets.decoding import decode_faces
from fer.datasets.vocabulary import emotion_called, filled_splits, split_called
from fer.emotions import EMOTIONS
from fer.errors import MalformedDatasetError
from fer.progress import Progress, silent

_LABEL_COLUMNS = ("emotion", "label", "labels", "expression", "class")
_SPLIT_COLUMNS = ("usage", "split", "subset", "partition")
# FER-2013 has 60 MB. A table that unpacks to more than this would not fit beside the faces decoded from it.
_MAX_BYTES = 4 * 2**30


def load_parquet(path: Path, progress: Progress = silent) -> Dataset:
    """Read a table with a column of picture files, one of labels and, if it has one, one of splits.

    Pictures are bytes, or `{"bytes", "path"}` as the Hugging Face hub stores them. Labels are
    emotion words, FER-2013's numbers 0 to 6, or positions in the class names that the hub keeps in the
    table. Without a column of splits, validation and test take a tenth of the faces each, each emotion
    alike, with seed 0.

    Returns:
        Grey faces of one size, of all seven emotions, in the order of the table.

    Raises:
        MalformedDatasetError: not Parquet, no such columns, or values that are not what they should be.
    """
    # Imported here: half a second that nobody else should wait for.
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as file:
            schema = file.schema_arrow
            pictures, label, split = _columns(path, schema)
            wanted = [name for name in (pictures, label, split) if name is not None]
            _check_size(path, file.metadata, wanted)
            table = file.read(columns=wanted)
    except (pa.ArrowException, OSError) as error:
        if isinstance(error, OSError) and error.errno:  # not the content: the disk, or a missing right
            raise
        raise MalformedDatasetError(
            f"“{path.name}” is not a Parquet file, or is damaged or cut off. Fetch it again."
        ) from error
    if not table.num_rows:
        raise MalformedDatasetError(f"“{path.name}” has the right columns and not one row. Fetch it again.")

    labels = _labels(path, table[label].to_pylist(), _class_names(schema, label))
    splits, note = (
        filled_splits(labels, np.full(len(labels), Split.TRAIN.value, "<U10"))
        if split is None
        else (_splits(path, table[split].to_pylist()), "")
    )
    column = table[pictures].combine_chunks()

    def read(index: int) -> tuple[str, bytes]:
        value = column[index].as_py()
        content = value["bytes"] if isinstance(value, dict) else value
        return f"{path.name}, row {index + 1}", content or b""

    images = decode_faces(len(labels), read, path.name, progress)
    return Dataset(path.name, EMOTIONS, images, labels, splits, Source(path.name + note))


def _columns(path: Path, schema: Any) -> tuple[str, str, str | None]:
    """The names of the columns of pictures, labels and (perhaps) splits."""
    import pyarrow as pa

    def holds_pictures(kind: Any) -> bool:
        if pa.types.is_struct(kind):
            return any(child.name == "bytes" and holds_pictures(child.type) for child in kind)
        return bool(pa.types.is_binary(kind) or pa.types.is_large_binary(kind))

    def first(wanted: tuple[str, ...]) -> str | None:
        lower = {name.lower(): name for name in reversed(schema.names)}
        return next((lower[name] for name in wanted if name in lower), None)

    pictures = next((field.name for field in schema if holds_pictures(field.type)), None)
    label = first(_LABEL_COLUMNS)
    if pictures is None or label is None:
        raise MalformedDatasetError(
            f"“{path.name}” needs a column of encoded pictures and one named emotion or label; it has "
            f"{', '.join(schema.names[:12]) or 'no columns'}. Choose a table of labelled pictures."
        )
    return pictures, label, first(_SPLIT_COLUMNS)


def _check_size(path: Path, metadata: Any, wanted: list[str]) -> None:
    groups = (metadata.row_group(index) for index in range(metadata.num_row_groups))
    size = sum(
        column.total_uncompressed_size
        for group in groups
        for column in (group.column(index) for index in range(group.num_columns))
        if column.path_in_schema.split(".")[0] in wanted
    )
    if size > _MAX_BYTES:
        raise MalformedDatasetError(
            f"“{path.name}” unpacks to {size / 2**30:.1f} GiB; {_MAX_BYTES // 2**30} "
            "GiB is the most that is loaded at once. Choose a smaller table."
        )


def _class_names(schema: Any, label: str) -> list[str] | None:
    """The class names that the Hugging Face `datasets` library writes into a table's metadata."""
    try:
        features = json.loads((schema.metadata or {})[b"huggingface"])["info"]["features"]
        return [str(name) for name in features[label]["names"]]
    except (KeyError, TypeError, ValueError):
        return None


def _labels(path: Path, values: list[Any], names: list[str] | None) -> NDArray[np.intp]:
    label_of: dict[Any, int] = {}
    for row, value in enumerate(values, start=1):
        if value in label_of:
            continue
        word = str(value)
        if names is not None and isinstance(value, int) and 0 <= value < len(names):
            word = names[value]
        emotion = emotion_called(word)
        if emotion is None:
            raise MalformedDatasetError(
                f"“{path.name}”, row {row}: the label “{word[:60]}” is none of 0 to "
                f"6 and no emotion word. The emotions are {', '.join(EMOTIONS)}."
            )
        label_of[value] = EMOTIONS.index(emotion)
    return np.array([label_of[value] for value in values], np.intp)


def _splits(path: Path, values: list[object]) -> NDArray[np.str_]:
    split_of = {value: split_called(str(value)) for value in set(values)}
    for row, value in enumerate(values, start=1):
        if split_of[value] is None:
            raise MalformedDatasetError(
                f"“{path.name}”, row {row}: the split “{str(value)[:60]}” is none of "
                "Training, PublicTest, PrivateTest, train, validation and test."
            )
    return np.array([split_of[value] for value in values], "<U10")
