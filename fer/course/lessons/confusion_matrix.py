"""Precision and recall: the weakest emotion of the learner's own model, read from its confusion matrix."""

from dataclasses import dataclass

import numpy as np

from fer.course.checking import is_near, missing_run, number, passed, refused, word
from fer.course.lesson import Lesson, Question, SetUp, Solution, Station, Verdict
from fer.course.work import Answers, RunRecord, Work
from fer.emotions import EMOTIONS, Emotion
from fer.statistics import percent


@dataclass(frozen=True, slots=True)
class _Figures:
    """Precision and recall of one emotion, 0 to 1; counts behind them."""

    emotion: Emotion
    found: int
    shown: int
    called: int

    @property
    def recall(self) -> float:
        return self.found / max(self.shown, 1)

    @property
    def precision(self) -> float:
        return self.found / max(self.called, 1)


def _figures(record: RunRecord) -> list[_Figures]:
    """Of each emotion that has validation faces, weakest recall first."""
    predictions, manifest = record.predictions, record.manifest
    if predictions is None or manifest is None:
        return []
    answers = predictions.probabilities.argmax(axis=1)
    rows = [
        _Figures(
            emotion,
            int(((answers == index) & (predictions.labels == index)).sum()),
            int((predictions.labels == index).sum()),
            int((answers == index).sum()),
        )
        for index, emotion in enumerate(manifest.emotions)
    ]
    return sorted((row for row in rows if row.shown), key=lambda row: row.recall)


def _run(work: Work) -> RunRecord | None:
    return work.finished(lambda record: len(_figures(record)) > 1)


def _check(work: Work, answers: Answers) -> Verdict:
    record = _run(work)
    if record is None:
        return missing_run(work, "whose answers were kept")
    rows = _figures(record)
    weakest = [row for row in rows if row.recall == rows[0].recall]
    chosen = word(answers, "emotion")
    typed_recall, typed_precision = number(answers, "recall"), number(answers, "precision")
    if not chosen or typed_recall is None or typed_precision is None:
        return refused("Choose the emotion, and type both figures in per cent.")
    row = next((one for one in weakest if one.emotion == chosen), None)
    if row is None:
        if chosen == min(rows, key=lambda one: one.precision).emotion:
            return refused("That one has the lowest *precision*. Look for the lowest recall: its own row.")
        if chosen == min(rows, key=lambda one: one.shown).emotion:
            return refused("That one has the fewest faces. Few faces need not be badly recognised.")
        return refused(
            "Another emotion has a lower recall. Recall is the share of its own row that is right."
        )
    if is_near(typed_recall, 100 * row.precision) and is_near(typed_precision, 100 * row.recall):
        return refused("You have exchanged the two. Recall divides by the row, precision by the column.")
    if not is_near(typed_recall, 100 * row.recall):
        accuracy = 100 * float(np.mean(record.predictions.is_right)) if record.predictions else -1
        if is_near(typed_recall, accuracy):
            return refused("That is the accuracy over all emotions. Take the row of this one only.")
        return refused(
            f"Recall: of the {row.shown:,} faces that show “{row.emotion}”, which share was found?"
        )
    if not is_near(typed_precision, 100 * row.precision):
        return refused(f"Precision: of the {row.called:,} faces called “{row.emotion}”, which share are it?")
    return passed(_told(row))


def _told(row: _Figures) -> str:
    return (
        f"“{row.emotion}” is found in {row.found} of {row.shown} faces that show it (recall "
        f"{percent(row.recall)}), and {row.found} of {row.called} faces called so are it (precision "
        f"{percent(row.precision)})."
    )


def _solve(work: Work) -> Solution | None:
    record = _run(work)
    return None if record is None else Solution(_told(_figures(record)[0]))


def _set_up(work: Work) -> SetUp:
    record = _run(work)
    return SetUp(
        Station.EVALUATION,
        view="Confusions",
        dataset="" if record is None else record.run.config.dataset,
        models=() if record is None else (record.run.id,),
    )


LESSON = Lesson(
    key="confusion-matrix",
    title="The confusion matrix: precision or recall?",
    why="One accuracy hides seven emotions. A model may miss most of one of them and still look good.",
    minutes=5,
    station=Station.EVALUATION,
    task="Open the confusion matrix of your newest model on the validation faces. Find the emotion with the "
    "lowest recall, and give its recall and its precision. Open the faces behind its largest mistake.",
    questions=(
        Question("emotion", "The emotion with the lowest recall", tuple(EMOTIONS)),
        Question("recall", "Its recall", unit="%"),
        Question("precision", "Its precision", unit="%"),
    ),
    hints=(
        "Rows are what the faces show, columns are what the model says.",
        "Recall: the cell on the diagonal divided by the sum of its row. Precision: divided by its column.",
        "The table of figures lists both for each emotion; sort it by recall.",
    ),
    remember="Recall asks how many are found, precision how many of the finds are right. Which one matters "
    "depends on what a mistake costs.",
    set_up=_set_up,
    check=_check,
    solve=_solve,
)
