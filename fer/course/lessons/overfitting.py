"""Overfitting: the epoch at which the validation loss turns, on a run that was made to overfit."""

from fer.config import AugmentationConfig, TrainingConfig
from fer.course.checking import missing_run, number, passed, refused
from fer.course.lesson import Lesson, Mark, Question, SetUp, Solution, Station, Verdict
from fer.course.work import Answers, RunRecord, Work
from fer.runs import EpochMetrics
from fer.statistics import percent

CONFIG = TrainingConfig(
    architecture="tiny_cnn",
    epochs=40,
    batch_size=16,
    learning_rate=3e-3,
    subset=300,
    augmentation=AugmentationConfig(),
    name="overfitting on purpose",
)
_MOST_FACES = 500
# How much the validation loss must have risen from its lowest point to have turned.
_RISEN = 1.05


def overfitted(record: RunRecord) -> bool:
    """Whether a run learned few faces by heart: its validation loss has turned."""
    if not record.is_finished or not 0 < record.training_faces <= _MOST_FACES:
        return False
    return record.metrics[-1].validation_loss > _RISEN * _turn(record.metrics).validation_loss


def _turn(metrics: tuple[EpochMetrics, ...]) -> EpochMetrics:
    return min(metrics, key=lambda row: row.validation_loss)


def _check(work: Work, answers: Answers) -> Verdict:
    record = work.finished(overfitted)
    if record is None:
        few = work.finished(lambda one: 0 < one.training_faces <= _MOST_FACES)
        if few is not None:
            return refused(
                "The validation loss of your run has not turned yet. Train longer, on fewer faces or without "
                "augmentation."
            )
        return missing_run(work, "on 300 faces")
    metrics, turn = record.metrics, _turn(record.metrics)
    typed = number(answers, "epoch")
    if typed is None:
        return refused("Type the epoch with the lowest validation loss.")
    # A flat valley has several lowest points to somebody who reads a chart.
    near = [row.epoch for row in metrics if row.validation_loss <= 1.01 * turn.validation_loss]
    if typed in near or abs(typed - turn.epoch) <= 1:
        last = metrics[-1]
        return passed(
            f"At epoch {turn.epoch} the validation loss was lowest. By epoch {last.epoch} training accuracy "
            f"had risen to {percent(last.train_accuracy, 0)}, and validation loss by "
            f"{percent(last.validation_loss / turn.validation_loss - 1, 0)}."
        )
    if typed == min(metrics, key=lambda row: row.train_loss).epoch:
        return refused(
            "That is the lowest *training* loss, which keeps falling. Look at the validation loss."
        )
    if record.best is not None and typed == record.best.epoch:
        return refused("That is the best validation *accuracy*. The loss turns earlier or later; look at it.")
    if typed == metrics[-1].epoch:
        return refused("That is the last epoch. Find where the validation loss is lowest, before it rises.")
    if not 1 <= typed <= len(metrics):
        return refused(f"The run has {len(metrics)} epochs, counted from 1.")
    return refused("The validation loss is lower elsewhere. Hover over its curve and find the lowest point.")


def _solve(work: Work) -> Solution | None:
    record = work.finished(overfitted)
    if record is None:
        return None
    turn = _turn(record.metrics)
    return Solution(
        f"The validation loss is lowest at epoch {turn.epoch}, and rises from there while the training loss "
        "goes on falling: the network learns its 300 faces by heart.",
        record.run.id,
        (Mark(turn.epoch, "it turns here"),),
    )


LESSON = Lesson(
    key="overfitting",
    title="Overfitting on purpose",
    why="With few faces a network can learn each by heart. It then gets better on them and worse on all "
    "others.",
    minutes=5,
    station=Station.TRAINING,
    task="Train on 300 faces without augmentation for 40 epochs. Find the epoch at which the validation loss "
    "turns: it falls before, and rises after.",
    questions=(Question("epoch", "At which epoch is the validation loss lowest?"),),
    hints=(
        "*Set it up for me* fills in the few faces, no augmentation and the many epochs.",
        "Look at the loss, not at the accuracy: two curves that part.",
        "Hover over the lowest point of the validation loss and read the epoch.",
    ),
    remember="A falling training loss proves nothing. When validation loss rises, the network is learning "
    "its "
    "faces by heart.",
    set_up=lambda work: SetUp(Station.TRAINING, training=CONFIG),
    check=_check,
    solve=_solve,
)
