"""Domain shift: a model of drawn faces and one of photographs, both shown a photograph."""

from fer.course.checking import is_on_drawn_faces, passed, refused, word
from fer.course.lesson import Lesson, Question, SetUp, Solution, Station, Verdict
from fer.course.work import Answers, Work
from fer.models.inference import DEFAULT_MODEL

MARK = "live.compared"
"""How many faces of photographs two models read side by side, one of them trained on drawn faces."""
_DRAWN = "The model of drawn faces: no training face looked like this one"
_PHOTOS = "The model of photographs: photographs are harder"
_SMALLER = "The smaller network, whatever it was trained on"
_SURE = "Yes: a model can be sure and wrong on faces unlike its own"
_UNSURE = "No: a model that does not know says so"


def _check(work: Work, answers: Answers) -> Verdict:
    if work.finished(is_on_drawn_faces) is None:
        return refused("You have no model of drawn faces yet. Finish *Your first run* before this lesson.")
    if not work.marks.get(MARK):
        return refused(
            "Show both models one photograph: *Set it up for me* opens the pictures with your model and the "
            "shipped one side by side."
        )
    which, sure = word(answers, "which"), word(answers, "sure")
    if not which or not sure:
        return refused("Answer both questions.")
    if which == _PHOTOS:
        return refused("It was trained on photographs, so a photograph is what it knows. Think of the other.")
    if which != _DRAWN:
        return refused("Size is not the reason: a large network of drawn faces would fail the same way.")
    if sure != _SURE:
        return refused(
            "Look at the bars again. Its seven probabilities always sum to 100\u00a0%, face or not."
        )
    return passed(
        "What a model was trained on decides what it can be trusted with. High confidence proves nothing."
    )


def _solve(work: Work) -> Solution | None:
    if not work.marks.get(MARK):
        return None
    return Solution(
        "The model of drawn faces guesses: it never saw skin, light or a real mouth. Its confidence is no "
        "warning, because softmax divides 100\u00a0% among the seven in any case."
    )


def _set_up(work: Work) -> SetUp:
    record = work.finished(is_on_drawn_faces)
    models = (DEFAULT_MODEL,) if record is None else (record.run.id, DEFAULT_MODEL)
    return SetUp(Station.LIVE, view="Pictures", models=models)


LESSON = Lesson(
    key="domain-shift",
    title="Your drawn-face model meets a photograph",
    why="Your models learned from drawn faces. A model works on pictures like those it was trained on, "
    "and says "
    "something about all others too.",
    minutes=4,
    station=Station.LIVE,
    task="Show one photograph to your model and to the shipped one, side by side. Say which to distrust, and "
    "whether its confidence would have warned you.",
    questions=(
        Question("which", "Which one should not be trusted here, and why?", (_PHOTOS, _DRAWN, _SMALLER)),
        Question("sure", "Can the untrustworthy one be sure of itself?", (_UNSURE, _SURE)),
    ),
    hints=(
        "Any photograph of one face will do; a snapshot of your own is never stored.",
        "Compare what each model was trained on: it stands under its name.",
        "The probabilities of a model sum to 100\u00a0%, also for a face unlike any it knows.",
    ),
    remember="Ask what a model was trained on before you ask what it says.",
    set_up=_set_up,
    check=_check,
    solve=_solve,
)
