"""Live benchmark: the camera's whole way, step by step."""

import time
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from fer.cli.bench import Request
from fer.datasets.synthetic.action_units import ActionUnit
from fer.datasets.synthetic.appearance import Appearance
from fer.datasets.synthetic.portrait import draw_face
from fer.detection import Box, HaarDetector, crop_faces
from fer.detection.patch import Patch
from fer.errors import DatasetError
from fer.images import load_picture
from fer.live import LiveRecognizer, recognize_faces
from fer.live.drawing import DrawingStyle, draw_faces
from fer.models.inference import Recognizer, model_folder
from fer.system.machine import read_machine
from fer.system.stopwatch import Measurement, Report, measured, ratio, take_turns

_WIDTH, _HEIGHT = 640, 480
_FRAMES_PER_SECOND, _FRAMES, _WARMING_FRAMES = 30, 150, 15


def bench_live(request: Request) -> Report:
    """The camera's whole way, step by step, beside the reference package's own steps.

    Raises:
        DatasetError: the detector finds no face in the frame.
    """
    from fer.cli.bench.rivals import FullSizePipeline

    # As the page loads it.
    recognizer = Recognizer(model_folder(request.model), threads=min(2, read_machine().cores))
    detector = HaarDetector()
    frame = _frame(request.data, _WIDTH, _HEIGHT)
    height, width, _ = recognizer.preprocessing.input_shape
    faces = detector.detect(frame)
    if not faces:
        raise DatasetError(
            "The detector finds no face in the frame, so there is nothing to measure. Choose a picture "
            "that shows a face from the front."
        )
    crops = crop_faces(frame, faces, height, width)
    recognized = recognize_faces(frame, detector, recognizer)
    patch = Patch.of(frame, faces[0].box)
    assert patch is not None
    five = _five(frame, faces[0].box)
    large = _frame(request.data, 1280, 720)
    rival = FullSizePipeline(recognizer.card.architecture, recognizer.preprocessing)
    cameras = {
        "whole_pipeline": frame,
        "whole_pipeline_five_faces": five,
        "whole_pipeline_1280x720": large,
    }
    measurements = {}
    for number, (name, shown) in enumerate(cameras.items()):
        request.progress(number / 6, "Filming")
        measurements[name] = _filmed(shown, recognizer)
    measurements |= take_turns(
        {
            "follow_a_known_face": lambda: patch.find(frame, faces[0].box),
            "crop": lambda: crop_faces(frame, faces, height, width),
            "classify": lambda: recognizer.predict(crops),
            "draw": lambda: draw_faces(frame, recognized),
            "search_a_whole_frame_beside": lambda: detector.detect(frame),
            "haar_full_size_and_model_predict": lambda: rival(frame),
        },
        runs=60,
        tell=lambda fraction: request.progress(0.5 + 0.5 * fraction, "Timing step by step"),
    )
    ratios = ratio(measurements, "haar_full_size_and_model_predict", "whole_pipeline")
    return Report(
        measurements,
        ratios,
        f"{_WIDTH}×{_HEIGHT}, {len(faces)} face(s), {len(detector.detect(five))} where five are, "
        f"{request.model}",
    )


def _filmed(frame: NDArray[np.uint8], recognizer: Recognizer) -> Measurement:
    """The time for each frame of a camera that is shown `frame`, each time a little moved.

    At a camera's own pace, because whole frames are searched between its frames, and beside them when that
    takes longer.
    """
    live = LiveRecognizer(recognizer)
    style = DrawingStyle(bars="largest")  # as the page draws at first
    shifts = [*range(0, 16, 2), *range(16, 0, -2)]
    frames = [np.ascontiguousarray(np.roll(frame, shift, axis=1)) for shift in shifts]
    seconds = []
    following = time.perf_counter()
    for number in range(_WARMING_FRAMES + _FRAMES):
        shown = frames[number % len(frames)]
        started = time.perf_counter()
        draw_faces(shown, live.read(shown).faces, style)
        if number >= _WARMING_FRAMES:
            seconds.append(time.perf_counter() - started)
        following += 1 / _FRAMES_PER_SECOND
        time.sleep(max(following - time.perf_counter(), 0))
    return measured(seconds)


def _frame(picture: str | None, width: int, height: int) -> NDArray[np.uint8]:
    """(height, width, 3) BGR that shows a face."""
    frame = np.full((height, width, 3), 168, np.uint8)
    if picture is not None:
        bgr = cv2.cvtColor(load_picture(Path(picture)), cv2.COLOR_RGB2BGR)
        return np.asarray(cv2.resize(bgr, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
    side = height * 3 // 4
    smile = {ActionUnit.CHEEK_RAISER: 0.8, ActionUnit.LIP_CORNER_PULLER: 0.9}
    face = draw_face(Appearance(), smile, side)
    top, left = (height - side) // 2, (width - side) // 2
    frame[top : top + side, left : left + side] = face[..., None]
    return frame


def _five(frame: NDArray[np.uint8], box: Box) -> NDArray[np.uint8]:
    """The same size of frame with the face of `frame` five times, each small enough to stand apart."""
    height, width = frame.shape[:2]
    left, top, right, bottom = box
    margin = (right - left) // 3
    face = frame[max(top - margin, 0) : bottom + margin, max(left - margin, 0) : right + margin]
    side = width // 4
    small = cv2.resize(face, (side, side), interpolation=cv2.INTER_AREA)
    five = np.full_like(frame, 168)
    for row, column in ((0, 0.2), (0, 1.5), (0, 2.8), (1, 0.9), (1, 2.2)):
        x, y = round(column * side), height // 20 + row * (side + height // 10)
        five[y : y + side, x : x + side] = small
    return five
