"""Video stream: one viewer's camera, a frame in and the frame to be shown out, whatever fails."""

import threading
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from fer.live import FrozenFrame, LiveRecognizer
from fer.live.drawing import DrawingStyle, draw_faces
from fer.live.recording import Recorder, Recording


@dataclass(slots=True)
class Stream:
    """What the camera's thread uses, and the page changes while it does.

    Attributes:
        live: reads the frames.
        style: what is drawn on the next one.
        mirrored: whether it is shown as in a mirror.
        frozen: a frame that is looked at; None for none.
        recording: the last one that ended; None for none.
        recorder: what records now, if anything does.
        shown: the newest frame as it is shown, (h, w, 3) BGR; None before the first.
    """

    live: LiveRecognizer
    style: DrawingStyle
    mirrored: bool = True
    frozen: FrozenFrame | None = None
    recording: Recording | None = None
    recorder: Recorder | None = None
    shown: NDArray[np.uint8] | None = None

    def show(self, frame_bgr: NDArray[np.uint8], seconds: float | None = None) -> NDArray[np.uint8]:
        """Return the frame with its faces drawn; as it came, if anything fails. For the camera's thread.

        A callback that raises would end the returned video without a word, so every error is counted for the
        page to tell, and the next frame gets its chance.

        Args:
            frame_bgr: (h, w, 3) uint8, never written to, also not later.
            seconds: when it was taken, by the camera's clock; None if that is not known.
        """
        try:
            if seconds is not None:
                self.live.note_frame_time(seconds)
            if self.mirrored:
                frame_bgr = np.asarray(cv2.flip(frame_bgr, 1), np.uint8)
            reading = self.live.read(frame_bgr)
            drawn = draw_faces(frame_bgr, reading.faces, self.style)
            if (recorder := self.recorder) is not None:
                recorder.add(drawn, reading)
            self.shown = drawn
            return drawn
        except Exception as error:
            self.live.count_error(error)
            return frame_bgr

    def freeze(self) -> None:
        """Hold the newest frame, to be looked at."""
        self.frozen = self.live.freeze()

    def start_recording(self) -> None:
        """Keep what is shown from now on; somebody asked for it."""
        if self.recorder is None:
            self.recording = None
            self.recorder = Recorder()

    def stop_recording(self) -> None:
        """Put clip and table in their places; what there is then is told by `recording`."""
        recorder, self.recorder = self.recorder, None
        if recorder is not None:
            self.recording = recorder.stop()

    def end(self) -> None:
        """The camera has stopped: what was recorded is kept, everything else forgotten."""
        # Writing the end of a clip may take a moment, and the camera's thread must not wait.
        threading.Thread(target=self.stop_recording, name="end-recording", daemon=True).start()
        self.shown = None
        self.live.reset()
