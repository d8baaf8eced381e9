"""Robustness: faces corrupted in nine ways, and how a model's answers fall with them.

A `Corruption` says what is done to a face and how far; `corrupt` does it; a `Sweep` holds a model's answers
to the same faces at every kind and level.
"""

from fer.evaluation.robustness.corruptions import CORRUPTIONS, Corruption, CorruptionKind, corruption_of
from fer.evaluation.robustness.keeping import kept_sweeps, load_sweep, save_sweep, sweep_path
from fer.evaluation.robustness.pixels import corrupt, corrupt_together
from fer.evaluation.robustness.recommendations import RECOMMENDATIONS, Recommendation, train_against
from fer.evaluation.robustness.severity_scan import AnswerChange, SeverityScan, severity_scan
from fer.evaluation.robustness.sweeping import sweep
from fer.evaluation.robustness.sweeps import LEVELS, Sweep, SweepPoint, Turn
