"""Model selection: which epoch of a run becomes the model, and why it need not be the last."""

from fer.config import DEFAULT_AUGMENTATION, TrainingConfig
from fer.course.checking import counted, missing_run, number, passed, refused, word
from fer.course.lesson import Lesson, Mark, Question, SetUp, Solution, Station, Verdict
from fer.course.work import Answers, RunRecord, Work
from fer.runs import EpochMetrics
from fer.statistics import percent

CONFIG = TrainingConfig(
    architecture="tiny_cnn",
    epochs=12,
    batch_size=32,
    learning_rate=3e-3,
    augmentation=DEFAULT_AUGMENTATION,
    name="first run",
)
_LEAST_EPOCHS = 5
_BEST = "Its weights gave the highest validation accuracy"
_REASONS = (
    "It is the last epoch",
    "It has the lowest training loss",
    _BEST,
    "It has the highest test accuracy",
)


def _run(work: Work) -> RunRecord | None:
    return work.finished(lambda record: len(record.metrics) >= _LEAST_EPOCHS)


def _check(work: Work, answers: Answers) -> Verdict:
    record = _run(work)
    if record is None or record.best is None:
        return missing_run(work, f"of {_LEAST_EPOCHS} epochs or more")
    metrics, best = record.metrics, record.best
    typed = number(answers, "epoch")
    if typed is None or not word(answers, "reason"):
        return refused("Type the epoch, and choose the reason.")
    if typed != best.epoch:
        return refused(_wrong_epoch(int(typed), metrics, best))
    if word(answers, "reason") != _BEST:
        return refused("The epoch is right, the reason is not. Look at which curve is highest there.")
    return passed(
        f"Epoch {best.epoch} of {len(metrics)} reached {percent(best.validation_accuracy)} of the validation "
        "faces; its weights are the model, whatever came later."
    )


def _wrong_epoch(typed: int, metrics: tuple[EpochMetrics, ...], best: EpochMetrics) -> str:
    if not 1 <= typed <= len(metrics):
        return f"The run has {counted(len(metrics), 'epoch', 'epochs')}, counted from 1."
    if typed == max(metrics, key=lambda row: row.train_accuracy).epoch:
        return (
            "That is the best epoch by *training* accuracy. The model is chosen on faces it did not train on."
        )
    if typed == min(metrics, key=lambda row: row.validation_loss).epoch:
        return "That is the lowest validation *loss*. The model is chosen by validation accuracy."
    if typed == metrics[-1].epoch:
        return "That is the last epoch. Later is not always better: look for the highest validation accuracy."
    found = metrics[typed - 1].validation_accuracy
    return (
        f"Epoch {typed} reached {percent(found)} of the validation faces, and another epoch more. Find the "
        "highest point of the validation accuracy."
    )


def _solve(work: Work) -> Solution | None:
    record = _run(work)
    if record is None or record.best is None:
        return None
    best = record.best
    return Solution(
        f"Epoch {best.epoch}: {percent(best.validation_accuracy)} of the validation faces. Its weights "
        f"are kept "
        "because no other epoch has more.",
        record.run.id,
        (Mark(best.epoch, "the model"),),
    )


LESSON = Lesson(
    key="first-run",
    title="Your first run: which epoch is the model?",
    why="A network learns in epochs, and after each it is a slightly different model. Only one of them is "
    "kept.",
    minutes=5,
    station=Station.TRAINING,
    task="Train the small network for twelve epochs and watch the curves. Then say which epoch became the "
    "model, and why that one.",
    questions=(
        Question("epoch", "Which epoch is the model?"),
        Question("reason", "Why that one?", _REASONS),
    ),
    hints=(
        "Each epoch is judged on the validation faces, which the network never trains on.",
        "Look for the highest point of the validation accuracy; hover over it to read the epoch.",
        "The run's table says “best epoch” beside the accuracy. That epoch is the model.",
    ),
    remember="Choose by validation accuracy, not by training accuracy and not by being last. The test faces "
    "have no say in it.",
    set_up=lambda work: SetUp(Station.TRAINING, training=CONFIG),
    check=_check,
    solve=_solve,
)
