"""What a run's curves tell, the one change that could cure it, and what that change brought."""

from collections.abc import Sequence

from fer.diagnosis.finding import Evidence, Finding, FindingKind, Measure, Remedy
from fer.runs import BatchMetrics, EpochMetrics, Run

__all__ = ["Evidence", "Finding", "FindingKind", "Measure", "Remedy", "diagnose"]


def diagnose(
    run: Run, metrics: Sequence[EpochMetrics], batches: Sequence[BatchMetrics] = ()
) -> tuple[Finding, ...]:
    """What the curves of a run tell, what matters most first."""
    return ()
