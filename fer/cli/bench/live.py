"""Live benchmark: the camera's whole way, step by step."""

import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from fer.cli.bench import Request
from fer.datasets.synthetic.action_units import ActionUnit
from fer.datasets.synthetic.appearance import Appearance
from fer.datasets.synthetic.portrait import draw_face
from fer.detection import DEFAULT_DETECTOR, Box, FaceDetector, Search, crop_faces, detector_entry
from fer.detection.patch import Patch
from fer.errors import DatasetError
from fer.images import load_picture
from fer.live import LiveRecognizer, LiveSettings, recognize_faces
from fer.live.drawing import DrawingStyle, draw_faces
from fer.live.video import annotate_film
from fer.live.video.writing import FilmWriter
from fer.models.inference import Recognizer, model_folder
from fer.system.machine import processor_name, read_machine
from fer.system.stopwatch import Measurement, Report, measured, ratio, take_turns

_WIDTH, _HEIGHT = 640, 480
# What found the faces of a camera before; it stands beside today's.
_FORMER_DEFAULT = "haar_fast"
_FRAMES_PER_SECOND, _FRAMES, _WARMING_FRAMES = 30, 150, 15


def bench_live(request: Request) -> Report:
    """The camera's whole way, step by step, beside the reference package's own steps and the former default.

    Raises:
        DatasetError: the detector finds no face in the frame.
    """
    from fer.cli.bench.rivals import FullSizePipeline

    # As the page loads it.
    recognizer = _recognizer(request)
    detector = _camera_search(DEFAULT_DETECTOR)
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
    rival = FullSizePipeline(recognizer.card.architecture, recognizer.preprocessing)
    measurements = _cameras(request, frame, five)
    times_real_time = _film(frame, recognizer)
    former = _camera_search(_FORMER_DEFAULT)
    measurements |= take_turns(
        {
            "follow_a_known_face": lambda: patch.find(frame, faces[0].box),
            "crop": lambda: crop_faces(frame, faces, height, width),
            "classify": lambda: recognizer.predict(crops),
            "draw": lambda: draw_faces(frame, recognized),
            "search_a_whole_frame_beside": lambda: detector.detect(frame),
            f"search_a_whole_frame_{_FORMER_DEFAULT}": lambda: former.detect(frame),
            "haar_full_size_and_model_predict": lambda: rival(frame),
        },
        runs=60,
        tell=lambda fraction: request.progress(0.6 + 0.4 * fraction, "Timing step by step"),
    )
    ratios = ratio(measurements, "haar_full_size_and_model_predict", "whole_pipeline")
    ratios |= ratio(measurements, f"whole_pipeline_{_FORMER_DEFAULT}", "whole_pipeline")
    return Report(
        measurements,
        {**ratios, "film_640x360_over_real_time": times_real_time},
        f"{_WIDTH}×{_HEIGHT}, {len(faces)} face(s), {len(detector.detect(five))} where five are, "
        f"{request.model}, {processor_name()}, {read_machine().cores} cores",
    )


def _recognizer(request: Request) -> Recognizer:
    return Recognizer(model_folder(request.model), threads=min(2, read_machine().cores))


def _camera_search(name: str) -> FaceDetector:
    entry = detector_entry(name)
    return entry.build(Search.CAMERA, entry.score_threshold)


def _cameras(request: Request, frame: NDArray[np.uint8], five: NDArray[np.uint8]) -> dict[str, Measurement]:
    """The time for each frame of cameras that show one face, five, a larger picture; and of two at once."""
    recognizer = _recognizer(request)
    large = _frame(request.data, 1280, 720)
    shown = {
        "whole_pipeline": (frame, DEFAULT_DETECTOR),
        f"whole_pipeline_{_FORMER_DEFAULT}": (frame, _FORMER_DEFAULT),
        "whole_pipeline_five_faces": (five, DEFAULT_DETECTOR),
        f"whole_pipeline_five_faces_{_FORMER_DEFAULT}": (five, _FORMER_DEFAULT),
        "whole_pipeline_1280x720": (large, DEFAULT_DETECTOR),
    }
    measurements = {}
    for number, (name, (picture, detector)) in enumerate(shown.items()):
        request.progress(0.1 * number, "Filming")
        measurements[name] = measured(_filmed(picture, recognizer, detector))
    request.progress(0.5, "Two viewers")
    with ThreadPoolExecutor(2) as viewers:  # each with interpreters of its own, as on the page
        both = list(viewers.map(lambda _: _filmed(frame, _recognizer(request), DEFAULT_DETECTOR), range(2)))
    measurements["whole_pipeline_two_viewers"] = measured([seconds for one in both for seconds in one])
    return measurements


def _filmed(frame: NDArray[np.uint8], recognizer: Recognizer, detector: str) -> list[float]:
    """The seconds for each frame of a camera that is shown `frame`, each time a little moved.

    At a camera's own pace, because whole frames are searched between its frames, and beside them when that
    takes longer.
    """
    live = LiveRecognizer(recognizer, LiveSettings(detector))
    style = DrawingStyle(bars="largest")  # as the page draws at first
    frames = _moving(frame)
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
    return seconds


def _film(frame: NDArray[np.uint8], recognizer: Recognizer) -> float:
    """How many times faster than it plays a film of 640×360 becomes an annotated one."""
    frames = _moving(np.asarray(cv2.resize(frame, (_WIDTH, 360), interpolation=cv2.INTER_AREA), np.uint8))
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "film.mp4"
        with FilmWriter(source, (_WIDTH, 360), Fraction(1, _FRAMES_PER_SECOND)) as writer:
            for number in range(10 * _FRAMES_PER_SECOND):
                writer.write(frames[number % len(frames)], number)
        report = annotate_film(source, recognizer, output=Path(folder) / "annotated.mp4")
    return report.times_real_time


def _moving(frame: NDArray[np.uint8]) -> list[NDArray[np.uint8]]:
    """The frame sixteen times, moved to the right and back."""
    shifts = [*range(0, 16, 2), *range(16, 0, -2)]
    return [np.ascontiguousarray(np.roll(frame, shift, axis=1)) for shift in shifts]


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
