"""Run summary: what a list says of a run's curves, and runs and curves as tables to take along."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from io import StringIO

from fer.runs.run import EpochMetrics, Run, best_epoch


@dataclass(frozen=True, slots=True)
class RunSummary:
    """A run's curves in a few figures; the best epoch is the one whose weights are kept."""

    epochs_done: int
    best: EpochMetrics | None
    seconds: float

    @property
    def epoch_seconds(self) -> float | None:
        """How long an epoch takes; None before the first."""
        return self.seconds / self.epochs_done if self.epochs_done else None


def summarize(run: Run) -> RunSummary:
    """Read a run's curves and keep a few figures."""
    metrics = run.metrics()
    return RunSummary(len(metrics), best_epoch(metrics), sum(row.duration_seconds for row in metrics))


def runs_csv(listed: Sequence[Run], summaries: Sequence[RunSummary]) -> str:
    """A line per run: what was said of it, how it came out, and every setting."""
    rows = [
        {
            "id": run.id,
            "name": run.name,
            "starred": run.notes.starred,
            "note": run.notes.note,
            "status": run.status.value,
            "started_at": run.started_at.isoformat(),
            "epochs_done": summary.epochs_done,
            "best_epoch": summary.best.epoch if summary.best else None,
            "best_validation_accuracy": summary.best.validation_accuracy if summary.best else None,
            "seconds": round(summary.seconds, 1),
            **{f"config.{name}": value for name, value in run.config.settings().items() if name != "name"},
        }
        for run, summary in zip(listed, summaries, strict=True)
    ]
    return _as_csv(rows)


def metrics_csv(metrics: Sequence[EpochMetrics], emotions: Sequence[str] = ()) -> str:
    """A line per epoch; the accuracies of the classes are called by `emotions`, where those are known."""
    rows = []
    for row in metrics:
        values = asdict(row)
        classes = values.pop("class_accuracies")
        names = emotions if len(emotions) == len(classes) else [str(index) for index in range(len(classes))]
        rows.append(
            {**values, **{f"accuracy_{name}": value for name, value in zip(names, classes, strict=True)}}
        )
    return _as_csv(rows)


def _as_csv(rows: Sequence[Mapping[str, object]]) -> str:
    """Rows under one head; a row may lack what another has."""
    text = StringIO()
    writer = csv.DictWriter(
        text, list(dict.fromkeys(name for row in rows for name in row)), lineterminator="\n"
    )
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()
