"""Statistics: proportions with their confidence intervals (Wilson), and paired tests (McNemar)."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from math import sqrt
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import NDArray

# The standard normal's 97.5 % point.
Z_95 = 1.959963984540054
# A p-value below it is no accident.
SIGNIFICANT = 0.05

Verdict = Literal["better", "worse", "could be chance"]


def wilson_interval(correct: float, count: int) -> tuple[float, float]:
    """Return the 95 % interval of a share, 0 to 1, that was seen as `correct` of `count`.

    Unlike "plus or minus two standard errors" it never leaves 0 to 1 and holds for few faces too.

    Source:
        E. B. Wilson (1927), "Probable inference, the law of succession, and statistical inference".
    """
    share, z2 = correct / count, Z_95**2
    middle = (share + z2 / (2 * count)) / (1 + z2 / count)
    half = Z_95 / (1 + z2 / count) * sqrt(share * (1 - share) / count + z2 / (4 * count**2))
    # The bounds are exact at 0 and 1, where rounding could step outside.
    return (0.0 if correct == 0 else middle - half), (1.0 if correct == count else middle + half)


def percent(share: float, digits: int = 1) -> str:
    """Return a share, 0 to 1, as it is written for people, with a no-break space: "63.1 %"."""
    return f"{share:.{digits}%}".replace("%", "\u00a0%")


def percent_range(low: float, high: float, digits: int = 1) -> str:
    """Return two shares, 0 to 1, as a range: "61.5–64.7 %"."""
    return f"{100 * low:.{digits}f}–{percent(high, digits)}"


def signed(value: float, digits: int = 1) -> str:
    """Return a difference with its sign, as it is written for people: "+1.2", "−0.3"."""
    return f"{value:+.{digits}f}".replace("-", "−")


@dataclass(frozen=True, slots=True)
class Proportion:
    """Some of several: a share with its interval, as a person reads it when it is made a string.

    Attributes:
        right: how many.
        of: of how many, at least 1.
    """

    right: int
    of: int

    @classmethod
    def from_share(cls, share: float, of: int) -> Self:
        """Return what `share`, 0 to 1, was counted from."""
        return cls(round(share * of), of)

    @classmethod
    def from_mask(cls, mask: NDArray[np.bool_]) -> Self:
        """Return how many of `mask` are true."""
        return cls(int(mask.sum()), int(mask.size))

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """Rebuild from `to_dict`, as cards and results keep it.

        Raises:
            KeyError, TypeError, ValueError: the values are something else.
        """
        share, of = float(values["accuracy"]), int(values["count"])
        low, high = map(float, values["interval_95"])
        if not (0 <= share <= 1 and 0 <= low <= high <= 1 and of > 0):
            raise ValueError(f"{share} of {of} faces is no share of any.")
        return cls.from_share(share, of)

    def to_dict(self) -> dict[str, Any]:
        """Return the share, its interval and the count as plain values."""
        return {"accuracy": self.share, "interval_95": list(self.interval_95), "count": self.of}

    @property
    def share(self) -> float:
        """The share, 0 to 1."""
        return self.right / self.of

    @property
    def interval_95(self) -> tuple[float, float]:
        """Where the share of endlessly many of this kind lies, 95 times in 100; see `wilson_interval`."""
        return wilson_interval(self.right, self.of)

    @property
    def range_95(self) -> str:
        """The interval in words: "61.5–64.7 %"."""
        return percent_range(*self.interval_95)

    def __str__(self) -> str:
        """Return the share with its interval: "63.1 % (61.5–64.7 %)"."""
        return f"{percent(self.share)} ({self.range_95})"


def mean_interval(values: NDArray[np.float64]) -> tuple[float, float] | None:
    """Return the 95 % interval of a mean of `values`, by the normal approximation; None for fewer than 2."""
    if len(values) < 2:
        return None
    half = Z_95 * float(values.std(ddof=1)) / sqrt(len(values))
    return float(values.mean()) - half, float(values.mean()) + half


@dataclass(frozen=True, slots=True)
class PairedComparison:
    """Two models asked about the same faces: how often one is right where the other is wrong.

    Attributes:
        count: faces both were asked about.
        only_first: faces that only the first model has right.
        only_second: faces that only the second has right.
        both: faces that both have right.
    """

    count: int
    only_first: int
    only_second: int
    both: int

    @property
    def first(self) -> Proportion:
        """The faces that the first model has right."""
        return Proportion(self.both + self.only_first, self.count)

    @property
    def second(self) -> Proportion:
        """The faces that the second model has right."""
        return Proportion(self.both + self.only_second, self.count)

    @property
    def difference(self) -> float:
        """The second accuracy minus the first, -1 to 1."""
        return (self.only_second - self.only_first) / self.count

    @property
    def interval_95(self) -> tuple[float, float]:
        """The 95 % interval of the difference, -1 to 1.

        Narrower than two intervals side by side would suggest: what both find hard cancels out.

        Source:
            D. G. Bonett and R. M. Price (2012), "Adjusted Wald confidence interval for a difference of
            binomial proportions based on paired data", Journal of Educational and Behavioral Statistics 37.
        """
        first, second, count = self.only_first + 1, self.only_second + 1, self.count + 2
        middle = (second - first) / count
        half = Z_95 * sqrt(((first + second) / count - middle**2) / count)
        return max(middle - half, -1.0), min(middle + half, 1.0)

    @property
    def p_value(self) -> float:
        """How often two equally good models would differ at least this much, 0 to 1: McNemar's exact test.

        Faces that both have right, or both wrong, say nothing about which is better. Of the others, half
        would go to either model.

        Source:
            Q. McNemar (1947), "Note on the sampling error of the difference between correlated proportions
            or percentages", Psychometrika 12(2).
        """
        discordant = self.only_first + self.only_second
        # In whole numbers, which no count makes too large; scipy's takes longer to load than a page to draw.
        ways, splits = 0, 1
        for fewer in range(min(self.only_first, self.only_second) + 1):
            ways += splits
            splits = splits * (discordant - fewer) // (fewer + 1)
        return min(1.0, 2 * ways / (1 << discordant))

    def to_dict(self) -> dict[str, Any]:
        """Return the counts and what follows from them as plain values."""
        return {
            **asdict(self),
            "difference": self.difference,
            "interval_95": list(self.interval_95),
            "p_value": self.p_value,
            "verdict": self.verdict,
        }

    @property
    def verdict(self) -> Verdict:
        """What may be said of the second model."""
        if self.p_value >= SIGNIFICANT:
            return "could be chance"
        return "better" if self.difference > 0 else "worse"

    @property
    def sentence(self) -> str:
        """How the second compares with the first, in plain words without their names."""
        low, high = (signed(100 * bound) for bound in self.interval_95)
        figures = (
            f"{signed(100 * self.difference)} points on the same {self.count:,} faces (95\u00a0% interval "
            f"{low} to {high})"
        )
        if self.only_first + self.only_second == 0:
            return f"{figures}: both have the very same faces right."
        luck = percent(self.p_value) if self.p_value >= 0.001 else f"less than {percent(0.001)}"
        if self.verdict == "could be chance":
            return (
                f"{figures}. That could be chance: of two equally good models, {luck} of such comparisons "
                "come out at least this far apart."
            )
        return (
            f"{figures}. That is hardly chance: of two equally good models, {luck} of such comparisons come "
            "out this far apart."
        )


def compare_answers(
    first_is_right: NDArray[np.bool_], second_is_right: NDArray[np.bool_]
) -> PairedComparison:
    """Compare two models by which of the same faces, (n,) each and in one order, they have right.

    Raises:
        ValueError: there is no face, or one was not asked about all of them.
    """
    if first_is_right.shape != second_is_right.shape or first_is_right.size == 0:
        raise ValueError(
            f"Answers to {first_is_right.shape} and {second_is_right.shape} faces make no pairs."
        )
    return PairedComparison(
        count=int(first_is_right.size),
        only_first=int((first_is_right & ~second_is_right).sum()),
        only_second=int((~first_is_right & second_is_right).sum()),
        both=int((first_is_right & second_is_right).sum()),
    )
