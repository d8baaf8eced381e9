"""Learner's work: the runs, guesses and looks that the checks of the course go by."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from fer import runs
from fer.emotions import Emotion
from fer.evaluation import robustness
from fer.evaluation.robustness import Sweep
from fer.evaluation.test_looks import read_looks
from fer.runs import DatasetManifest, EpochMetrics, Predictions, Run, RunStatus

Answers = Mapping[str, str | float]
"""What was answered to a lesson's questions: their keys, and a number or the option chosen."""

# A learner who has a hundred runs is not asked about the oldest.
_MOST_RUNS = 50


@dataclass(frozen=True)
class RunRecord:
    """A run with what its folder tells, read when it is asked for.

    Attributes:
        run: the run.
    """

    run: Run

    @cached_property
    def metrics(self) -> tuple[EpochMetrics, ...]:
        """The epochs done."""
        return tuple(self.run.metrics())

    @cached_property
    def best(self) -> EpochMetrics | None:
        """The epoch whose weights are kept."""
        return runs.best_epoch(list(self.metrics))

    @cached_property
    def manifest(self) -> DatasetManifest | None:
        """Which faces it learned from."""
        return runs.read_manifest(self.run.folder)

    @cached_property
    def predictions(self) -> Predictions | None:
        """What its kept weights answer to each validation face."""
        return runs.read_predictions(self.run.folder)

    @property
    def is_finished(self) -> bool:
        """Whether it trained all its epochs."""
        return self.run.status is RunStatus.FINISHED and bool(self.metrics)

    @property
    def training_faces(self) -> int:
        """How many faces it learned from; 0 where that is not known."""
        return 0 if self.manifest is None else self.manifest.training_faces

    @property
    def corrections(self) -> int:
        """How often its weights were corrected: steps an epoch, times the epochs done."""
        return self.run.config.steps_of(self.training_faces) * len(self.metrics)


@dataclass(frozen=True, slots=True)
class Guess:
    """A face without its label, and what the learner said of it.

    Attributes:
        row: the face's row in its dataset.
        label: what its label is.
        answer: what the learner said.
        model: what the model said of the same face.
    """

    row: int
    label: Emotion
    answer: Emotion
    model: Emotion


@dataclass(frozen=True, slots=True)
class Work:
    """What a learner has done so far.

    Attributes:
        runs: the learner's runs, newest first; shipped models are none of them.
        guesses: of the guessing game's last round.
        counts: faces of each emotion in each split of the chosen dataset.
        marks: other steps taken, by name, with a figure or word each; see the lessons that use them.
        sweeps: the newest robustness measured of each run, by its id.
    """

    runs: tuple[RunRecord, ...] = ()
    guesses: tuple[Guess, ...] = ()
    counts: Mapping[str, Mapping[Emotion, int]] = field(default_factory=dict)
    marks: Mapping[str, str | float] = field(default_factory=dict)
    sweeps: Mapping[str, Sweep] = field(default_factory=dict)

    def sweep(self, record: RunRecord) -> Sweep | None:
        """How robust the model of a run is; None if that was never measured."""
        return self.sweeps.get(record.run.id)

    def finished(self, fits: Callable[[RunRecord], bool] = lambda record: True) -> RunRecord | None:
        """The newest finished run that fits; None if there is none."""
        return next((record for record in self.runs if record.is_finished and fits(record)), None)

    def newest(self, fits: Callable[[RunRecord], bool] = lambda record: True) -> RunRecord | None:
        """The newest run that fits, finished or not; None if there is none."""
        return next((record for record in self.runs if fits(record)), None)


def read_work(
    *,
    guesses: tuple[Guess, ...] = (),
    counts: Mapping[str, Mapping[Emotion, int]] | None = None,
    marks: Mapping[str, str | float] | None = None,
) -> Work:
    """Return the work of the learner whose home this is; what no file tells is given.

    Raises:
        StorageError: the runs cannot be listed.
    """
    records = tuple(RunRecord(run) for run in runs.list_runs()[:_MOST_RUNS])
    sweeps = {sweep.model: sweep for sweep in robustness.kept_sweeps()}
    looked = {
        f"test.{look.model}.{what}": value
        for look in read_looks()
        for what, value in (("looks", look.looks), ("right", look.right), ("count", look.count))
    }
    return Work(records, guesses, counts or {}, {**(marks or {}), **looked}, sweeps)
