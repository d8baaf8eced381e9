"""The view that lets an evaluation be taken along."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from fer.emotions import EMOTIONS
from fer.models.card import load_card
from pages.parts.evaluation.report import view
from tests.app.conftest import words
from tests.core import grey_level

OpenPage = Callable[..., AppTest]
PAGE = "4_evaluation.py"


@pytest.fixture
def models(fer_home: Path) -> list[Path]:
    return [grey_level.save_model(fer_home / "models" / "pretrained" / name) for name in ("grey", "other")]


@pytest.fixture
def session(csv_in_data: Callable[[str], str]) -> dict[str, object]:
    """A session that looks at the report of a small CSV."""
    return {
        "workshop.dataset": f"{csv_in_data('small')}.csv",
        "evaluation.view_shown": "Report",
        "evaluation.judged": ("grey",),
    }


@pytest.fixture
def files(monkeypatch: pytest.MonkeyPatch) -> dict[str, Callable[[], bytes]]:
    """What each button would let a browser save, by the file's name."""
    offered: dict[str, Callable[[], bytes]] = {}
    real = view.st.download_button

    def noted(label: str, data: Callable[[], bytes], file_name: str, **settings: object) -> bool:
        offered[file_name] = data
        return bool(real(label, data, file_name=file_name, **settings))  # type: ignore[call-overload]

    monkeypatch.setattr(view.st, "download_button", noted)
    return offered


@pytest.mark.usefixtures("models")
def test_three_files_are_offered_and_none_is_made_before_it_is_wanted(
    open_page: OpenPage,
    session: dict[str, object],
    files: dict[str, Callable[[], bytes]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made: list[str] = []
    for name in ("to_html", "as_json", "predictions_csv"):
        real = getattr(view.evaluation_report, name)

        def noted(*given: object, name: str = name, real: Callable[..., str] = real, **more: object) -> str:
            made.append(name)
            return real(*given, **more)

        monkeypatch.setattr(view.evaluation_report, name, noted)
    page = open_page(PAGE, session)
    assert not page.exception
    assert not page.error
    assert list(files) == ["grey-test.html", "grey-test.csv", "grey-test.json"]
    assert made == []
    assert files["grey-test.html"]().startswith(b"<!doctype html>")
    assert files["grey-test.csv"]().startswith(b"row,split,label,answer (grey)")
    assert b'"count": 7' in files["grey-test.json"]()
    assert made == ["to_html", "predictions_csv", "as_json"]
    assert "python -m fer report grey --data small.csv --split test" in page.code[0].value


@pytest.mark.usefixtures("models")
def test_faces_are_in_the_page_only_when_asked_for_and_their_terms_are_said(
    open_page: OpenPage, session: dict[str, object], files: dict[str, Callable[[], bytes]], fer_home: Path
) -> None:
    # Seven faces, each labelled as the next emotion: every answer is a mistake.
    path = fer_home / "data" / "small.csv"
    head, *rows = path.read_text().splitlines()
    path.write_text("\n".join([head, *(f"{(int(row[0]) + 1) % 7}{row[1:]}" for row in rows)]) + "\n")
    page = open_page(PAGE, session)
    assert b"<img" not in files["grey-test.html"]()
    assert "other people's photographs" not in words(page)
    page.toggle(key="evaluation.report_faces").set_value(True).run()
    assert not page.exception
    assert files["grey-test.html"]().count(b"<img") == 7
    assert "include them only if you may pass them on" in words(page)
    assert "--faces" in page.code[0].value


def test_models_that_know_different_emotions_are_reported_on_what_they_share(
    open_page: OpenPage, session: dict[str, object], files: dict[str, Callable[[], bytes]], models: list[Path]
) -> None:
    card = load_card(models[1])
    replace(card, emotions=(*EMOTIONS[:6], EMOTIONS[0])).save(models[1])  # it does not know neutral
    page = open_page(PAGE, {**session, "evaluation.judged": ("grey", "other")})
    assert not page.exception
    assert "is **better**" in words(page)
    html = files["grey-other-test.html"]().decode()
    assert "points on the same 6 faces" in html
    assert "1 face labelled neutral" in html
    assert "--answerable-only" in page.code[0].value
