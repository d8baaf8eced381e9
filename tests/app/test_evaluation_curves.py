"""The view “Curves”: thresholds with the faces they decide about, reliability, and a fitted temperature."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from fer.datasets import Dataset, Split, load_dataset
from fer.emotions import Emotion
from fer.errors import DiskFullError
from fer.evaluation import Evaluation, calibration_store, evaluate, threshold_curve
from fer.evaluation.calibration import (
    fit_temperature,
    reliability,
    temperature_effect,
)
from fer.evaluation.calibration_store import load_temperature
from fer.models.card import load_card
from fer.models.inference import Recognizer
from fer.statistics import percent
from pages.parts import face_sheet
from pages.parts.face_sheet import Caption
from tests.app.conftest import words
from tests.conftest import dataset_of, write_fer_csv
from tests.core import grey_level

OpenPage = Callable[..., AppTest]
PAGE = "4_evaluation.py"
CONFIDENCE = ":material/speed: Confidence"


def overconfident(seed: int = 0) -> Dataset:
    """Faces of which a third is labelled wrongly, so that a model that is sure of all is too sure."""
    rng = np.random.default_rng(seed)
    shown = rng.integers(0, 7, 280)
    splits = [Split.TRAIN] * 14 + [Split.VALIDATION] * 126 + [Split.TEST] * 140
    dataset = dataset_of(shown.tolist(), splits)
    return replace(dataset, labels=np.where(rng.random(280) < 0.33, (shown + 1) % 7, shown))


@pytest.fixture
def recognizer(fer_home: Path) -> Recognizer:
    return Recognizer(grey_level.save_model(fer_home / "models" / "pretrained" / "grey"))


@pytest.fixture
def session(fer_home: Path) -> dict[str, object]:
    write_fer_csv(fer_home / "data" / "told.csv", overconfident())
    return {"workshop.dataset": "told.csv", "evaluation.view_shown": "Curves"}


def judged(recognizer: Recognizer, split: Split = Split.TEST) -> Evaluation:
    return evaluate(recognizer, load_dataset("told.csv"), split)


def charts(page: AppTest) -> dict[str, dict[str, object]]:
    """Every chart's figure, by the end of its key."""
    return {
        chart.proto.id.rpartition("evaluation.")[2]: json.loads(chart.proto.spec)
        for chart in page.get("plotly_chart")
    }


def choose_emotion(page: AppTest, emotion: str) -> AppTest:
    return page.button_group(key="evaluation.curve_emotion").set_value(emotion).run()


def confidence(page: AppTest) -> AppTest:
    return page.button_group(key="evaluation.curves_shown").set_value(CONFIDENCE).run()


def on(page: AppTest, split: Split) -> AppTest:
    return page.button_group(key="evaluation.split").set_value(split).run()


@pytest.fixture
def sheets(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[Caption]]:
    """What the last run put into each sheet of faces, by its key."""
    shown: dict[str, list[Caption]] = {}

    def keep(images: np.ndarray, captions: list[Caption], key: str, **_: object) -> None:
        assert len(images) == len(captions)
        shown[key] = list(captions)

    monkeypatch.setattr(face_sheet, "show", keep)
    return shown


@pytest.mark.usefixtures("recognizer")
def test_every_emotion_has_its_curve_and_its_areas(open_page: OpenPage, session: dict[str, object]) -> None:
    page = open_page(PAGE, session)
    assert not page.exception and not page.error
    drawn = charts(page)
    names = {trace.get("name") for trace in drawn["roc"]["data"]}
    assert {emotion.capitalize() for emotion in Emotion} <= names
    assert set(drawn) == {"roc", "precision_recall"}
    assert "blind guess" in words(page)


def test_a_threshold_counts_its_faces_in_words(
    open_page: OpenPage, session: dict[str, object], recognizer: Recognizer
) -> None:
    page = choose_emotion(open_page(PAGE, session), "happy")
    assert not page.exception
    page.slider(key="evaluation.threshold.happy").set_value(0.62).run()
    assert not page.exception
    curve = threshold_curve(judged(recognizer), Emotion.HAPPY)
    assert curve is not None
    here = curve.figures_at(0.62)
    assert here.false_positives
    told = words(page)
    assert f"Called happy from 0.62 on: {here.true_positives} of {curve.positives} happy faces found" in told
    assert f"**{here.false_positives} others** taken for happy" in told
    assert f"F1 {percent(here.f1)}" in told
    # What is wrongly labelled here is labelled as its neighbour; a face that looks happy, sad.
    assert f"The others are sad ({here.false_positives})" in told
    marks = [trace for trace in charts(page)["roc"]["data"] if trace.get("mode") == "markers"]
    assert [(mark["x"], mark["y"]) for mark in marks] == [([here.false_positive_rate], [here.recall.share])]


