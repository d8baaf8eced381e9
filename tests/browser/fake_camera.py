"""A webcam for Chromium: a real, public-domain face that wanders through numbered frames.

The face is `skimage.data.astronaut()` (NASA, Eileen Collins), which comes inside scikit-image. Along the
upper edge the frame's number stands as a barcode, so that a test reads from the returned video which
frame it shows: a frozen picture cannot pass for a live one.
"""

from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
from numpy.typing import NDArray
from skimage.data import astronaut

WIDTH, HEIGHT, FRAMES_PER_SECOND = 640, 480, 30
FRAMES = 240
# The barcode: the lowest bit at the right, the cells of all bits together as wide as the frame.
BITS, CELL_HEIGHT = 8, 24
DARK, LIGHT = 20, 235


def arguments(clip: Path) -> tuple[str, ...]:
    """What makes Chromium use `clip` as its camera, and reach a server without any network."""
    return (
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={clip}",
        "--autoplay-policy=no-user-gesture-required",
        "--allow-loopback-in-peer-connection",
    )


def record(
    path: Path, with_face: bool = True, leaves_at: int = FRAMES, size: tuple[int, int] = (WIDTH, HEIGHT)
) -> Path:
    """Write the clip, which Chromium plays in a loop, and return its path.

    Args:
        path: ends in .mjpeg.
        with_face: False records an empty, dimly lit wall.
        leaves_at: from this frame on there is only the wall.
        size: (width, height), up to 768 each; higher than wide for a camera held upright.
    """
    with av.open(str(path), "w", format="mjpeg") as clip:
        stream = clip.add_stream("mjpeg", rate=FRAMES_PER_SECOND)
        # 4:2:0 of full range: from any other MJPEG Chromium's fake camera shows plain green.
        (stream.width, stream.height), stream.pix_fmt = size, "yuvj420p"
        stream.time_base = Fraction(1, FRAMES_PER_SECOND)
        stream.options = {"qmin": "2", "qmax": "3"}
        for number in range(FRAMES):
            frame = av.VideoFrame.from_ndarray(
                frame_bgr(number, with_face and number < leaves_at, size), format="bgr24"
            )
            clip.mux(stream.encode(frame.reformat(format="yuvj420p")))
        clip.mux(stream.encode())
    return path


def frame_bgr(
    number: int, with_face: bool = True, size: tuple[int, int] = (WIDTH, HEIGHT)
) -> NDArray[np.uint8]:
    """Return one frame, (h, w, 3) uint8, its number readable from the barcode."""
    width, height = size
    if with_face:
        portrait = cv2.resize(cv2.cvtColor(astronaut(), cv2.COLOR_RGB2BGR), None, fx=1.5, fy=1.5)
        room = portrait.shape[1] - width
        left = round(room / 2 * (1 + np.sin(2 * np.pi * number / FRAMES)))
        frame = np.ascontiguousarray(portrait[:height, left : left + width])
    else:
        frame = np.full((height, width, 3), 90, np.uint8)
    for bit in range(BITS):
        level = LIGHT if number >> (BITS - 1 - bit) & 1 else DARK
        frame[:CELL_HEIGHT, bit * width // BITS : (bit + 1) * width // BITS] = level
    return frame
