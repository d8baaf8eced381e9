"""Check dialog: a lesson's questions, what its check says, and the solution on the learner's own curve."""

import streamlit as st

from fer import figures
from fer.course import CourseProgress, Lesson, Question, Solution, Verdict
from fer.errors import FerError
from fer.runs import load_run
from fer.runs.diagnosis import Evidence
from pages.parts.course import course_state
from pages.parts.course.set_up import apply_set_up
from pages.parts.plot import plot

_OPEN, _VERDICT, _SOLUTION = "course.checking", "course.verdict", "course.solution"


def open_check(lesson: Lesson) -> None:
    """Have the dialog of a lesson opened; a callback. What was said of an earlier answer is forgotten."""
    st.session_state.pop(_VERDICT, None)
    st.session_state.pop(_SOLUTION, None)
    st.session_state[_OPEN] = lesson.key


def close_check() -> None:
    """Have the dialog closed; a callback."""
    st.session_state.pop(_OPEN, None)


def check_dialog(lesson: Lesson) -> None:
    """Show the dialog of the lesson in hand while it is open."""
    if st.session_state.get(_OPEN) == lesson.key:
        opened = st.dialog(lesson.title, width="medium", icon=":material/task_alt:", on_dismiss=close_check)
        opened(_dialog)(lesson)


def _dialog(lesson: Lesson) -> None:
    st.markdown(lesson.task)
    if lesson.questions:
        with st.form("course.answers", border=False):
            answers = {question.key: _field(question) for question in lesson.questions}
            asked = st.form_submit_button("Check my answer", type="primary", icon=":material/task_alt:")
    else:
        answers, asked = {}, st.button("Check my work", type="primary", icon=":material/task_alt:")
    if asked:
        st.session_state[_VERDICT] = _checked(lesson, answers)
    verdict: Verdict | None = st.session_state.get(_VERDICT)
    if verdict is not None:
        _verdict(lesson, verdict)
    known = course_state.progress().of(lesson.key)
    if verdict is not None and not verdict.passed and known.tries >= 2:
        st.button("Show the solution", key="course.solve", on_click=_open_solution, args=(lesson,))
    if verdict is not None and verdict.passed:
        st.session_state[_SOLUTION] = True
    if st.session_state.get(_SOLUTION):
        _solution(lesson)


def _field(question: Question) -> str | float:
    key = f"course.answer.{question.key}"
    if question.options:
        return st.radio(question.text, question.options, index=None, key=key) or ""
    label = f"{question.text}, {question.unit}" if question.unit else question.text
    typed = st.number_input(label, value=None, step=None, format="%g", key=key)
    return "" if typed is None else float(typed)


def _checked(lesson: Lesson, answers: dict[str, str | float]) -> Verdict:
    try:
        verdict = lesson.check(course_state.work(), answers)
    except FerError as error:  # a run that was damaged meanwhile
        verdict = Verdict(False, str(error))

    def counted(known: CourseProgress) -> CourseProgress:
        known = known.with_lesson(lesson.key, tries=known.of(lesson.key).tries + 1)
        return known.with_done(lesson.key) if verdict.passed else known

    course_state.change(counted)
    return verdict


def _verdict(lesson: Lesson, verdict: Verdict) -> None:
    if not verdict.passed:
        st.warning(verdict.sentence, icon=":material/replay:")
        return
    st.success(verdict.sentence, icon=":material/check_circle:")
    st.markdown(f"**Remember.** {lesson.remember}")
    following = course_state.next_lesson(lesson, course_state.progress())
    if following is None:
        st.markdown("That was the last lesson. The home page shows your path.")
        return
    if st.button(
        f"Next: {following.title}",
        icon=":material/arrow_forward:",
        icon_position="right",
        type="primary",
        key="course.next",
    ):
        close_check()
        course_state.change(lambda known: known.with_current(following.key))
        apply_set_up(following.set_up(course_state.work()))


def _open_solution(lesson: Lesson) -> None:
    course_state.change(lambda known: known.with_lesson(lesson.key, solved=True))
    st.session_state[_SOLUTION] = True


def _solution(lesson: Lesson) -> None:
    solution = lesson.solve(course_state.work())
    if solution is None:
        st.info("There is nothing to solve yet: the task itself comes first.", icon=":material/info:")
        return
    st.markdown(f"**Solution.** {solution.text}")
    if solution.run and solution.marks:
        _curves(solution)


def _curves(solution: Solution) -> None:
    try:
        run = load_run(solution.run)
    except FerError:
        return  # deleted meanwhile; the sentence above holds all the same
    metrics = run.metrics()
    for measure in ("accuracy", "loss"):
        evidence = [Evidence(measure, mark.epoch, mark.epoch, mark.text) for mark in solution.marks]
        plot(
            figures.curves_figure(metrics, [], len(metrics), measure, evidence),
            f"course.solution.{measure}",
        )