@pytest.mark.usefixtures("recognizer")
def test_a_threshold_above_every_score_calls_no_face_so(
    open_page: OpenPage, session: dict[str, object]
) -> None:
    page = choose_emotion(open_page(PAGE, session), "happy")
    page.slider(key="evaluation.threshold.happy").set_value(1.0).run()
    assert not page.exception
    assert "Called happy from 1.00 on: 0 of" in words(page)
    assert "no face is called so at all" in words(page)


def test_the_highest_f1_is_where_the_slider_starts_and_the_button_leads_back(
    open_page: OpenPage, session: dict[str, object], recognizer: Recognizer
) -> None:
    page = choose_emotion(open_page(PAGE, session), "sad")
    curve = threshold_curve(judged(recognizer), Emotion.SAD)
    assert curve is not None
    start = page.slider(key="evaluation.threshold.sad").value
    assert curve.figures_at(start).f1 == max(curve.figures_at(step / 100).f1 for step in range(1, 100))
    page.slider(key="evaluation.threshold.sad").set_value(0.99).run()
    page.button(key="evaluation.best_threshold").click().run()
    assert page.slider(key="evaluation.threshold.sad").value == start


def test_the_faces_beside_the_threshold_are_shown_and_one_opens(
    open_page: OpenPage,
    session: dict[str, object],
    recognizer: Recognizer,
    sheets: dict[str, list[Caption]],
) -> None:
    page = choose_emotion(open_page(PAGE, session), "happy")
    page.slider(key="evaluation.threshold.happy").set_value(0.5).run()
    evaluation = judged(recognizer)
    scores = dict(zip(evaluation.rows.tolist(), evaluation.probabilities[:, 3].tolist(), strict=True))
    above = [scores[caption.row] for caption in sheets["evaluation.threshold_above"]]
    below = [scores[caption.row] for caption in sheets["evaluation.threshold_below"]]
    assert above == sorted(above) and min(above) >= 0.5
    assert below == sorted(below, reverse=True) and max(below) < 0.5
    assert min(above) == min(score for score in scores.values() if score >= 0.5)
    # A score is never rounded up to the threshold that it missed.
    assert all(float(caption.badge) < 0.5 for caption in sheets["evaluation.threshold_below"])
    page.session_state["evaluation.opened"] = sheets["evaluation.threshold_above"][0].row
    page.run()
    assert not page.exception


def test_three_models_are_laid_over_one_another_for_one_emotion(
    open_page: OpenPage, session: dict[str, object], fer_home: Path, recognizer: Recognizer
) -> None:
    for name in ("b", "c"):
        grey_level.save_model(fer_home / "models" / "pretrained" / name)
    page = open_page(PAGE, session | {"evaluation.judged": ("grey", "b", "c")})
    assert not page.exception
    assert "Choose an emotion" in words(page)
    choose_emotion(page, "happy")
    assert not page.exception
    lines = [trace for trace in charts(page)["roc"]["data"] if trace.get("mode") == "lines"]
    assert [line["line"]["dash"] for line in lines] == ["dash", "solid", "dash", "dot"]
    assert {line["line"]["color"] for line in lines[1:]} == {Emotion.HAPPY.color}
    assert words(page).count("Called happy from") == 3
    confidence(page)
    assert not page.exception
    assert len([key for key in charts(page) if key.startswith("reliability")]) == 3


@pytest.mark.usefixtures("recognizer")
def test_an_emotion_without_faces_has_no_curve_and_that_is_said(
    open_page: OpenPage, session: dict[str, object], fer_home: Path
) -> None:
    write_fer_csv(fer_home / "data" / "told.csv", dataset_of([0, 0, 3, 3, 4], [Split.TEST] * 5))
    page = open_page(PAGE, session)
    assert not page.exception
    assert "No face here is labelled disgust, fear, surprise and neutral" in words(page)
    assert page.button_group(key="evaluation.curve_emotion").options == ["All", "Angry", "Happy", "Sad"]


