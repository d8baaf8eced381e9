"""Names, caches, uploads, and what every dataset can do."""

import errno
import os
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest

from fer import files, paths
from fer.datasets import (
    Dataset,
    Split,
    balanced_class_weights,
    list_datasets,
    load_dataset,
    registry,
    save_upload,
)
from fer.emotions import EMOTIONS, Emotion
from fer.errors import (
    DatasetError,
    DatasetNotFoundError,
    EmptyClassError,
    FerError,
    MalformedDatasetError,
    StorageError,
)
from tests.conftest import dataset_of, write_fer_csv


def same(left: Dataset, right: Dataset) -> bool:
    return (
        np.array_equal(left.images, right.images)
        and np.array_equal(left.labels, right.labels)
        and np.array_equal(left.splits, right.splits)
        and left.emotions == right.emotions
    )


def refuse_to_read(*arguments: object) -> Dataset:
    raise AssertionError("The file was read although its cache is there.")


# --- The value -----------------------------------------------------------------------------------


def test_counts_say_how_many_faces_each_emotion_has_in_each_split(small_dataset: Dataset) -> None:
    assert small_dataset.counts() == {
        Split.TRAIN: dict.fromkeys(EMOTIONS, 4),
        Split.VALIDATION: dict.fromkeys(EMOTIONS, 1),
        Split.TEST: dict.fromkeys(EMOTIONS, 1),
    }


def test_a_subset_keeps_the_shares_and_at_least_one_face_of_every_emotion() -> None:
    dataset = dataset_of([0] * 600 + [3] * 390 + [1] * 10, size=8)

    subset = dataset.subset(100, seed=1)

    assert np.bincount(subset.labels).tolist() == [60, 1, 0, 39]
    assert same(subset, dataset.subset(100, seed=1))
    assert not same(subset, dataset.subset(100, seed=2))


def test_class_weights_let_every_emotion_pull_equally_and_average_one(small_dataset: Dataset) -> None:
    labels = np.array([0] * 8 + [1] * 2)

    weights = balanced_class_weights(labels, EMOTIONS[:2])

    assert weights == {0: 0.625, 1: 2.5}
    assert np.mean([weights[int(label)] for label in labels]) == 1


def test_an_emotion_without_faces_cannot_be_balanced_and_is_named() -> None:
    with pytest.raises(EmptyClassError, match="disgust"):
        balanced_class_weights(np.array([0, 0, 2]), EMOTIONS[:3])


def test_the_arrays_of_a_dataset_cannot_be_written_to(small_dataset: Dataset) -> None:
    with pytest.raises(ValueError, match="read-only"):
        small_dataset.images[0] = 0


@pytest.mark.parametrize(
    "change",
    [
        {"images": np.zeros((2, 8, 8), np.uint8)},
        {"images": np.zeros((2, 8, 8, 1), np.float32)},
        {"labels": np.array([0])},
        {"labels": np.array([0, 7])},
    ],
)
def test_arrays_that_do_not_fit_together_are_refused(change: dict[str, np.ndarray]) -> None:
    good = dataset_of([0, 1], size=8)
    fields = {"images": good.images, "labels": good.labels, "splits": good.splits, **change}

    with pytest.raises(MalformedDatasetError):
        Dataset("bad", EMOTIONS, source=good.source, **fields)


# --- Names ---------------------------------------------------------------------------------------


def test_the_list_has_the_built_in_set_first_and_then_what_lies_in_data(
    fer_home: Path, small_dataset: Dataset
) -> None:
    data = fer_home / "data"
    write_fer_csv(data / "zebra.csv", small_dataset)
    (data / "apes" / "train" / "happy").mkdir(parents=True)
    (data / "cache" / "train").mkdir(parents=True)
    (data / "holiday").mkdir()
    (data / "README.md").write_text("Put datasets here.")
    (data / ".uploading.csv").write_text("")

    assert [(entry.name, entry.kind) for entry in list_datasets()] == [
        ("synthetic", "built-in"),
        ("apes", "folders"),
        ("zebra.csv", "csv"),
    ]


@pytest.mark.parametrize("name", ["small", "small.csv"])
def test_a_file_in_data_is_found_by_its_name_with_or_without_suffix(
    csv_in_data: Callable[[str], str], small_dataset: Dataset, name: str
) -> None:
    csv_in_data("small")

    loaded = load_dataset(name)

    assert same(loaded, small_dataset)
    assert loaded.name == name


def test_a_path_is_loaded_and_remembered_as_absolute(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, small_dataset: Dataset
) -> None:
    write_fer_csv(tmp_path / "elsewhere" / "faces.csv", small_dataset)
    monkeypatch.chdir(tmp_path)

    assert load_dataset("elsewhere/faces.csv").name == str(tmp_path / "elsewhere" / "faces.csv")


def test_an_unknown_name_is_answered_with_the_known_ones(csv_in_data: Callable[[str], str]) -> None:
    csv_in_data("small")

    with pytest.raises(DatasetNotFoundError, match=r"“fer2012”.*“synthetic”, “small\.csv”"):
        load_dataset("fer2012")


