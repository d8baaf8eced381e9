"""What a rerun of a page asks the disk, and what it takes from its caches."""

import os
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from fer.datasets import Dataset
from fer.system.progress import Progress, silent
from pages.parts import caches
from pages.parts.caches.policy import kept, modified
from tests.conftest import dataset_of
from tests.core import grey_level
from tests.core.test_folders import write_folders

OpenPage = Callable[..., AppTest]


def test_a_rerun_of_the_evaluation_lists_the_pictures_of_class_folders_at_most_once(
    open_page: OpenPage, fer_home: Path, small_dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    grey_level.save_model(fer_home / "models" / "pretrained" / "grey")
    folder = write_folders(fer_home / "data" / "faces", small_dataset)
    of_pictures = {str(picture.parent) for picture in folder.rglob("*.png")}
    for each in [folder, *filter(Path.is_dir, folder.rglob("*"))]:
        os.utime(each, (1e9, 1e9))  # what was written this very moment is looked at again
    page = open_page("4_evaluation.py", {"workshop.dataset": "faces"})
    assert not page.exception
    assert not page.error
    listed: Counter[str] = Counter()
    scandir = os.scandir

    def counted(path: str | Path) -> object:
        listed[str(path)] += 1
        return scandir(path)

    monkeypatch.setattr(os, "scandir", counted)
    page.run()
    assert max((listed[each] for each in of_pictures), default=0) <= 1


@pytest.mark.parametrize("seconds_ago", [0, 1e6])
def test_a_picture_that_comes_is_seen(fer_home: Path, small_dataset: Dataset, seconds_ago: float) -> None:
    folder = write_folders(fer_home / "data" / "faces", small_dataset)
    for each in [folder, *filter(Path.is_dir, folder.rglob("*"))]:
        os.utime(each, (time.time() - seconds_ago,) * 2)
    before = caches.dataset("faces")
    assert caches.dataset("faces") is before
    picture = next(folder.rglob("*.png"))
    (picture.parent / "another.png").write_bytes(picture.read_bytes())
    assert len(caches.dataset("faces")) == len(before) + 1


def test_a_folder_that_comes_into_an_old_one_is_looked_into(tmp_path: Path) -> None:
    folder = tmp_path / "faces"
    folder.mkdir()
    os.utime(folder, (1.0e9, 1.0e9))
    assert modified(folder) == 1.0e9
    (folder / "train" / "happy").mkdir(parents=True)
    for each, when in (("train/happy", 1.3e9), ("train", 1.2e9), ("", 1.1e9)):
        os.utime(folder / each, (when, when))
    assert modified(folder) == 1.3e9


def test_an_answer_is_kept_until_its_file_is_written(tmp_path: Path) -> None:
    asked: list[tuple[str, str]] = []

    @kept(4)
    def first(path: Path, what: str, progress: Progress = silent) -> str:
        asked.append(("first", what))
        progress(1.0, "read")
        return path.read_text()

    @kept(4)
    def second(path: Path, what: str) -> str:
        asked.append(("second", what))
        return path.read_text().upper()

    told: list[str] = []
    path = tmp_path / "a.txt"
    path.write_text("a")
    assert first(path, "x", lambda fraction, message: told.append(message)) == "a"
    assert first(path, what="x", progress=lambda fraction, message: told.append("again")) == "a"
    assert second(path, "x") == "A"
    assert first(path, "y") == "a"
    assert asked == [("first", "x"), ("second", "x"), ("first", "y")]
    assert told == ["read"]
    path.write_text("another")
    assert (first(path, "x"), second(path, "x")) == ("another", "ANOTHER")
    path.unlink()
    with pytest.raises(FileNotFoundError):
        first(path, "x")


def test_only_so_many_answers_are_kept() -> None:
    asked: list[int] = []

    @kept(2)
    def answer(number: int) -> int:
        asked.append(number)
        return number

    for number in (1, 2, 3, 3, 2, 1):
        assert answer(number) == number
    assert asked == [1, 2, 3, 1]


def test_faces_are_known_by_name_state_and_number(fer_home: Path) -> None:
    asked: list[int] = []

    @kept(4)
    def count(dataset: Dataset) -> int:
        asked.append(len(dataset))
        return len(dataset)

    seven, five = dataset_of(range(7)), dataset_of(range(5))
    assert [count(faces) for faces in (seven, five, dataset_of(range(7)))] == [7, 5, 7]
    assert asked == [7, 5]
    (fer_home / "data" / seven.name).mkdir(parents=True)
    os.utime(fer_home / "data" / seven.name, (2e9, 2e9))
    assert count(seven) == 7
    assert asked == [7, 5, 7]
