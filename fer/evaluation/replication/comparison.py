"""Comparison with published results: each figure beside ours, reproduced or not, by how much, and why."""

from dataclasses import dataclass
from enum import StrEnum

from fer.errors import FerError
from fer.evaluation.replication.kept import Judged, KeptReplication, load_kept
from fer.evaluation.replication.recipes import VARIANTS, PublishedFigure, Variant


class Outcome(StrEnum):
    """What came of repeating a recipe."""

    REPRODUCED = "reproduced"
    BETTER = "better"
    BELOW = "below"
    NOT_COMPARABLE = "not comparable"
    NOT_RUN = "not run yet"
    DAMAGED = "cannot be read"


@dataclass(frozen=True, slots=True)
class Comparison:
    """One published figure beside ours.

    Attributes:
        variant: the recipe.
        figure: what was published; None where nothing was.
        kept: what came of our run; None before it was kept, or where it cannot be read (`DAMAGED`).
        ours: what is compared with the figure; None where ours has nothing of the kind.
        outcome: how they compare.
        obstacle: why they cannot be compared, or why ours cannot be read; empty where they can.
    """

    variant: Variant
    figure: PublishedFigure | None
    kept: KeptReplication | None
    ours: Judged | None
    outcome: Outcome
    obstacle: str = ""

    @property
    def points(self) -> float | None:
        """Ours less the published figure, in points of a percentage; None where there are not both."""
        if self.ours is None or self.figure is None:
            return None
        return 100 * (self.ours.accuracy - self.figure.share)

    @property
    def verdict(self) -> str:
        """The outcome in a few words."""
        match self.outcome:
            case Outcome.BETTER:
                return f"ours is better by {abs(self.points or 0):.1f} points"
            case Outcome.BELOW:
                return f"not reproduced: {abs(self.points or 0):.1f} points below"
            case Outcome.NOT_COMPARABLE:
                return f"not comparable: {self.obstacle}"
        return str(self.outcome)

    @property
    def faces(self) -> str:
        """Which faces ours are: "validation, epoch 46"; empty without ours."""
        if self.ours is None:
            return ""
        split = "test" if self.figure is not None and self.figure.faces == "test" else "validation"
        return f"{split}, epoch {self.ours.epoch}"

    @property
    def hindrance(self) -> str:
        """Why ours was not run yet, in a sentence; empty where nothing is in its way."""
        if self.outcome is not Outcome.NOT_RUN or self.variant.preset.config.initial_weights != "imagenet":
            return ""
        return "It begins with ImageNet's weights, which could not be fetched where the others were repeated."

    @property
    def why(self) -> str:
        """What may account for a difference, in sentences: how theirs was counted, how ours was trained."""
        said = [self.hindrance] if self.hindrance else []
        said += [self.figure.flaw] if self.figure is not None and self.figure.flaw else []
        said += [self._other_epoch()] if self._other_epoch() else []
        said += [f"Ours repeats its mistake. {defect.lesson}" for defect in self.variant.defects]
        repeated = {defect.key for defect in self.variant.defects}
        said += [
            f"Ours leaves its mistake out ({defect.title[0].lower()}{defect.title[1:]})."
            for defect in self.variant.preset.defects
            if defect.key not in repeated
        ]
        said += list(self.variant.preset.differences[:1])
        return " ".join(said)

    def _other_epoch(self) -> str:
        """What ours had at the other epoch that could have been compared: the same number, or its best."""
        if self.figure is None or self.kept is None or self.ours is None or self.figure.faces == "test":
            return ""
        same = self.kept.at_published
        if same is None or same.epoch == self.kept.best.epoch:
            return ""
        if same.epoch == self.ours.epoch:
            best = self.kept.best
            return f"Its best epoch, {best.epoch}, chosen by these very faces, had {best.in_words}."
        return f"After epoch {same.epoch} ours had {same.in_words}; its best was epoch {self.ours.epoch}."


def comparisons() -> tuple[Comparison, ...]:
    """Every published figure beside ours, in the order of the recipes; one without a figure has a line."""
    rows: list[Comparison] = []
    for each in VARIANTS:
        figures = each.figures or (None,)
        try:
            kept = load_kept(each.key)
        except FerError as error:  # one damaged folder shall not hide the others
            rows += [Comparison(each, figure, None, None, Outcome.DAMAGED, str(error)) for figure in figures]
        else:
            rows += [compare(each, figure, kept) for figure in figures]
    return tuple(rows)


def compare(variant: Variant, figure: PublishedFigure | None, kept: KeptReplication | None) -> Comparison:
    """A published figure beside what came of our run."""
    ours = _ours(figure, kept)
    if figure is None:
        obstacle = "its authors give no figure of it"
    elif missing := figure.needs - {defect.key for defect in variant.defects}:
        titles = [defect.title for defect in variant.preset.defects if defect.key in missing]
        obstacle = f"their figure is of another division of the faces ({', '.join(titles).lower()})"
    elif figure.faces == "unsaid":
        obstacle = "it is not said of which faces their figure is"
    elif kept is not None and ours is None:
        obstacle = (
            "our test faces were not looked at"
            if figure.faces == "test"
            else f"ours ended after epoch {kept.epochs}, theirs is of epoch {figure.epoch}"
        )
    else:
        obstacle = ""
    if kept is None:
        return Comparison(variant, figure, None, None, Outcome.NOT_RUN)
    if obstacle or figure is None or ours is None:
        return Comparison(variant, figure, kept, ours, Outcome.NOT_COMPARABLE, obstacle)
    return Comparison(variant, figure, kept, ours, judge(ours, figure.percent))


def judge(ours: Judged, published: str) -> Outcome:
    """How ours compares with a published percentage, "67.76".

    It is reproduced if any figure that is rounded to it lies within our 95 % interval.
    """
    low, high = ours.interval_95
    share, digits = float(f"{published}e-2"), len(published.partition(".")[2])
    rounding = 0.5 * 10.0 ** (-digits - 2)
    if low - rounding <= share <= high + rounding:
        return Outcome.REPRODUCED
    return Outcome.BETTER if share < low else Outcome.BELOW


def _ours(figure: PublishedFigure | None, kept: KeptReplication | None) -> Judged | None:
    if kept is None:
        return None
    if figure is None:
        return kept.best
    if figure.faces == "test":
        return kept.test
    return kept.at_published if figure.against == "epoch" else kept.best
