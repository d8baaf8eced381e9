"""The evaluation page without a model, with one whose answers are known, and with a damaged one."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from fer.config import DatasetView, SplitPlan, TrainingConfig
from fer.datasets import Split, load_dataset
from fer.datasets.editions import create_edition
from fer.emotions import Emotion
from fer.evaluation import Evaluation, evaluate, scores_of
from fer.evaluation.test_looks import read_looks
from fer.models.card import CARD_FILE, MODEL_FILE, load_card
from fer.models.inference import load_recognizer
from fer.runs import RunStatus
from tests.app.conftest import words
from tests.app.probed_run import a_run
from tests.core import grey_level
from tests.corrections import exclude, relabel

OpenPage = Callable[..., AppTest]
PAGE = "4_evaluation.py"


@pytest.fixture
def small_csv(csv_in_data: Callable[[str], str]) -> dict[str, object]:
    """A session in which a small CSV is the chosen dataset."""
    return {"workshop.dataset": f"{csv_in_data('small')}.csv"}


@pytest.fixture
def model_folder(fer_home: Path) -> Path:
    return grey_level.save_model(fer_home / "models" / "pretrained" / "grey")


def judged(session: dict[str, object], model: str) -> Evaluation:
    """What the core says of the test faces."""
    return evaluate(load_recognizer(model), load_dataset(str(session["workshop.dataset"])), Split.TEST)


def test_without_a_model_it_says_where_to_train_one(open_page: OpenPage) -> None:
    page = open_page(PAGE)
    assert not page.exception
    assert "No model yet" in words(page)


@pytest.mark.usefixtures("model_folder")
def test_a_model_is_judged_on_the_test_faces(open_page: OpenPage, small_csv: dict[str, object]) -> None:
    page = open_page(PAGE, small_csv)
    assert not page.exception
    assert not page.error
    assert [metric.value for metric in page.metric] == ["100.0\u00a0%"]
    assert "On **7** faces" in words(page)
    assert "64.6–100.0\u00a0%" in words(page)


@pytest.mark.usefixtures("model_folder")
def test_training_faces_come_with_a_warning(open_page: OpenPage, small_csv: dict[str, object]) -> None:
    page = open_page(PAGE, small_csv)
    page.segmented_control(key="evaluation.split").set_value("train").run()
    assert "flatters" in words(page)


@pytest.mark.usefixtures("model_folder")
def test_every_figure_has_its_interval_and_its_formula(
    open_page: OpenPage, small_csv: dict[str, object]
) -> None:
    page = open_page(PAGE, small_csv)
    (table,) = (
        html.body for html in page.get("html") if "fer-scores" in html.body and "<tbody>" in html.body
    )
    scores = scores_of(judged(small_csv, "grey"))
    assert table.count("<tr>") == len(scores) + 1
    for score in scores:
        assert score.title in table
        assert any(score.formula in markdown.value for markdown in page.markdown)
    assert "64.6–100.0\u00a0%" in table


@pytest.mark.usefixtures("model_folder")
def test_what_was_averaged_is_said_beside_the_figure(
    open_page: OpenPage, small_csv: dict[str, object]
) -> None:
    page = open_page(PAGE, small_csv)
    assert "mirror image" not in words(page)
    page.selectbox(key="evaluation.averaging").set_value("flip").run()
    assert not page.exception
    assert "On **7** faces, averaged over each face and its mirror image." in words(page)


def test_two_models_are_compared_on_the_same_faces_and_chance_is_named(
    open_page: OpenPage, small_csv: dict[str, object], model_folder: Path
) -> None:
    others = (*list(Emotion)[:3], Emotion.SAD, Emotion.HAPPY, *list(Emotion)[5:])
    grey_level.save_model(model_folder.parent / "swapped", emotions=others)
    page = open_page(PAGE, {**small_csv, "evaluation.judged": ("grey", "swapped")})
    assert not page.exception
    assert [metric.value for metric in page.metric] == ["100.0\u00a0%", "71.4\u00a0%"]
    assert "could be chance" in words(page)
    assert "−28.6 points on the same 7 faces" in words(page)
    for measure in ("precision", "f1"):
        page.segmented_control(key="evaluation.measure").set_value(measure).run()
        assert not page.exception


def test_of_two_models_a_damaged_one_is_left_out_and_said(
    open_page: OpenPage, small_csv: dict[str, object], model_folder: Path
) -> None:
    for broken in (MODEL_FILE, CARD_FILE):
        folder = grey_level.save_model(model_folder.parent / "broken")
        (folder / broken).write_bytes(b"nothing of the kind")
        page = open_page(PAGE, {**small_csv, "evaluation.judged": ("broken", "grey")})
        assert not page.exception
        assert "cannot be evaluated" in page.error[0].value
        assert [metric.value for metric in page.metric] == ["100.0\u00a0%"]
        assert page.multiselect(key="evaluation.models").value == ["broken", "grey"]


def test_a_model_that_is_gone_is_dropped_and_said(
    open_page: OpenPage, small_csv: dict[str, object], model_folder: Path
) -> None:
    page = open_page(PAGE, {**small_csv, "evaluation.judged": ("20260101-000000-gone", "grey")})
    assert not page.exception
    assert "is not there any more" in words(page)
    assert page.multiselect(key="evaluation.models").value == ["grey"]
    # It was said once; the choice is the other model now.
    assert "is not there any more" not in words(page.run())
    assert model_folder.is_dir()


@pytest.mark.usefixtures("model_folder")
def test_without_a_chosen_model_the_widgets_stay(open_page: OpenPage, small_csv: dict[str, object]) -> None:
    page = open_page(PAGE, small_csv)
    page.multiselect(key="evaluation.models").set_value([]).run()
    assert not page.exception
    assert "No model chosen" in words(page)
    page.multiselect(key="evaluation.models").set_value(["grey"]).run()
    assert [metric.value for metric in page.metric] == ["100.0\u00a0%"]


def test_models_without_a_common_emotion_are_a_sentence(
    open_page: OpenPage, small_csv: dict[str, object], model_folder: Path
) -> None:
    for name, emotions in (("one", (Emotion.ANGRY,)), ("two", (Emotion.HAPPY,))):
        folder = grey_level.save_model(model_folder.parent / name)
        replace(load_card(folder), emotions=emotions).save(folder)
    page = open_page(PAGE, {**small_csv, "evaluation.judged": ("one", "two")})
    assert not page.exception
    assert "no emotion in common" in page.error[0].value
    assert page.multiselect(key="evaluation.models").value == ["one", "two"]


@pytest.mark.usefixtures("model_folder")
def test_a_split_that_was_emptied_gives_way_to_another(
    open_page: OpenPage, small_csv: dict[str, object]
) -> None:
    faces = load_dataset("small.csv")
    create_edition(faces.name, "Mine")
    exclude(faces, "Mine", np.flatnonzero(faces.splits == Split.TEST).tolist())
    page = open_page(PAGE, small_csv)
    assert page.segmented_control(key="evaluation.split").value == Split.TEST
    page.selectbox(key="evaluation.edition").set_value("Mine").run()
    assert not page.exception
    assert page.segmented_control(key="evaluation.split").value == Split.TRAIN
    # The last change can be taken back here.
    page.button(key="evaluation.undo").click().run()
    page.segmented_control(key="evaluation.split").set_value(Split.TEST).run()
    assert "On **7** faces" in words(page)


@pytest.mark.usefixtures("model_folder")
def test_an_edition_without_a_face_is_a_sentence_beside_its_way_out(
    open_page: OpenPage, small_csv: dict[str, object]
) -> None:
    faces = load_dataset("small.csv")
    create_edition(faces.name, "Nobody")
    exclude(faces, "Nobody", list(range(len(faces))))
    page = open_page(PAGE, {**small_csv, "workshop.view": DatasetView(edition="Nobody")})
    assert not page.exception
    assert len(page.error) == 1
    page.selectbox(key="evaluation.edition").set_value("").run()
    assert "On **7** faces" in words(page)


@pytest.mark.usefixtures("model_folder")
def test_a_run_that_trains_is_told_where_its_model_will_appear(
    open_page: OpenPage, small_csv: dict[str, object]
) -> None:
    a_run(RunStatus.RUNNING, name="My first")
    page = open_page(PAGE, small_csv)
    assert not page.exception
    assert "“My first" in words(page)
    assert "its model appears here once it ends" in words(page)


def test_faces_of_another_kind_are_said_to_be_so(
    open_page: OpenPage, small_csv: dict[str, object], model_folder: Path
) -> None:
    replace(load_card(model_folder), dataset={"title": "Drawn faces"}).save(model_folder)
    assert "learned from Drawn faces" in words(open_page(PAGE, small_csv))


@pytest.mark.usefixtures("model_folder")
def test_a_mended_dataset_is_judged_as_it_is_now(open_page: OpenPage, small_csv: dict[str, object]) -> None:
    faces = load_dataset("small.csv")
    create_edition(faces.name, "Mine")
    tests = np.flatnonzero(faces.splits == Split.TEST).tolist()
    exclude(faces, "Mine", tests[:2])
    session = {**small_csv, "workshop.view": DatasetView(edition="Mine")}
    page = open_page(PAGE, session)
    assert "On **5** faces" in words(page)
    assert "not as they came: edition “Mine”" in words(page)
    # Mended further, it is judged anew.
    relabel(faces, "Mine", [tests[2]], Emotion.HAPPY)
    page.run()
    assert next(metric.value for metric in page.metric) == "80.0\u00a0%"


def test_a_model_that_learned_with_other_splits_may_be_flattered(
    open_page: OpenPage, small_csv: dict[str, object], model_folder: Path
) -> None:
    pooled, kept = SplitPlan(0.2, keep_test=False), SplitPlan(0.2)
    for learned_with, judged_with, split, flattered in (
        (pooled, None, "test", True),
        (pooled, pooled, "validation", False),
        (kept, None, "test", False),
    ):
        config = TrainingConfig(view=DatasetView(splits=learned_with)).as_dict()
        replace(load_card(model_folder), config=config, dataset={"title": "small.csv"}).save(model_folder)
        page = open_page(PAGE, {**small_csv, "workshop.view": DatasetView(splits=judged_with)})
        page.segmented_control(key="evaluation.split").set_value(split).run()
        assert not page.exception
        assert ("these are other splits" in words(page)) == flattered, (learned_with, judged_with, split)


def test_faces_of_an_emotion_that_the_model_does_not_know_are_left_out_and_counted(
    open_page: OpenPage, small_csv: dict[str, object], model_folder: Path
) -> None:
    others = (*list(Emotion)[:6], Emotion.ANGRY)
    replace(load_card(model_folder), emotions=others).save(model_folder)
    page = open_page(PAGE, small_csv)
    assert not page.exception
    assert "does not know neutral, so 1 face labelled neutral is left out" in words(page)
    assert "On **6** faces" in words(page)


def test_a_damaged_model_is_a_sentence(
    open_page: OpenPage, small_csv: dict[str, object], model_folder: Path
) -> None:
    (model_folder / MODEL_FILE).write_bytes(b"not a model")
    page = open_page(PAGE, small_csv)
    assert not page.exception
    assert len(page.error) == 1


@pytest.mark.usefixtures("model_folder")
def test_test_faces_wait_for_one_last_look_which_is_counted(
    open_page: OpenPage, small_csv: dict[str, object]
) -> None:
    kept_back = {**small_csv, "evaluation.test_open": False}
    page = open_page(PAGE, kept_back)
    assert page.segmented_control(key="evaluation.split").value == Split.VALIDATION
    assert Split.TEST not in page.segmented_control(key="evaluation.split").options
    assert read_looks() == ()
    page.button(key="evaluation.open_test").click().run()
    assert page.segmented_control(key="evaluation.split").value == Split.TEST
    assert "Test faces looked at" in words(page)
    assert "once" in words(page)
    page.run()
    assert [look.looks for look in read_looks()] == [1]  # a rerun is no second look
    again = open_page(PAGE, kept_back)
    again.button(key="evaluation.open_test").click().run()
    (look,) = read_looks()
    assert (look.model, look.looks, look.right, look.count) == ("grey", 2, 7, 7)
    assert "twice" in words(again)


@pytest.mark.usefixtures("model_folder")
def test_it_begins_with_the_newest_run_of_the_learners_own(
    open_page: OpenPage, small_csv: dict[str, object], fer_home: Path
) -> None:
    first = a_run(RunStatus.FINISHED)
    grey_level.save_model(first.folder)
    page = open_page(PAGE, small_csv)
    assert page.session_state["evaluation.judged"] == (first.id,)
    # Another is chosen, and stays chosen ...
    page.multiselect(key="evaluation.models").set_value(["grey"]).run()
    assert page.session_state["evaluation.judged"] == ("grey",)
    page.run()
    assert page.session_state["evaluation.judged"] == ("grey",)


@pytest.mark.usefixtures("model_folder")
def test_the_weakest_emotion_and_the_largest_mistakes_stand_first(
    open_page: OpenPage, small_csv: dict[str, object]
) -> None:
    page = open_page(PAGE, small_csv)
    assert "**Weakest**" in words(page)
