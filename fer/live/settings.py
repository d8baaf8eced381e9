"""Live settings: detector, temporal smoothing, hysteresis and thresholds; nothing here computes."""

from dataclasses import dataclass, replace
from enum import StrEnum

from fer.config import checks
from fer.detection import DEFAULT_DETECTOR, SCORE_THRESHOLDS


class Smoothing(StrEnum):
    """How the scores of one person are held together over time."""

    NONE = "none"
    MODE = "mode"  # the most frequent answer of the last frames, as reference system S4 does
    EXPONENTIAL = "exponential"


# Time constant of the smoothing: short enough to follow a smile, long enough to still a flickering label.
SMOOTHING_SECONDS = 0.25
# S4's `frame_window`.
MODE_FRAMES = 10


@dataclass(frozen=True, slots=True)
class LiveSettings:
    """How frames are read. Each can change while the camera runs.

    Attributes:
        detector: a name in `fer.detection.DETECTORS`.
        score_threshold: the lowest score of a face, 0 to 1; None for the detector's own.
        smoothing: how one person's scores are held together over time.
        smoothing_seconds: time constant of `EXPONENTIAL`.
        mode_frames: how many answers `MODE` counts.
        lead: by how much (0 to 1) another emotion's probability must exceed that of the label shown before
            the label changes; 0 lets it change at once.
        unsure_below: a label with a lower probability is told as "unsure"; 0 never is.
        lift_contrast: equalise the contrast before faces are sought and read, for dim light.
        temperature: at which probabilities are told; 1 tells them as the model does.
        with_maps: also tell where each emotion is seen, if the model can.
    """

    detector: str = DEFAULT_DETECTOR
    score_threshold: float | None = None
    smoothing: Smoothing = Smoothing.EXPONENTIAL
    smoothing_seconds: float = SMOOTHING_SECONDS
    mode_frames: int = MODE_FRAMES
    lead: float = 0.1
    unsure_below: float = 0.35
    lift_contrast: bool = False
    temperature: float = 1.0
    with_maps: bool = False

    def __post_init__(self) -> None:
        if self.score_threshold is not None:
            checks.between("score_threshold", self.score_threshold, *SCORE_THRESHOLDS)
        checks.between("smoothing_seconds", self.smoothing_seconds, 0, 3600)
        checks.between("mode_frames", self.mode_frames, 1, 1_000)
        checks.between("lead", self.lead, 0, 1)
        checks.between("unsure_below", self.unsure_below, 0, 1)
        checks.between("temperature", self.temperature, 0.01, 100)

    def for_a_picture(self) -> "LiveSettings":
        """The same for a single picture: no past to smooth with."""
        return replace(self, smoothing=Smoothing.NONE, lead=0.0)


STILL = LiveSettings().for_a_picture()
