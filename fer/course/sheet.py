"""Lesson sheet: the course as a page for teachers, with every task, question, hint and what to remember."""

from collections.abc import Iterator

from fer.course.lesson import Lesson
from fer.course.lessons import LESSONS


def lesson_sheet() -> str:
    """Return the lessons as Markdown, between the marks of the guide's page."""
    return "\n".join(
        part for number, lesson in enumerate(LESSONS, start=1) for part in _lesson(number, lesson)
    )


def _lesson(number: int, lesson: Lesson) -> Iterator[str]:
    yield f"### {number}. {lesson.title}\n"
    yield f"*{lesson.minutes} minutes · {lesson.station.capitalize()}*\n"
    yield f"**Why.** {lesson.why}\n"
    yield f"**Task.** {lesson.task}\n"
    for question in lesson.questions:
        choices = f" *{' · '.join(question.options)}*" if question.options else ""
        unit = f" ({question.unit})" if question.unit else ""
        yield f"- {question.text}{unit}{choices}"
    yield "\n**Hints.** " + " ".join(f"({place}) {hint}" for place, hint in enumerate(lesson.hints, start=1))
    yield f"\n**Remember.** {lesson.remember}\n"
