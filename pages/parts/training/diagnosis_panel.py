"""What a run's curves tell, and buttons that try the advice."""

from collections.abc import Sequence

from fer.runs import BatchMetrics, EpochMetrics, Run


def show(run: Run, metrics: Sequence[EpochMetrics], batches: Sequence[BatchMetrics]) -> None:
    """Draw what the curves of `run` tell; part of a fragment that runs once a second."""
