"""Parquet tables of encoded pictures, as this project and as dataset hubs write them."""

import json
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from numpy.typing import NDArray

from fer.datasets import Dataset, Split
from fer.datasets.dataset import VOTE_NAMES
from fer.datasets.readers import parquet, parquet_pixels
from fer.datasets.readers.parquet import load_parquet
from fer.errors import MalformedDatasetError, PartlyBadDatasetError
from tests.conftest import notes_beside_numbering

USAGE = {Split.TRAIN: "Training", Split.VALIDATION: "PublicTest", Split.TEST: "PrivateTest"}


PIXELS = [value * 4 for value in range(64)]


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
        ({"emotion": [1]}, "needs a column of encoded pictures or of pixels"),
        ({"emotion": [1], "name": ["1 2"]}, "needs a column of encoded pictures or of pixels"),
        ({"emotion": [1], "pixels": ["1 2"]}, "2 pixels do not make a square face"),
        ({"emotion": [1], "image": ["faces/1.png"]}, "names files of pictures, as “faces/1.png”"),
        ({"id": [7], "pixels": [PIXELS]}, "has faces without labels"),
        ({"emotion": [99], "pixels": [PIXELS]}, "row 1: the label “99” names no emotion"),
        ({"emotion": [1], "pixels": [PIXELS[:-1]]}, "63 pixels do not make a square face"),
        ({"emotion": [1], "pixels": [[value - 0.5 for value in PIXELS]]}, "has pixels from -0.5 to 251.5"),
        ({"emotion": [1], "pixels": [list(range(2**20))]}, "the line is longer than a face can be"),
        ({"emotion": [1], "pixels": pa.array([None], pa.string())}, "are no numbers"),
        ({"emotion": pa.array([], pa.int8()), "pixels": pa.array([], pa.string())}, "is empty"),
        ({"png": [b"x"], "happy": [1], "sad": [1]}, "row 1” has the label “1, 1”"),
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


COUNT = 42
ALIKE = {
    "int8": lambda labels: labels.astype(np.int8),
    "uint64": lambda labels: labels.astype(np.uint64),
    "floats": lambda labels: labels.astype(np.float64),
    "decimals": lambda labels: pa.array(labels).cast(pa.decimal128(22, 2)),
    "numbers as texts": lambda labels: labels.astype(str),
    "floats as texts": lambda labels: [f"{label}.0" for label in labels],
    "a dictionary": lambda labels: pa.array(labels.astype(str)).dictionary_encode(),
    "a dictionary of numbers": lambda labels: pa.array(labels).dictionary_encode(),
    "large texts": lambda labels: pa.array(labels.astype(str)).cast(pa.large_string()),
}


@pytest.mark.parametrize("labels", ALIKE.values(), ids=ALIKE)
@pytest.mark.parametrize("form", ["pictures", "pixels"])
def test_labels_of_any_type_are_understood(
    tmp_path: Path, small_dataset: Dataset, labels: Callable[[NDArray[np.intp]], object], form: str
) -> None:
    faces = {"pictures": pngs, "pixels": texts}[form](small_dataset)
    path = write(tmp_path / "faces.parquet", emotion=labels(small_dataset.labels), image=faces)

    loaded = load_parquet(path)

    np.testing.assert_array_equal(loaded.images, small_dataset.images)
    np.testing.assert_array_equal(loaded.labels, small_dataset.labels)


def texts(dataset: Dataset) -> list[str]:
    return [" ".join(map(str, image.ravel())) for image in dataset.images]


def nested(kind: pa.DataType) -> Callable[[Dataset], pa.Array]:
    return lambda dataset: pa.array(dataset.images[..., 0].tolist(), kind)


PIXEL_FORMS = {
    "texts": texts,
    "texts of lists": lambda dataset: [str(image.ravel().tolist()) for image in dataset.images],
    "a dictionary of texts": lambda dataset: pa.array(texts(dataset)).dictionary_encode(),
    "lists": lambda dataset: [image.ravel().tolist() for image in dataset.images],
    "lists of bytes": lambda dataset: pa.array(list(dataset.images.reshape(COUNT, -1)), pa.list_(pa.uint8())),
    "lists of floats": lambda dataset: [image.ravel().astype(float).tolist() for image in dataset.images],
    "lists of half floats": lambda dataset: pa.array(
        list(dataset.images.reshape(COUNT, -1).astype(np.float16)), pa.list_(pa.float16())
    ),
    "shares of 1": lambda dataset: [(image.ravel() / 255).tolist() for image in dataset.images],
    "large lists": lambda dataset: pa.array(
        [image.ravel().tolist() for image in dataset.images], pa.large_list(pa.int16())
    ),
    "lists of one length": lambda dataset: pa.array(
        [image.ravel().tolist() for image in dataset.images],
        pa.list_(pa.int16(), dataset.images[0].size),
    ),
    "rows of pixels": nested(pa.list_(pa.list_(pa.uint8()))),
    "rows of one length": nested(pa.list_(pa.list_(pa.uint8(), 48), 48)),
}


