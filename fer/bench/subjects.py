"""What is measured: the live pipeline, loading FER-2013, a page of faces, prediction, and training."""

import json
import os
import shutil
import subprocess
import sys
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
from fer.datasets import Dataset, Split, load_dataset
from fer.datasets.fingerprint import fingerprint
from fer.datasets.portrait import ActionUnit, Appearance, draw_face
from fer.drawing import draw_faces
from fer.errors import DatasetError, DatasetNotFoundError
from fer.faces import FollowingDetector, HaarDetector, crop_faces
from fer.live import LiveRecognizer, recognize_faces
from fer.pictures import load_picture
from fer.progress import Progress, silent
from fer.recognition import Recognizer, load_recognizer, model_folder
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
            path = _existing_csv(data)
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


def bench_folders(
    progress: Progress = silent, *, data: str | None = None, model: str = DEFAULT_MODEL
) -> Report:
    """Class folders of JPEGs the first time and the second, against the notebooks' loops over the files.

    Args:
        progress: told how far it is.
        data: the dataset whose faces become the JPEGs; None takes the built-in ones, as many as FER-2013 has.
        model: not used.
    """
    from fer.bench.rivals import read_folders_with_imread, read_folders_with_load_img

    with tempfile.TemporaryDirectory() as folder:
        faces = load_dataset(data or "synthetic")
        if data is None:
            faces = faces.take(np.resize(np.arange(len(faces)), _FER_2013_ROWS))
        pictures = Path(folder) / "pictures"
        _write_folders(faces, pictures, lambda fraction: progress(0.25 * fraction, "Writing class folders"))
        with _another_home(folder):
            measurements = take_turns(
                {
                    "first_load": lambda: _load_for_the_first_time(pictures),
                    "second_load": lambda: load_dataset(str(pictures)),
                    "imread_loop": lambda: read_folders_with_imread(pictures),
                    "load_img_loop": lambda: read_folders_with_load_img(pictures),
                },
                runs=3,
                tell=lambda fraction: progress(0.25 + 0.75 * fraction, "Timing the loads and the loops"),
            )
    return Report(
        measurements,
        {
            **ratio(measurements, "load_img_loop", "first_load"),
            **ratio(measurements, "imread_loop", "first_load"),
            **ratio(measurements, "load_img_loop", "second_load"),
        },
        f"{len(faces):,} JPEGs of {data or 'the built-in faces, over and over'}",
    )


def bench_page(progress: Progress = silent, *, data: str | None = None, model: str = DEFAULT_MODEL) -> Report:
    """A page of a hundred faces on the server, against one `st.image` each; and what memory a dataset takes.

    The pages run in a process of their own, without a browser: once with a dataset that is read for the
    first time, and once with its decoded copy.

    Args:
        progress: told how far it is.
        data: the CSV; None writes one of FER-2013's size.
        model: not used.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "data" / "faces.csv"
        path.parent.mkdir()
        progress(0.0, "Preparing a CSV of FER-2013's size")
        if data is None:
            _write_csv(path)
        else:
            _give(_existing_csv(data), path)
        progress(0.3, "Turning pages after a first load")
        first = _rehearsed(folder, path.name)
        progress(0.7, "Turning pages after a later load")
        later = _rehearsed(folder, path.name)
    measurements = {
        "whole_page": measured([ms / 1e3 for ms in later["page_ms"]]),
        "hundred_faces": measured([ms / 1e3 for ms in later["sheet_ms"]]),
        "image_per_face": measured([ms / 1e3 for ms in later["image_ms"]]),
    }
    return Report(
        measurements,
        ratio(measurements, "image_per_face", "hundred_faces"),
        data or f"a made-up CSV of {_FER_2013_ROWS} rows",
        {
            "bare_app": later["home_mb"][0],
            **{
                f"{views}_above_bare_app_{load}": run[f"{views}_mb"][0] - run["home_mb"][0]
                for views in ("faces", "views")
                for load, run in (("first_load", first), ("later_load", later))
            },
        },
    )


def _rehearsed(home: str, dataset: str) -> dict[str, list[float]]:
    child = subprocess.run(
        [sys.executable, "-m", "pages.parts.rehearsal", dataset],
        cwd=paths.PROJECT_ROOT,
        env={**os.environ, "FER_HOME": home},
        capture_output=True,
        text=True,
        check=False,
    )
    if child.returncode:
        last = (child.stderr.strip().splitlines() or ["it said nothing"])[-1]
        raise DatasetError(f"The dataset page could not be measured: {last}")
    return dict(json.loads(child.stdout.strip().splitlines()[-1]))


def _give(source: Path, target: Path) -> None:
    """The same file in another place, without copying where the disk allows it."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def _existing_csv(data: str) -> Path:
    path = Path(data).absolute()
    if not path.is_file():
        raise DatasetNotFoundError(f"There is no file “{data}”. Give the path of a FER-2013 CSV.")
    return path


def bench_faults(
    progress: Progress = silent, *, data: str | None = None, model: str = DEFAULT_MODEL
) -> Report:
    """Near duplicates of a whole dataset, against a matrix product of every face with every other.

    Args:
        progress: told how far it is.
        data: the dataset; None takes the built-in faces.
        model: whose features judge the labels.
    """
    from fer import faults
    from fer.bench.rivals import same_photographs_by_brute_force
    from fer.faults.duplicates import find_copies
    from fer.faults.measures import measure_faces, small_greys

    dataset = load_dataset(data or "synthetic")
    recognizer = Recognizer(model_folder(model), threads=os.cpu_count() or 1)
    find_copies(dataset.images[:64])  # loads what it needs
    contestants: dict[str, Callable[[], object]] = {
        "fingerprint": lambda: fingerprint(dataset),
        "measures": lambda: measure_faces(dataset.images),
        "near_duplicates": lambda: find_copies(dataset.images),
        "brute_force": lambda: same_photographs_by_brute_force(small_greys(dataset.images, 48)),
    }
    measurements: dict[str, Measurement] = {}
    with tempfile.TemporaryDirectory() as folder, _another_home(folder):
        contestants["whole_inspection"] = lambda: faults.inspect(dataset, recognizer)
        contestants["kept_inspection"] = lambda: faults.load_inspection(fingerprint(dataset))
        for number, (name, contestant) in enumerate(contestants.items()):
            progress(number / len(contestants), f"Timing {name.replace('_', ' ')}")
            started = time.perf_counter()
            contestant()
            measurements[name] = measured([time.perf_counter() - started])
    return Report(
        measurements,
        ratio(measurements, "brute_force", "near_duplicates"),
        f"{dataset.source.title}, {len(dataset):,} faces, one run",
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


def _write_folders(faces: Dataset, folder: Path, tell: Callable[[float], object]) -> None:
    """Lay faces out as Kaggle's class folders: train/happy/00001.jpg."""
    for emotion in faces.emotions:
        for split in Split:
            (folder / split / emotion).mkdir(parents=True, exist_ok=True)
    for row, (image, label, split) in enumerate(zip(faces.images, faces.labels, faces.splits, strict=True)):
        picture = cv2.imencode(".jpg", image[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 95])[1]
        (folder / str(split) / faces.emotions[label] / f"{row:05d}.jpg").write_bytes(picture.tobytes())
        if row % 1000 == 0:
            tell(row / len(faces))
