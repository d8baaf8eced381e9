"""Class board and lesson sheet: who is where, from files that may be anything; the sheet is up to date."""

import json
from pathlib import Path

import pytest

from fer.__main__ import main
from fer.course import LESSONS, CourseProgress, save_progress
from fer.course.board import read_board
from fer.course.progress import progress_path
from fer.course.sheet import lesson_sheet
from fer.errors import FerError
from tests.conftest import PROJECT_ROOT


def test_a_class_is_read_by_the_names_of_its_files(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "class"
    folder.mkdir()
    save_progress(CourseProgress("first-run").with_done("guessing").with_lesson("guessing", tries=2))
    text = progress_path().read_text(encoding="utf-8")
    (folder / "anna.json").write_text(text, encoding="utf-8")
    (folder / "ben").mkdir()
    (folder / "ben" / "course.json").write_text(text, encoding="utf-8")
    (folder / "broken.json").write_text("{" * 10_000, encoding="utf-8")
    (folder / "linked.json").symlink_to(folder / "anna.json")
    (folder / "notes.txt").write_text("none")
    assert [seat.name for seat in read_board(folder)] == ["anna", "ben", "broken"]
    assert main(["course", "--board", str(folder), "--json"]) == 0
    learners = json.loads(capsys.readouterr().out)["learners"]
    assert learners[0]["lessons"]["guessing"] == "done"
    assert learners[0]["current"] == "first-run"
    assert learners[2] == {"name": "broken", "readable": False}
    assert main(["course", "--board", str(folder)]) == 0
    assert "Your first run" in capsys.readouterr().out


def test_a_folder_without_progress_says_what_to_collect(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for folder in (tmp_path / "empty", tmp_path / "nowhere"):
        with pytest.raises(FerError, match=r"course\.json"):
            read_board(folder)


def test_one_sees_ones_own_path(capsys: pytest.CaptureFixture[str]) -> None:
    save_progress(CourseProgress().with_done("guessing"))
    assert main(["course"]) == 0
    out = capsys.readouterr().out
    assert f"1 of {len(LESSONS)} lessons done" in out


def test_the_lesson_sheet_in_the_guide_is_what_the_lessons_say() -> None:
    page = (PROJECT_ROOT / "docs" / "guide" / "course.md").read_text(encoding="utf-8")
    assert lesson_sheet() in page, "Write it anew: python -m fer course --write docs/guide/course.md"
