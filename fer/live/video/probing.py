"""Video probing: what is in a film's file, found out before it is used; an upload may be anything."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import av
import numpy as np
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from numpy.typing import NDArray

from fer.errors import VideoError

SUFFIXES = (".mp4", ".mov", ".m4v", ".webm", ".mkv", ".avi", ".3gp", ".mpg", ".mpeg", ".ts", ".ogv")
MAX_BYTES = 400_000_000
MAX_SECONDS = 30 * 60
# 8K. A frame of it has 100 MB once decoded.
MAX_PIXELS = 7_680 * 4_320
# The longer side of what is read and written; a larger film is shrunk as it is decoded.
LARGEST_SIDE = 1_280

# FFmpeg knows formats that are lists of other files and addresses; a film must not make it open those.
_OPTIONS = {
    "protocol_whitelist": "file",
    "format_whitelist": "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,ogg,flv,asf,mjpeg,h264,hevc",
}
_ATTACHED_PICTURE = 0x0400
_CHOOSE = "Choose a film as a phone or a camera records it: MP4, MOV, WebM, MKV or AVI."


@dataclass(frozen=True, slots=True)
class FilmInfo:
    """What a film's file says of itself.

    Attributes:
        width: of a frame as it is looked at, upright, pixels.
        height: likewise.
        rotation_degrees: by which its frames have to be turned to be upright, counter-clockwise: 0, 90, 180,
            270.
        seconds: how long it is; 0 if the file does not say.
        frames_per_second: on average; 0 if the file does not say.
        codec: of the pictures, in FFmpeg's word.
        sound: the codec of its sound; empty for a silent film.
    """

    width: int
    height: int
    rotation_degrees: int
    seconds: float
    frames_per_second: float
    codec: str
    sound: str

    @property
    def read_size(self) -> tuple[int, int]:
        """(width, height) at which it is read and written: even, the longer side at most 1,280."""
        shrink = max(max(self.width, self.height) / LARGEST_SIDE, 1.0)
        return max(round(self.width / shrink / 2) * 2, 2), max(round(self.height / shrink / 2) * 2, 2)


def probe_film(film: Path | bytes, name: str = "") -> tuple[FilmInfo, NDArray[np.uint8]]:
    """Return what is in a film, and its first frame, upright, (h, w, 3) RGB, at the size at which it is read.

    Args:
        film: its file, or its bytes: then nothing is written anywhere.
        name: what an error calls it; empty for the file's own name.

    Raises:
        VideoError: it is empty, damaged, no film, too long or too large.
    """
    name = name or (film.name if isinstance(film, Path) else "The film")
    with opened(film, name) as (container, stream):
        frames = (frame for packet in container.demux(stream) for frame in frames_of(packet, name))
        frame = next(frames, None)
        if frame is None:
            raise VideoError(f"“{name}” holds no picture that can be decoded. {_CHOOSE}")
        info = _info(container, stream, frame, name)
        return info, np.asarray(upright(frame, info)[..., ::-1], np.uint8)


@contextmanager
def opened(film: Path | bytes, name: str) -> Iterator[tuple[InputContainer, VideoStream]]:
    """Open a film and find its pictures.

    Raises:
        VideoError: it cannot be opened, or has none.
    """
    try:
        size = film.stat().st_size if isinstance(film, Path) else len(film)
    except OSError as error:
        raise VideoError(
            f"“{name}” cannot be read: {error.strerror or error}. Choose another film."
        ) from error
    if size == 0:
        raise VideoError(f"“{name}” is empty: it has 0 bytes. Record or copy it again.")
    if size > MAX_BYTES:
        raise VideoError(
            f"“{name}” has {size / 1e6:,.0f} MB; at most {MAX_BYTES / 1e6:,.0f} MB are read. Cut it, or "
            "save it smaller."
        )
    try:
        file = str(film) if isinstance(film, Path) else BytesIO(film)
        container = av.open(file, options=dict(_OPTIONS))
    except (av.FFmpegError, OSError, ValueError) as error:
        raise VideoError(
            f"“{name}” cannot be read as a film; it is damaged, or is none. {_CHOOSE}"
        ) from error
    with container:
        # The cover of a song is a "video" of one picture.
        pictures = [s for s in container.streams.video if not int(s.disposition) & _ATTACHED_PICTURE]
        if not pictures:
            kind = "only sound" if container.streams.audio else "no pictures"
            raise VideoError(f"“{name}” holds {kind}, so there is no face to find. {_CHOOSE}")
        pictures[0].thread_type = "AUTO"
        yield container, pictures[0]


def frames_of(packet: av.Packet, name: str) -> Iterator[VideoFrame]:
    """The frames of one packet; none if it is damaged.

    Raises:
        VideoError: a frame is too large.
    """
    try:
        frames = packet.decode()
    except av.FFmpegError:
        return
    for frame in frames:
        if isinstance(frame, VideoFrame):
            if frame.width * frame.height > MAX_PIXELS:
                raise VideoError(
                    f"“{name}” has frames of {frame.width}×{frame.height} pixels; the most that is read is "
                    "8K, 7680×4320. Save it smaller."
                )
            yield frame


def upright(frame: VideoFrame, info: FilmInfo) -> NDArray[np.uint8]:
    """Return a frame as it is looked at, (h, w, 3) BGR, at `info.read_size`."""
    width, height = info.read_size
    if info.rotation_degrees % 180:
        width, height = height, width
    pixels = frame.reformat(width=width, height=height, format="bgr24").to_ndarray()
    if info.rotation_degrees:
        pixels = np.rot90(pixels, info.rotation_degrees // 90)
    return np.ascontiguousarray(pixels, np.uint8)


def _info(container: InputContainer, stream: VideoStream, frame: VideoFrame, name: str) -> FilmInfo:
    seconds = 0.0
    if stream.duration and stream.time_base:
        seconds = float(stream.duration * stream.time_base)
    elif container.duration:
        seconds = container.duration / av.time_base
    if seconds > MAX_SECONDS:
        raise VideoError(
            f"“{name}” is {seconds / 60:,.0f} minutes long; at most {MAX_SECONDS // 60} are read. Cut out "
            "the part that matters."
        )
    rotation = round(frame.rotation / 90) * 90 % 360
    size = (frame.width, frame.height) if rotation % 180 == 0 else (frame.height, frame.width)
    sound = container.streams.audio[0].codec_context.name if container.streams.audio else ""
    return FilmInfo(
        *size,
        rotation_degrees=rotation,
        seconds=max(seconds, 0.0),
        frames_per_second=float(stream.average_rate or 0),
        codec=stream.codec_context.name,
        sound=sound,
    )
