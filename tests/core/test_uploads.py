"""Uploads: all of a file and only if it can be read, or nothing."""

import errno
import threading
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest

from fer.config import DatasetView, ImportSettings
from fer.datasets import Dataset, list_datasets, load_dataset, registry, save_upload, uploads
from fer.datasets.dataset import VOTE_NAMES
from fer.datasets.registry import load_dataset_as
from fer.emotions import EMOTIONS
from fer.errors import DatasetError, FerError, MalformedDatasetError, PartlyBadDatasetError, StorageError
from fer.system import paths
from fer.system.progress import Progress
from tests.conftest import write_fer_csv

VOTES_HEADER = f"Usage,Image name,{','.join(VOTE_NAMES)}\n"


@pytest.fixture
def small_csv(tmp_path: Path, small_dataset: Dataset) -> bytes:
    return write_fer_csv(tmp_path / "made" / "small.csv", small_dataset).read_bytes()


def in_data() -> list[str]:
    """What lies in `data/`; the cache does not count."""
    folder = paths.data_folder()
    return sorted({path.name for path in folder.iterdir()} - {"cache"}) if folder.is_dir() else []


def zipped(content: bytes) -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("fer2013.csv", content)
    return buffer.getvalue()


@pytest.mark.parametrize("wrap", [bytes, BytesIO])
def test_an_uploaded_file_is_a_dataset_from_then_on(
    small_csv: bytes, small_dataset: Dataset, wrap: Callable[[bytes], bytes | BytesIO]
) -> None:
    entry = save_upload("mine.csv", wrap(small_csv))

    assert (entry.name, entry.kind) == ("mine.csv", "csv")
    assert entry in list_datasets()
    np.testing.assert_array_equal(load_dataset(entry.name).images, small_dataset.images)


@pytest.mark.parametrize("keep", [0, 10, 5000])
def test_an_upload_that_was_cut_off_leaves_nothing_behind(small_csv: bytes, keep: int) -> None:
    with pytest.raises(MalformedDatasetError, match=r"“mine\.csv”"):
        save_upload("mine.csv", small_csv[:keep])
    assert in_data() == []