@pytest.mark.usefixtures("recognizer")
def test_faces_of_one_emotion_alone_have_no_curve_at_all(
    open_page: OpenPage, session: dict[str, object], fer_home: Path
) -> None:
    write_fer_csv(fer_home / "data" / "told.csv", dataset_of([3, 3], [Split.TEST] * 2))
    page = open_page(PAGE, session)
    assert not page.exception
    assert "All of these 2 faces are labelled happy" in words(page)
    confidence(page)
    assert not page.exception


def test_an_emotion_that_the_next_split_lacks_is_not_kept_chosen(
    open_page: OpenPage, session: dict[str, object], fer_home: Path, recognizer: Recognizer
) -> None:
    faces = dataset_of([0, 1, 3, 0, 3], [Split.VALIDATION] * 3 + [Split.TEST] * 2)
    write_fer_csv(fer_home / "data" / "told.csv", faces)
    page = choose_emotion(on(open_page(PAGE, session), Split.VALIDATION), "disgust")
    on(page, Split.TEST)
    assert not page.exception
    assert page.button_group(key="evaluation.curve_emotion").value == "All"


def test_an_over_confident_model_is_called_so_with_its_figures(
    open_page: OpenPage, session: dict[str, object], recognizer: Recognizer
) -> None:
    page = confidence(open_page(PAGE, session))
    assert not page.exception and not page.error
    evaluation = judged(recognizer)
    assert page.metric[0].label == "Expected calibration error"
    assert page.metric[0].value == percent(reliability(evaluation).expected_error)
    told = words(page)
    assert "**Over-confident**" in told
    assert f"is right {percent(evaluation.accuracy)} of the time" in told
    assert "When it says 93–100\u00a0%, it is right" in told
    page.button_group(key="evaluation.bins").set_value(10).run()
    assert page.metric[0].value == percent(reliability(evaluation, 10).expected_error)


def test_the_temperature_comes_from_the_validation_faces_though_the_test_faces_are_judged(
    open_page: OpenPage, session: dict[str, object], recognizer: Recognizer
) -> None:
    page = confidence(open_page(PAGE, session))
    page.button(key="evaluation.fit_temperature").click().run()
    assert not page.exception and not page.error
    fitted = fit_temperature(judged(recognizer, Split.VALIDATION))
    effect = temperature_effect(judged(recognizer), fitted.temperature)
    values = {metric.label: metric.value for metric in page.metric[1:]}
    assert values == {
        "Temperature": f"{fitted.temperature:.2f}",
        "Log loss": f"{effect.log_loss_after:.3f}",
        "Expected calibration error": percent(effect.expected_error_after),
    }
    told = words(page)
    assert "Fitted on 126 faces of the validation split, and seen here on the 140 faces of the test" in told
    assert "**It helps**" in told
    assert "which flatters it" not in told
    assert {"temperature_before", "temperature_after"} <= set(charts(page))


@pytest.mark.usefixtures("recognizer")
def test_on_the_faces_it_was_fitted_on_it_is_said_to_flatter(
    open_page: OpenPage, session: dict[str, object]
) -> None:
    page = confidence(on(open_page(PAGE, session), Split.VALIDATION))
    page.button(key="evaluation.fit_temperature").click().run()
    assert not page.exception
    assert "These are the faces it was fitted on, which flatters it." in words(page)
    assert "judged on the 63 faces of the other" in words(page)
    on(page, Split.TRAIN)
    assert "The model has learned from these faces" in words(page)


def test_a_temperature_is_used_on_the_live_page_and_forgotten(
    open_page: OpenPage, session: dict[str, object], recognizer: Recognizer
) -> None:
    page = confidence(open_page(PAGE, session))
    page.button(key="evaluation.fit_temperature").click().run()
    page.button(key="evaluation.use_temperature").click().run()
    assert not page.exception
    kept = load_temperature(recognizer.fingerprint)
    assert kept is not None
    assert kept.temperature == fit_temperature(judged(recognizer, Split.VALIDATION)).temperature
    assert (kept.split, kept.count, kept.dataset) == ("validation", 126, "told.csv")
    assert "The live page can use" in page.success[0].value
    page.switch_page("pages/5_live.py").run()
    assert page.toggle(key="live.calibrated_confidence").value is True
    page.switch_page(f"pages/{PAGE}").run()
    page.button(key="evaluation.forget_temperature").click().run()
    assert not page.exception
    assert load_temperature(recognizer.fingerprint) is None
    assert not page.success


