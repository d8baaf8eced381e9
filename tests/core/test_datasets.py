"""Names, caches, and what every dataset can do."""

import errno
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from fer.config import DatasetView
from fer.datasets import (
    Dataset,
    Source,
    Split,
    balanced_class_weights,
    list_datasets,
    load_dataset,
    registry,
)
from fer.datasets.cache import cached
from fer.datasets.dataset import VOTE_NAMES
from fer.emotions import EMOTIONS, Emotion
from fer.errors import (
    DatasetError,
    DatasetNotFoundError,
    EmptyClassError,
    MalformedDatasetError,
    PartlyBadDatasetError,
    StorageError,
)
from fer.system import files, paths
from tests.conftest import PROJECT_ROOT, dataset_of, notes_beside_numbering, write_fer_csv

VOTES_HEADER = f"Usage,Image name,{','.join(VOTE_NAMES)}\n"


def same(left: Dataset, right: Dataset) -> bool:
    return (
        np.array_equal(left.images, right.images)
        and np.array_equal(left.labels, right.labels)
        and np.array_equal(left.splits, right.splits)
        and np.array_equal(left.rows, right.rows)
        and left.emotions == right.emotions
        and notes_beside_numbering(left) == notes_beside_numbering(right)
    )


def write_votes(path: Path, dataset: Dataset) -> Path:
    """Write a table of votes for the rows of `dataset`; the row's last digit voted neutral."""
    lines = [
        f"{split},fer{row:07d}.png,{row % 10},{10 - row % 10},0,0,0,0,0,0,0,0"
        for row, split in enumerate(dataset.splits)
    ]
    path.write_text(VOTES_HEADER + "\n".join(lines) + "\n")
    return path


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
    write_fer_csv(data / "halves" / "train.csv", small_dataset)
    write_fer_csv(data / "halves" / "test.csv", small_dataset)
    (data / "packed.tar.gz").write_bytes(b"")
    (data / "table.parquet").write_bytes(b"")
    (data / "editions" / "apes" / "happy").mkdir(parents=True)
    (data / "provenance" / "train").mkdir(parents=True)
    (data / "fer2013new.csv").write_text(VOTES_HEADER)
    (data / "cache" / "train").mkdir(parents=True)
    (data / "holiday").mkdir()
    (data / "beach.jpg").write_bytes(b"")
    (data / "README.md").write_text("Put datasets here.")
    (data / "LICENSE.txt").write_text("Do as you like.")
    (data / "Thumbs.db").write_bytes(b"")
    for own in ("presets", "calibration", "recordings", "import-settings"):
        (data / own).mkdir()
    (data / ".uploading.csv").write_text("")

    assert [(entry.name, entry.kind) for entry in list_datasets()] == [
        ("synthetic", "built-in"),
        ("apes", "folders"),
        ("halves", "tables"),
        ("packed.tar.gz", "archive"),
        ("table.parquet", "parquet"),
        ("zebra.csv", "csv"),
        ("beach.jpg", "not understood"),
        ("holiday", "not understood"),
    ]


@pytest.mark.parametrize("name", ["holiday", "beach.jpg", "beach", "fer2013new.csv", "gone"])
def test_what_lies_in_data_is_never_said_to_be_missing(fer_home: Path, name: str) -> None:
    data = fer_home / "data"
    (data / "holiday").mkdir(parents=True)
    (data / "beach.jpg").write_bytes(b"")
    (data / "fer2013new.csv").write_text(VOTES_HEADER)
    (data / "gone").symlink_to(data / "nowhere")

    with pytest.raises(MalformedDatasetError, match=f"“{name}"):
        load_dataset(name)


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

    with pytest.raises(MalformedDatasetError, match=r"neither a \.csv, a \.parquet, an archive"):
        load_dataset(str(tmp_path / "faces.xlsx"))
    with pytest.raises(MalformedDatasetError, match="“empty” is empty"):
        load_dataset(str(tmp_path / "empty"))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
@pytest.mark.parametrize("name", ["faces.csv", "faces.parquet", "faces.zip", "faces"])
def test_a_pipe_is_refused_and_never_waited_for(fer_home: Path, name: str) -> None:
    paths.data_folder().mkdir()
    os.mkfifo(paths.data_folder() / name)

    assert [entry.kind for entry in list_datasets()] == ["built-in", "not understood"]
    with pytest.raises(MalformedDatasetError, match="a pipe or a device"):
        load_dataset(str(paths.data_folder() / name))


