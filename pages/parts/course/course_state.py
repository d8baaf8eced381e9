"""Course state: the learner's progress and work, read for the pages and changed by them."""

from collections.abc import Callable

import streamlit as st

from fer import course
from fer.course import LESSONS, CourseProgress, Guess, Lesson, Work
from fer.course.lessons import domain_shift
from fer.datasets.registry import SYNTHETIC
from fer.errors import FerError, StorageError
from fer.models.card import load_card
from fer.models.inference import model_folder
from pages.parts import caches, state

GUESSES = "course.guesses"
"""The faces guessed in the game's last round, of this session."""


def progress() -> CourseProgress:
    """The learner's progress, as the file has it now."""
    return course.load_progress()


def change(edit: Callable[[CourseProgress], CourseProgress]) -> None:
    """Change the progress and keep it; a disk that is full is told, and costs no page."""
    try:
        course.save_progress(edit(course.load_progress()))
    except StorageError as error:
        state.tell(str(error))


def note(name: str, value: str | float) -> None:
    """Remember a step that a lesson asks for; see `Work.marks`. Nothing is written where nothing changes."""
    if progress().marks.get(name) != value:
        change(lambda known: known.with_mark(name, value))


def note_comparison(first: str, second: str, faces: int) -> None:
    """Remember that two models read the same photograph, one of them a model of drawn faces."""
    learned_from = {load_card(model_folder(name)).dataset.get("name") for name in (first, second)}
    if faces and SYNTHETIC in learned_from and len(learned_from) > 1:
        note(domain_shift.MARK, faces)


def next_lesson(after: Lesson | None, known: CourseProgress) -> Lesson | None:
    """The first lesson after this one that is not done yet, then the first of all; None if all are."""
    start = 0 if after is None else LESSONS.index(after) + 1
    later = [*LESSONS[start:], *LESSONS[:start]]
    return next((lesson for lesson in later if known.of(lesson.key).state == "open"), None)


def work() -> Work:
    """What the learner has done so far."""
    guesses: tuple[Guess, ...] = st.session_state.get(GUESSES, ())
    counts = {}
    try:
        dataset = caches.dataset(state.dataset())
        counts = {split.value: of_split for split, of_split in dataset.counts().items()}
    except FerError:
        pass  # the dataset page says what is wrong with it; the check that needs it asks for another
    return course.read_work(guesses=guesses, counts=counts, marks=progress().marks)
