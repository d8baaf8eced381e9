"""Image corruptions: in which ways a picture of a face goes bad, how far each is taken, and their names.

The idea is Hendrycks and Dietterich's: corrupt test pictures in several ways, each at five severities, and
see how accuracy falls. Their pictures are photographs of things with 224 pixels a side; faces of 48 need
scales of their own, and whoever looks for faces meets covered eyes and crooked heads sooner than snow. So the
kinds and levels here are this project's, and figures measured with them compare with no others.

Source:
    D. Hendrycks and T. Dietterich (2019), "Benchmarking Neural Network Robustness to Common Corruptions and
    Perturbations", ICLR, arXiv:1903.12261.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from fer.errors import ConfigError

Unit = Literal["share", "degrees", "times"]
"""What a severity counts: a share, 0 to 1; degrees; or how many times."""


class CorruptionKind(StrEnum):
    """One way in which a picture of a face goes bad."""

    DARKNESS = "darkness"
    BRIGHTNESS = "brightness"
    NOISE = "noise"
    BLUR = "blur"
    LOW_RESOLUTION = "low_resolution"
    ROTATION = "rotation"
    SIDE_SHIFT = "side_shift"
    EYES_COVERED = "eyes_covered"
    MOUTH_COVERED = "mouth_covered"


@dataclass(frozen=True, slots=True)
class Corruption:
    """What a person should know of one kind.

    A face gets harder the farther the severity is from `neutral`; where `least` is below that, either way.

    Attributes:
        kind: which.
        title: what a list shows.
        words: what happens to the face, and where one meets that, a sentence.
        measure: what the severity is, after its number: "of the light taken away".
        unit: what the severity counts.
        levels: the five standard severities of a sweep, mild to severe.
        greatest: the highest severity.
        neutral: the severity that changes nothing.
        least: the lowest severity.
        step: by how much a slider moves it.
    """

    kind: CorruptionKind
    title: str
    words: str
    measure: str
    unit: Unit
    levels: tuple[float, ...]
    greatest: float
    step: float
    neutral: float = 0.0
    least: float = 0.0

    @property
    def severities(self) -> NDArray[np.float64]:
        """Every severity at which a slider stops, ascending; `neutral` is one of them."""
        count = round((self.greatest - self.least) / self.step) + 1
        # Rounded as decimals: 0.1 + 0.2 is not 0.3, and what a slider answers is looked up among them.
        return np.round(self.least + self.step * np.arange(count), 6)

    def index_of(self, severity: float) -> int:
        """The place of the nearest of `severities`."""
        return int(np.abs(self.severities - severity).argmin())

    def number(self, severity: float) -> str:
        """A severity as a person writes it: "40 %", "−15°", "3×"."""
        sign = {"share": "\u00a0%", "degrees": "°", "times": "×"}[self.unit]
        number = round(100 * severity if self.unit == "share" else severity, 2)
        return f"{number:g}{sign}".replace("-", "−")

    def say(self, severity: float) -> str:
        """A severity in words: "40 % of the light taken away"."""
        return f"{self.number(severity)} {self.measure}"

    def check(self, severity: float) -> None:
        """Refuse a severity that this kind does not have, NaN too.

        Raises:
            ConfigError: it is below `least` or above `greatest`.
        """
        if not self.least <= severity <= self.greatest:
            raise ConfigError(
                f"{self.title} goes from {self.number(self.least)} to {self.number(self.greatest)} "
                f"({self.measure}); received {severity:g}. Choose a severity between them."
            )


_ALL = (
    Corruption(
        CorruptionKind.DARKNESS,
        "Darkness",
        "Every pixel keeps only a part of its light, as in a dim room.",
        "of the light taken away",
        "share",
        (0.3, 0.5, 0.7, 0.8, 0.9),
        0.96,
        0.02,
    ),
    Corruption(
        CorruptionKind.BRIGHTNESS,
        "Brightness",
        "Light is added everywhere and what is white stays white, as before a lamp or in the sun.",
        "of full white added",
        "share",
        (0.1, 0.2, 0.3, 0.44, 0.6),
        0.9,
        0.02,
    ),
    Corruption(
        CorruptionKind.NOISE,
        "Noise",
        "Each pixel is off by chance, as a cheap sensor is in low light.",
        "of full white in standard deviation",
        "share",
        (0.02, 0.04, 0.08, 0.14, 0.2),
        0.5,
        0.01,
    ),
    Corruption(
        CorruptionKind.BLUR,
        "Blur",
        "Fine edges are washed out, as by a lens that is out of focus.",
        "of the width in standard deviation",
        "share",
        (0.014, 0.022, 0.03, 0.044, 0.06),
        0.1,
        0.002,
    ),
    Corruption(
        CorruptionKind.LOW_RESOLUTION,
        "Low resolution",
        "The face has fewer pixels and is enlarged again, as one that stands far from the camera.",
        "fewer pixels across than it came with",
        "times",
        (1.5, 2.0, 3.0, 4.0, 6.0),
        8.0,
        0.25,
        neutral=1.0,
        least=1.0,
    ),
    Corruption(
        CorruptionKind.ROTATION,
        "Rotation",
        "The head is tilted in the plane of the picture; a positive angle turns it anticlockwise.",
        "turned",
        "degrees",
        (10.0, 20.0, 30.0, 45.0, 60.0),
        90.0,
        2.5,
        least=-90.0,
    ),
    Corruption(
        CorruptionKind.SIDE_SHIFT,
        "Side shift",
        "The face lies beside the middle of its crop, as when a face finder misses; the border is repeated.",
        "of the width moved to the right",
        "share",
        (0.06, 0.12, 0.18, 0.24, 0.32),
        0.5,
        0.02,
        least=-0.5,
    ),
    Corruption(
        CorruptionKind.EYES_COVERED,
        "Eyes covered",
        "A bar of the face's own mean grey grows over the eyes, as dark glasses do.",
        "of the region of the eyes covered",
        "share",
        (0.2, 0.4, 0.6, 0.8, 1.0),
        1.0,
        0.05,
    ),
    Corruption(
        CorruptionKind.MOUTH_COVERED,
        "Mouth covered",
        "A bar of the face's own mean grey grows over the mouth, as a hand or a mask does.",
        "of the region of the mouth covered",
        "share",
        (0.2, 0.4, 0.6, 0.8, 1.0),
        1.0,
        0.05,
    ),
)

CORRUPTIONS: dict[CorruptionKind, Corruption] = {corruption.kind: corruption for corruption in _ALL}
"""Every kind there is, in the order in which lists show them."""


def corruption_of(kind: CorruptionKind | str) -> Corruption:
    """Return what is known of a kind.

    Raises:
        ConfigError: there is no kind of that name.
    """
    try:
        return CORRUPTIONS[CorruptionKind(kind)]
    except ValueError:
        raise ConfigError(
            f"There is no corruption “{str(kind)[:40]}”. The kinds are: {', '.join(CORRUPTIONS)}."
        ) from None