@pytest.mark.parametrize("pixels", PIXEL_FORMS.values(), ids=PIXEL_FORMS)
def test_pixels_as_texts_or_lists_are_read(
    tmp_path: Path,
    fer_home: Path,
    monkeypatch: pytest.MonkeyPatch,
    small_dataset: Dataset,
    pixels: Callable[[Dataset], object],
) -> None:
    monkeypatch.setattr(parquet_pixels, "_BATCH_ROWS", 5)
    usage = [USAGE[Split(str(split))] for split in small_dataset.splits]
    faces = pixels(small_dataset)
    path = write(tmp_path / "faces.parquet", emotion=small_dataset.labels, Usage=usage, pixels=faces)

    loaded = load_parquet(path)

    np.testing.assert_array_equal(loaded.images, small_dataset.images)
    np.testing.assert_array_equal(loaded.labels, small_dataset.labels)
    np.testing.assert_array_equal(loaded.splits, small_dataset.splits)
    assert loaded.name == "faces.parquet"
    assert [path for path in fer_home.rglob("*") if path.is_file()] == []


def test_a_column_for_each_pixel_is_read(tmp_path: Path, small_dataset: Dataset) -> None:
    faces = small_dataset.images.reshape(COUNT, -1)
    columns = {f"pixel{place}": faces[:, place] for place in range(faces.shape[1])}
    path = write(tmp_path / "faces.parquet", emotion=small_dataset.labels.astype(float), **columns)

    np.testing.assert_array_equal(load_parquet(path).images, small_dataset.images)


@pytest.mark.parametrize("kind", [np.int8, bool, np.float32])
@pytest.mark.parametrize("form", ["pictures", "pixels"])
def test_a_column_for_each_emotion_is_a_label(
    tmp_path: Path, small_dataset: Dataset, kind: type, form: str
) -> None:
    faces = {"pictures": pngs, "pixels": texts}[form](small_dataset)
    columns = {
        f"emotion_{emotion}": (small_dataset.labels == place).astype(kind)
        for place, emotion in enumerate(small_dataset.emotions)
    }
    path = write(tmp_path / "faces.parquet", image=faces, **columns)

    loaded = load_parquet(path)

    np.testing.assert_array_equal(loaded.labels, small_dataset.labels)
    np.testing.assert_array_equal(loaded.images, small_dataset.images)


def test_the_hubs_class_names_hold_for_pixels_too(tmp_path: Path, small_dataset: Dataset) -> None:
    names = sorted(small_dataset.emotions, reverse=True)
    info = {"info": {"features": {"label": {"names": names, "_type": "ClassLabel"}}}}
    labels = [names.index(small_dataset.emotions[label]) for label in small_dataset.labels]
    path = write(
        tmp_path / "faces.parquet",
        {"huggingface": json.dumps(info)},
        label=labels,
        pixels=texts(small_dataset),
    )

    np.testing.assert_array_equal(load_parquet(path).labels, small_dataset.labels)


def test_bad_rows_of_pixels_are_named_and_left_out_with_their_votes(
    tmp_path: Path, small_dataset: Dataset
) -> None:
    faces, labels = texts(small_dataset), [str(label) for label in small_dataset.labels]
    faces[3], faces[5], labels[7] = faces[3] + " 1", faces[5].replace(" ", "\n", 1), 'sad"\n'
    votes = {f"fp_{name}": np.arange(COUNT) % 11 / 1.0 for name in VOTE_NAMES}
    path = write(tmp_path / "faces.parquet", emotion=labels, pixels=faces, **votes)

    with pytest.raises(PartlyBadDatasetError, match=r"“faces\.parquet”, row 4: 48×48 = 2,304 pixels"):
        load_parquet(path)
    loaded = load_parquet(path, skip_bad=True)

    assert loaded.rows.tolist() == [row for row in range(COUNT) if row != 3]
    assert loaded.labels[6] == 4
    assert loaded.votes is not None
    assert loaded.votes[:, 0].tolist() == [row % 11 for row in loaded.rows]


def test_columns_of_votes_that_hold_shares_are_left_alone_and_that_is_said(
    tmp_path: Path, small_dataset: Dataset
) -> None:
    votes = {f"fp_{name}": [0.1] * COUNT for name in VOTE_NAMES}
    for faces in (pngs(small_dataset), texts(small_dataset)):
        path = write(tmp_path / "faces.parquet", emotion=small_dataset.labels, image=faces, **votes)

        loaded = load_parquet(path)

        assert loaded.votes is None
        assert "fp_neutral to fp_NF hold something else than numbers of voters" in " ".join(loaded.notes)


def test_a_table_of_pixels_that_is_too_large_as_text_is_refused(
    tmp_path: Path, fer_home: Path, monkeypatch: pytest.MonkeyPatch, small_dataset: Dataset
) -> None:
    monkeypatch.setattr(parquet_pixels, "_MOST_BYTES", 10_000)
    path = write(tmp_path / "faces.parquet", emotion=small_dataset.labels, pixels=texts(small_dataset))

    with pytest.raises(MalformedDatasetError, match=r"faces\.parquet.*Choose a smaller table"):
        load_parquet(path)
    assert [path for path in fer_home.rglob("*") if path.is_file()] == []
