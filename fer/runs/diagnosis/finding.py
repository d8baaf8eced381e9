"""Findings: what a run's curves tell, where they tell it, and what could be changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal, Self

Measure = Literal["accuracy", "loss", "learning_rate", "classes"]
"""The curve on which an observation can be seen."""


class FindingKind(StrEnum):
    """What a run's curves can tell; its value is what `Experiment.finding` keeps."""

    headline: str
    """What people call it."""

    DIVERGENCE = "divergence", "The training broke down"
    DOUBLE_SOFTMAX = "double_softmax", "Softmax taken twice"
    RATE_TOO_HIGH = "rate_too_high", "Learning rate too high"
    RATE_TOO_LOW = "rate_too_low", "Learning rate too low"
    UNDERFITTING = "underfitting", "Underfitting"
    OVERFITTING = "overfitting", "Overfitting"
    DEAD_CLASS = "dead_class", "An emotion it never recognises"
    FLUCTUATION = "fluctuation", "Fluctuation"
    PLATEAU = "plateau", "Plateau"
    TOO_FEW_EPOCHS = "too_few_epochs", "Still getting better"
    SMALL_VALIDATION = "small_validation", "Too few validation faces to tell"
    HEALTHY = "healthy", "Nothing to complain about"

    def __new__(cls, value: str, headline: str = "") -> Self:
        """A kind with its headline; by its value alone it is looked up."""
        kind = str.__new__(cls, value)
        kind._value_, kind.headline = value, headline
        return kind

    def found(
        self, sentence: str, evidence: "tuple[Evidence, ...]" = (), remedies: "tuple[Remedy, ...]" = ()
    ) -> "Finding":
        """A finding of this kind, under its headline."""
        return Finding(self, self.headline, sentence, evidence, remedies)


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
