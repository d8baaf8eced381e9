"""Queue forecast: when the runs that wait will begin, told from how long earlier ones took."""

from collections.abc import Hashable, Sequence

from fer.runs.run import Run
from fer.runs.summary import RunSummary


def expected_starts(
    active: Run | None, waiting: Sequence[Run], known: Sequence[tuple[Run, RunSummary]]
) -> list[float | None]:
    """Seconds until each of the waiting runs begins.

    An epoch is taken to last as long as in the run itself, or else in the newest run of the same network on
    the same faces. Starting and exporting are not counted.

    The next of the `waiting` runs comes first; `known` is every run with its curves' figures, newest first,
    those at work and waiting too. The answer is None from the first one on behind a run nobody can judge.
    """
    summaries = {run.id: summary for run, summary in known}
    epoch_seconds_of: dict[Hashable, float] = {}
    for run, summary in known:
        if summary.epoch_seconds is not None:
            epoch_seconds_of.setdefault(_work(run), summary.epoch_seconds)

    def lasts(run: Run) -> float | None:
        summary = summaries.get(run.id)
        of_its_own = summary.epoch_seconds if summary else None
        epoch_seconds = of_its_own if of_its_own is not None else epoch_seconds_of.get(_work(run))
        done = summary.epochs_done if summary else 0
        return None if epoch_seconds is None else max(run.config.epochs - done, 0) * epoch_seconds

    starts: list[float | None] = []
    until = 0.0 if active is None else lasts(active)
    for run in waiting:
        starts.append(until)
        length = lasts(run)
        until = None if until is None or length is None else until + length
    return starts


def _work(run: Run) -> Hashable:
    """What decides how long an epoch lasts."""
    config = run.config
    return (
        config.dataset,
        config.view,
        config.architecture,
        config.image_size,
        config.subset,
        config.whole_validation,
        config.batch_size,
    )
