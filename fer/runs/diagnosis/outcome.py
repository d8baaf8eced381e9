"""Experiment outcome: what a change brought, with its uncertainty, on the same validation faces."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from enum import StrEnum
from math import sqrt

from fer import runs
from fer.config import TrainingConfig
from fer.runs import EpochMetrics, Run, RunStatus
from fer.runs.diagnosis.diagnosing import diagnose
from fer.runs.diagnosis.finding import FindingKind
from fer.runs.diagnosis.history import TrainingHistory
from fer.runs.diagnosis.rates import NOT_A_NUMBER
from fer.runs.diagnosis.symptoms import symptom
from fer.runs.sample_predictions import compare_predictions
from fer.statistics import SIGNIFICANT, percent, signed, wilson_interval

# Of an accuracy in metrics.jsonl and the same one counted in predictions.npz: rounding. Beyond, the answers
# are those of another epoch.
_SAME = 1e-3


class Verdict(StrEnum):
    """What may be said of a change."""

    HELPED = "helped"
    CHANCE = "could be chance"
    NO_HELP = "did not help"
    WORSE = "made it worse"
    OPEN = "not known"  # one of the two has not ended, failed, or is gone

    @property
    def sentence(self) -> str:
        """The verdict as a sentence."""
        return "It is not known yet." if self is Verdict.OPEN else f"It {self.value}."


_ENDINGS = {
    RunStatus.STOPPED: "was stopped",
    RunStatus.LOST: "lost its process",
    RunStatus.FAILED: "failed",
}


@dataclass(frozen=True, slots=True)
class Difference:
    """How the kept epochs of two runs differ on the validation faces.

    Attributes:
        before: the first run's accuracy, 0 to 1.
        after: the second's.
        interval_95: of `after` - `before`.
        p_value: McNemar's, exact; None where no answers were kept.
        count: validation faces.
    """

    before: float
    after: float
    interval_95: tuple[float, float]
    p_value: float | None
    count: int

    @property
    def difference(self) -> float:
        """The second accuracy minus the first, -1 to 1."""
        return self.after - self.before

    @property
    def is_significant(self) -> bool:
        """Whether chance alone would hardly bring it."""
        if self.p_value is not None:
            return self.p_value < SIGNIFICANT
        return not self.interval_95[0] <= 0 <= self.interval_95[1]

    @property
    def verdict(self) -> Verdict:
        """What may be said of the change."""
        if self.is_significant:
            return Verdict.HELPED if self.difference > 0 else Verdict.WORSE
        return Verdict.CHANCE if self.difference > 0 else Verdict.NO_HELP

    @property
    def sentence(self) -> str:
        """The two accuracies, their difference and how sure it is."""
        low, high = self.interval_95
        test = ""
        if self.p_value is not None:
            test = f"; McNemar's test: p {'< 0.001' if self.p_value < 0.001 else f'= {self.p_value:.3f}'}"
        same = f"the same {self.count:,} validation faces"
        return (
            f"Best validation accuracy {percent(self.before)} before, {percent(self.after)} with the change: "
            f"{signed(100 * self.difference)} points on {same} (95\u00a0% interval {signed(100 * low)} to "
            f"{signed(100 * high)}{test})."
        )


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a change brought.

    Attributes:
        verdict: in a word.
        sentence: the figures behind it, or why there are none.
        symptom: what became of the finding itself, as a sentence; empty where the accuracy is all there is.
        caveats: what to keep in mind.
        difference: the figures; None while there are none.
    """

    verdict: Verdict
    sentence: str
    symptom: str = ""
    caveats: tuple[str, ...] = ()
    difference: Difference | None = None


