"""Course strip: the task in hand at the top of every page, with its buttons."""

import streamlit as st

from fer.course import LESSONS, CourseProgress, Lesson, lesson_called
from pages.parts.course import course_state
from pages.parts.course.check_dialog import check_dialog, open_check
from pages.parts.course.set_up import apply_set_up

_HINTS = 3


def course_strip() -> None:
    """Draw the strip, unless no lesson is in hand or the learner put it away; and the sidebar's figure."""
    known = course_state.progress()
    _sidebar(known)
    lesson = lesson_called(known.current)
    if lesson is None or not known.is_shown:
        return
    with st.container(border=True, key="course-strip", gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            number = LESSONS.index(lesson) + 1
            st.markdown(f"**Lesson {number} of {len(LESSONS)}: {lesson.title}**", width="stretch")
            _buttons(lesson, known)
        st.caption(lesson.task)


def _buttons(lesson: Lesson, known: CourseProgress) -> None:
    if st.button("Set it up for me", icon=":material/auto_fix_high:", key="course.set_up"):
        apply_set_up(lesson.set_up(course_state.work()))
    with st.popover("Hint", icon=":material/lightbulb:", key="course.hints"):
        _hints(lesson, known)
    st.button(
        "Check",
        icon=":material/task_alt:",
        type="primary",
        key="course.check",
        on_click=open_check,
        args=(lesson,),
    )
    check_dialog(lesson)
    st.button("Skip", key="course.skip", on_click=_skip, args=(lesson,), type="tertiary")
    st.button(
        "",
        icon=":material/close:",
        key="course.hide",
        on_click=_put_away,
        type="tertiary",
        help="Put the course away. The home page brings it back.",
    )


def _hints(lesson: Lesson, known: CourseProgress) -> None:
    opened = known.of(lesson.key).hints
    st.markdown(lesson.why)
    for number, hint in enumerate(lesson.hints[:opened], start=1):
        st.markdown(f"**Hint {number}.** {hint}")
    if opened < _HINTS:
        st.button(
            "Show a hint" if opened == 0 else "Show the next hint",
            key="course.next_hint",
            on_click=_open_hint,
            args=(lesson, opened + 1),
        )


def _open_hint(lesson: Lesson, count: int) -> None:
    course_state.change(lambda known: known.with_lesson(lesson.key, hints=count))


def _skip(lesson: Lesson) -> None:
    def skipped(known: CourseProgress) -> CourseProgress:
        if known.of(lesson.key).state == "open":
            known = known.with_lesson(lesson.key, state="skipped")
        following = course_state.next_lesson(lesson, known)
        return known.with_current(following.key if following else "")

    course_state.change(skipped)


def _put_away() -> None:
    course_state.change(lambda known: known.shown(False))


def _sidebar(known: CourseProgress) -> None:
    if known.current or known.lessons:
        with st.sidebar:
            st.progress(
                known.done / len(LESSONS), text=f"Course: {known.done} of {len(LESSONS)} lessons done"
            )
