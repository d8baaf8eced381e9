"""Cutting faces out of whole photographs: offered where they are some, done by a job, told afterwards."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from fer.config import AS_GUESSED, ImportSettings
from fer.datasets.import_settings import load_import_settings
from fer.datasets.registry import load_dataset_as, place_of_dataset
from fer.system import jobs
from tests.app.conftest import words
from tests.core.test_cutting import photograph, put

OpenPage = Callable[..., AppTest]
PAGE = "1_dataset.py"
CUT = ImportSettings(cut_faces=48)


@pytest.fixture
def people(fer_home: Path) -> str:
    """The name of class folders of photographs in `data/`, one of a wall."""
    folder = fer_home / "data" / "people"
    for number in range(3):
        put(folder / "happy" / f"{number}.jpg", photograph())
    put(folder / "sad" / "3.jpg", photograph(500, 400))
    put(folder / "sad" / "wall.jpg", photograph()[:50])
    return "people"


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """The jobs that the page started; they get no process."""
    found: list[tuple[Any, ...]] = []
    monkeypatch.setattr(jobs, "start_job", lambda *job: found.append(job))
    return found


def test_photographs_are_offered_to_be_cut_out_by_a_job(
    open_page: OpenPage, people: str, started: list[tuple[Any, ...]]
) -> None:
    page = open_page(PAGE, {"workshop.dataset": people})
    assert not page.exception
    assert "look like whole photographs" in words(page)

    page.button(key="dataset.import.cut").click().run()

    assert not page.exception
    [(_, title, [command, name, option, chosen])] = started
    assert (title, command, name, option) == ("Cutting faces out of people", "import", people, "--settings")
    assert ImportSettings.from_dict(json.loads(chosen)) == CUT
    assert load_import_settings(place_of_dataset(people)) == AS_GUESSED  # the job remembers it, once it can


def test_what_was_cut_out_is_there_at_once_and_what_was_left_out_is_listed(
    open_page: OpenPage, people: str, started: list[tuple[Any, ...]]
) -> None:
    load_dataset_as(people, CUT)

    page = open_page(PAGE, {"workshop.dataset": people})

    assert not page.exception
    assert "YuNet cut the largest face out of 4 of 5 pictures" in words(page)
    assert "1 picture without a face, left out" in [box.label for box in page.expander]
    assert page.dataframe[0].value["Picture"].tolist() == ["sad/wall.jpg"]
    [toggle] = page.toggle
    assert toggle.value
    toggle.set_value(False).run()
    page.button(key="dataset.import.apply").click().run()
    assert load_import_settings(place_of_dataset(people)) == AS_GUESSED
    assert started == []


def test_faces_of_changed_files_are_not_cut_out_while_the_page_waits(
    open_page: OpenPage, people: str, started: list[tuple[Any, ...]]
) -> None:
    load_dataset_as(people, CUT)
    put(place_of_dataset(people) / "happy" / "new.jpg", photograph())

    page = open_page(PAGE, {"workshop.dataset": people})
    assert "its files are new or have changed" in words(page)
    assert "faces** of" not in words(page)
    page.button(key="dataset.import.cut_again").click().run()

    assert not page.exception and len(started) == 1
