"""The camera's whole way, step by step."""

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from fer.bench.material import DEFAULT_MODEL
from fer.bench.stopwatch import Report, ratio, take_turns
from fer.datasets.portrait import ActionUnit, Appearance, draw_face
from fer.drawing import draw_faces
from fer.errors import DatasetError
from fer.faces import HaarDetector, Searching, build_detector, crop_faces
from fer.live import LiveRecognizer, recognize_faces
from fer.pictures import load_picture
from fer.progress import Progress, silent
from fer.recognition import load_recognizer

_FRAME_HEIGHT, _FRAME_WIDTH = 480, 640


def bench_live(progress: Progress = silent, *, data: str | None = None, model: str = DEFAULT_MODEL) -> Report:
    """The camera's whole way, step by step, against Haar at full resolution with `model.predict`.

    Args:
        progress: told how far it is.
        data: a picture to use as the frame; None draws a face.
        model: a pretrained model's name or a run's id.
    """
    from fer.bench.rivals import FullSizePipeline

    frame = _frame(None if data is None else Path(data))
    recognizer = load_recognizer(model)
    detector = HaarDetector()
    height, width, _ = recognizer.preprocessing.input_shape
    faces = detector.detect(frame)
    if not faces:
        raise DatasetError(
            "The detector finds no face in the frame, so there is nothing to measure. Choose a picture "
            "that shows a face from the front."
        )
    crops = crop_faces(frame, faces, height, width)
    recognized = recognize_faces(frame, detector, recognizer)
    live = LiveRecognizer(recognizer)
    following = build_detector(live.settings.detector, Searching.BESIDE)
    rival = FullSizePipeline(recognizer.card.architecture, recognizer.preprocessing)
    measurements = take_turns(
        {
            "whole_pipeline": lambda: draw_faces(frame, live.read(frame).faces),
            "detect_in_whole_frame": lambda: detector.detect(frame),
            "follow": lambda: following.detect(frame),
            "crop": lambda: crop_faces(frame, faces, height, width),
            "classify": lambda: recognizer.predict(crops),
            "draw": lambda: draw_faces(frame, recognized),
            "haar_full_size_and_model_predict": lambda: rival(frame),
        },
        runs=60,
        tell=lambda fraction: progress(fraction, "Timing the live pipeline"),
    )
    return Report(
        measurements,
        ratio(measurements, "haar_full_size_and_model_predict", "whole_pipeline"),
        f"{_FRAME_WIDTH}×{_FRAME_HEIGHT}, {len(faces)} face(s), {model}",
    )


def _frame(picture: Path | None) -> NDArray[np.uint8]:
    """(480, 640, 3) BGR that shows a face."""
    frame = np.full((_FRAME_HEIGHT, _FRAME_WIDTH, 3), 168, np.uint8)
    if picture is not None:
        bgr = cv2.cvtColor(load_picture(picture), cv2.COLOR_RGB2BGR)
        return np.asarray(
            cv2.resize(bgr, (_FRAME_WIDTH, _FRAME_HEIGHT), interpolation=cv2.INTER_AREA), np.uint8
        )
    side = 360
    smile = {ActionUnit.CHEEK_RAISER: 0.8, ActionUnit.LIP_CORNER_PULLER: 0.9}
    face = draw_face(Appearance(), smile, side)
    top, left = (_FRAME_HEIGHT - side) // 2, (_FRAME_WIDTH - side) // 2
    frame[top : top + side, left : left + side] = face[..., None]
    return frame
