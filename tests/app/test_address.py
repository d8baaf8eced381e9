"""The address: what is chosen stands in it, it is taken over, and a bad one is answered with a sentence."""

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from fer import course
from fer.datasets import Split
from fer.runs import RunStatus
from tests.app.conftest import words
from tests.app.probed_run import a_run
from tests.conftest import PROJECT_ROOT
from tests.core import grey_level


@pytest.fixture
def open_link() -> Callable[..., AppTest]:
    """A function that opens a page by its address: `open_link("1_dataset.py", view="Faces")`."""

    def opened(page: str, **params: str) -> AppTest:
        test = AppTest.from_file(str(PROJECT_ROOT / "app.py"), default_timeout=60)
        test.switch_page(f"pages/{page}")
        for name, value in params.items():
            test.query_params[name] = value
        return test.run()

    return opened


OpenLink = Callable[..., AppTest]


def params(page: AppTest) -> dict[str, list[str] | str]:
    return dict(page.query_params)


def test_a_link_leads_to_the_dataset_and_the_view(
    open_link: OpenLink, csv_in_data: Callable[[str], str]
) -> None:
    name = f"{csv_in_data('small')}.csv"
    page = open_link("1_dataset.py", dataset=name, view="Splits")
    assert not page.exception
    assert page.session_state["workshop.dataset"] == name
    assert page.session_state["dataset.view_shown"] == "Splits"


def test_what_is_chosen_is_written_into_the_address(open_link: OpenLink) -> None:
    page = open_link("1_dataset.py")
    page.segmented_control(key="dataset.view_shown").set_value("Faces").run()
    assert params(page)["view"] in ("Faces", ["Faces"])
    assert params(page)["dataset"] in ("synthetic", ["synthetic"])


@pytest.mark.parametrize(
    ("page", "given", "sentence"),
    [
        ("1_dataset.py", {"dataset": "gone.csv"}, "names the dataset “gone.csv”"),
        ("1_dataset.py", {"view": "<b>x</b>"}, "The views are Overview"),
        ("1_dataset.py", {"edition": "Mine", "dataset": "synthetic"}, "names the edition"),
        ("3_training.py", {"run": "../../etc"}, "names the run"),
        ("4_evaluation.py", {"model": "nobody"}, "names the model"),
        ("4_evaluation.py", {"split": "all"}, "The splits are"),
        ("5_live.py", {"model": "a" * 5000}, "names the model"),
        ("0_home.py", {"lesson": "none"}, "names the lesson"),
    ],
)
def test_a_bad_address_is_answered_with_a_sentence(
    open_link: OpenLink, fer_home: Path, page: str, given: dict[str, str], sentence: str
) -> None:
    grey_level.save_model(fer_home / "models" / "pretrained" / "grey")
    opened = open_link(page, **given)
    assert not opened.exception
    assert sentence in words(opened)
    assert "names the" not in words(opened.run())  # said once


def test_a_run_a_model_and_a_split_are_opened(open_link: OpenLink, fer_home: Path) -> None:
    run = a_run(RunStatus.FINISHED)
    assert open_link("3_training.py", run=run.id).session_state["workshop.run"] == run.id
    grey_level.save_model(fer_home / "models" / "pretrained" / "grey")
    page = open_link("4_evaluation.py", model="grey", split="train", dataset="synthetic")
    assert not page.exception
    assert page.session_state["evaluation.judged"] == ("grey",)
    assert page.segmented_control(key="evaluation.split").value == Split.TRAIN


def test_a_link_does_not_open_the_test_faces(open_link: OpenLink, fer_home: Path) -> None:
    grey_level.save_model(fer_home / "models" / "pretrained" / "grey")
    page = open_link("4_evaluation.py", split="test")
    assert "One last look" in words(page)
    assert page.segmented_control(key="evaluation.split").value == Split.VALIDATION


def test_a_link_takes_up_a_lesson(open_link: OpenLink) -> None:
    page = open_link("1_dataset.py", lesson="class-imbalance")
    assert "Lesson 2 of" in words(page)
    assert course.load_progress().current == "class-imbalance"
