"""Films made while a test runs: her face (NASA's, from scikit-image) wandering over a wall, with a tone."""

import struct
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
from av.audio.frame import AudioFrame
from av.video.frame import VideoFrame
from numpy.typing import NDArray
from skimage.data import astronaut

RATE = 10
SIZE = (320, 240)
FACE = np.asarray(cv2.resize(astronaut()[..., ::-1][10:230, 115:335], (140, 140)), np.uint8)


def frame_bgr(number: int, size: tuple[int, int] = SIZE, with_face: bool = True) -> NDArray[np.uint8]:
    width, height = size
    frame = np.full((height, width, 3), 120, np.uint8)
    if with_face:
        left, top = 40 + 2 * number, (height - 140) // 2
        frame[top : top + 140, left : left + 140] = FACE
    return frame


def film(
    path: Path,
    frames: int = 12,
    *,
    size: tuple[int, int] = SIZE,
    sound: str = "",
    times_ms: Sequence[int] | None = None,
    rotation_degrees: int = 0,
    with_face: bool = True,
    codec: str = "libx264",
    pixels: str = "yuv420p",
    aspect: Fraction | None = None,
    tracks: int = 1,
    options: dict[str, str] | None = None,
) -> Path:
    """Write a film and return its path.

    Args:
        path: where to; its suffix says the container.
        frames: how many, ten a second.
        size: (width, height) as stored.
        sound: the codec of its tone; empty for none.
        times_ms: of each frame, instead of ten a second.
        rotation_degrees: that its header says.
        with_face: or an empty wall.
        codec: of the pictures.
        pixels: how their colours are stored.
        aspect: width by height of a pixel; what is seen stays the same, fewer columns are stored.
        tracks: how often it holds the same pictures.
        options: of its container.
    """
    seen = size
    if aspect:
        size = (round(size[0] / aspect / 2) * 2, size[1])
    with av.open(str(path), "w", options=options or {}) as container:
        streams: list[Any] = [container.add_stream(codec, rate=RATE) for _ in range(tracks)]
        for stream in streams:
            stream.width, stream.height = size
            stream.pix_fmt = pixels
            stream.codec_context.time_base = Fraction(1, 1000)
            if aspect:
                stream.codec_context.sample_aspect_ratio = aspect
            if rotation_degrees:
                stream.set_display_rotation(rotation_degrees)
        tone: Any = container.add_stream(sound, rate=48_000) if sound else None
        for number in range(frames):
            picture = np.asarray(cv2.resize(frame_bgr(number, seen, with_face), size), np.uint8)
            frame = VideoFrame.from_ndarray(picture, format="bgr24")
            frame.pts = number * 1000 // RATE if times_ms is None else times_ms[number]
            frame.time_base = Fraction(1, 1000)
            for stream in streams:
                container.mux(stream.encode(frame))
        if tone is not None:
            _write_tone(container, tone, frames / RATE)
        for stream in streams:
            container.mux(stream.encode())
    return path


def gif(size: tuple[int, int], delays: Sequence[int]) -> bytes:
    """An animated GIF of one black pixel a frame on a canvas of `size`; delays in hundredths of a second."""
    frames = (
        b"\x21\xf9\x04\0" + struct.pack("<H", delay) + b"\0\0"  # graphic control
        b"," + struct.pack("<HHHHB", 0, 0, 1, 1, 0) + b"\2\2\x44\1\0"
        for delay in delays
    )
    return (
        b"GIF89a"
        + struct.pack("<HHBBB", *size, 0x80, 0, 0)
        + bytes(3)
        + b"\xff" * 3
        + b"".join(frames)
        + b";"
    )


def _write_tone(container: Any, stream: Any, seconds: float) -> None:
    samples = np.sin(np.arange(int(48_000 * seconds)) * 2 * np.pi * 440 / 48_000).astype(np.float32)
    resampler = av.AudioResampler(
        format=stream.codec_context.format,
        layout="mono",
        rate=48_000,
        frame_size=1_024 if stream.name == "aac" else 960,
    )
    frame = AudioFrame.from_ndarray(samples[None], format="fltp", layout="mono")
    frame.sample_rate, frame.pts = 48_000, 0
    for resampled in [*resampler.resample(frame), *resampler.resample(None)]:
        container.mux(stream.encode(resampled))
    container.mux(stream.encode())


def song(path: Path, with_cover: bool = False) -> Path:
    """Write sound without pictures, but for a cover if asked for."""
    with av.open(str(path), "w") as container:
        tone = container.add_stream("aac", rate=48_000)
        cover: Any = None
        if with_cover:
            cover = container.add_stream("mjpeg", rate=1)
            cover.width, cover.height, cover.pix_fmt = 64, 64, "yuvj420p"
            cover.disposition = av.stream.Disposition.attached_pic
        _write_tone(container, tone, 0.5)
        if cover is not None:
            picture = VideoFrame.from_ndarray(np.zeros((64, 64, 3), np.uint8), format="bgr24")
            container.mux(cover.encode(picture.reformat(format="yuvj420p")))
            container.mux(cover.encode())
    return path


def contents(path: Path) -> dict[str, Any]:
    """What a film turned out to hold: pictures, their times in seconds, its sound."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        frames = list(container.decode(stream))
        found: dict[str, Any] = {
            "codec": stream.codec_context.name,
            "pixels": stream.codec_context.pix_fmt,
            "size": (stream.width, stream.height),
            "times": [float(frame.pts * stream.time_base) for frame in frames if frame.pts is not None],
            "frames": [frame.to_ndarray(format="bgr24") for frame in frames],
            "sound": "",
            "sound_seconds": 0.0,
        }
    with av.open(str(path)) as container:
        if container.streams.audio:
            sound = container.streams.audio[0]
            found["sound"] = sound.codec_context.name
            found["sound_seconds"] = sum(f.samples / f.sample_rate for f in container.decode(sound))
    return found
