"""Training diagnosis: what a run's curves tell, and the one change that could help."""

from fer.runs.diagnosis.diagnosing import diagnose
from fer.runs.diagnosis.experiments import (
    is_answer,
    list_experiments,
    obstacle,
    repetitions,
    start_experiment,
    start_repetition,
    tried,
)
from fer.runs.diagnosis.finding import Evidence, Finding, FindingKind, Measure, Remedy
from fer.runs.diagnosis.outcome import Difference, Outcome, Verdict, across_seeds, compare_runs
from fer.runs.diagnosis.remedies import apply_remedy

__all__ = [
    "Difference",
    "Evidence",
    "Finding",
    "FindingKind",
    "Measure",
    "Outcome",
    "Remedy",
    "Verdict",
    "across_seeds",
    "apply_remedy",
    "compare_runs",
    "diagnose",
    "is_answer",
    "list_experiments",
    "obstacle",
    "repetitions",
    "start_experiment",
    "start_repetition",
    "tried",
]
