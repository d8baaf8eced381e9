"""What is measured: the live pipeline, loading FER-2013, prediction, and training."""

import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from fer import paths
from fer.batches import TrainingBatches, prefetched
from fer.bench.stopwatch import Measurement, Report, measured, ratio, take_turns
from fer.config import DEFAULT_AUGMENTATION, TrainingConfig
from fer.datasets import load_dataset
from fer.datasets.portrait import ActionUnit, Appearance, draw_face
from fer.drawing import draw_faces
from fer.errors import DatasetError, DatasetNotFoundError
from fer.faces import FollowingDetector, HaarDetector, crop_faces
from fer.live import LiveRecognizer, recognize_faces
from fer.pictures import load_picture
from fer.progress import Progress, silent
from fer.recognition import Recognizer, load_recognizer
from fer.zoo.catalog import architecture

DEFAULT_MODEL = "mini_xception"
_FRAME_HEIGHT, _FRAME_WIDTH = 480, 640
# FER-2013's rows; a made-up file of the same size measures the same work.
_FER_2013_ROWS = 35_887
_FACE_COUNTS = (1, 4, 16)


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
    live = LiveRecognizer(FollowingDetector(detector), recognizer)
    rival = FullSizePipeline(recognizer.card.architecture, recognizer.preprocessing)
    measurements = take_turns(
        {
            "whole_pipeline": lambda: draw_faces(frame, live.read(frame).faces),
            "detect_in_whole_frame": lambda: detector.detect(frame),
            "detect_near_known_face": lambda: detector.detect_near(frame, faces[0]),
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


def bench_load(progress: Progress = silent, *, data: str | None = None, model: str = DEFAULT_MODEL) -> Report:
    """A FER-2013 CSV the first time and the second, against the tutorials' loop over its numbers.

    Args:
        progress: told how far it is.
        data: the CSV; None writes one of FER-2013's size.
        model: not used.
    """
    from fer.bench.rivals import read_csv_with_a_loop

    with tempfile.TemporaryDirectory() as folder:
        if data is None:
            progress(0.0, "Writing a CSV of FER-2013's size")
            path = Path(folder) / "fer2013.csv"
            _write_csv(path)
        else:
            path = Path(data).absolute()
            if not path.is_file():
                raise DatasetNotFoundError(f"There is no file “{data}”. Give the path of a FER-2013 CSV.")
        progress(0.3, "Timing the first load and the second")
        with _another_home(folder):
            measurements = take_turns(
                {
                    "first_load": lambda: _load_for_the_first_time(path),
                    "second_load": lambda: load_dataset(str(path)),
                },
                runs=5,
            )
        progress(0.6, "Timing the tutorials' loop")
        started = time.perf_counter()
        read_csv_with_a_loop(path)
        measurements["int_loop"] = measured([time.perf_counter() - started])
    return Report(
        measurements,
        {**ratio(measurements, "int_loop", "first_load"), **ratio(measurements, "int_loop", "second_load")},
        data or f"a made-up CSV of {_FER_2013_ROWS} rows",
    )


def bench_predict(
    progress: Progress = silent, *, data: str | None = None, model: str = DEFAULT_MODEL
) -> Report:
    """One, four and sixteen faces through LiteRT, against Keras' three ways to ask a model.

    Args:
        progress: told how far it is.
        data: not used.
        model: a pretrained model's name or a run's id.
    """
    from fer.bench.rivals import untrained_network

    recognizer = load_recognizer(model)
    network = untrained_network(recognizer.card.architecture)
    measurements: dict[str, Measurement] = {}
    ratios: dict[str, float] = {}
    for number, count in enumerate(_FACE_COUNTS):
        progress(number / len(_FACE_COUNTS), f"Timing predictions of {count} face(s)")
        height, width, channels = recognizer.preprocessing.input_shape
        images = np.random.default_rng(0).integers(0, 256, (count, height, width, channels), dtype=np.uint8)
        ways = _ways_to_predict(recognizer, network, images)
        measurements |= take_turns({f"{way}_{count}": ask for way, ask in ways.items()}, runs=40)
        ratios |= ratio(measurements, f"model_predict_{count}", f"litert_{count}")
    return Report(measurements, ratios, f"{model}, one LiteRT thread")


def _ways_to_predict(
    recognizer: Recognizer, network: Any, images: NDArray[np.uint8]
) -> dict[str, Callable[[], object]]:
    """Ours with its preprocessing; Keras' on input that is already prepared."""
    inputs = recognizer.preprocessing.apply(images)
    return {
        "litert": lambda: recognizer.predict(images),
        "model_predict": lambda: network.predict(inputs, verbose=0),
        "model_call": lambda: network(inputs, training=False),
        "predict_on_batch": lambda: network.predict_on_batch(inputs),
    }


def bench_train(
    progress: Progress = silent, *, data: str | None = None, model: str = DEFAULT_MODEL
) -> Report:
    """A training step with augmentation on the fly, against Keras' `fit` on ready tensors without any.

    Args:
        progress: told how far it is.
        data: the dataset; None takes the built-in faces.
        model: not used: the architecture is mini_XCEPTION.
    """
    from fer.bench.rivals import TrainingSteps

    batch_size, steps, rounds = 64, 20, 7
    config = TrainingConfig(batch_size=batch_size, augmentation=DEFAULT_AUGMENTATION)
    dataset = load_dataset(data or "synthetic")
    faces = dataset.take(np.resize(np.arange(len(dataset)), batch_size * steps))  # a small one goes round
    preprocessing = architecture(config.architecture).preprocessing
    batches = TrainingBatches(faces, config, preprocessing)
    ready = preprocessing.apply(faces.images)
    network = TrainingSteps(config, len(faces.emotions))
    measurements = take_turns(
        {
            "augmented_epoch": lambda: network.train(prefetched(batches.epoch(1))),
            "fit_on_ready_tensors": lambda: network.fit(ready, faces.labels),
        },
        runs=rounds,
        tell=lambda fraction: progress(fraction, "Timing training steps"),
    )
    return Report(
        measurements,
        ratio(measurements, "fit_on_ready_tensors", "augmented_epoch"),
        f"mini_xception, {steps} batches of {batch_size} faces a run",
    )


@contextmanager
def _another_home(folder: str) -> Iterator[None]:
    """Within, decoded datasets are kept in `folder`, not in the learner's `data/`."""
    own = os.environ.get("FER_HOME")
    os.environ["FER_HOME"] = folder
    try:
        yield
    finally:
        if own is None:
            del os.environ["FER_HOME"]
        else:
            os.environ["FER_HOME"] = own


def _load_for_the_first_time(path: Path) -> None:
    """As a learner's first opening: read, check, and keep the decoded copy on the disk."""
    shutil.rmtree(paths.cache_folder(), ignore_errors=True)
    load_dataset(str(path))


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


def _write_csv(path: Path) -> None:
    """A file of FER-2013's form and size, its faces those of the built-in set over and over."""
    faces = load_dataset("synthetic")
    lines = [
        f"{label},{' '.join(map(str, image.ravel()))},"
        for image, label in zip(faces.images, faces.labels, strict=True)
    ]
    usages = np.repeat(["Training", "PublicTest", "PrivateTest"], (28_709, 3_589, 3_589))
    with path.open("w") as file:
        file.write("emotion,pixels,Usage\n")
        file.writelines(f"{lines[row % len(lines)]}{usage}\n" for row, usage in enumerate(usages))