@pytest.mark.parametrize("name", ["~nobody-of-that-name/faces.csv", "a" * 300 + ".csv", "nowhere/\n/x"])
def test_no_name_is_answered_with_anything_but_a_sentence(name: str) -> None:
    for view in (DatasetView(), DatasetView(edition="Mine")):
        with pytest.raises(DatasetError):
            load_dataset(name, view=view)


def test_a_file_of_votes_is_no_dataset_and_says_what_it_is_for(tmp_path: Path) -> None:
    (tmp_path / "fer2013new.csv").write_text(VOTES_HEADER)

    with pytest.raises(MalformedDatasetError, match=r"“fer2013new\.csv” holds FER\+'s votes"):
        load_dataset(str(tmp_path / "fer2013new.csv"))


def test_bad_rows_are_left_out_where_the_view_says_so(fer_home: Path, small_dataset: Dataset) -> None:
    path = write_fer_csv(fer_home / "data" / "small.csv", small_dataset)
    path.write_text(path.read_text().replace("\n0,", "\n99,", 1))

    with pytest.raises(PartlyBadDatasetError):
        load_dataset("small")
    first = load_dataset("small", view=DatasetView(skip_bad=True))
    again = load_dataset("small", view=DatasetView(skip_bad=True))

    assert first.rows.tolist() == list(range(1, 42))
    assert same(first, again)
    with pytest.raises(
        PartlyBadDatasetError
    ):  # what was kept without the bad row does not stand for the whole
        load_dataset("small")


