"""The dataset page with the built-in faces, with a CSV of the learner's, and with one that is none."""

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from fer.datasets import Dataset
from tests.app.conftest import words
from tests.conftest import dataset_of

OpenPage = Callable[..., AppTest]
PAGE = "1_dataset.py"


@pytest.fixture
def small_csv(csv_in_data: Callable[[str], str]) -> dict[str, object]:
    """A session in which a small CSV is the chosen dataset."""
    return {"workshop.dataset": f"{csv_in_data('small')}.csv"}


def test_without_data_the_built_in_faces_are_shown(
    open_page: OpenPage, monkeypatch: pytest.MonkeyPatch, small_dataset: Dataset
) -> None:
    monkeypatch.setattr("fer.datasets.load_dataset", lambda name, progress, view: small_dataset)
    page = open_page(PAGE)
    assert not page.exception
    assert page.selectbox(key="dataset.dataset").value == "synthetic"
    assert [metric.value for metric in page.metric] == ["42", "7", "48 × 48"]


def test_a_csv_in_data_is_read_counted_and_shown(open_page: OpenPage, small_csv: dict[str, object]) -> None:
    page = open_page(PAGE, small_csv)
    assert not page.exception
    assert not page.error
    assert page.metric[0].value == "42"
    assert page.table[0].value["Training"].tolist() == ["4"] * 7
    assert "Faces 1 to 42 of 42" in words(page)


def test_the_laziest_answer_is_named_with_its_score(
    open_page: OpenPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fer.datasets.load_dataset", lambda name, progress: dataset_of([3, 3, 3, 0]))
    text = words(open_page(PAGE))
    assert "always answered “happy” would be right for **75.0%**" in text
    assert "None shows **disgust, fear, sad, surprise and neutral**" in text


def test_faces_can_be_narrowed_to_a_split_and_an_emotion(
    open_page: OpenPage, small_csv: dict[str, object]
) -> None:
    page = open_page(PAGE, small_csv)
    page.selectbox(key="dataset.split").select_index(3).run()
    assert "Faces 1 to 7 of 7" in words(page)
    page.selectbox(key="dataset.emotion").select_index(1).run()
    assert "Faces 1 to 1 of 1" in words(page)


def test_shuffling_counts_the_seed_up(open_page: OpenPage, small_csv: dict[str, object]) -> None:
    page = open_page(PAGE, small_csv)
    page.button(key="dataset.shuffle").click().run()
    assert page.number_input(key="dataset.seed").value == 1
    assert not page.exception


def test_a_row_opens_large_with_its_label_and_its_numbers(
    open_page: OpenPage, small_csv: dict[str, object]
) -> None:
    page = open_page(PAGE, small_csv)
    page.number_input(key="dataset.row").set_value(41).run()
    assert not page.exception
    assert "Row **41**" in words(page)
    assert page.metric[-1].value == "Neutral"
    assert len(page.code[0].value.splitlines()) == 48


def test_a_file_that_is_no_dataset_is_a_sentence_and_the_choice_stays(
    open_page: OpenPage, fer_home: Path
) -> None:
    (fer_home / "data").mkdir()
    (fer_home / "data" / "notes.csv").write_text("a,b\n1,2\n")
    page = open_page(PAGE, {"workshop.dataset": "notes.csv"})
    assert not page.exception
    assert len(page.error) == 1
    assert page.selectbox(key="dataset.dataset").options[0] == "Built-in drawn faces"


def test_a_dataset_that_is_gone_gives_way_to_the_built_in_one(
    open_page: OpenPage, monkeypatch: pytest.MonkeyPatch, small_dataset: Dataset
) -> None:
    monkeypatch.setattr("fer.datasets.load_dataset", lambda name, progress, view: small_dataset)
    page = open_page(PAGE, {"workshop.dataset": "gone.csv"})
    assert page.selectbox(key="dataset.dataset").value == "synthetic"


def test_a_page_runs_on_its_own_as_a_cold_deep_link_runs_it(small_csv: dict[str, object]) -> None:
    from tests.conftest import PROJECT_ROOT

    page = AppTest.from_file(str(PROJECT_ROOT / "pages" / PAGE), default_timeout=60)
    page.session_state["workshop.dataset"] = "small.csv"
    assert not page.run().exception
