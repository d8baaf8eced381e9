"""What a run's curves tell, the one change that could cure it, and what that change brought."""

from fer.diagnosis.diagnosing import diagnose
from fer.diagnosis.finding import Evidence, Finding, FindingKind, Measure, Remedy
from fer.diagnosis.remedies import apply_remedy

__all__ = ["Evidence", "Finding", "FindingKind", "Measure", "Remedy", "apply_remedy", "diagnose"]
