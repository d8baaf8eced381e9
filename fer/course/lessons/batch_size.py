"""Batch size: how many corrections the same epochs bring with small and with large batches."""

from dataclasses import replace

from fer.config import TrainingConfig, compare_settings
from fer.course.checking import missing_run, number, passed, refused
from fer.course.lesson import Lesson, Question, SetUp, Solution, Station, Verdict
from fer.course.lessons.first_run import CONFIG as FIRST
from fer.course.work import Answers, RunRecord, Work
from fer.statistics import percent

SMALL, LARGE = 32, 512
SMALL_CONFIG = replace(FIRST, epochs=6, batch_size=SMALL, name=f"batch {SMALL}")
LARGE_CONFIG = replace(SMALL_CONFIG, batch_size=LARGE, name=f"batch {LARGE}")
# Whoever types a rounded number of corrections has counted them too.
_WITHIN = 0.01


def _pair(work: Work) -> tuple[RunRecord, RunRecord] | None:
    """The newest two finished runs that differ in nothing but the batch size, smaller batches first."""
    finished = [record for record in work.runs if record.is_finished and record.training_faces]
    for index, newer in enumerate(finished):
        for older in finished[index + 1 :]:
            changed = [
                one.name for one in compare_settings([newer.run.config, older.run.config]) if one.differs
            ]
            sizes = sorted((newer, older), key=lambda record: record.run.config.batch_size)
            if changed == ["batch_size"] and _size(sizes[1]) >= 8 * _size(sizes[0]):
                return sizes[0], sizes[1]
    return None


def _size(record: RunRecord) -> int:
    return record.run.config.batch_size


def _check(work: Work, answers: Answers) -> Verdict:
    pair = _pair(work)
    if pair is None:
        if work.finished(lambda record: _size(record) in (SMALL, LARGE)):
            return refused(
                f"One of the two runs is still missing: batches of {SMALL} and of {LARGE}, all else "
                f"alike. *Set "
                "it up for me* fills in the other."
            )
        return missing_run(work, f"with batches of {SMALL} and another with {LARGE}")
    for record, key in zip(pair, ("small", "large"), strict=True):
        typed = number(answers, key)
        if typed is None:
            return refused("Type the number of corrections of both runs.")
        right = record.corrections
        if abs(typed - right) <= _WITHIN * right:
            continue
        other = pair[1] if record is pair[0] else pair[0]
        epochs = len(record.metrics)
        if abs(typed - other.corrections) <= _WITHIN * other.corrections:
            return refused("You have exchanged the two: small batches bring more corrections.")
        if abs(typed - right / epochs) <= max(1, _WITHIN * right / epochs):
            return refused(f"That is one epoch. The run has {epochs}.")
        if abs(typed - record.training_faces) <= 1 or abs(typed - record.training_faces * epochs) <= 1:
            return refused("That is how many faces it saw. It corrects itself once a batch, not once a face.")
        if abs(typed - record.training_faces // _size(record) * epochs) < 1:
            return refused("Nearly: the last batch of an epoch is smaller, and it corrects too. Round up.")
        return refused(
            f"Not quite: {record.training_faces:,} training faces in batches of {_size(record)}, rounded up, "
            f"times {epochs} epochs."
        )
    return passed(_told(*pair))


def _told(small: RunRecord, large: RunRecord) -> str:
    reached = [record.best.validation_accuracy if record.best else 0.0 for record in (small, large)]
    return (
        f"{small.corrections:,} corrections reached {percent(reached[0])}, {large.corrections:,} reached "
        f"{percent(reached[1])} of the validation faces, in the same {len(small.metrics)} epochs."
    )


def _solve(work: Work) -> Solution | None:
    pair = _pair(work)
    return None if pair is None else Solution(_told(*pair), pair[0].run.id)


def _set_up(work: Work) -> SetUp:
    has_small = work.newest(lambda record: _same(record.run.config, SMALL_CONFIG))
    return SetUp(Station.TRAINING, training=LARGE_CONFIG if has_small else SMALL_CONFIG)


def _same(config: TrainingConfig, other: TrainingConfig) -> bool:
    return not any(one.differs for one in compare_settings([config, other]))


LESSON = Lesson(
    key="batch-size",
    title="Batch size: how often it corrects itself",
    why="The network corrects its weights once a batch. In the same epochs, large batches leave it far fewer "
    "corrections.",
    minutes=6,
    station=Station.TRAINING,
    task=f"Train twice for six epochs, with batches of {SMALL} and of {LARGE}, and nothing else changed. "
    f"Say how "
    "many corrections each run made.",
    questions=(
        Question("small", f"Corrections with batches of {SMALL}"),
        Question("large", f"Corrections with batches of {LARGE}"),
    ),
    hints=(
        "*Set it up for me* fills in the first run, and once that has begun, the second.",
        "An epoch shows every training face once. How many batches is that?",
        "Corrections = training faces ÷ batch size, rounded up, times epochs. The training page says how "
        "many "
        "training faces there are.",
    ),
    remember="Compare runs by corrections as well as by epochs. Larger batches need more epochs, or a higher "
    "learning rate.",
    set_up=_set_up,
    check=_check,
    solve=_solve,
)
