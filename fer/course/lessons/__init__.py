"""Lesson catalog: the lessons of the course in their order, a file each."""

from fer.course.lesson import Lesson
from fer.course.lessons import (
    augmentation_limit,
    batch_size,
    class_imbalance,
    confusion_matrix,
    domain_shift,
    first_run,
    guessing,
    last_look,
    one_change,
    overfitting,
    robustness,
)

LESSONS: tuple[Lesson, ...] = (
    guessing.LESSON,
    class_imbalance.LESSON,
    augmentation_limit.LESSON,
    first_run.LESSON,
    batch_size.LESSON,
    overfitting.LESSON,
    one_change.LESSON,
    confusion_matrix.LESSON,
    robustness.LESSON,
    domain_shift.LESSON,
    last_look.LESSON,
)


def lesson_called(key: str) -> Lesson | None:
    """The lesson of that key; None if there is none."""
    return next((lesson for lesson in LESSONS if lesson.key == key), None)
