"""Stream metrics: frames a second, latency, dropped frames and errors of a camera."""

import statistics
import time
from collections import deque
from dataclasses import dataclass

# How far back the figures look.
RECENT_FRAMES = 60
RECENT_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class LiveFigures:
    """How the camera is doing.

    Attributes:
        frames: handled since the camera started, those that failed included.
        frames_per_second: over the last two seconds.
        latency_seconds: median time one frame took, over the last sixty.
        frames_per_second_sent: by the camera, by the clock in its frames; 0 while it is not known.
        dropped: frames the camera sent that were never handled, because a newer one was there already.
        errors: frames that could not be handled.
        last_error: what went wrong last; empty if nothing did.
    """

    frames: int = 0
    frames_per_second: float = 0.0
    latency_seconds: float = 0.0
    frames_per_second_sent: float = 0.0
    dropped: int = 0
    errors: int = 0
    last_error: str = ""


class Meter:
    """Counts; its owner sees to it that only one thread at a time does."""

    def __init__(self) -> None:
        self.frames = 0
        """Handled since the start, those that failed included."""
        self._errors = 0
        self._last_error = ""
        # Two seconds of even the fastest camera.
        self._finished_at: deque[float] = deque(maxlen=int(RECENT_SECONDS * 240))
        self._latencies_seconds: deque[float] = deque(maxlen=RECENT_FRAMES)
        self._sent_at: float | None = None
        self._gaps_seconds: deque[float] = deque(maxlen=RECENT_FRAMES)
        self._dropped = 0

    def note_frame_time(self, seconds: float) -> None:
        """Take the moment at which the camera took a frame, by the camera's own clock.

        A gap of several intervals means that frames between were dropped. The interval is a short gap of
        late, for hardly any is shorter than it should be: a camera that slows down in the dark is believed
        after sixty frames.
        """
        before, self._sent_at = self._sent_at, seconds
        if before is None or not 0 < seconds - before < RECENT_SECONDS:
            return  # the first, or the clock was set anew
        self._gaps_seconds.append(seconds - before)
        self._dropped += max(round((seconds - before) / self._interval_seconds()) - 1, 0)

    def _interval_seconds(self) -> float:
        """Between two frames that the camera sends: its clock trembles, so not the very shortest gap."""
        gaps = sorted(self._gaps_seconds)
        return gaps[len(gaps) // 10]

    def note_reading(self, latency_seconds: float) -> None:
        """Take a frame that was read."""
        self.frames += 1
        self._finished_at.append(time.monotonic())
        self._latencies_seconds.append(latency_seconds)

    def note_error(self, sentence: str) -> None:
        """Take a frame that could not be."""
        self.frames += 1
        self._errors += 1
        self._last_error = sentence

    def figures(self) -> LiveFigures:
        """How it stands now."""
        since = time.monotonic() - RECENT_SECONDS
        recent = [moment for moment in self._finished_at if moment > since]
        span = recent[-1] - recent[0] if len(recent) > 1 else 0.0
        latencies = self._latencies_seconds
        return LiveFigures(
            frames=self.frames,
            frames_per_second=(len(recent) - 1) / span if span else 0.0,
            latency_seconds=statistics.median(latencies) if latencies else 0.0,
            frames_per_second_sent=1 / self._interval_seconds() if self._gaps_seconds else 0.0,
            dropped=self._dropped,
            errors=self._errors,
            last_error=self._last_error,
        )
