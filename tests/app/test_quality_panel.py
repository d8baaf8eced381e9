"""The issues of a dataset: before an inspection, after one, and mended from the galleries."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from fer.config import DatasetView
from fer.datasets import Dataset, Split, editions, load_dataset, quality
from fer.datasets.fingerprint import fingerprint
from fer.datasets.quality import FaceMeasures, Findings, Inspection, QualityIssue
from fer.datasets.quality.inspection import _INSPECTIONS, _arrays
from fer.emotions import Emotion
from pages.parts import caches
from tests.app.conftest import words
from tests.conftest import dataset_of, write_fer_csv
from tests.corrections import change_of, relabel

OpenPage = Callable[..., AppTest]
OpenQuality = Callable[..., AppTest]
NAME = "faulty.csv"


def findings(
    issue: QualityIssue,
    faces: Sequence[int],
    scores: Sequence[float],
    partners: Sequence[int] | None = None,
    suggestions: Sequence[int] | None = None,
) -> Findings:
    nobody = [-1] * len(faces)
    return Findings(
        issue,
        np.array(faces, np.intp),
        np.array(scores, np.float32),
        np.array(partners or nobody, np.intp),
        np.array(suggestions or nobody, np.intp),
    )


@pytest.fixture
def faulty(fer_home: Path) -> Dataset:
    """140 faces in data/faulty.csv: 0 lies in training and test under two labels, 1 twice in training."""
    labels = [label for label in range(7) for _ in range(20)]
    splits = ([Split.TRAIN] * 14 + [Split.VALIDATION] * 3 + [Split.TEST] * 3) * 7
    faces = dataset_of(labels, splits)
    images = faces.images.copy()
    images[39], images[2] = images[0], images[1]
    write_fer_csv(fer_home / "data" / NAME, replace(faces, images=images))
    return load_dataset(NAME)


def found_in(dataset: Dataset) -> Inspection:
    """What an inspection might find there."""
    brightness = dataset.images.mean(axis=(1, 2, 3), dtype=np.float32)
    darkest = np.argsort(brightness, kind="stable")[:3]
    found = [
        findings(QualityIssue.LEAK, [39], [1.0], [0]),
        findings(QualityIssue.EXACT_DUPLICATE, [39, 2], [1.0, 1.0], [0, 1]),
        findings(QualityIssue.NEAR_DUPLICATE, [], []),
        findings(QualityIssue.WRONG_LABEL, [50, 70, 90], [0.97, 0.9, 0.6], suggestions=[3, 5, 3]),
        findings(QualityIssue.NOT_A_FACE, [], []),
        findings(QualityIssue.DARK, darkest.tolist(), brightness[darkest].tolist()),
    ]
    measures = FaceMeasures(brightness, np.ones_like(brightness), np.arange(len(dataset), dtype=np.float32))
    suspicion = np.linspace(0, 1, len(dataset), dtype=np.float32)
    return Inspection(measures, suspicion, {each.issue: each for each in found}, {})


@pytest.fixture
def open_quality(open_page: OpenPage, faulty: Dataset, monkeypatch: pytest.MonkeyPatch) -> OpenQuality:
    """A function that opens the view on one kind of issue of an inspected dataset."""
    monkeypatch.setattr(caches, "inspected", found_in)

    def opened(issue: QualityIssue | None = None, **session: object) -> AppTest:
        page = open_page(
            "1_dataset.py",
            {
                "workshop.dataset": NAME,
                "dataset.view_shown": "Quality",
                "dataset.issue": issue,
                **session,
            },
        )
        assert not page.exception
        return page

    return opened


def mended() -> editions.Edition:
    return editions.load_edition(NAME, "mended")


def test_before_an_inspection_it_is_told_and_offered(open_page: OpenPage, faulty: Dataset) -> None:
    page = open_page("1_dataset.py", {"workshop.dataset": NAME, "dataset.view_shown": "Quality"})
    assert not page.exception
    assert "Nobody has looked yet" in words(page)
    assert "For 140 faces that takes a few seconds" in words(page)
    assert page.button(key="dataset.inspect").label == "Find quality issues"


def test_the_button_starts_the_inspection_as_a_job_and_the_page_follows_it(
    open_page: OpenPage, faulty: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[tuple[str, ...]] = []

    def start(job_id: str, title: str, arguments: Sequence[str]) -> None:
        started.append((job_id, *arguments))

    monkeypatch.setattr("fer.system.jobs.start_job", start)
    page = open_page("1_dataset.py", {"workshop.dataset": NAME, "dataset.view_shown": "Quality"})
    page.button(key="dataset.inspect").click().run()
    assert not page.exception
    assert [arguments for _, *arguments in started] == [["inspect", NAME, "--model", ""]]  # there is none


def test_an_inspection_that_was_kept_is_shown_and_a_damaged_one_is_offered_anew(
    open_page: OpenPage, faulty: Dataset
) -> None:
    kept = quality.inspection_path(fingerprint(faulty))
    _INSPECTIONS.save(kept, _arrays(found_in(faulty)))
    session: dict[str, object] = {"workshop.dataset": NAME, "dataset.view_shown": "Quality"}
    assert "**1** picture lies in two splits" in words(open_page("1_dataset.py", session))
    kept.write_bytes(kept.read_bytes()[:200])
    page = open_page("1_dataset.py", session)
    assert not page.exception
    assert "Nobody has looked yet" in words(page)


def test_the_card_of_a_face_shows_each_copy_once(open_quality: OpenQuality) -> None:
    text = words(open_quality(QualityIssue.LEAK, **{"dataset.face": 39}))
    assert "The same picture in another split" in text
    assert "The same picture, pixel by pixel" not in text


def test_leaks_come_first_with_the_share_of_the_test_that_was_met(open_quality: OpenQuality) -> None:
    text = words(open_quality())
    assert "Data leakage between splits" in text
    assert "**1** picture lies in two splits or more: **2** faces, of which **1** copy" in text
    assert f"A model has met **{100 / 21:.1f}\u00a0%** of the test faces" in text
    assert "contradict" in text
    assert "Pictures 1 to 1 of 1, worst first" in text


def test_leaving_a_leak_out_takes_the_training_copy_into_an_edition_that_is_made(
    open_quality: OpenQuality,
) -> None:
    page = open_quality(QualityIssue.LEAK)
    assert page.button(key="dataset.mend_leaks").label == "Leave out every copy that leaks (1)"
    page.button(key="dataset.mend_leaks").click().run()
    assert not page.exception
    (change,) = mended().changes
    assert (change.row, change.action, change.reason) == (
        0,
        "exclude",
        "leak: the same picture as row 39, test",
    )
    assert page.button(key="dataset.mend_leaks").disabled
    assert "“mended” leaves 1 out" in words(page)


def test_the_last_gesture_is_undone(open_quality: OpenQuality) -> None:
    page = open_quality(QualityIssue.EXACT_DUPLICATE)
    page.button(key="dataset.mend_spare").click().run()
    assert [change.row for change in mended().changes] == [0, 2]
    page.button(key="dataset.issue_undo").click().run()
    assert mended().changes == ()
    assert not page.button(key="dataset.mend_spare").disabled


def test_copies_that_contradict_one_another_can_all_go(open_quality: OpenQuality) -> None:
    page = open_quality(QualityIssue.EXACT_DUPLICATE)
    assert page.button(key="dataset.mend_contradicting").label == "Leave out all that contradict (2)"
    page.button(key="dataset.mend_contradicting").click().run()
    assert [change.row for change in mended().changes] == [0, 39]


def test_suggested_labels_are_taken_in_one_gesture_each_with_its_score(open_quality: OpenQuality) -> None:
    page = open_quality(QualityIssue.WRONG_LABEL)
    page.button(key="dataset.mend_suggested").click().run()
    assert not page.exception
    changes = {change.row: (change.new_label, change.reason) for change in mended().changes}
    assert changes == {
        50: (Emotion.HAPPY, "suspected wrong label, score 0.97"),
        70: (Emotion.SURPRISE, "suspected wrong label, score 0.90"),
        90: (Emotion.HAPPY, "suspected wrong label, score 0.60"),
    }
    assert len({change.at for change in mended().changes}) == 1


def test_the_cut_says_how_many_faces_it_takes_and_mending_follows_it(open_quality: OpenQuality) -> None:
    page = open_quality(QualityIssue.WRONG_LABEL)
    assert "The cut takes 3 faces." in words(page)
    page.slider[0].set_value(0.95).run()
    assert "The cut takes 1 face; as it was proposed, it takes 3" in words(page)
    page.button(key="dataset.mend_all").click().run()
    assert [change.row for change in mended().changes] == [50]


def test_a_cut_through_a_measure_reaches_faces_that_were_not_found(open_quality: OpenQuality) -> None:
    page = open_quality(QualityIssue.DARK)
    assert page.button(key="dataset.mend_all").label == "Leave out all (3)"
    page.slider[0].set_value(page.slider[0].max).run()
    assert not page.exception
    assert page.button(key="dataset.mend_all").label == "Leave out all (36)"


def test_what_was_mended_by_hand_is_not_mended_again(open_quality: OpenQuality, faulty: Dataset) -> None:
    editions.create_edition(NAME, "mine")
    relabel(faulty, "mine", [50], Emotion.DISGUST, "seen")
    page = open_quality(QualityIssue.WRONG_LABEL, **{"workshop.view": DatasetView(edition="mine")})
    assert page.button(key="dataset.mend_suggested").label == "Take every suggested label (2)"
    page.button(key="dataset.mend_suggested").click().run()
    assert change_of(editions.load_edition(NAME, "mine"), 50).new_label is Emotion.DISGUST  # type: ignore[union-attr]


def test_marked_faces_are_mended_together(open_quality: OpenQuality) -> None:
    page = open_quality(
        QualityIssue.WRONG_LABEL, **{"dataset.issue.selecting": True, "dataset.issue.selected": [50, 90]}
    )
    page.button(key="dataset.mend_marked").click().run()
    assert [change.row for change in mended().changes] == [50, 90]
    assert page.session_state["dataset.issue.selected"] == []


def test_voters_are_asked_about_the_suspects(
    open_page: OpenPage, faulty: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    votes = np.zeros((len(faulty), 10), np.uint8)
    votes[:, 1] = 9  # all happy
    voted = replace(faulty, votes=votes)
    monkeypatch.setattr(caches, "inspected", found_in)
    monkeypatch.setattr(caches, "dataset", lambda *_, **__: voted)
    page = open_page(
        "1_dataset.py",
        {
            "workshop.dataset": NAME,
            "dataset.view_shown": "Quality",
            "dataset.issue": QualityIssue.WRONG_LABEL,
        },
    )
    assert not page.exception
    assert "call **67\N{NO-BREAK SPACE}%** of these faces something else than their label" in words(page)
    assert "**67\N{NO-BREAK SPACE}%** exactly what is suggested" in words(page)


def test_an_issue_that_nobody_has_is_told(open_quality: OpenQuality) -> None:
    for issue in (QualityIssue.NEAR_DUPLICATE, QualityIssue.NOT_A_FACE):
        assert "None was found" in words(open_quality(issue))


def test_a_face_of_a_gallery_opens_large(open_quality: OpenQuality) -> None:
    page = open_quality(QualityIssue.WRONG_LABEL)
    page.session_state["dataset.face"] = 50
    page.run()
    assert not page.exception
    assert "Row **50**" in words(page)
