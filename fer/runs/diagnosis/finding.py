"""Findings: what a run's curves tell, where they tell it, and what could be changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal

Measure = Literal["accuracy", "loss", "learning_rate", "classes"]
"""The curve on which an observation can be seen."""


class FindingKind(StrEnum):
    """What a run's curves can tell; its value is what `Experiment.finding` keeps."""

    DIVERGENCE = "divergence"
    DOUBLE_SOFTMAX = "double_softmax"
    RATE_TOO_HIGH = "rate_too_high"
    RATE_TOO_LOW = "rate_too_low"
    UNDERFITTING = "underfitting"
    OVERFITTING = "overfitting"
    DEAD_CLASS = "dead_class"
    FLUCTUATION = "fluctuation"
    PLATEAU = "plateau"
    TOO_FEW_EPOCHS = "too_few_epochs"
    SMALL_VALIDATION = "small_validation"
    HEALTHY = "healthy"  # nothing to complain about

    @property
    def headline(self) -> str:
        """What people call it."""
        return _TITLES[self]


_TITLES = {
    FindingKind.DIVERGENCE: "The training broke down",
    FindingKind.DOUBLE_SOFTMAX: "Softmax taken twice",
    FindingKind.RATE_TOO_HIGH: "Learning rate too high",
    FindingKind.RATE_TOO_LOW: "Learning rate too low",
    FindingKind.UNDERFITTING: "Underfitting",
    FindingKind.OVERFITTING: "Overfitting",
    FindingKind.DEAD_CLASS: "An emotion it never recognises",
    FindingKind.FLUCTUATION: "Fluctuation",
    FindingKind.PLATEAU: "Plateau",
    FindingKind.TOO_FEW_EPOCHS: "Still getting better",
    FindingKind.SMALL_VALIDATION: "Too few validation faces to tell",
    FindingKind.HEALTHY: "Nothing to complain about",
}


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where on the curves a finding can be seen.

    Attributes:
        measure: the curve.
        first_epoch: where it begins, from 1.
        last_epoch: where it ends, included.
        text: what is seen there, in a few words.
    """

    measure: Measure
    first_epoch: int
    last_epoch: int
    text: str


@dataclass(frozen=True, slots=True)
class Remedy:
    """One change that could cure a finding.

    Attributes:
        label: the change in words ("Dropout 0.3 instead of 0").
        change: a field of `TrainingConfig` and its new value; "augmentation" as a whole `AugmentationConfig`.
        why: whose advice it is, and why it could help.
    """

    label: str
    change: Mapping[str, Any]
    why: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a run's curves tell.

    Attributes:
        kind: what it is.
        title: what people call it.
        sentence: what was seen, with the run's own figures.
        evidence: where on the curves.
        remedies: changes worth trying, the most promising first.
    """

    kind: FindingKind
    title: str
    sentence: str
    evidence: tuple[Evidence, ...] = ()
    remedies: tuple[Remedy, ...] = ()
