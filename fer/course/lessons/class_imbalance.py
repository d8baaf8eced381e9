"""Class imbalance: what a model scores that always gives the most frequent answer."""

from collections.abc import Mapping

from fer.course.checking import is_near, number, passed, refused
from fer.course.lesson import Lesson, Question, SetUp, Solution, Station, Verdict
from fer.course.work import Answers, Work
from fer.emotions import Emotion
from fer.statistics import percent

_TRAIN, _VALIDATION = "train", "validation"


def _majority(counts: Mapping[Emotion, int]) -> tuple[Emotion, float]:
    """The most frequent emotion, and its share, 0 to 1."""
    emotion = max(counts, key=lambda one: counts[one])
    return emotion, counts[emotion] / max(sum(counts.values()), 1)


def _check(work: Work, answers: Answers) -> Verdict:
    train, validation = work.counts.get(_TRAIN), work.counts.get(_VALIDATION)
    if not train or not validation:
        return refused("This dataset has no training or no validation faces. Choose another on the page.")
    emotion, share = _majority(train)
    fair = validation.get(emotion, 0) / max(sum(validation.values()), 1)
    typed, typed_fair = number(answers, _TRAIN), number(answers, _VALIDATION)
    if typed is None or typed_fair is None:
        return refused("Type both shares, in per cent.")
    if not is_near(typed, 100 * share):
        if typed >= 100 or is_near(typed, train[emotion], 0.5):
            return refused("That is a number of faces. Type the share: all training faces are 100\u00a0%.")
        if is_near(typed, 100 / len(train)):
            return refused("That would be right if all emotions had equally many training faces. Count them.")
        if is_near(typed, 100 * min(train.values()) / sum(train.values())):
            return refused(
                "That is the rarest emotion. A model that gives one answer gives the most frequent."
            )
        return refused(f"Not quite: divide the faces of “{emotion}” by all training faces.")
    if not is_near(typed_fair, 100 * fair):
        if is_near(typed_fair, 100 * share):
            return refused("That is the training share again. The validation faces are counted apart.")
        return refused(f"Not quite: divide the validation faces of “{emotion}” by all validation faces.")
    return passed(
        f"Always answering “{emotion}” is right on {percent(share)} of the training and {percent(fair)} "
        f"of the "
        "validation faces. Below that, a model has learned nothing."
    )


def _solve(work: Work) -> Solution | None:
    train, validation = work.counts.get(_TRAIN), work.counts.get(_VALIDATION)
    if not train or not validation:
        return None
    emotion, share = _majority(train)
    fair = validation.get(emotion, 0) / max(sum(validation.values()), 1)
    return Solution(
        f"“{emotion}” is the most frequent: {train[emotion]:,} of {sum(train.values()):,} training faces, "
        f"{percent(share)}; and {validation.get(emotion, 0):,} of {sum(validation.values()):,} validation "
        f"faces, "
        f"{percent(fair)}."
    )


LESSON = Lesson(
    key="class-imbalance",
    title="What “always happy” scores",
    why="Some emotions have many more faces than others. A model can score well by ignoring the rare ones.",
    minutes=3,
    station=Station.DATASET,
    task="Imagine a model that answers every face with the most frequent emotion of the training faces. Work "
    "out which share of the training faces, and of the validation faces, it gets right.",
    questions=(
        Question(_TRAIN, "Right on the training faces", unit="%"),
        Question(_VALIDATION, "Right on the validation faces", unit="%"),
    ),
    hints=(
        "The overview of the dataset page shows how many faces each emotion has in each split.",
        "Find the longest bar among the training faces; all its faces would be answered rightly, no others.",
        "Divide the faces of that emotion by all faces of the split, once for training, once for validation.",
    ),
    remember="Compare an accuracy with what the most frequent answer scores on the same faces, never with "
    "zero.",
    set_up=lambda work: SetUp(Station.DATASET, view="Overview"),
    check=_check,
    solve=_solve,
)
