"""When a model breaks: faces gone bad in nine ways, and how its answers fall with them.

A `Corruption` says what is done to a face and how far; `corrupt` does it; a `Sweep` holds a model's answers
to the same faces at every kind and level.
"""

from fer.evaluation.robustness.along import AnswerChange, FaceAlong, face_along
from fer.evaluation.robustness.corruptions import CORRUPTIONS, Corruption, CorruptionKind, corruption_of
from fer.evaluation.robustness.keeping import load_sweep, save_sweep, sweep_path
from fer.evaluation.robustness.pixels import corrupt, corrupt_together
from fer.evaluation.robustness.recommendations import RECOMMENDATIONS, Recommendation, train_against
from fer.evaluation.robustness.sweeping import sweep
from fer.evaluation.robustness.sweeps import LEVELS, Sweep, SweepPoint, Turn

__all__ = [
    "CORRUPTIONS",
    "LEVELS",
    "RECOMMENDATIONS",
    "AnswerChange",
    "Corruption",
    "CorruptionKind",
    "FaceAlong",
    "Recommendation",
    "Sweep",
    "SweepPoint",
    "Turn",
    "corrupt",
    "corrupt_together",
    "corruption_of",
    "face_along",
    "load_sweep",
    "save_sweep",
    "sweep",
    "sweep_path",
    "train_against",
]
