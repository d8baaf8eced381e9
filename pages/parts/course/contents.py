"""Course contents: every lesson with its minutes and its state, on the home page."""

import streamlit as st

from fer.course import LESSONS, CourseProgress, Lesson, State, lesson_called
from pages.parts.course import course_state
from pages.parts.course.set_up import apply_set_up

_ICONS: dict[State, str] = {
    "open": ":material/radio_button_unchecked:",
    "done": ":material/check_circle:",
    "skipped": ":material/skip_next:",
}


def contents() -> None:
    """Draw the course: how far the learner is, the button that goes on, and the lessons."""
    known = course_state.progress()
    minutes = sum(lesson.minutes for lesson in LESSONS if known.of(lesson.key).state == "open")
    following = lesson_called(known.current) or course_state.next_lesson(None, known)
    with st.container(border=True, key="course-contents"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.subheader("The course: an hour from labels to an honest figure", anchor=False, width="stretch")
            if following is not None:
                label = "Go on" if known.current else "Begin the course"
                if st.button(label, type="primary", icon=":material/school:", key="course.begin"):
                    _begin(following)
        st.caption(
            f"{known.done} of {len(LESSONS)} lessons done"
            + (f", about {minutes} minutes to go." if minutes else ". You have walked the whole path.")
            + " Each has a task that is checked on your own runs."
        )
        with st.container(gap="xxsmall"):
            for number, lesson in enumerate(LESSONS, start=1):
                _line(number, lesson, known)


def _line(number: int, lesson: Lesson, known: CourseProgress) -> None:
    """A lesson: its state, its title, which opens it, and how long it takes."""
    title, minutes = st.columns([7, 1], vertical_alignment="center")
    with title:
        if st.button(
            f"{number}. {lesson.title}",
            icon=_ICONS[known.of(lesson.key).state],
            key=f"course.open.{lesson.key}",
            type="tertiary",
            help=f"{lesson.why} On the page {lesson.station.capitalize()}.",
        ):
            _begin(lesson)
    minutes.caption(f"{lesson.minutes} min")


def _begin(lesson: Lesson) -> None:
    course_state.change(lambda known: known.shown(True).with_current(lesson.key))
    apply_set_up(lesson.set_up(course_state.work()))