def test_a_file_of_another_kind_and_an_empty_folder_are_refused(tmp_path: Path) -> None:
    (tmp_path / "faces.xlsx").write_text("")
    (tmp_path / "empty").mkdir()

    with pytest.raises(MalformedDatasetError, match=r"neither a \.csv"):
        load_dataset(str(tmp_path / "faces.xlsx"))
    with pytest.raises(MalformedDatasetError, match="holds no pictures"):
        load_dataset(str(tmp_path / "empty"))


def test_the_built_in_set_is_asked_for_by_name(
    monkeypatch: pytest.MonkeyPatch, small_dataset: Dataset
) -> None:
    monkeypatch.setattr("fer.datasets.synthetic.load_synthetic", lambda progress: small_dataset)

    assert load_dataset("synthetic") is small_dataset


# --- The cache -----------------------------------------------------------------------------------


def test_the_second_load_comes_from_the_cache(
    csv_in_data: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = load_dataset(csv_in_data("small"))
    monkeypatch.setattr(registry, "read_dataset", refuse_to_read)

    second = load_dataset("small")

    assert same(first, second)
    assert first.source == second.source


def test_a_changed_file_is_read_anew_and_its_old_cache_is_removed(
    fer_home: Path, small_dataset: Dataset
) -> None:
    path = write_fer_csv(fer_home / "data" / "small.csv", small_dataset)
    before = path.stat()
    load_dataset("small")
    # The same size and the same time: only the content tells.
    path.write_text(path.read_text().replace("\n0,", "\n6,"))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))

    assert Emotion.ANGRY not in {EMOTIONS[label] for label in load_dataset("small").labels}
    assert len(list(paths.cache_folder().iterdir())) == 2


@pytest.mark.parametrize("suffix", [".npy", ".npz"])
@pytest.mark.parametrize("damage", [b"", b"nonsense", None], ids=["emptied", "overwritten", "cut off"])
def test_a_damaged_cache_is_made_anew(
    csv_in_data: Callable[[str], str], small_dataset: Dataset, suffix: str, damage: bytes | None
) -> None:
    load_dataset(csv_in_data("small"))
    cache = next(paths.cache_folder().glob(f"*{suffix}"))
    whole = cache.read_bytes()
    # In place of the file, for the first dataset may still be mapped to it.
    cache.unlink()
    cache.write_bytes(whole[:-100] if damage is None else damage)

    assert same(load_dataset("small"), small_dataset)
    assert cache.read_bytes() == whole or suffix == ".npz"


def test_a_full_disk_costs_the_cache_and_not_the_dataset(
    csv_in_data: Callable[[str], str], monkeypatch: pytest.MonkeyPatch, small_dataset: Dataset
) -> None:
    def full(path: Path, write: object) -> None:
        raise StorageError("The disk is full.")

    monkeypatch.setattr(files, "save", full)

    assert same(load_dataset(csv_in_data("small")), small_dataset)


# --- Uploads -------------------------------------------------------------------------------------


@pytest.fixture
def small_csv(tmp_path: Path, small_dataset: Dataset) -> bytes:
    return write_fer_csv(tmp_path / "made" / "small.csv", small_dataset).read_bytes()


def in_data() -> list[str]:
    folder = paths.data_folder()
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []


@pytest.mark.parametrize("wrap", [bytes, BytesIO])
def test_an_uploaded_file_is_a_dataset_from_then_on(
    small_csv: bytes, small_dataset: Dataset, wrap: Callable[[bytes], bytes | BytesIO]
) -> None:
    entry = save_upload("mine.csv", wrap(small_csv))

    assert (entry.name, entry.kind) == ("mine.csv", "csv")
    assert entry in list_datasets()
    assert same(load_dataset(entry.name), small_dataset)


@pytest.mark.parametrize("keep", [0, 10, 5000])
def test_an_upload_that_was_cut_off_leaves_nothing_behind(small_csv: bytes, keep: int) -> None:
    with pytest.raises(MalformedDatasetError, match=r"“mine\.csv”"):
        save_upload("mine.csv", small_csv[:keep])
    assert in_data() == []


@pytest.mark.parametrize(
    "name", ["../evil.csv", "/etc/evil.csv", "..\\evil.csv", ".hidden.csv", "a\0b.csv", "", "mine.exe"]
)
def test_an_upload_cannot_choose_a_place_or_a_kind_of_its_own(small_csv: bytes, name: str) -> None:
    with pytest.raises(FerError):
        save_upload(name, small_csv)
    assert in_data() == []


def test_uploading_again_is_fine_but_another_file_of_that_name_is_refused(small_csv: bytes) -> None:
    first = save_upload("mine.csv", small_csv)

    assert save_upload("mine.csv", small_csv) == first
    with pytest.raises(DatasetError, match="Rename"):
        save_upload("mine.csv", small_csv.replace(b"\n0,", b"\n6,"))
    assert (paths.data_folder() / "mine.csv").read_bytes() == small_csv


def test_a_full_disk_while_uploading_is_a_sentence_and_leaves_nothing(
    monkeypatch: pytest.MonkeyPatch, small_csv: bytes
) -> None:
    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("os.fsync", full)

    with pytest.raises(StorageError, match="disk is full"):
        save_upload("mine.csv", small_csv)
    assert in_data() == []
