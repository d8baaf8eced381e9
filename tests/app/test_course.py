"""The course on the pages: begun, set up, hinted, checked, skipped and put away."""

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from fer import course
from fer.course import LESSONS, CourseProgress
from fer.course.lessons import first_run
from tests.app.conftest import words

OpenPage = Callable[..., AppTest]
TITLE = "Lesson 2 of 11"


@pytest.fixture
def in_hand() -> None:
    """A learner who is at the second lesson."""
    course.save_progress(CourseProgress("class-imbalance").with_done("guessing"))


def test_nothing_of_it_stands_on_the_pages_before_it_is_begun(open_page: OpenPage, fer_home: Path) -> None:
    page = open_page("1_dataset.py")
    assert "Lesson" not in words(page)
    assert not (fer_home / "data" / "course.json").exists()


def test_home_lists_every_lesson_and_begins_the_first(open_page: OpenPage) -> None:
    page = open_page("0_home.py")
    listed = [page.button(key=f"course.open.{lesson.key}").label for lesson in LESSONS]
    assert listed == [f"{number}. {lesson.title}" for number, lesson in enumerate(LESSONS, start=1)]
    page.button(key="course.begin").click().run()
    assert not page.exception
    assert course.load_progress().current == "guessing"
    assert page.title[0].value == "Dataset"
    assert "Lesson 1 of 11: Guess twenty faces" in words(page)
    assert page.button(key="dataset.verify.happy")  # the game is open


def test_a_first_run_is_filled_in(open_page: OpenPage) -> None:
    page = open_page("0_home.py")
    page.button(key="home.first_run").click().run()
    assert not page.exception
    assert page.title[0].value == "Training"
    assert page.session_state["workshop.training"].epochs == first_run.CONFIG.epochs
    assert page.session_state["training.architecture"] == "tiny_cnn"


@pytest.mark.usefixtures("in_hand")
@pytest.mark.parametrize(
    "name", ["0_home", "1_dataset", "2_augmentation", "3_training", "4_evaluation", "5_live"]
)
def test_the_task_stands_on_every_page(open_page: OpenPage, name: str) -> None:
    page = open_page(f"{name}.py")
    assert not page.exception
    assert TITLE in words(page)
    assert page.button(key="course.check")


@pytest.mark.usefixtures("in_hand")
def test_hints_open_one_by_one_and_are_counted(open_page: OpenPage) -> None:
    page, lesson = open_page("1_dataset.py"), LESSONS[1]
    assert lesson.hints[0] not in words(page)
    page.button(key="course.next_hint").click().run()
    assert lesson.hints[0] in words(page)
    assert lesson.hints[1] not in words(page)
    page.button(key="course.next_hint").click().run()
    page.button(key="course.next_hint").click().run()
    assert lesson.hints[2] in words(page)
    assert course.load_progress().of(lesson.key).hints == 3


@pytest.mark.usefixtures("in_hand")
def test_a_near_miss_gets_its_reason_and_the_right_answer_leads_on(open_page: OpenPage) -> None:
    page = open_page("1_dataset.py")
    page.button(key="course.check").click().run()
    page.number_input(key="course.answer.train").set_value(14.3)
    page.number_input(key="course.answer.validation").set_value(14.3)
    check = next(button for button in page.button if button.label == "Check my answer")
    check.click().run()
    assert "equally many training faces" in words(page)
    page.number_input(key="course.answer.train").set_value(22)
    next(button for button in page.button if button.label == "Check my answer").click().run()
    assert not page.exception
    assert LESSONS[1].remember in words(page)
    progress = course.load_progress()
    assert (progress.of("class-imbalance").state, progress.of("class-imbalance").tries) == ("done", 2)
    page.button(key="course.next").click().run()
    assert course.load_progress().current == "augmentation-limit"
    assert page.title[0].value == "Augmentation"
    assert page.session_state["workshop.augmentation"].rotation_degrees == 15


@pytest.mark.usefixtures("in_hand")
def test_a_lesson_can_be_skipped_and_the_course_put_away_and_taken_up(open_page: OpenPage) -> None:
    page = open_page("1_dataset.py")
    page.button(key="course.skip").click().run()
    assert "Lesson 3 of 11" in words(page)
    assert course.load_progress().of("class-imbalance").state == "skipped"
    page.button(key="course.hide").click().run()
    assert "Lesson" not in words(page)
    home = open_page("0_home.py")
    home.button(key="course.begin").click().run()
    assert "Lesson 3 of 11" in words(home)


@pytest.mark.usefixtures("in_hand")
def test_a_disk_that_is_full_costs_no_page(open_page: OpenPage, monkeypatch: pytest.MonkeyPatch) -> None:
    from fer.errors import StorageError

    def full(progress: CourseProgress) -> None:
        raise StorageError("The disk is full.")

    monkeypatch.setattr(course, "save_progress", full)
    page = open_page("1_dataset.py")
    page.button(key="course.skip").click().run()
    assert not page.exception
    assert TITLE in words(page)