@pytest.mark.parametrize(
    "name",
    [
        "../evil.csv",
        "/etc/evil.csv",
        "..\\evil.csv",
        ".hidden.csv",
        "a\0b.csv",
        "",
        "mine.exe",
        "лица.csv",
        "．．／evil.csv",
    ],
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


def test_of_two_who_upload_different_files_of_one_name_at_once_one_is_told(
    small_csv: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    both_were_read = threading.Barrier(2, timeout=30)
    read = uploads.read_dataset

    def read_together(path: Path, progress: Progress, skip_bad: bool) -> Dataset:
        dataset = read(path, progress, skip_bad)
        both_were_read.wait()
        return dataset

    monkeypatch.setattr(uploads, "read_dataset", read_together)
    # Were both to find the name free, both would take it.
    both_have_looked = threading.Barrier(2)
    exists = Path.exists

    def exists_together(path: Path) -> bool:
        found = exists(path)
        if path.name == "mine.csv":
            with suppress(threading.BrokenBarrierError):
                both_have_looked.wait(timeout=0.2)
        return found

    monkeypatch.setattr(Path, "exists", exists_together)
    contents = [small_csv, small_csv.replace(b"\n0,", b"\n6,")]

    def upload(content: bytes) -> str:
        try:
            return save_upload("mine.csv", content).name
        except DatasetError as error:
            return str(error)

    with ThreadPoolExecutor(2) as tabs:
        answers = list(tabs.map(upload, contents))

    assert sorted("Rename" in answer for answer in answers) == [False, True]
    kept = contents[answers.index("mine.csv")]
    assert (paths.data_folder() / "mine.csv").read_bytes() == kept


def test_a_full_disk_while_uploading_is_a_sentence_and_leaves_nothing(
    monkeypatch: pytest.MonkeyPatch, small_csv: bytes
) -> None:
    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("os.fsync", full)

    with pytest.raises(StorageError, match="disk is full"):
        save_upload("mine.csv", small_csv)
    assert in_data() == []


def test_an_uploaded_file_is_not_read_a_second_time_when_it_is_opened(
    small_csv: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_upload("mine.csv", small_csv)
    monkeypatch.setattr(registry, "read_dataset", lambda *arguments: pytest.fail("read again"))

    assert len(load_dataset("mine.csv")) == 42


@pytest.mark.parametrize("name", ["mine.zip", "Mine.ZIP"])
def test_an_archive_can_be_uploaded(name: str, small_csv: bytes, small_dataset: Dataset) -> None:
    entry = save_upload(name, zipped(small_csv))

    assert (entry.name, entry.kind) == (name, "archive")
    np.testing.assert_array_equal(load_dataset(name).images, small_dataset.images)


@pytest.mark.parametrize("name", ["mine.tsv", "mine.txt", "mine"])
def test_a_table_may_have_any_name(name: str, small_csv: bytes, small_dataset: Dataset) -> None:
    entry = save_upload(name, small_csv.replace(b",", b"\t"))

    assert (entry.name, entry.kind) == (name, "csv")
    np.testing.assert_array_equal(load_dataset("mine").images, small_dataset.images)
    with pytest.raises(MalformedDatasetError, match=r"“notes\.txt” is neither a \.csv"):
        save_upload("notes.txt", b"Faces are fun.\n")


def test_an_archive_may_have_any_name_and_one_that_cannot_be_unpacked_is_named(
    small_csv: bytes, small_dataset: Dataset
) -> None:
    entry = save_upload("mine", zipped(small_csv))

    assert (entry.name, entry.kind) == ("mine", "archive")
    np.testing.assert_array_equal(load_dataset("mine").images, small_dataset.images)
    with pytest.raises(MalformedDatasetError, match=r"“mine\.7z” is a 7-Zip archive.*Unpack it yourself"):
        save_upload("mine.7z", b"7z\xbc\xaf\x27\x1c" + bytes(500))
    assert in_data() == ["mine"]


def test_a_second_download_of_the_same_name_can_be_uploaded(small_csv: bytes) -> None:
    assert save_upload("archive (1).zip", zipped(small_csv)).name == "archive-1.zip"


def test_a_name_with_accents_and_spaces_is_taken_without_the_accents(small_csv: bytes) -> None:
    assert save_upload("Gesichter üben (1).csv", small_csv).name == "Gesichter uben-1.csv"


def test_an_archive_that_was_cut_off_leaves_nothing_behind(small_csv: bytes) -> None:
    whole = zipped(small_csv)

    with pytest.raises(MalformedDatasetError, match=r"“mine\.zip” is damaged or cut off"):
        save_upload("mine.zip", whole[: len(whole) // 2])
    assert in_data() == []
    assert list(paths.cache_folder().iterdir()) == []


def test_a_connection_that_ends_half_way_leaves_nothing_behind(small_csv: bytes) -> None:
    class Broken(BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            if self.tell() > 5000:
                raise OSError(errno.EIO, "Input/output error")
            return super().read(4096)

    with pytest.raises(StorageError, match=r"mine\.csv"):
        save_upload("mine.csv", Broken(small_csv))
    assert in_data() == []


def test_a_file_with_some_bad_rows_is_taken_on_demand(small_csv: bytes) -> None:
    content = BytesIO(small_csv.replace(b"\n0,", b"\n99,", 1))

    with pytest.raises(PartlyBadDatasetError) as caught:
        save_upload("mine.csv", content)
    assert (caught.value.good, caught.value.bad_count, in_data()) == (41, 1, [])

    entry = save_upload("mine.csv", content, skip_bad=True)

    assert len(load_dataset(entry.name, view=DatasetView(skip_bad=True))) == 41


def test_votes_are_recognised_and_stored_and_are_no_dataset() -> None:
    rows = "Training,fer0000000.png,4,0,0,1,3,2,0,0,0,0\n"

    entry = save_upload("fer2013new.csv", (VOTES_HEADER + rows).encode())

    assert (entry.kind, in_data()) == ("votes", ["fer2013new.csv"])
    assert entry not in list_datasets()


def test_votes_that_cannot_be_read_leave_nothing_behind() -> None:
    with pytest.raises(MalformedDatasetError):
        save_upload("fer2013new.csv", (VOTES_HEADER + "Training,a.png,many\n").encode())
    assert in_data() == []


def test_numbers_without_a_meaning_are_kept_so_that_it_can_be_said(small_csv: bytes) -> None:
    header, *rows = small_csv.splitlines()
    numbered = [b"%d%b" % (int(row[:1]) + 2, row[1:]) for row in rows]  # 2 to 8
    entry = save_upload("mine.csv", b"\n".join([header, *numbered]) + b"\n")
    with pytest.raises(PartlyBadDatasetError, match="“8” means nothing in its numbering"):
        load_dataset(entry.name)
    mapping = tuple((str(number + 2), str(emotion)) for number, emotion in enumerate(EMOTIONS))
    assert len(load_dataset_as(entry.name, ImportSettings(mapping=mapping))) == 42
