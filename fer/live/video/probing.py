"""Video probing: what is in a film's file, found out before it is used; an upload may be anything."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from fractions import Fraction
from io import BytesIO
from itertools import islice
from pathlib import Path

import av
import numpy as np
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from numpy.typing import NDArray

from fer.errors import VideoError

SUFFIXES = (
    *(".mp4", ".mov", ".m4v", ".webm", ".mkv", ".avi", ".3gp", ".mpg", ".mpeg", ".ts", ".ogv"),
    ".gif",  # an animated one; among pictures it is a picture of its first frame
)
MAX_BYTES = 400_000_000
MAX_SECONDS = 30 * 60
# What a telephone's slow motion records; a header that says more counts something else.
_MOST_PER_SECOND = 240
MAX_FRAMES = MAX_SECONDS * _MOST_PER_SECOND
# 8K. A frame of it has 100 MB once decoded.
MAX_PIXELS = 7_680 * 4_320
# The longer side of what is read and written; a larger film is shrunk as it is decoded.
LARGEST_SIDE = 1_280

# FFmpeg knows formats that are lists of other files and addresses; a film must not make it open those.
_OPTIONS = {
    "protocol_whitelist": "file",
    "format_whitelist": "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,ogg,flv,asf,mjpeg,h264,hevc,"
    "gif",
}
# MPEG's streams are cut out of a broadcast, whose clock may say anything when they begin; all other kinds
# count from the film's beginning. Source: ISO/IEC 13818-1, 2.4.2 (system clock).
_OF_A_BROADCAST = ("mpegts", "mpeg")
# Pixels wider or narrower than this are a damaged header; broadcasts have up to 32:11.
_WIDEST_PIXEL = 4
_ATTACHED_PICTURE = 0x0400
_CHOOSE = "Choose a film as a phone or a camera records it: MP4, MOV, WebM, MKV or AVI, or an animated GIF."


@dataclass(frozen=True, slots=True)
class FilmInfo:
    """What a film's file says of itself.

    Attributes:
        width: of a frame as it is looked at, upright and of square pixels.
        height: likewise.
        rotation_degrees: by which its frames have to be turned to be upright, counter-clockwise: 0, 90, 180,
            270.
        seconds: how long it plays, what comes before its first frame included.
        frames_per_second: on average; 0 if that is not known.
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
        info = _info(container, stream, frame)
        first = np.asarray(upright(frame, info)[..., ::-1], np.uint8)
    if not info.seconds or info.frames_per_second > _MOST_PER_SECOND:
        with opened(film, name) as (container, stream):
            seconds, rate = _counted(container, stream)
        info = replace(info, seconds=seconds, frames_per_second=rate)
    check_length(info.seconds, 0, name)
    return info, first


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
        # Typed as always there; a codec that FFmpeg does not know has none.
        codec: VideoCodecContext | None = pictures[0].codec_context
        if codec is None:
            raise VideoError(f"“{name}” has pictures in a codec that is not known here. {_CHOOSE}")
        _check_size(codec.width, codec.height, name)
        # Frames may grow on the way: then FFmpeg refuses them before it makes room for them.
        codec.options = {"max_pixels": str(MAX_PIXELS)}
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
            _check_size(frame.width, frame.height, name)
            yield frame


def sound_of(container: InputContainer) -> AudioStream | None:
    """Return the first sound that can be decoded; None for a silent film."""
    known = (stream for stream in container.streams.audio if stream.codec_context is not None)
    return next(known, None)


def beginning(container: InputContainer) -> Fraction:
    """Return the time that a player shows as 0:00, in seconds of the file's own clock.

    A film that begins late keeps its times: its first frame may come at 0:05. Only of a cut-out broadcast the
    earliest picture or sound is the beginning.
    """
    if container.format.name in _OF_A_BROADCAST and container.start_time is not None:
        return Fraction(container.start_time, av.time_base)
    return Fraction(0)


def check_length(seconds: float, frames: int, name: str) -> None:
    """Raise VideoError if a film of so many seconds or frames is longer than is read."""
    if seconds > MAX_SECONDS or frames > MAX_FRAMES:
        length = f"{seconds / 60:,.0f} minutes long" if seconds > MAX_SECONDS else "longer than it says"
        raise VideoError(
            f"“{name}” is {length}; at most {MAX_SECONDS // 60} minutes are read. "
            "Cut out the part that matters."
        )


def _check_size(width: int, height: int, name: str) -> None:
    if width * height > MAX_PIXELS:
        raise VideoError(
            f"“{name}” has frames of {width}×{height} pixels; the most that is read is 8K, 7680×4320. "
            "Save it smaller."
        )


def upright(frame: VideoFrame, info: FilmInfo) -> NDArray[np.uint8]:
    """Return a frame as it is looked at, (h, w, 3) BGR, at `info.read_size`."""
    width, height = info.read_size
    if info.rotation_degrees % 180:
        width, height = height, width
    pixels = frame.reformat(width=width, height=height, format="bgr24").to_ndarray()
    if info.rotation_degrees:
        pixels = np.rot90(pixels, info.rotation_degrees // 90)
    return np.ascontiguousarray(pixels, np.uint8)


def _info(container: InputContainer, stream: VideoStream, frame: VideoFrame) -> FilmInfo:
    seconds = 0.0
    if stream.duration and stream.time_base:
        seconds = float(
            (stream.duration + (stream.start_time or 0)) * stream.time_base - beginning(container)
        )
    elif container.duration:
        seconds = container.duration / av.time_base
    width, height = _of_square_pixels(frame.width, frame.height, stream.sample_aspect_ratio)
    rotation = round(frame.rotation / 90) * 90 % 360
    sound = sound_of(container)
    return FilmInfo(
        *((width, height) if rotation % 180 == 0 else (height, width)),
        rotation_degrees=rotation,
        seconds=max(seconds, 0.0),
        frames_per_second=float(stream.average_rate or 0),
        codec=stream.codec_context.name,
        sound="" if sound is None else sound.codec_context.name,
    )


def _of_square_pixels(width: int, height: int, aspect: Fraction | None) -> tuple[int, int]:
    """(width, height) on a screen: the shorter side of a pixel is stretched, so that none is lost."""
    if not aspect or not Fraction(1, _WIDEST_PIXEL) <= aspect <= _WIDEST_PIXEL:
        return width, height
    return (round(width * aspect), height) if aspect > 1 else (width, round(height / aspect))


def _counted(container: InputContainer, stream: VideoStream) -> tuple[float, float]:
    """Seconds and frames a second of a film whose header does not say, by its packets, undecoded."""
    shown = [
        packet.pts
        for packet in islice(container.demux(stream), MAX_FRAMES + 2)
        if packet.pts is not None and packet.size
    ]
    if not shown or not stream.time_base:
        return 0.0, 0.0
    begins, ends = (float(pts * stream.time_base - beginning(container)) for pts in (min(shown), max(shown)))
    rate = (len(shown) - 1) / (ends - begins) if ends > begins else 0.0
    return max(ends, 0.0) + (1 / rate if rate else 0.0), rate
