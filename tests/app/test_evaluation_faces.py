"""The view of faces: each list, one face opened, its nearest training faces, and mending from here."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from fer.config import TrainingConfig
from fer.datasets import Dataset, Split, editions, registry
from fer.datasets.quality import FaceMeasures, Findings, Inspection, QualityIssue
from fer.emotions import Emotion
from fer.models.card import load_card
from pages.parts import caches
from tests.app.conftest import words
from tests.conftest import dataset_of, write_fer_csv
from tests.core import grey_level

OpenPage = Callable[..., AppTest]
PAGE = "4_evaluation.py"
FACES = {"workshop.dataset": "small.csv", "evaluation.view_shown": "Faces"}
# The row of the first test face whose label is wrong; see `mislabelled`.
WRONG_ROW = 5


def mislabelled(small: Dataset) -> Dataset:
    """The small dataset, the test faces of angry labelled happy and those of disgust labelled sad."""
    labels = small.labels.copy()
    tests = small.splits == Split.TEST
    labels[tests & (small.labels == 0)] = 3
    labels[tests & (small.labels == 1)] = 4
    return replace(small, labels=labels)


@pytest.fixture
def home(fer_home: Path, small_dataset: Dataset) -> Path:
    """A model that answers with features, and faces of which two carry a wrong label."""
    folder = grey_level.save_model(
        fer_home / "models" / "pretrained" / "grey", content=grey_level.WITH_FEATURES
    )
    config = TrainingConfig(dataset="small.csv").as_dict()
    replace(load_card(folder), config=config, dataset={"title": "small.csv"}).save(folder)
    write_fer_csv(fer_home / "data" / "small.csv", mislabelled(small_dataset))
    return fer_home


def ask(page: AppTest, question: str) -> AppTest:
    page.pills(key="evaluation.gallery").set_value(question).run()
    assert not page.exception
    return page


@pytest.mark.usefixtures("home")
def test_the_surest_mistakes_come_with_how_many_there_are(open_page: OpenPage) -> None:
    page = open_page(PAGE, FACES)
    assert not page.exception
    assert "calls **2 faces** of 7" in words(page)
    assert "Faces 1 to 2 of 2" in words(page)


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("Least certain", "its first choice hardly leads"),
        ("Confused pairs", "labelled happy are called angry"),
        ("Label suspects", "No label is suspected"),
    ],
)
def test_each_list_says_what_it_is(open_page: OpenPage, question: str, said: str) -> None:
    assert said in words(ask(open_page(PAGE, FACES), question))


def test_a_suspected_label_says_who_suspects_it(
    open_page: OpenPage, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # One of two angry faces is doubtful, so the third, labelled happy, is angrier than angry faces are.
    doubtful = np.full((48, 48, 1), (grey_level.LEVELS[0] + grey_level.LEVELS[1]) // 2, np.uint8)
    angry, happy = grey_level.flat(Emotion.ANGRY), grey_level.flat(Emotion.HAPPY)
    faces = dataset_of([0, 0, 3, 3], [Split.TEST] * 4)
    write_fer_csv(
        home / "data" / "small.csv", replace(faces, images=np.stack([angry, doubtful, angry, happy]))
    )
    page = ask(open_page(PAGE, FACES), "Label suspects")
    assert "**1 face** of 4 may carry a wrong label" in words(page)
    assert "Once the dataset page has inspected these faces" in words(page)

    def inspected(dataset: Dataset) -> Inspection:
        nobody = np.full(1, -1, np.intp)
        findings = Findings(
            QualityIssue.WRONG_LABEL, np.array([2]), np.ones(1, np.float32), nobody, np.array([0])
        )
        return replace(empty, findings={QualityIssue.WRONG_LABEL: findings})

    measures = FaceMeasures(*(np.zeros(4, np.float32) for _ in range(3)))
    empty = Inspection(measures=measures, suspicion=np.zeros(4, np.float32), findings={}, facts={})
    monkeypatch.setattr(caches, "inspected", inspected)
    page = ask(open_page(PAGE, FACES), "Label suspects")
    assert "suspects 1 of them too" in words(page)


@pytest.mark.usefixtures("home")
def test_a_list_is_narrowed_by_label_and_by_answer(open_page: OpenPage) -> None:
    page = open_page(PAGE, FACES)
    page.selectbox(key="evaluation.label").set_value(Emotion.SAD).run()
    assert "Faces 1 to 1 of 1" in words(page)
    page.selectbox(key="evaluation.answer").set_value(Emotion.ANGRY).run()
    assert "No such face" in words(page)
    page.button(key="evaluation.clear").click().run()
    assert "Faces 1 to 2 of 2" in words(page)


@pytest.mark.usefixtures("home")
def test_a_pair_leads_to_its_cell_in_the_matrix(open_page: OpenPage) -> None:
    page = ask(open_page(PAGE, FACES), "Confused pairs")
    page.button(key="evaluation.pair_in_matrix").click().run()
    assert not page.exception
    assert page.session_state["evaluation.view_shown"] == "Confusions"
    assert page.session_state["evaluation.cell"] == (Emotion.HAPPY, Emotion.ANGRY)


def test_without_a_mistake_the_lists_say_so(open_page: OpenPage, home: Path, small_dataset: Dataset) -> None:
    write_fer_csv(home / "data" / "small.csv", small_dataset)
    page = open_page(PAGE, FACES)
    assert "Not a single mistake" in words(page)
    assert "No emotion is taken for another" in words(ask(page, "Confused pairs"))
    assert "No label is suspected" in words(ask(page, "Label suspects"))


def test_two_models_have_lists_in_common(open_page: OpenPage, home: Path) -> None:
    grey_level.save_model(home / "models" / "pretrained" / "other")
    page = open_page(PAGE, {**FACES, "evaluation.judged": ("grey", "other")})
    assert "are called the same by all two models" in words(ask(page, "All wrong alike"))
    assert "They never disagree" in words(ask(page, "Disagreements"))
    # A list that one model alone does not have is not asked for any more.
    page.multiselect(key="evaluation.models").set_value(["grey"]).run()
    assert not page.exception
    assert page.session_state["evaluation.gallery"] == "Surest mistakes"


def test_voters_are_asked_whom_they_side_with(
    open_page: OpenPage, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry, "_is_fer_2013", lambda dataset: True)
    header = "Usage,Image name,neutral,happiness,surprise,sadness,anger,disgust,fear,contempt,unknown,NF"
    columns = header.split(",")[2:]
    voted = ("anger", "disgust", "fear", "happiness", "sadness", "surprise", "neutral")
    usage = ["Training"] * 4 + ["PublicTest", "PrivateTest"]
    lines = [
        f"{usage[row % 6]},fer{row:07d}.png,"
        + ",".join("10" if name == voted[row // 6] else "0" for name in columns)
        for row in range(42)
    ]
    (home / "data" / "fer2013new.csv").write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    page = open_page(PAGE, FACES)
    assert "is what is said here, and not the label, for **2 of 2** (100\u00a0%" in words(page)
    page = open_page(PAGE, {**FACES, "evaluation.opened": WRONG_ROW})
    assert "0 of 10 chose the label, happy; 10 chose angry" in words(page)


@pytest.mark.usefixtures("home")
def test_an_opened_face_tells_what_the_model_says_of_it(open_page: OpenPage) -> None:
    page = open_page(PAGE, {**FACES, "evaluation.opened": WRONG_ROW})
    assert not page.exception
    text = words(page)
    assert "Row **5**" in text
    assert "says **angry**" in text
    assert "not the label" in text
    assert "1 of 2" in text
    page.button(key="evaluation.next_face").click().run()
    assert not page.exception
    assert "Row **11**" in words(page)
    assert page.button(key="evaluation.next_face").disabled


@pytest.mark.usefixtures("home")
def test_the_nearest_training_faces_are_looked_for_once(open_page: OpenPage) -> None:
    page = open_page(PAGE, {**FACES, "evaluation.opened": WRONG_ROW})
    assert "Of 28 training faces" not in words(page)
    page.button(key="evaluation.card_nearest.find").click().run()
    assert not page.exception
    assert "Of 28 training faces, these 12 are what it sees as most like this face" in words(page)
    # Another visit finds them at once, for they are kept.
    again = open_page(PAGE, {**FACES, "evaluation.opened": WRONG_ROW})
    assert "Of 28 training faces" in words(again)


def test_a_photograph_that_the_model_learned_is_told_as_such(
    open_page: OpenPage, home: Path, small_dataset: Dataset
) -> None:
    images = small_dataset.images.copy()
    images[WRONG_ROW] = images[0]
    write_fer_csv(home / "data" / "small.csv", mislabelled(replace(small_dataset, images=images)))
    page = open_page(PAGE, {**FACES, "evaluation.opened": WRONG_ROW, "evaluation.nearest_wanted": True})
    assert not page.exception
    assert "The same photograph is among the training faces" in words(page)


def test_what_the_model_did_not_learn_from_is_said_to_be_so(open_page: OpenPage, home: Path) -> None:
    folder = home / "models" / "pretrained" / "grey"
    replace(load_card(folder), dataset={"title": "Drawn faces"}).save(folder)
    page = open_page(PAGE, {**FACES, "evaluation.opened": WRONG_ROW, "evaluation.nearest_wanted": True})
    assert "These are training faces of small.csv." in words(page)


def test_a_model_without_features_says_so_and_the_card_stands(open_page: OpenPage, home: Path) -> None:
    grey_level.save_model(home / "models" / "pretrained" / "grey")
    page = open_page(PAGE, {**FACES, "evaluation.opened": WRONG_ROW})
    assert not page.exception
    assert "was exported before models also told what they see" in words(page)
    assert "says **angry**" in words(page)


@pytest.mark.usefixtures("home")
def test_mending_from_the_card_makes_an_edition_and_can_be_undone(open_page: OpenPage) -> None:
    page = open_page(PAGE, {**FACES, "evaluation.opened": WRONG_ROW})
    page.button(key=f"evaluation.card.{WRONG_ROW}.label.angry").click().run()
    assert not page.exception
    (change,) = editions.load_edition("small.csv", "mended").changes
    assert (change.row, change.new_label) == (WRONG_ROW, Emotion.ANGRY)
    assert "the model grey says angry" in change.reason
    # The page follows: the face is right now, and says how it came.
    page = open_page(
        PAGE, {**FACES, "workshop.view": page.session_state["workshop.view"], "evaluation.opened": WRONG_ROW}
    )
    assert "calls **1 face** of 7" in words(page)
    assert "It came labelled **happy**" in words(page)
    page.button(key="evaluation.card_undo").click().run()
    assert not page.exception
    assert editions.load_edition("small.csv", "mended").changes == ()


@pytest.mark.usefixtures("home")
def test_a_face_left_out_from_its_card_does_not_come_back_uncalled(open_page: OpenPage) -> None:
    page = open_page(PAGE, {**FACES, "evaluation.opened": WRONG_ROW})
    page.button(key=f"evaluation.card.{WRONG_ROW}.exclude").click().run()
    assert not page.exception
    page.run()
    assert not page.exception
    assert page.session_state["evaluation.opened"] is None
    assert "calls **1 face** of 6" in words(page)


@pytest.mark.usefixtures("home")
def test_several_faces_are_marked_and_left_out_together(open_page: OpenPage) -> None:
    page = open_page(PAGE, FACES)
    page.button(key="evaluation.faces.select").click().run()
    page.button(key="evaluation.faces.select_page").click().run()
    assert "**2 faces** selected" in words(page)
    page.button(key="evaluation.faces.selection.exclude").click().run()
    assert not page.exception
    changes = editions.load_edition("small.csv", "mended").changes
    assert sorted(change.row for change in changes) == [5, 11]
    page.run()
    assert "Not a single mistake" in words(page)


@pytest.mark.usefixtures("home")
def test_a_row_that_is_not_judged_is_a_sentence(open_page: OpenPage) -> None:
    page = open_page(PAGE, FACES)
    page.number_input(key="evaluation.row").set_value(0).run()
    assert not page.exception
    assert "Row 0 is a face of the" in words(page)
    page.number_input(key="evaluation.row").set_value(WRONG_ROW).run()
    assert not page.exception
    assert page.session_state["evaluation.opened"] == WRONG_ROW
    assert "says **angry**" in words(page)


@pytest.mark.usefixtures("home")
def test_an_opened_row_that_does_not_exist_opens_nothing(open_page: OpenPage) -> None:
    page = open_page(PAGE, {**FACES, "evaluation.opened": 4711})
    assert not page.exception
    assert "Labelled as" not in [metric.label for metric in page.metric]
    assert page.session_state["evaluation.opened"] is None


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize("view", ["Robustness", "Explain"])
def test_a_card_leads_to_the_views_that_look_into_its_face(open_page: OpenPage, view: str) -> None:
    page = open_page(PAGE, {**FACES, "evaluation.opened": WRONG_ROW})
    page.button(key=f"evaluation.card_to.{view}").click().run()
    assert not page.exception
    assert page.session_state["evaluation.view_shown"] == view
    assert page.session_state["evaluation.chosen"] == WRONG_ROW
    assert page.session_state["evaluation.opened"] is None


def test_many_faces_come_a_page_at_a_time(open_page: OpenPage, home: Path) -> None:
    labels = [index % 7 for index in range(140)]
    faces = dataset_of(labels, [Split.TEST] * 140)
    write_fer_csv(home / "data" / "small.csv", replace(faces, labels=(faces.labels + 1) % 7))
    page = open_page(PAGE, FACES)
    assert "Faces 1 to 60 of 140" in words(page)
    page.session_state["evaluation.faces.page.Surest mistakes   "] = 3
    page.run()
    assert not page.exception
    assert "Faces 121 to 140 of 140" in words(page)
    page.selectbox(key="evaluation.label").set_value(Emotion.SAD).run()
    assert "Faces 1 to 20 of 20" in words(page)


@pytest.mark.usefixtures("home")
def test_the_chosen_face_is_found_by_its_row_and_by_its_neighbours() -> None:
    """The chooser by itself, as the views that look into a face use it."""

    def script() -> None:
        import streamlit as st

        from fer.datasets import Split, load_dataset
        from fer.evaluation import evaluate
        from fer.evaluation.evaluation_set import EvaluatedModel
        from fer.models.inference import load_recognizer
        from pages.parts.evaluation import chosen_face
        from pages.parts.evaluation.judged import Judged

        dataset, model = load_dataset("small.csv"), load_recognizer("grey")
        judged = Judged(
            models=(EvaluatedModel("Grey", model.card, evaluate(model, dataset, Split.TEST)),),
            faces=dataset.only(Split.TEST),
            dataset=dataset,
        )
        chosen = chosen_face.choose(judged, "evaluation.tried")
        assert chosen is not None
        st.write(chosen.title)

    page = AppTest.from_function(script, default_timeout=60).run()
    assert not page.exception
    page.number_input(key="evaluation.tried.row").set_value(11).run()
    assert "Row 11, labelled sad" in words(page)
    page.button(key="evaluation.tried.Next").click().run()
    assert "Row 17, labelled fear" in words(page)
    page.button(key="evaluation.tried.Previous").click().run()
    page.button(key="evaluation.tried.Previous").click().run()
    assert "Row 5, labelled happy" in words(page)
    assert page.button(key="evaluation.tried.Previous").disabled
    page.number_input(key="evaluation.tried.row").set_value(0).run()
    assert not page.exception
    assert "Row 5, labelled happy" in words(page)
    assert "Row 0 is a face of the" in words(page)
    page.button(key="evaluation.tried.A mistake").click().run()
    assert "Row 11, labelled sad" in words(page)
    assert np.isin(page.session_state["evaluation.chosen"], [5, 11])