def test_a_damaged_temperature_is_said_and_can_be_forgotten(
    open_page: OpenPage, session: dict[str, object], recognizer: Recognizer
) -> None:
    path = calibration_store.temperature_path(recognizer.fingerprint)
    path.parent.mkdir(parents=True)
    path.write_text("[]")
    page = confidence(open_page(PAGE, session))
    assert not page.exception
    assert any("cannot be used" in warning.value for warning in page.warning)
    page.button(key="evaluation.forget_temperature").click().run()
    assert not path.exists()
    assert not any("cannot be used" in warning.value for warning in page.warning)


@pytest.mark.usefixtures("recognizer")
def test_averaged_answers_give_no_temperature_for_a_camera_that_looks_once(
    open_page: OpenPage, session: dict[str, object]
) -> None:
    page = open_page(PAGE, session)
    page.selectbox(key="evaluation.averaging").set_value("flip").run()
    confidence(page)
    page.button(key="evaluation.fit_temperature").click().run()
    assert not page.exception
    assert page.button(key="evaluation.use_temperature").disabled
    assert "uses no test-time augmentation" in words(page)


@pytest.mark.usefixtures("recognizer")
def test_faces_that_are_all_right_give_no_temperature_that_could_be_used(
    open_page: OpenPage, session: dict[str, object], fer_home: Path
) -> None:
    splits = [Split.VALIDATION] * 7 + [Split.TEST] * 7
    write_fer_csv(fer_home / "data" / "told.csv", dataset_of([*range(7), *range(7)], splits))
    page = confidence(open_page(PAGE, session))
    page.button(key="evaluation.fit_temperature").click().run()
    assert not page.exception
    assert "do not say how far to go" in words(page)
    assert page.button(key="evaluation.use_temperature").disabled


@pytest.mark.usefixtures("recognizer")
def test_without_validation_faces_the_way_to_some_is_shown(
    open_page: OpenPage, session: dict[str, object], fer_home: Path
) -> None:
    write_fer_csv(fer_home / "data" / "told.csv", dataset_of([0, 3, 4], [Split.TEST] * 3))
    page = confidence(open_page(PAGE, session))
    page.button(key="evaluation.fit_temperature").click().run()
    assert not page.exception and not page.error
    assert "has no validation faces" in words(page)
    assert "Without validation faces there is nothing to fit on." in words(page)


@pytest.mark.usefixtures("recognizer")
def test_a_full_disk_is_a_sentence(
    open_page: OpenPage, session: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    page = confidence(open_page(PAGE, session))
    page.button(key="evaluation.fit_temperature").click().run()

    def full(*_: object) -> None:
        raise DiskFullError("The disk is full.")

    monkeypatch.setattr(calibration_store, "save_temperature", full)
    page.button(key="evaluation.use_temperature").click().run()
    assert not page.exception
    assert page.error[0].value == "The disk is full."


def test_a_model_that_learned_anew_has_no_temperature_of_its_old_self(
    open_page: OpenPage, session: dict[str, object], recognizer: Recognizer, fer_home: Path
) -> None:
    page = confidence(open_page(PAGE, session))
    page.button(key="evaluation.fit_temperature").click().run()
    page.button(key="evaluation.use_temperature").click().run()
    assert page.success
    folder = fer_home / "models" / "pretrained" / "grey"
    grey_level.save_model(folder, content=grey_level.WITH_FEATURES)
    assert load_card(folder).name == "grey"
    page.run()
    assert not page.exception
    assert not page.success


def test_a_face_left_out_in_its_card_leaves_the_counts_beside_the_threshold_too(
    open_page: OpenPage, session: dict[str, object], recognizer: Recognizer, sheets: dict[str, list[Caption]]
) -> None:
    page = choose_emotion(open_page(PAGE, session), "happy")
    page.slider(key="evaluation.threshold.happy").set_value(0.5).run()
    curve = threshold_curve(judged(recognizer), Emotion.HAPPY)
    assert curve is not None
    assert f"of {curve.positives} happy faces" in words(page)
    happy = next(one for one in sheets["evaluation.threshold_above"] if one.label == "Happy")
    page.session_state["evaluation.opened"] = happy.row
    page.run()
    page.button(key=f"evaluation.card.{happy.row}.exclude").click().run()
    assert not page.exception
    assert f"of {curve.positives - 1} happy faces" in words(page)
    assert happy.row not in [one.row for one in sheets["evaluation.threshold_above"]]
