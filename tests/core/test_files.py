"""Saving in one step: the new file or the old one, never a part of either."""

import errno
import os
from pathlib import Path

import pytest

from fer.errors import DiskFullError, StorageError
from fer.system import files


@pytest.fixture
def old(tmp_path: Path) -> Path:
    path = tmp_path / "status.json"
    path.write_text("old")
    return path


def fail_with(number: int) -> OSError:
    return OSError(number, os.strerror(number))


def test_saving_makes_the_folder_and_leaves_nothing_beside(tmp_path: Path) -> None:
    path = tmp_path / "new" / "folder" / "text.txt"
    files.save_text(path, "grün")
    assert path.read_bytes() == "grün".encode()
    assert list(path.parent.iterdir()) == [path]


def test_saving_replaces_what_was_there(old: Path) -> None:
    files.save_bytes(old, b"new")
    assert old.read_bytes() == b"new"


def test_the_writer_gets_a_path_with_the_same_suffix_in_the_same_folder(tmp_path: Path) -> None:
    seen: list[Path] = []

    def write(temporary: Path) -> None:
        seen.append(temporary)
        temporary.write_bytes(b"weights")

    files.save(tmp_path / "best.keras", write)
    assert seen[0].suffix == ".keras"
    assert seen[0].parent == tmp_path
    assert (tmp_path / "best.keras").read_bytes() == b"weights"


@pytest.mark.skipif(os.name != "posix", reason="modes are of POSIX")
def test_others_may_read_what_was_saved(old: Path) -> None:
    files.save_text(old, "new")
    assert old.stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize("error", [ValueError("a bug"), KeyboardInterrupt()])
def test_a_failure_halfway_keeps_the_old_file(old: Path, error: BaseException) -> None:
    def write(temporary: Path) -> None:
        temporary.write_text("half of the n")
        raise error

    with pytest.raises(type(error)):
        files.save(old, write)
    assert old.read_text() == "old"
    assert list(old.parent.glob("*saving*")) == []


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (errno.ENOSPC, "The disk is full: “status.json” could not be saved. Free some space"),
        (errno.EACCES, "may not be written to"),
        (errno.EROFS, "set FER_HOME to a folder of your own"),
        (errno.EIO, "Check that the disk is there"),
    ],
)
def test_a_disk_that_refuses_is_a_sentence_and_keeps_the_old_file(old: Path, number: int, said: str) -> None:
    def write(temporary: Path) -> None:
        temporary.write_text("half of the n")
        raise fail_with(number)

    with pytest.raises(StorageError, match=said):
        files.save(old, write)
    assert old.read_text() == "old"
    assert list(old.parent.glob("*saving*")) == []


def test_a_disk_that_is_full_at_the_flush_keeps_the_old_file(
    old: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise fail_with(errno.ENOSPC)

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StorageError, match="The disk is full"):
        files.save_text(old, "new")
    assert old.read_text() == "old"


def test_a_file_where_the_folder_should_be_is_a_sentence(old: Path) -> None:
    with pytest.raises(StorageError, match=r"“x\.json” could not be saved"):
        files.save_text(old / "x.json", "text")


def in_folder(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in folder.iterdir()}


def test_a_folder_is_filled_beside_its_place_and_replaces_the_former_whole(tmp_path: Path) -> None:
    folder = tmp_path / "models" / "net"
    for number in range(2):
        with files.replacing(folder) as filled:
            assert filled.parent == folder.parent
            assert filled.name.startswith(".")
            (filled / f"{number}.txt").write_text("whole")
            assert folder.exists() == bool(number)
    assert in_folder(folder) == {"1.txt": "whole"}
    assert list(folder.parent.iterdir()) == [folder]


@pytest.mark.parametrize("error", [ValueError("a bug"), KeyboardInterrupt()])
def test_a_folder_that_is_filled_halfway_changes_nothing(tmp_path: Path, error: BaseException) -> None:
    folder = tmp_path / "models" / "net"
    folder.mkdir(parents=True)
    (folder / "old.txt").write_text("old")
    with pytest.raises(type(error)), files.replacing(folder) as filled:
        (filled / "new.txt").write_text("half of the n")
        raise error
    assert in_folder(folder) == {"old.txt": "old"}
    assert list(folder.parent.iterdir()) == [folder]


def test_a_full_disk_while_a_folder_is_filled_is_said_in_one_sentence(tmp_path: Path) -> None:
    folder = tmp_path / "models" / "net"
    with pytest.raises(DiskFullError, match="“net” could not be saved"), files.replacing(folder):
        raise fail_with(errno.ENOSPC)
    assert list(folder.parent.iterdir()) == []


def test_what_a_crash_between_two_renames_left_is_found_again(tmp_path: Path) -> None:
    folder, former = tmp_path / "net", tmp_path / ".net.old"
    former.mkdir()
    (former / "old.txt").write_text("old")
    with pytest.raises(ValueError, match="a bug"), files.replacing(folder):
        raise ValueError("a bug")
    assert in_folder(folder) == {"old.txt": "old"}
    assert not former.exists()


def test_files_are_finished_in_a_folder_aside_that_goes_again(tmp_path: Path) -> None:
    folder = tmp_path / "net"
    (folder / ".aside").mkdir(parents=True)
    (folder / ".aside" / "of a crash").touch()
    with files.aside(folder) as aside:
        files.save_text(aside / "a.txt", "whole")
        files.put_in_place(aside, folder, ("b.txt", "a.txt"))
    assert in_folder(folder) == {"a.txt": "whole"}
