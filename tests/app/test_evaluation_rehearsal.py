"""The confusion matrix without a browser, as `fer bench evaluate` measures it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from pages.parts.evaluation import rehearsal
from tests.core import grey_level


@pytest.fixture
def dataset(csv_in_data: Callable[[str], str], fer_home: Path) -> str:
    """A CSV, and a model that knows each of its faces."""
    grey_level.save_model(fer_home / "models" / "pretrained" / "grey")
    return f"{csv_in_data('small')}.csv"


def test_a_rehearsal_clicks_from_mistake_to_mistake(
    dataset: str, fer_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Each face is labelled as the next emotion: every answer is a mistake.
    path = fer_home / "data" / dataset
    head, *rows = path.read_text().splitlines()
    path.write_text("\n".join([head, *(f"{(int(row[0]) + 1) % 7}{row[1:]}" for row in rows)]) + "\n")
    clicked = []
    real = rehearsal._click

    def noted(test: rehearsal.AppTest, cell: tuple[rehearsal.Emotion, rehearsal.Emotion]) -> float:
        milliseconds = real(test, cell)
        # The page, the matrix alone and the rival all say of which faces they are.
        clicked.append((cell, len(test.main.children) > 0))
        return milliseconds

    monkeypatch.setattr(rehearsal, "_click", noted)
    monkeypatch.setattr(rehearsal, "_ROUNDS", 2)
    answer = rehearsal.rehearse(dataset, "grey")
    assert {name: len(times) for name, times in answer.items()} == {
        "click_ms": 2,
        "usual_page_ms": 2,
        "whole_page_ms": 2,
    }
    assert min(map(min, answer.values())) > 0
    cells = [cell for cell, _ in clicked]
    assert all(drawn for _, drawn in clicked)
    assert cells[0] == cells[1] == cells[2] != cells[3]
    assert all(true is not predicted for true, predicted in cells)


def test_without_a_mistake_there_is_nothing_to_click_on(dataset: str) -> None:
    with pytest.raises(SystemExit, match="makes no mistake"):
        rehearsal.rehearse(dataset, "grey")
