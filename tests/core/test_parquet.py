"""Parquet tables of encoded pictures, as this project and as dataset hubs write them."""

import json
from pathlib import Path

import cv2
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from fer.datasets import Dataset, Split
from fer.datasets.parquet import load_parquet
from fer.errors import MalformedDatasetError

USAGE = {Split.TRAIN: "Training", Split.VALIDATION: "PublicTest", Split.TEST: "PrivateTest"}


def pngs(dataset: Dataset) -> list[bytes]:
    return [cv2.imencode(".png", image)[1].tobytes() for image in dataset.images]


def write(path: Path, metadata: dict[str, str] | None = None, **columns: object) -> Path:
    pq.write_table(pa.table(columns).replace_schema_metadata(metadata), path)
    return path


def test_every_face_comes_back_from_plain_bytes_with_numbers_and_usage(
    tmp_path: Path, small_dataset: Dataset
) -> None:
    usage = pa.array([USAGE[Split(str(split))] for split in small_dataset.splits]).dictionary_encode()
    path = write(
        tmp_path / "faces.parquet",
        row=range(len(small_dataset)),
        emotion=small_dataset.labels,
        usage=usage,
        png=pngs(small_dataset),
    )

    loaded = load_parquet(path)

    np.testing.assert_array_equal(loaded.images, small_dataset.images)
    np.testing.assert_array_equal(loaded.labels, small_dataset.labels)
    np.testing.assert_array_equal(loaded.splits, small_dataset.splits)


def test_the_hubs_own_order_of_class_names_is_respected(tmp_path: Path, small_dataset: Dataset) -> None:
    names = sorted(small_dataset.emotions, reverse=True)
    info = {"info": {"features": {"label": {"names": names, "_type": "ClassLabel"}}}}
    path = write(
        tmp_path / "faces.parquet",
        {"huggingface": json.dumps(info)},
        image=[{"bytes": content, "path": None} for content in pngs(small_dataset)],
        label=[names.index(small_dataset.emotions[label]) for label in small_dataset.labels],
    )

    loaded = load_parquet(path)

    np.testing.assert_array_equal(loaded.labels, small_dataset.labels)
    np.testing.assert_array_equal(loaded.images, small_dataset.images)


def test_words_as_labels_are_understood_and_missing_splits_drawn(
    tmp_path: Path, small_dataset: Dataset
) -> None:
    pictures = pngs(small_dataset) * 5
    path = write(tmp_path / "faces.parquet", image=pictures, label=["Happiness"] * len(pictures))

    loaded = load_parquet(path)

    assert [sum(counts.values()) for counts in loaded.counts().values()] == [168, 21, 21]
    assert set(loaded.labels.tolist()) == {3}


@pytest.mark.parametrize(
    ("columns", "reason"),
    [
        ({"emotion": [1]}, "needs a column of encoded pictures"),
        ({"png": [b"x"]}, "needs a column of encoded pictures"),
        ({"png": [b"x"], "emotion": [9]}, "row 1: the label “9”"),
        ({"png": [b"x"], "emotion": ["bored"]}, "row 1: the label “bored”"),
        ({"png": [b"x"], "emotion": [None]}, "row 1: the label “None”"),
        ({"png": [b"x"], "emotion": [1], "usage": ["Holiday"]}, "row 1: the split “Holiday”"),
        ({"png": [b"x"], "emotion": [1]}, "row 1” is not a picture"),
        ({"png": pa.array([None], pa.binary()), "emotion": [1]}, "row 1” is empty"),
        ({"png": pa.array([], pa.binary()), "emotion": pa.array([], pa.int8())}, "not one row"),
    ],
)
def test_a_table_of_another_form_is_refused_in_a_sentence(
    tmp_path: Path, columns: dict[str, object], reason: str
) -> None:
    path = write(tmp_path / "faces.parquet", **columns)

    with pytest.raises(MalformedDatasetError, match=r"faces\.parquet") as caught:
        load_parquet(path)
    assert reason in str(caught.value)


@pytest.mark.parametrize("content", [b"", b"hello", b"PAR1" + bytes(100) + b"PAR1"])
def test_a_file_that_is_no_parquet_is_refused_by_name(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "faces.parquet"
    path.write_bytes(content)

    with pytest.raises(MalformedDatasetError, match=r"“faces\.parquet” is not a Parquet file"):
        load_parquet(path)


def test_a_table_that_was_cut_off_is_refused(tmp_path: Path, small_dataset: Dataset) -> None:
    path = write(tmp_path / "faces.parquet", png=pngs(small_dataset), emotion=small_dataset.labels)
    path.write_bytes(path.read_bytes()[:-200])

    with pytest.raises(MalformedDatasetError, match="cut off"):
        load_parquet(path)
