"""The confusion matrix and the faces behind its cells, with models whose answers are known beforehand."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from fer.datasets import Dataset, Split, load_dataset
from fer.datasets.dataset import VOTE_NAMES
from fer.datasets.editions import list_editions, load_edition
from fer.emotions import EMOTIONS, Emotion
from fer.models.card import load_card
from pages.parts import face_sheet
from pages.parts.evaluation.confusion import matrix_chart
from tests.app.conftest import words
from tests.conftest import dataset_of, write_fer_csv
from tests.core import grey_level

OpenPage = Callable[..., AppTest]
PAGE = "4_evaluation.py"
ANGRY, HAPPY, SAD = Emotion.ANGRY, Emotion.HAPPY, Emotion.SAD
# What the test faces look like to the model, and what they are labelled: three of the angry ones look happy.
LOOKS = [ANGRY, ANGRY, HAPPY, HAPPY, HAPPY, SAD, HAPPY, *EMOTIONS]
LABELS = [ANGRY, ANGRY, ANGRY, ANGRY, ANGRY, SAD, SAD, *EMOTIONS]
# How far each is from the grey that the model is surest of: row 3 is the clearest of the three.
OFF = [0, 0, 9, 0, 5, *[0] * 9]


@pytest.fixture
def sheets(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, object]]:
    """What every sheet of faces was given, the last one last."""
    drawn: list[dict[str, object]] = []

    def draw(images: object, captions: object, key: str, **more: object) -> None:
        drawn.append({"captions": captions, "key": key, **more})

    monkeypatch.setattr(face_sheet, "show", draw)
    return drawn


@pytest.fixture
def charts(monkeypatch: pytest.MonkeyPatch) -> list[tuple[object, Callable[[int, int], None]]]:
    """The marked cell of every matrix that was drawn, and what a click on it calls."""
    drawn: list[tuple[object, Callable[[int, int], None]]] = []

    def draw(
        figure: object, key: str, cell: object, on_choose: Callable[[int, int], None], **_: object
    ) -> None:
        drawn.append((cell, on_choose))

    monkeypatch.setattr(matrix_chart, "show", draw)
    return drawn


@pytest.fixture
def faces() -> Dataset:
    """Fourteen test faces after seven to train on; rows 7 to 20."""
    labels = [*EMOTIONS, *LABELS]
    dataset = dataset_of(
        [EMOTIONS.index(label) for label in labels], [Split.TRAIN] * 7 + [Split.TEST] * len(LABELS)
    )
    images = [grey_level.flat(look) for look in EMOTIONS] + [
        grey_level.flat(look) + np.uint8(off) for look, off in zip(LOOKS, OFF, strict=True)
    ]
    return replace(dataset, images=np.stack(images))


@pytest.fixture
def session(fer_home: Path, faces: Dataset) -> dict[str, object]:
    """A session in which these faces are judged by a model of known answers, and the matrix is looked at."""
    write_fer_csv(fer_home / "data" / "looks.csv", faces)
    grey_level.save_model(fer_home / "models" / "pretrained" / "grey")
    return {"workshop.dataset": "looks.csv", "evaluation.view_shown": "Confusions"}


@pytest.fixture
def two_models(session: dict[str, object], fer_home: Path) -> dict[str, object]:
    """The same, beside a model that calls what is happy sad and what is sad happy."""
    swapped = [{HAPPY: SAD, SAD: HAPPY}.get(emotion, emotion) for emotion in EMOTIONS]
    grey_level.save_model(fer_home / "models" / "pretrained" / "swapped", emotions=swapped)
    return {**session, "evaluation.judged": ("grey", "swapped")}


def rows(sheet: dict[str, object]) -> list[int]:
    return [caption.row for caption in sheet["captions"]]  # type: ignore[attr-defined]


def test_before_a_click_it_tells_how_to_read_the_matrix_and_names_the_commonest_mistakes(
    open_page: OpenPage, session: dict[str, object], sheets: list[dict[str, object]]
) -> None:
    page = open_page(PAGE, session)
    assert not page.exception
    assert "Click a cell to see its faces" in words(page)
    assert page.button(key="evaluation.mistake.0").label == "**Angry** called **happy** · 3 of 6, 50\u00a0%"
    assert page.button(key="evaluation.mistake.1").label == "**Sad** called **happy** · 1 of 3, 33\u00a0%"
    assert sheets == []


def test_a_click_shows_the_faces_of_that_very_cell_the_most_confident_first(
    open_page: OpenPage,
    session: dict[str, object],
    sheets: list[dict[str, object]],
    charts: list[tuple[object, Callable[[int, int], None]]],
) -> None:
    page = open_page(PAGE, session)
    page.button(key="evaluation.mistake.0").click().run()
    assert not page.exception
    assert charts[-1][0] == (EMOTIONS.index(ANGRY), EMOTIONS.index(HAPPY))
    assert rows(sheets[-1]) == [10, 11, 9]
    captions = sheets[-1]["captions"]
    scores = [float(caption.badge.rstrip("%")) for caption in captions]  # type: ignore[attr-defined]
    assert scores == sorted(scores, reverse=True)
    assert {caption.label for caption in captions} == {"Angry"}  # type: ignore[attr-defined]
    assert (
        "**3 of 6** angry faces were called happy, **50\u00a0%** (95\u00a0% interval 18.8–81.2\u00a0%)"
        in words(page)
    )
    assert "60\u00a0% of the 5 faces that the model called happy" in words(page)


def test_what_a_click_on_the_chart_answers_becomes_the_cell(
    open_page: OpenPage,
    session: dict[str, object],
    sheets: list[dict[str, object]],
    charts: list[tuple[object, Callable[[int, int], None]]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    open_page(PAGE, session)
    chosen: list[object] = []
    monkeypatch.setattr("pages.parts.state.set_cell", chosen.append)
    charts[-1][1](EMOTIONS.index(SAD), EMOTIONS.index(HAPPY))
    assert chosen == [(SAD, HAPPY)]


def test_buttons_lead_to_the_cells_around_and_end_at_the_border(
    open_page: OpenPage, session: dict[str, object], charts: list[tuple[object, object]]
) -> None:
    page = open_page(PAGE, {**session, "evaluation.cell": (ANGRY, Emotion.DISGUST)})
    assert page.button(key="evaluation.cell_up").disabled
    page.button(key="evaluation.cell_left").click().run()
    assert charts[-1][0] == (0, 0)
    assert page.button(key="evaluation.cell_left").disabled
    page.button(key="evaluation.cell_down").click().run()
    page.button(key="evaluation.cell_right").click().run()
    assert charts[-1][0] == (1, 1)
    page.button(key="evaluation.cell_up").click().run()
    assert charts[-1][0] == (0, 1)


def test_the_next_mistake_goes_through_the_fullest_cells_and_begins_again(
    open_page: OpenPage, session: dict[str, object], charts: list[tuple[object, object]]
) -> None:
    page = open_page(PAGE, session)
    visited = []
    for _ in range(3):
        page.button(key="evaluation.next_mistake").click().run()
        visited.append(charts[-1][0])
    angry, happy, sad = (EMOTIONS.index(emotion) for emotion in (ANGRY, HAPPY, SAD))
    assert visited == [(angry, happy), (sad, happy), (angry, happy)]


def test_an_empty_cell_and_a_cell_of_no_matrix_are_no_trouble(
    open_page: OpenPage, session: dict[str, object], fer_home: Path
) -> None:
    page = open_page(PAGE, {**session, "evaluation.cell": (ANGRY, Emotion.FEAR)})
    assert not page.exception
    assert "Not one of the **6** angry faces was called fear." in words(page)
    folder = fer_home / "models" / "pretrained" / "grey"
    others = (*EMOTIONS[:6], ANGRY)  # it does not know neutral
    replace(load_card(folder), emotions=others).save(folder)
    page = open_page(PAGE, {**session, "evaluation.cell": (Emotion.NEUTRAL, ANGRY)})
    assert not page.exception
    assert "Click a cell to see its faces" in words(page)


def test_the_matrix_changes_between_rows_columns_and_counts(
    open_page: OpenPage, session: dict[str, object]
) -> None:
    page = open_page(PAGE, session)
    for cells, said in (("Column %", "the diagonal is the precision"), ("Counts", "How many faces.")):
        page.segmented_control(key="evaluation.cells").set_value(cells).run()
        assert not page.exception
        assert said in words(page)


def test_faces_that_are_marked_are_left_out_and_judged_without(
    open_page: OpenPage, session: dict[str, object], sheets: list[dict[str, object]]
) -> None:
    page = open_page(PAGE, {**session, "evaluation.cell": (ANGRY, HAPPY)})
    page.button(key="evaluation.select").click().run()
    assert sheets[-1]["on_select"] is not None
    assert page.button(key="evaluation.selection.exclude").disabled
    page.button(key="evaluation.select_page").click().run()
    assert "**3 faces** selected" in words(page)
    page.button(key="evaluation.selection.exclude").click().run()
    assert not page.exception
    edition = load_edition("looks.csv", list_editions("looks.csv")[0].name)
    assert sorted(change.row for change in edition.changes) == [9, 10, 11]
    assert "not as they came: edition “mended”" in words(page)
    assert "Not one of the **3** angry faces was called happy." in words(page)
    page.segmented_control(key="evaluation.view_shown").set_value("Figures").run()
    assert "On **11** faces" in words(page)


def test_relabelled_faces_move_to_another_row_and_say_who_called_them_so(
    open_page: OpenPage, session: dict[str, object], sheets: list[dict[str, object]]
) -> None:
    page = open_page(PAGE, {**session, "evaluation.cell": (SAD, HAPPY)})
    page.button(key="evaluation.select").click().run()
    page.button(key="evaluation.select_page").click().run()
    page.button(key=f"evaluation.selection.label.{HAPPY}").click().run()
    assert not page.exception
    (change,) = load_edition("looks.csv", "mended").changes
    assert (change.row, change.new_label) == (13, HAPPY)
    assert change.reason == "called happy by Grey level grey"
    assert "Not one of the **2** sad faces was called happy." in words(page)


def test_marks_of_one_cell_are_none_in_another(open_page: OpenPage, session: dict[str, object]) -> None:
    page = open_page(PAGE, {**session, "evaluation.cell": (ANGRY, HAPPY)})
    page.button(key="evaluation.select").click().run()
    page.button(key="evaluation.select_page").click().run()
    page.button(key="evaluation.next_mistake").click().run()
    assert "** selected" not in words(page)
    assert page.button(key="evaluation.selection.exclude").disabled


def test_of_two_models_the_faces_they_disagree_on_are_shown(
    open_page: OpenPage,
    two_models: dict[str, object],
    sheets: list[dict[str, object]],
) -> None:
    page = open_page(PAGE, two_models)
    page.segmented_control(key="evaluation.matrix_of").set_value((0, 1)).run()
    assert not page.exception
    assert page.button(key="evaluation.mistake.0").label.startswith("**Happy** called **sad**")
    page.session_state["evaluation.cell"] = (ANGRY, HAPPY)
    page.run()
    assert "Of **6** angry faces A called **3** happy, B **0**: −50.0 points." in words(page)
    assert "could be chance" in words(page)
    page.segmented_control(key="evaluation.who").set_value(0).run()
    assert rows(sheets[-1]) == [10, 11, 9]
    page.session_state["evaluation.cell"] = (ANGRY, SAD)
    page.segmented_control(key="evaluation.who").set_value(1).run()
    assert sorted(rows(sheets[-1])) == [9, 10, 11]
    page.segmented_control(key="evaluation.matrix_of").set_value((1,)).run()
    assert "**3 of 6** angry faces were called sad" in words(page)


def test_votes_stand_under_each_face_and_are_counted(
    open_page: OpenPage,
    session: dict[str, object],
    sheets: list[dict[str, object]],
    faces: Dataset,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    votes = np.zeros((len(faces), len(VOTE_NAMES)), np.uint8)
    votes[:, VOTE_NAMES.index("anger")] = 10
    votes[9] = 0
    votes[9, VOTE_NAMES.index("happiness")] = 10
    loaded = load_dataset("looks.csv")
    monkeypatch.setattr("fer.datasets.load_dataset", lambda *_, **__: replace(loaded, votes=votes))
    page = open_page(PAGE, {**session, "evaluation.cell": (ANGRY, HAPPY)})
    assert not page.exception
    notes = {caption.row: caption.notes for caption in sheets[-1]["captions"]}  # type: ignore[attr-defined]
    assert notes == {9: ("Votes: happy",), 10: ("Votes: angry",), 11: ("Votes: angry",)}
    assert "side with the model on **1** of 3, with the label on 2." in words(page)