def test_votes_in_data_join_the_genuine_fer_2013_and_no_other_dataset(
    fer_home: Path, small_dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_fer_csv(fer_home / "data" / "small.csv", small_dataset)
    write_votes(fer_home / "data" / "fer2013new.csv", small_dataset)
    assert load_dataset("small").votes is None
    (fer_home / "data" / "small.csv").touch()
    monkeypatch.setattr(registry, "_is_fer_2013", lambda dataset: True)

    loaded = load_dataset("small")

    assert loaded.votes is not None
    assert loaded.votes[:, 0].tolist() == [row % 10 for row in range(42)]
    assert loaded.source == registry.FER_2013


def test_votes_beside_a_table_in_its_own_folder_join_it(
    tmp_path: Path, small_dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_fer_csv(tmp_path / "fer2013" / "fer2013.csv", small_dataset)
    write_votes(tmp_path / "fer2013" / "fer2013new.csv", small_dataset)
    monkeypatch.setattr(registry, "_is_fer_2013", lambda dataset: True)

    assert load_dataset(str(tmp_path / "fer2013")).votes is not None


def test_votes_on_other_faces_are_a_note_and_an_error_only_where_they_are_asked_for(
    fer_home: Path, small_dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_fer_csv(fer_home / "data" / "small.csv", small_dataset)
    write_votes(fer_home / "data" / "fer2013new.csv", small_dataset.take(np.arange(7)))
    monkeypatch.setattr(registry, "_is_fer_2013", lambda dataset: True)

    loaded = load_dataset("small")

    assert loaded.votes is None
    assert "votes were not joined" in loaded.notes[-1]
    with pytest.raises(DatasetError, match=r"votes were not joined: “fer2013new\.csv” has 7 rows"):
        load_dataset("small", view=DatasetView(labels="majority"))


def test_where_a_dataset_was_downloaded_from_is_its_source(
    csv_in_data: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    source = Source("Small faces", "https://example.org/small", "CC0")
    monkeypatch.setattr(registry, "source_of", {"small.csv": source}.get)

    assert load_dataset(csv_in_data("small")).source == source


def test_the_built_in_set_is_asked_for_by_name(
    monkeypatch: pytest.MonkeyPatch, small_dataset: Dataset
) -> None:
    monkeypatch.setattr("fer.datasets.synthetic.loading.load_synthetic", lambda progress: small_dataset)

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


@pytest.mark.parametrize(
    ("suffix", "mark", "place", "value"),
    [
        (".npy", b"}", 0, b" "),  # a header without end
        (".npz", b"PK\x01\x02", 6, b"\xff"),  # a version that does not exist
        (".npz", b"PK\x01\x02", 8, b"\x01"),  # locked
        (".npz", b"PK\x01\x02", 10, b"\x63"),  # packed in an unknown way
        (".npz", b"PK\x01\x02", 10, b"\x08"),  # said to be packed
    ],
)
def test_one_wrong_byte_in_a_cache_is_survived(
    csv_in_data: Callable[[str], str], small_dataset: Dataset,
    suffix: str, mark: bytes, place: int, value: bytes,
) -> None:  # fmt: skip
    load_dataset(csv_in_data("small"))
    cache = next(paths.cache_folder().glob(f"*{suffix}"))
    whole = cache.read_bytes()
    place += whole.index(mark)
    cache.unlink()
    cache.write_bytes(whole[:place] + value + whole[place + 1 :])

    assert same(load_dataset("small"), small_dataset)


@pytest.mark.parametrize("call", ["write", "fsync"])
def test_a_full_disk_costs_the_cache_and_not_the_dataset(
    csv_in_data: Callable[[str], str], monkeypatch: pytest.MonkeyPatch, small_dataset: Dataset, call: str
) -> None:
    def full(*arguments: object, **options: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    if call == "write":
        monkeypatch.setattr(np, "save", full)
    else:
        monkeypatch.setattr("os.fsync", full)

    assert same(load_dataset(csv_in_data("small")), small_dataset)
    assert list(paths.cache_folder().iterdir()) == []


def test_a_cache_that_may_not_be_written_costs_nothing_else(
    csv_in_data: Callable[[str], str], monkeypatch: pytest.MonkeyPatch, small_dataset: Dataset
) -> None:
    def refuse(path: Path, write: object) -> None:
        raise StorageError("The folder may not be written to.")

    monkeypatch.setattr(files, "save", refuse)

    assert same(load_dataset(csv_in_data("small")), small_dataset)


def test_rows_votes_and_notes_are_kept_as_well(
    tmp_path: Path, fer_home: Path, small_dataset: Dataset
) -> None:
    votes = np.arange(420, dtype=np.uint8).reshape(42, 10)
    dataset = replace(small_dataset, rows=np.arange(42) * 3, votes=votes, notes=("One.", "Two."))
    read: list[Dataset] = [dataset]

    cached(tmp_path, "state", read.pop)
    loaded = cached(tmp_path, "state", read.pop)

    assert same(loaded, dataset)
    assert loaded.votes is not None
    np.testing.assert_array_equal(loaded.votes, votes)


def test_two_processes_that_load_the_same_at_once_both_succeed_and_leave_one_copy(
    csv_in_data: Callable[[str], str],
) -> None:
    csv_in_data("small")
    # Both wait for a line, so that neither is done before the other has started.
    program = (
        "import sys; from fer.datasets import load_dataset; print(flush=True); sys.stdin.readline();"
        "print(*[int(load_dataset('small').images.sum()) for _ in range(5)])"
    )
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", program],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=PROJECT_ROOT,
            text=True,
        )
        for _ in range(2)
    ]
    for process in processes:
        assert process.stdout is not None
        process.stdout.readline()
    answers = [process.communicate("\n", timeout=60)[0].split() for process in processes]

    assert [process.returncode for process in processes] == [0, 0]
    assert set(map(tuple, answers)) == {(str(int(load_dataset("small").images.sum())),) * 5}
    assert sorted(path.suffix for path in paths.cache_folder().iterdir()) == [".npy", ".npz"]


def test_what_killed_processes_left_is_removed_after_a_day(csv_in_data: Callable[[str], str]) -> None:
    cache = paths.cache_folder()
    for name in (".unpacking-old", ".converting-old", ".unpacking-new"):
        (cache / name / "train").mkdir(parents=True)
    for name in (".saving-old.npy", ".saving-new.npy"):
        (cache / name).write_bytes(b"")
    (cache / "maps").mkdir()
    (cache / "maps" / ".saving-old.npz").write_bytes(b"")
    two_days_ago = time.time() - 48 * 3600
    for name in (".unpacking-old", ".converting-old", ".saving-old.npy", "maps/.saving-old.npz"):
        os.utime(cache / name, (two_days_ago, two_days_ago))

    load_dataset(csv_in_data("small"))

    hidden = sorted(path.name for path in cache.rglob(".*"))
    assert hidden == [".saving-new.npy", ".unpacking-new"]
