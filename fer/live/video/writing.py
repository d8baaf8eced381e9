"""Video encoding: H.264 in MP4, which every browser plays; there only once it is whole."""

from fractions import Fraction
from pathlib import Path
from typing import Any, Self

import av
import numpy as np
from av.audio.stream import AudioStream
from av.video.frame import VideoFrame
from numpy.typing import NDArray

# Sound that MP4 holds and browsers play, as it is.
_KEPT_SOUND = ("aac", "mp3")
# Fast enough to be no hindrance, and small enough to be sent: about 1 MB for ten seconds of 640×360.
_PRESET, _QUALITY = "veryfast", "23"


class FilmWriter:
    """Writes frames, and sound if there is any, into a file that its owner puts in place when it is whole.

    A context: at its end the index is written, unless an error ended it.
    """

    def __init__(
        self,
        path: Path,
        size: tuple[int, int],
        time_base: Fraction,
        *,
        frames_per_second: float = 30.0,
        sound: AudioStream | None = None,
        preset: str = _PRESET,
    ) -> None:
        """Open the file.

        Args:
            path: a temporary one, ending in .mp4.
            size: (width, height) of every frame, even numbers.
            time_base: seconds per unit of the frames' times.
            frames_per_second: about; each frame has its own time.
            sound: of the film that is read, to go along.
            preset: x264's.
        """
        # The index first, so that a browser plays before it has all.
        self._container = av.open(str(path), "w", format="mp4", options={"movflags": "+faststart"})
        rate = Fraction(frames_per_second if frames_per_second > 0 else 30).limit_denominator(1001)
        stream: Any = self._container.add_stream("libx264", rate=rate)
        stream.width, stream.height = size
        stream.pix_fmt = "yuv420p"
        stream.options = {"preset": preset, "crf": _QUALITY}
        stream.codec_context.time_base = time_base
        self._stream = stream
        self._time_base = time_base
        self._last: int | None = None
        self._sound_in = sound
        self._sound: Any = None
        self._resampler: av.AudioResampler | None = None
        if sound is not None:
            if sound.codec_context.name in _KEPT_SOUND:
                self._sound = self._container.add_stream_from_template(sound)
            else:
                self._sound = self._container.add_stream(
                    "aac", rate=sound.codec_context.sample_rate or 44_100
                )
                self._resampler = av.AudioResampler(format="fltp", layout="stereo", rate=self._sound.rate)

    def write(self, frame_bgr: NDArray[np.uint8], pts: int) -> None:
        """Add a frame.

        Args:
            frame_bgr: (h, w, 3) uint8.
            pts: its time, in units of `time_base`; a frame that is not later than the one before is left out.
        """
        if self._last is not None and pts <= self._last:
            return
        self._last = pts
        frame = VideoFrame.from_ndarray(frame_bgr, format="bgr24")
        frame.pts, frame.time_base = pts, self._time_base
        self._container.mux(self._stream.encode(frame))

    def write_sound(self, packet: av.Packet, beginning: Fraction = Fraction(0)) -> None:
        """Add a packet of the sound as it was read: copied, or coded anew where MP4 cannot hold it.

        Args:
            beginning: seconds that its clock shows at the beginning of the film.
        """
        if self._sound is None:
            return
        if beginning and packet.time_base:
            shift = round(beginning / packet.time_base)
            packet.pts = None if packet.pts is None else packet.pts - shift
            packet.dts = None if packet.dts is None else packet.dts - shift
        if self._resampler is None:
            if packet.dts is None:
                return
            packet.stream = self._sound
            self._container.mux(packet)
            return
        try:
            frames = packet.decode()
        except av.FFmpegError:  # a click that is damaged is left out
            return
        for frame in frames:
            for resampled in self._resampler.resample(frame):
                self._container.mux(self._sound.encode(resampled))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *details: object) -> None:
        try:
            if kind is None:
                self._write_end()
        finally:
            self._container.close()

    def _write_end(self) -> None:
        self._container.mux(self._stream.encode())
        if self._resampler is not None:
            for resampled in self._resampler.resample(None):
                self._container.mux(self._sound.encode(resampled))
            self._container.mux(self._sound.encode())