def compare_runs(base: Run | None, experiment: Run) -> Outcome:
    """Return what the change of `experiment` brought beside the run it repeats; None where that is gone."""
    if base is None:
        return Outcome(
            Verdict.OPEN,
            "The run it repeats was deleted, so there is nothing to compare it with. If that was today, "
            "take it back from the list of runs.",
        )
    for run, who in ((base, "The run it repeats"), (experiment, "This run")):
        if run.status is RunStatus.QUEUED:
            return Outcome(Verdict.OPEN, f"{who} waits for its turn. What the change brings is told then.")
        if run.is_active:
            return Outcome(
                Verdict.OPEN, f"{who} is still training. What the change brings is told at the end."
            )
    before, after = base.metrics(), experiment.metrics()
    histories = TrainingHistory.of(base, before), TrainingHistory.of(experiment, after)
    if histories[1].best is None:
        return _without_an_epoch(*histories)
    for run, history, who in zip(
        (base, experiment), histories, ("The run it repeats", "This run"), strict=True
    ):
        if run.can_resume and history.metrics and not history.is_through and not _broke_down(history):
            return Outcome(
                Verdict.OPEN,
                f"{who} {_ENDINGS[run.status]} after {history.metrics[-1].epoch} of {run.config.epochs} "
                "epochs. Resume it to know what the change brings.",
            )
    kind = _kind(experiment)
    changed = "" if kind is None else _what_became(kind, histories, (base, experiment), (before, after))
    caveats = _caveats(base, experiment, before, after)
    if histories[0].best is None:
        learned = histories[1].best.validation_accuracy
        by_guessing = histories[1].majority + 2 * histories[1].noise(histories[1].majority)
        return Outcome(
            Verdict.HELPED if learned > by_guessing else Verdict.NO_HELP,
            f"The run it repeats never finished an epoch; this one came to {percent(learned)} of validation. "
            f"Always answering the commonest emotion would have {percent(histories[1].majority, 0)}.",
            changed,
            caveats,
        )
    difference = _difference(histories, (base, experiment))
    if difference is None:
        return Outcome(
            Verdict.OPEN,
            f"Best validation accuracy {percent(histories[0].best.validation_accuracy)} before, "
            f"{percent(histories[1].best.validation_accuracy)} with the change. How many faces judged was "
            "not written down, or they were not the same ones, so how sure that is cannot be told.",
            changed,
            caveats,
        )
    if difference.p_value is None:
        caveats = (
            "The answers to each face were not kept, so the interval counts the faces as if they had been "
            "different ones: it is wider than it need be.",
            *caveats,
        )
    return Outcome(difference.verdict, difference.sentence, changed, caveats, difference)


def across_seeds(outcomes: Sequence[Outcome]) -> str:
    """What the same change brought with several seeds, as a sentence; empty for fewer than two."""
    differences = [item.difference.difference for item in outcomes if item.difference is not None]
    if len(differences) < 2:
        return ""
    listed = ", ".join(signed(100 * value) for value in differences)
    mean = sum(differences) / len(differences)
    agree = len({value > 0 for value in differences}) == 1
    return (
        f"With {len(differences)} seeds it brought {listed} points, {signed(100 * mean)} on average: the "
        + ("seeds agree." if agree else "seeds do not agree, so chance matters more than the change.")
    )


def _broke_down(history: TrainingHistory) -> bool:
    """Whether its loss was no number any more: resuming it would bring nothing else."""
    return history.broken is not None or NOT_A_NUMBER in history.error


def _without_an_epoch(before: TrainingHistory, after: TrainingHistory) -> Outcome:
    """What may be said of a run that has not one epoch to be compared by."""
    why = f": {after.error}" if after.error else "."
    sentence = f"This run {_ENDINGS.get(after.status, 'ended')} before its first epoch was through{why}"
    if _broke_down(after):
        return Outcome(Verdict.OPEN if before.best is None else Verdict.WORSE, sentence)
    return Outcome(Verdict.OPEN, f"{sentence} Try the change again.")


def _kind(experiment: Run) -> FindingKind | None:
    try:
        return FindingKind(experiment.experiment.finding) if experiment.experiment else None
    except ValueError:
        return None


