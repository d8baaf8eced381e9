"""A folder of tables: whatever splits its files are named for, one dataset."""

import os
from pathlib import Path

import cv2
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from fer.datasets import Dataset, Split
from fer.datasets.readers.tables import find_tables, load_tables, tables_fingerprint
from fer.errors import MalformedDatasetError, PartlyBadDatasetError
from tests.conftest import dataset_of, notes_beside_numbering, write_fer_csv


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The folder of a dataset that is still to be written."""
    folder = tmp_path / "faces"
    folder.mkdir()
    return folder


def write_wide(path: Path, dataset: Dataset) -> Path:
    """Write `dataset` as a wide CSV: emotion, then a column per pixel."""
    pixels = dataset.images[0].size
    lines = [",".join(["emotion", *(f"pixel{number}" for number in range(pixels))])]
    for image, label in zip(dataset.images, dataset.labels, strict=True):
        lines.append(",".join(map(str, [label, *image.ravel()])))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n")
    return path


def write_parquet(path: Path, dataset: Dataset) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    content = [{"bytes": cv2.imencode(".png", image)[1].tobytes(), "path": None} for image in dataset.images]
    pq.write_table(pa.table({"image": content, "label": dataset.labels}), path)
    return path


def test_training_and_validation_tables_become_one_dataset_in_the_order_of_the_splits(root: Path) -> None:
    validation, train = dataset_of([3, 4], size=12, seed=1), dataset_of([0] * 20, size=12)
    write_wide(root / "a_validation.csv", validation)
    write_wide(root / "z_train.csv", train)

    loaded = load_tables(root)

    np.testing.assert_array_equal(loaded.images, np.concatenate([train.images, validation.images]))
    assert loaded.rows.tolist() == list(range(22))
    assert {split: sum(counts.values()) for split, counts in loaded.counts().items()} == {
        Split.TRAIN: 18,
        Split.VALIDATION: 2,
        Split.TEST: 2,
    }
    assert [note[:27] for note in notes_beside_numbering(loaded)] == ["It came without test faces:"]


@pytest.mark.parametrize(
    "layout",
    [
        (
            "data/train-00000-of-00002.parquet",
            "data/train-00001-of-00002.parquet",
            "data/test-00000-of-00001.parquet",
        ),
        ("default/train/0000.parquet", "default/train/0001.parquet", "default/test/0000.parquet"),
        ("train-0000.parquet", "train-0001.parquet", "PrivateTest.parquet"),
    ],
)
def test_the_parts_that_hubs_serve_are_joined(root: Path, layout: tuple[str, str, str]) -> None:
    parts = [dataset_of([label] * 10, size=8, seed=label) for label in range(3)]
    for place, part in zip(layout, parts, strict=True):
        write_parquet(root / place, part)

    loaded = load_tables(root)

    np.testing.assert_array_equal(loaded.images, np.concatenate([part.images for part in parts]))
    assert (loaded.splits == Split.TEST).tolist() == [False] * 20 + [True] * 10


def test_a_table_that_has_all_splits_goes_before_those_of_one_and_faces_without_labels_do_not_count(
    root: Path, small_dataset: Dataset
) -> None:
    # As the files of Kaggle's contest lie in their folder.
    write_fer_csv(root / "icml_face_data.csv", small_dataset)
    write_wide(root / "train.csv", small_dataset)
    (root / "test.csv").write_text("pixels\n1 2 3\n")
    (root / "example_submission.csv").write_text("id,emotion\n1,0\n")

    (root / "fer2013.tar.gz").write_bytes(b"\x1f\x8b\x08")
    (root / "Thumbs.db").write_bytes(b"")
    os.mkfifo(root / "validation.csv")

    loaded = load_tables(root)

    assert [table.path.name for table in find_tables(root)] == ["icml_face_data.csv"]
    np.testing.assert_array_equal(loaded.splits, small_dataset.splits)
    assert sorted(notes_beside_numbering(loaded)) == [
        "Left out: “example_submission.csv” (not a table of faces).",
        "Left out: “fer2013.tar.gz” (an archive, which was not unpacked).",
        "Left out: “test.csv” (faces without labels).",
        "Left out: “train.csv” (“icml_face_data.csv” has all splits).",
        "Left out: “validation.csv” (a pipe or a device).",
    ]


def test_what_is_read_beside_a_table_and_what_is_not_is_seen_by_the_fingerprint(
    root: Path, small_dataset: Dataset
) -> None:
    write_fer_csv(root / "train.csv", small_dataset)
    states = [tables_fingerprint(root)]
    (root / "test.csv").write_text("pixels\n1 2 3\n")
    states.append(tables_fingerprint(root))
    (root / "README.md").write_text("# Faces")
    states.append(tables_fingerprint(root))
    (root / "fer2013new.csv").write_text(
        "Usage,Image name,neutral,happiness,surprise,sadness,anger,disgust,fear,contempt,unknown,NF\n"
    )

    assert len(set(states)) == 3
    assert notes_beside_numbering(load_tables(root)) == (
        "Left out: “test.csv” (faces without labels).",
        "Left out: “README.md” (not a table, by its ending).",
    )


def test_votes_beside_a_table_are_no_table(root: Path, small_dataset: Dataset) -> None:
    write_fer_csv(root / "fer2013.csv", small_dataset)
    (root / "fer2013new.csv").write_text(
        "Usage,Image name,neutral,happiness,surprise,sadness,anger,disgust,fear,contempt,unknown,NF\n"
    )

    assert [table.path.name for table in find_tables(root)] == ["fer2013.csv"]


def test_tables_of_different_sizes_are_refused_by_name(root: Path) -> None:
    write_wide(root / "train.csv", dataset_of([0, 1], size=12))
    write_wide(root / "val.csv", dataset_of([0, 1], size=16))

    with pytest.raises(MalformedDatasetError, match=r"“val\.csv” in “faces” have 16×16 pixels.* 12×12"):
        load_tables(root)


def test_bad_rows_of_all_tables_are_listed_together_and_left_out_on_demand(root: Path) -> None:
    for name in ("train", "val"):
        path = write_wide(root / f"{name}.csv", dataset_of([0, 1, 2], size=8))
        path.write_text(path.read_text().replace("\n1,", "\n99,"))

    with pytest.raises(PartlyBadDatasetError) as caught:
        load_tables(root)
    loaded = load_tables(root, skip_bad=True)

    assert (caught.value.good, caught.value.bad_count, len(caught.value.bad)) == (4, 2, 2)
    assert loaded.labels.tolist() == [0, 2, 0, 2]
    assert len(set(loaded.rows.tolist())) == 4


def test_tables_behind_a_link_out_of_the_folder_are_not_read(root: Path, small_dataset: Dataset) -> None:
    outside = write_fer_csv(root.parent / "private" / "train.csv", small_dataset)
    (root / "train.csv").symlink_to(outside)
    (root / "more").symlink_to(outside.parent, target_is_directory=True)

    assert find_tables(root) == []
    with pytest.raises(MalformedDatasetError, match=r"train\.csv, validation\.csv and test\.csv"):
        load_tables(root)
