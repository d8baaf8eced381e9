"""The pages without a browser, as `fer bench page`, `evaluate` and `runs` measure them."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import streamlit as st

from fer.cli.bench import rehearsal
from tests.core import grey_level


@pytest.fixture
def fresh_pages(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The parts of pages are imported anew, so that their fragments note how long they take."""

    def loaded() -> list[str]:
        return [name for name in sys.modules if name == "pages" or name.startswith("pages.")]

    for name in loaded():
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(st, "fragment", st.fragment)  # put back afterwards
    rehearsal.note_fragments()
    yield
    for name in loaded():
        del sys.modules[name]


@pytest.fixture
def dataset(csv_in_data: Callable[[str], str], fer_home: Path) -> str:
    """A CSV, and a model that knows each of its faces."""
    grey_level.save_model(fer_home / "models" / "pretrained" / "grey")
    return f"{csv_in_data('small')}.csv"


@pytest.mark.usefixtures("fresh_pages")
def test_a_rehearsal_times_every_page_and_weighs_every_view(csv_in_data: Callable[[str], str]) -> None:
    answer = rehearsal.rehearse_dataset(f"{csv_in_data('small')}.csv", rounds=2)
    for name in ("page_ms", "sheet_ms", "image_ms"):
        assert len(answer[name]) == 2
    assert min(map(min, answer.values())) > 0
    # What turning a page runs again is a part of the page.
    assert all(sheet < whole for sheet, whole in zip(answer["sheet_ms"], answer["page_ms"], strict=True))


def test_a_page_that_shows_an_error_is_not_rehearsed() -> None:
    with pytest.raises(SystemExit, match="shows an error"):
        rehearsal.run(rehearsal._script(_broken, {}))


def test_a_view_that_the_page_does_not_have_is_not_rehearsed(csv_in_data: Callable[[str], str]) -> None:
    page = rehearsal.open_page("dataset", {"workshop.dataset": f"{csv_in_data('small')}.csv"})
    with pytest.raises(SystemExit, match="shows an error"):
        rehearsal.run(page, {"dataset.view_shown": "Sundries"})


def _broken() -> None:
    import streamlit as st

    st.error("There are no faces.")


@pytest.mark.usefixtures("fresh_pages")
def test_a_rehearsal_clicks_from_mistake_to_mistake(
    dataset: str, fer_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Each face is labelled as the next emotion: every answer is a mistake.
    path = fer_home / "data" / dataset
    head, *rows = path.read_text().splitlines()
    path.write_text("\n".join([head, *(f"{(int(row[0]) + 1) % 7}{row[1:]}" for row in rows)]) + "\n")
    clicked = []
    real = rehearsal.run

    def noted(test: rehearsal.AppTest, state: Any = None) -> tuple[float, float]:
        times = real(test, state)
        # The page and the rival both say of which faces they are.
        clicked.append((state["evaluation.cell"], len(test.main.children) > 0))
        return times

    monkeypatch.setattr(rehearsal, "run", noted)
    answer = rehearsal.rehearse_evaluation(dataset, "grey", rounds=2)
    assert {name: len(times) for name, times in answer.items()} == {
        "click_ms": 2,
        "usual_page_ms": 2,
        "whole_page_ms": 2,
    }
    assert min(map(min, answer.values())) > 0
    cells = [cell for cell, _ in clicked]
    assert all(drawn for _, drawn in clicked)
    assert cells[0] == cells[1] != cells[2] == cells[3]
    assert all(true is not predicted for true, predicted in cells)
    assert all(a < b for a, b in zip(answer["click_ms"], answer["whole_page_ms"], strict=True))


def test_without_a_mistake_there_is_nothing_to_click_on(dataset: str) -> None:
    with pytest.raises(SystemExit, match="makes no mistake"):
        rehearsal.rehearse_evaluation(dataset, "grey")