def _difference(
    histories: tuple[TrainingHistory, TrainingHistory], pair: tuple[Run, Run]
) -> Difference | None:
    accuracies = [history.best.validation_accuracy for history in histories if history.best is not None]
    answers = [runs.read_predictions(run.folder) for run in pair]
    first, second = answers
    if first is not None and second is not None:
        paired = compare_predictions(first, second)
        # Of a smaller subset all are among the larger one's.
        if (
            paired is not None
            and paired.count == min(len(first.labels), len(second.labels))
            and abs(first.is_right.mean() - accuracies[0]) < _SAME
            and abs(second.is_right.mean() - accuracies[1]) < _SAME
        ):
            shares = paired.first.share, paired.second.share
            return Difference(*shares, paired.interval_95, paired.p_value, paired.count)
    counts = [history.counts("validation") for history in histories]
    if counts[0] is None or counts[0] != counts[1]:
        return None
    count = sum(counts[0])
    interval = unpaired_interval(round(accuracies[0] * count), round(accuracies[1] * count), count)
    return Difference(accuracies[0], accuracies[1], interval, None, count)


def unpaired_interval(first: int, second: int, count: int) -> tuple[float, float]:
    """The 95 % interval of the difference of two shares, each seen as so many right of `count`, -1 to 1.

    Source:
        R. G. Newcombe (1998), "Interval estimation for the difference between independent proportions",
        method 10, from two Wilson intervals.
    """
    (low_1, high_1), (low_2, high_2) = wilson_interval(first, count), wilson_interval(second, count)
    share_1, share_2 = first / count, second / count
    middle = share_2 - share_1
    return (
        middle - sqrt((share_2 - low_2) ** 2 + (high_1 - share_1) ** 2),
        middle + sqrt((high_2 - share_2) ** 2 + (share_1 - low_1) ** 2),
    )


def _what_became(
    kind: FindingKind,
    histories: tuple[TrainingHistory, TrainingHistory],
    pair: tuple[Run, Run],
    metrics: tuple[Sequence[EpochMetrics], Sequence[EpochMetrics]],
) -> str:
    parts = [symptom(kind, *histories)]
    if kind not in (FindingKind.HEALTHY, FindingKind.SMALL_VALIDATION):
        before, after = (
            any(item.kind is kind for item in diagnose(run, rows))
            for run, rows in zip(pair, metrics, strict=True)
        )
        if before:
            parts.append(
                f"“{kind.headline}” is {'still found' if after else 'no longer found'} in the new run."
            )
    return " ".join(filter(None, parts))


def _caveats(
    base: Run, experiment: Run, before: Sequence[EpochMetrics], after: Sequence[EpochMetrics]
) -> tuple[str, ...]:
    said = [
        "Each run's epoch was chosen on these same validation faces, which flatters both a little, and alike."
    ]
    if before and after and before[-1].epoch != after[-1].epoch:
        said.append(
            f"The first trained {before[-1].epoch} epochs and this one {after[-1].epoch}: more epochs are "
            "more draws of which the best is kept."
        )
    different = _differences(base.config, experiment.config)
    if "augmentation" in different or "dropout" in different:
        said.append(
            "The change alters the faces or the network while it trains, so the two training accuracies do "
            "not measure quite the same."
        )
    if len(different) > 1:
        said.append(
            f"More than one setting differs by now ({', '.join(different)}): one of the two was extended "
            "or edited."
        )
    faces = runs.read_manifest(base.folder), runs.read_manifest(experiment.folder)
    if (
        faces[0] is not None
        and faces[1] is not None
        and "subset" not in different
        and faces[0].fingerprint != faces[1].fingerprint
    ):
        said.append("The dataset was changed between the two runs, so the faces are not quite the same.")
    said.append("One seed: another seed alone moves an accuracy, often by a point.")
    return tuple(said)


def _differences(one: TrainingConfig, other: TrainingConfig) -> list[str]:
    return [
        item.name.replace("_", " ")
        for item in fields(TrainingConfig)
        if item.name != "name" and getattr(one, item.name) != getattr(other, item.name)
    ]
