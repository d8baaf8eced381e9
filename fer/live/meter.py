"""How a camera's recognition is doing: frames a second, delay, what was dropped, what failed."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LiveFigures:
    """How the camera is doing.

    Attributes:
        frames: handled since the camera started, those that failed included.
        frames_per_second: over the last two seconds.
        latency_seconds: median time one frame took, over the last sixty.
        dropped: frames the camera sent that were never handled, because a newer one was there already.
        errors: frames that could not be handled.
        last_error: what went wrong last; empty if nothing did.
    """

    frames: int = 0
    frames_per_second: float = 0.0
    latency_seconds: float = 0.0
    dropped: int = 0
    errors: int = 0
    last_error: str = ""
