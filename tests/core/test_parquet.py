"""Parquet tables of encoded pictures, as this project and as dataset hubs write them."""

import json
from pathlib import Path

import cv2
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from fer.datasets import Dataset, Split
from fer.datasets.dataset import VOTE_NAMES
from fer.datasets.readers import parquet
from fer.datasets.readers.parquet import load_parquet
from fer.errors import MalformedDatasetError, PartlyBadDatasetError
from tests.conftest import notes_beside_numbering

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
        ({"png": [b"x"], "emotion": [9]}, "row 1” has the label “9”"),
        ({"png": [b"x"], "emotion": ["bored"]}, "row 1” has the label “bored”"),
        ({"png": [b"x"], "emotion": [None]}, "row 1” has the label “None”"),
        ({"png": [b"x"], "emotion": [1], "usage": ["Holiday"]}, "row 1” has the split “Holiday”"),
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


def test_bad_rows_among_good_ones_are_listed_and_left_out_on_demand(
    tmp_path: Path, small_dataset: Dataset
) -> None:
    pictures, labels = pngs(small_dataset)[:6], ["happy", "sad", "bored", "happy", "contempt", "fear"]
    pictures[1] = pictures[1][:100]
    path = write(tmp_path / "faces.parquet", image=pictures, label=labels)

    with pytest.raises(PartlyBadDatasetError, match="“bored”") as caught:
        load_parquet(path)
    loaded = load_parquet(path, skip_bad=True)

    assert caught.value.bad[0][0] == "faces.parquet, row 3"
    assert loaded.rows.tolist() == [0, 3, 5]
    assert loaded.labels.tolist() == [3, 3, 2]
    assert loaded.notes[0].startswith(
        "2 of 5 rows were bad and are left out; the first is “faces.parquet, row 2”"
    )
    assert loaded.notes[1] == "Left out, because they show none of the seven emotions: 1 of “contempt”."


def test_a_bad_picture_is_told_by_its_row(tmp_path: Path, small_dataset: Dataset) -> None:
    pictures = pngs(small_dataset)
    pictures[4] = pictures[4][:100]
    path = write(tmp_path / "faces.parquet", image=pictures, label=small_dataset.labels)

    with pytest.raises(PartlyBadDatasetError, match=r"“faces\.parquet, row 5” is cut off") as caught:
        load_parquet(path)
    assert (caught.value.good, caught.value.bad_count) == (len(pictures) - 1, 1)


def test_columns_of_votes_become_the_datasets_votes(tmp_path: Path, small_dataset: Dataset) -> None:
    votes = np.random.default_rng(0).integers(0, 11, (len(small_dataset), 10)).astype(np.uint8)
    columns = {f"fp_{name}": votes[:, place].astype(np.int8) for place, name in enumerate(VOTE_NAMES)}
    path = write(tmp_path / "faces.parquet", png=pngs(small_dataset), emotion=small_dataset.labels, **columns)

    loaded = load_parquet(path)

    assert loaded.votes is not None
    np.testing.assert_array_equal(loaded.votes, votes)


def test_nine_columns_of_votes_or_words_in_them_are_no_votes(tmp_path: Path, small_dataset: Dataset) -> None:
    count = len(small_dataset)
    for wrong in ({}, {"fp_NF": ["many"] * count}, {"fp_NF": [-1] * count}):
        columns = {f"fp_{name}": [1] * count for name in VOTE_NAMES[:-1]} | wrong
        path = write(tmp_path / "f.parquet", png=pngs(small_dataset), emotion=small_dataset.labels, **columns)
        assert load_parquet(path).votes is None


def test_a_split_from_outside_is_taken_where_the_table_has_none(
    tmp_path: Path, small_dataset: Dataset
) -> None:
    path = write(tmp_path / "faces.parquet", png=pngs(small_dataset), emotion=small_dataset.labels)

    loaded = load_parquet(path, split=Split.TEST)

    assert (set(loaded.splits.tolist()), notes_beside_numbering(loaded)) == ({Split.TEST}, ())


def test_a_small_table_that_repeats_a_picture_beyond_all_measure_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Kept once in the file and repeated by reference: a few kilobytes that unpack to 64 MB.
    path = write(tmp_path / "bomb.parquet", png=[bytes(32_000)] * 2_000, emotion=[1] * 2_000)
    assert path.stat().st_size < 100_000
    monkeypatch.setattr(parquet, "_MAX_BYTES", 8_000_000)

    with pytest.raises(MalformedDatasetError, match=r"bomb\.parquet.*Choose a smaller table"):
        load_parquet(path)
