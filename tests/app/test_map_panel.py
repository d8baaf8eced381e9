"""The view "Map" of the dataset page: before there is a map, with one, and with faces chosen on it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from fer.datasets import load_dataset
from fer.datasets.embedding import DEFAULT_MODEL, make_map, map_path
from fer.system import jobs
from tests.app.conftest import words
from tests.core import grey_level

OpenPage = Callable[..., AppTest]
PAGE = "1_dataset.py"


@pytest.fixture
def session(fer_home: Path, csv_in_data: Callable[[str], str]) -> dict[str, object]:
    """A session that looks at the map of a small CSV, with a model that gives its features."""
    grey_level.save_model(
        fer_home / "models" / "pretrained" / DEFAULT_MODEL, content=grey_level.WITH_FEATURES
    )
    return {"workshop.dataset": f"{csv_in_data('small')}.csv", "dataset.view_shown": "Map"}


def choose(monkeypatch: pytest.MonkeyPatch, points: list[dict[str, int]]) -> list[dict[str, Any]]:
    """Let every chart with a selection answer with these points, as a lasso would; returns what is drawn."""
    drawn: list[dict[str, Any]] = []
    plotly_chart = st.plotly_chart

    def with_selection(figure: Any, **options: Any) -> Any:
        if "on_select" not in options:
            return plotly_chart(figure, **options)
        drawn.append({"figure": figure, **options})
        selection = st.session_state.setdefault("tests.points", points)
        return type("Event", (), {"selection": type("Selection", (), {"points": selection})})

    monkeypatch.setattr(st, "plotly_chart", with_selection)
    return drawn


def test_before_there_is_a_map_it_is_explained_and_offered(
    open_page: OpenPage, session: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[tuple[str, str, list[str]]] = []

    def start(job_id: str, title: str, arguments: list[str]) -> None:
        started.append((job_id, title, arguments))

    monkeypatch.setattr(jobs, "start_job", start)
    page = open_page(PAGE, session)
    assert not page.exception
    assert "There is no map yet" in words(page)
    assert "For 42 faces that takes a few seconds" in words(page)
    page.button(key="dataset.make_map").click().run()
    assert not page.exception
    (job_id, _, arguments), *_ = started
    assert arguments == ["map", "small.csv", "--model", DEFAULT_MODEL]
    dataset = load_dataset("small.csv")
    assert job_id == f"map-{map_path(dataset).stem}"


def test_a_map_shows_every_face_and_how_to_read_it(
    open_page: OpenPage, session: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    make_map(load_dataset("small.csv"))
    drawn = choose(monkeypatch, [])
    page = open_page(PAGE, session)
    assert not page.exception
    assert sum(len(trace.x) for trace in drawn[0]["figure"].data) == 42
    assert "All 42 faces" in words(page)
    assert "Do not read" in words(page)
    assert "Draw a line around faces" in words(page)


def test_chosen_faces_are_shown_with_their_labels(
    open_page: OpenPage, session: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    make_map(load_dataset("small.csv"))
    # Trace 3 is happy, trace 6 neutral; a point that is named twice is one face.
    chosen = [(3, 0), (3, 1), (3, 1), (6, 5)]
    drawn = choose(monkeypatch, [{"curve_number": curve, "point_index": point} for curve, point in chosen])
    page = open_page(PAGE, session)
    assert not page.exception
    assert [trace.name for trace in drawn[0]["figure"].data][3] == "Happy"
    assert [metric.value for metric in page.metric if metric.label == "Chosen"] == ["3"]
    assert "**67\u00a0%** of them are labelled **happy**; of all faces 14\u00a0% are" in words(page)
    assert "Faces 1 to 3 of 3" in words(page)


@pytest.mark.parametrize(
    ("by", "names"),
    [
        ("The model's answer", {"Angry", "Disgust", "Fear", "Happy", "Sad", "Surprise", "Neutral"}),
        ("Split", {"Train", "Validation", "Test"}),
        ("Brightness", {""}),
        ("Sharpness", {""}),
    ],
)
def test_the_map_can_be_coloured_otherwise(
    open_page: OpenPage, session: dict[str, object], monkeypatch: pytest.MonkeyPatch, by: str, names: set[str]
) -> None:
    make_map(load_dataset("small.csv"))
    drawn = choose(monkeypatch, [])
    page = open_page(PAGE, session)
    page.selectbox(key="dataset.map_by").select(by).run()
    assert not page.exception
    figure = drawn[-1]["figure"]
    assert {trace.name for trace in figure.data} == names
    assert np.concatenate([trace.customdata for trace in figure.data]).size == 42
    assert drawn[0]["key"] != drawn[-1]["key"]


def test_votes_are_no_choice_without_votes(open_page: OpenPage, session: dict[str, object]) -> None:
    make_map(load_dataset("small.csv"))
    page = open_page(PAGE, session)
    options = page.selectbox(key="dataset.map_by").options
    assert "FER+ vote" not in options
    assert "Label" in options


def test_without_a_model_the_map_leads_to_training(
    open_page: OpenPage, csv_in_data: Callable[[str], str], fer_home: Path
) -> None:
    page = open_page(PAGE, {"workshop.dataset": f"{csv_in_data('small')}.csv", "dataset.view_shown": "Map"})
    assert not page.exception
    assert not page.error
    assert any("A map needs a model" in text.value for text in page.markdown)
