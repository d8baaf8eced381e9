"""Everything that is kept between reruns and shared by all sessions, and nothing else.

Files change under a running workshop, so each cached twin is keyed by what was asked for *and* by
when its files were last written. Values are shared: nobody writes to them.
"""

import contextvars
import gc
import os
from collections.abc import Collection, Sequence
from pathlib import Path

import cv2
import numpy as np
import streamlit as st
from numpy.typing import NDArray

from fer import batches, datasets, diagnosis, drawing, evaluation, faults, live, pictures, recognition, runs
from fer import face_map as face_maps
from fer.batches import Batch
from fer.cards import CARD_FILE, MODEL_FILE
from fer.config import AS_IT_CAME, DatasetView, TrainingConfig
from fer.datasets import Dataset, Split, browsing
from fer.datasets.browsing import Quality
from fer.datasets.character import Character, character_of, vote_agreement
from fer.datasets.editions import edition_path
from fer.datasets.fingerprint import fingerprint as fingerprint_of
from fer.datasets.views import apply_view
from fer.diagnosis import Outcome
from fer.errors import CorruptRunError, RunError, RunNotFoundError
from fer.evaluation import Evaluation
from fer.face_map import FaceMap
from fer.faces import FAST, THOROUGH, FaceDetector, FollowingDetector, HaarDetector
from fer.faults import FaceMeasures, Inspection
from fer.live import LiveRecognizer, RecognizedFace
from fer.progress import Progress, silent
from fer.recognition import Recognizer
from fer.runs import (
    ANSWERS_FILE,
    WATCHED_FILE,
    CurvesReader,
    Predictions,
    Run,
    RunCurves,
    RunSummary,
    WatchedFaces,
)


def dataset(name: str, progress: Progress = silent, view: DatasetView = AS_IT_CAME) -> Dataset:
    """Return the dataset called `name` in the state `view`, prepared once.

    `progress` hears of it only when it is really read.

    Raises:
        DatasetError: there is none of that name, or it cannot be used.
    """
    as_it_came = DatasetView(skip_bad=view.skip_bad)
    if view == as_it_came:
        return _dataset(name, view, _dataset_stamp(name), _unrecorded(progress))
    return _changed_dataset(name, view, _dataset_stamp(name, view.edition), _unrecorded(progress))


def character(dataset: Dataset) -> Character:
    """Return what the faces of each emotion have in common, computed once."""
    return _character(dataset.name, _dataset_stamp(dataset.name), len(dataset), dataset)


def qualities(dataset: Dataset, wanted: Collection[Quality]) -> dict[Quality, NDArray[np.float32]]:
    """Return those of the wanted qualities that are known of this dataset's faces, (n,) each.

    Measuring the faces takes a moment, once; suspicion is there after an inspection, agreement with votes.
    """
    found: dict[Quality, NDArray[np.float32]] = {}
    if {Quality.BRIGHTNESS, Quality.SHARPNESS} & set(wanted):
        measured = measures(dataset)
        found |= {Quality.BRIGHTNESS: measured.brightness, Quality.SHARPNESS: measured.sharpness}
    if Quality.AGREEMENT in wanted and dataset.votes is not None:
        found[Quality.AGREEMENT] = vote_agreement(dataset)
    if Quality.SUSPICION in wanted and (inspection := inspected(dataset)) is not None:
        found[Quality.SUSPICION] = inspection.suspicion
    return {quality: values for quality, values in found.items() if quality in wanted}


def inspected(dataset: Dataset) -> Inspection | None:
    """Return what the last inspection of these faces found; None before one."""
    known = fingerprint(dataset)
    path = faults.inspection_path(known)
    return _inspection(known, _modified(path)) if path.exists() else None


def fingerprint(dataset: Dataset) -> str:
    """Return what the faces and labels are as one short text, computed once."""
    return _fingerprint(dataset.name, _dataset_stamp(dataset.name), len(dataset), dataset)


def measures(dataset: Dataset) -> FaceMeasures:
    """Return what can be told of every face by looking at it alone, measured once."""
    if (inspection := inspected(dataset)) is not None:
        return inspection.measures
    return _measures(dataset.name, _dataset_stamp(dataset.name), len(dataset), dataset)


def face_map(dataset: Dataset, model: str) -> FaceMap | None:
    """Return the map of these faces as `model` sees them; None before it was made.

    Raises:
        ModelNotFoundError: there is no model of that name.
    """
    path = face_map_path(dataset, model)
    return _face_map(path, _modified(path), dataset) if path.exists() else None


def face_map_path(dataset: Dataset, model: str) -> Path:
    """Return where the map of these faces as `model` sees them is kept, or will be.

    Raises:
        ModelNotFoundError: there is no model of that name.
    """
    stamp = _dataset_stamp(dataset.name)
    return _map_path(dataset.name, stamp, len(dataset), model, _model_stamp(model), dataset)


def recognizer(name: str) -> Recognizer:
    """Return the model called `name`, loaded once.

    Raises:
        ModelError: there is none of that name, or its files are incomplete.
    """
    return _recognizer(name, _model_stamp(name))


def evaluate(
    model: str, dataset_name: str, split: Split, progress: Progress = silent, view: DatasetView = AS_IT_CAME
) -> Evaluation:
    """Return how `model` does on one split of a dataset in the state `view`, computed once.

    Raises:
        FerError: the model or the dataset cannot be used, or they do not fit.
    """
    stamp = _dataset_stamp(dataset_name, view.edition)
    return _evaluation(model, _model_stamp(model), dataset_name, view, stamp, split, _unrecorded(progress))


def answers(model: str, dataset: Dataset, view: DatasetView, rows: Sequence[int]) -> NDArray[np.float32]:
    """Return what `model` answers to some faces of a dataset in the state `view`, (n, k), computed once.

    Raises:
        ModelError: the model cannot be used.
    """
    stamp = _dataset_stamp(dataset.name, view.edition)
    return _answers(model, _model_stamp(model), dataset.name, view, stamp, tuple(rows), dataset)


def first_batch(config: TrainingConfig, progress: Progress = silent) -> Batch:
    """Return the very first batch that a run with this config trains on.

    Raises:
        FerError: the dataset or the architecture cannot be used.
    """
    stamp = _dataset_stamp(config.dataset, config.view.edition)
    return _first_batch(config, stamp, _unrecorded(progress))


def live_recognizer(model: str) -> LiveRecognizer:
    """Return this session's camera recognition, with a detector and an interpreter of its own.

    Two viewers then neither wait for one another nor mix their faces.

    Raises:
        FerError: the model or the face detector cannot be loaded.
    """
    recognizer = _live_recognizer(model, _model_stamp(model))
    _settle_memory()
    return recognizer


def recognized_picture(
    model: str, content: bytes, name: str
) -> tuple[NDArray[np.uint8], tuple[RecognizedFace, ...]]:
    """Return a picture file with its faces drawn, (h, w, 3) RGB, and what was recognised, largest first.

    Kept for this session only, and only the last few: somebody's face is nobody else's business.

    Args:
        model: the model's name.
        content: the file's bytes.
        name: what an error calls the picture.

    Raises:
        FerError: the file is no picture, or the model or the face detector cannot be used.
    """
    return _recognized_picture(model, _model_stamp(model), content, name)


def run_history() -> tuple[list[Run], list[str]]:
    """Return every run, newest first, and the ids of those whose files cannot be read.

    A folder is read anew when one of its files was written, and as long as its run is at work.
    """
    folders = list(runs.run_folders())
    stamps = [_run_stamp(folder) for folder in folders]
    found, damaged = _history("\n".join(stamps), stamps, folders)
    # Whether a process lives, no file tells.
    return [_as_it_stands(run) if run.is_active else run for run in found], damaged


def run_summaries(listed: Sequence[Run]) -> list[RunSummary]:
    """Return the curves of runs in a few figures each, read anew where an epoch was added."""
    stamps = [_summary_stamp(run) for run in listed]
    return _run_summaries("\n".join(stamps), stamps, listed)


def run_summary(run: Run) -> RunSummary:
    """Return a run's curves in a few figures, read anew when an epoch was added."""
    return _run_summary(_summary_stamp(run), run)


def predictions(run: Run) -> Predictions | None:
    """Return what a run's best weights answer to the validation faces; None before that is known."""
    path = run.folder / runs.PREDICTIONS_FILE
    return _predictions(path, _written(path)) if path.exists() else None


def run_curves(run: Run) -> RunCurves:
    """Return the curves of a run as its files show them now; only what is new is read."""
    _settle_memory()  # of a run under way somebody looks again each second
    return _curves_reader(str(run.folder)).read()


def outcome(base: Run | None, experiment: Run) -> Outcome:
    """Return what the one change of a run brought beside the run it repeats; None for one that is gone.

    Worked out anew when either of them has got further.
    """
    stamp = tuple(_progress_stamp(run) for run in (base, experiment) if run is not None)
    return _outcome(base.id if base else None, experiment.id, stamp, base, experiment)


def watched_faces(run: Run) -> WatchedFaces | None:
    """Return the faces a run is watched by, with all answers so far; None before the first."""
    return _watched_faces(
        str(run.folder),
        _modified(run.folder / WATCHED_FILE),
        _modified(run.folder / ANSWERS_FILE),
        run.folder,
    )


@st.cache_resource(show_spinner=False)
def portraits() -> NDArray[np.uint8]:
    """Return one drawn face per emotion, (7, h, w, 1) uint8, in `EMOTIONS`' order."""
    return browsing.portraits()


# The whole list once, because asking for hundreds of entries takes longer than drawing them.
@st.cache_resource(max_entries=4, show_spinner=False)
def _history(stamp: str, _stamps: list[str], _folders: list[Path]) -> tuple[list[Run], list[str]]:
    found, damaged = [], []
    for one, folder in zip(_stamps, _folders, strict=True):
        try:
            found.append(_run(one, folder))
        except RunNotFoundError:
            continue
        except CorruptRunError:
            damaged.append(folder.name)
    return sorted(found, key=lambda run: run.id, reverse=True), damaged


@st.cache_resource(max_entries=8, show_spinner=False)
def _run_summaries(stamp: str, _stamps: list[str], _listed: Sequence[Run]) -> list[RunSummary]:
    return [_run_summary(one, run) for one, run in zip(_stamps, _listed, strict=True)]


# Small values, and as many as a learner may have runs.
@st.cache_resource(max_entries=4096, show_spinner=False)
def _run(stamp: str, _folder: Path) -> Run:
    return runs.read_run(_folder)


@st.cache_resource(max_entries=4096, show_spinner=False)
def _run_summary(stamp: str, _run: Run) -> RunSummary:
    return runs.summarize(_run)


@st.cache_resource(max_entries=16, show_spinner=False)
def _predictions(path: Path, stamp: str) -> Predictions | None:
    return runs.read_predictions(path.parent)


@st.cache_resource(max_entries=64, show_spinner=False)
def _outcome(
    base_id: str | None, experiment_id: str, stamp: tuple[object, ...], _base: Run | None, _experiment: Run
) -> Outcome:
    return diagnosis.weigh(_base, _experiment)


@st.cache_resource(max_entries=8, show_spinner=False)
def _curves_reader(folder: str) -> CurvesReader:
    return CurvesReader(Path(folder))


@st.cache_resource(max_entries=4, show_spinner=False)
def _watched_faces(folder: str, stamp: float, answers_stamp: float, _folder: Path) -> WatchedFaces | None:
    return runs.read_watched(_folder)


@st.cache_resource(max_entries=4, show_spinner=False)
def _dataset(name: str, view: DatasetView, stamp: float, _progress: Progress) -> Dataset:
    return datasets.load_dataset(name, _progress, view=view)


# One only: a face left out makes a copy of all others, while the faces as they came are mapped from the disk.
@st.cache_resource(max_entries=1, show_spinner=False)
def _changed_dataset(name: str, view: DatasetView, stamp: float, _progress: Progress) -> Dataset:
    return apply_view(dataset(name, _progress, DatasetView(skip_bad=view.skip_bad)), view)


@st.cache_resource(max_entries=4, show_spinner=False)
def _character(name: str, stamp: float, count: int, _dataset: Dataset) -> Character:
    return character_of(_dataset)


@st.cache_resource(max_entries=4, show_spinner=False)
def _measures(name: str, stamp: float, count: int, _dataset: Dataset) -> FaceMeasures:
    return faults.measure_faces(_dataset.images)


@st.cache_data(max_entries=16, show_spinner=False)
def _fingerprint(name: str, stamp: float, count: int, _dataset: Dataset) -> str:
    return fingerprint_of(_dataset)


@st.cache_resource(max_entries=2, show_spinner=False)
def _inspection(fingerprint: str, stamp: float) -> Inspection | None:
    return faults.load_inspection(fingerprint)


@st.cache_resource(max_entries=16, show_spinner=False)
def _map_path(name: str, stamp: float, count: int, model: str, model_stamp: float, _dataset: Dataset) -> Path:
    return face_maps.map_path(_dataset, model)


@st.cache_resource(max_entries=2, show_spinner=False)
def _face_map(path: Path, stamp: float, _dataset: Dataset) -> FaceMap | None:
    return face_maps.load_map(path, _dataset)


@st.cache_resource(max_entries=4, show_spinner=False)
def _recognizer(name: str, stamp: float) -> Recognizer:
    return recognition.load_recognizer(name)


@st.cache_resource(max_entries=16, show_spinner=False)
def _evaluation(
    model: str,
    model_stamp: float,
    dataset_name: str,
    view: DatasetView,
    dataset_stamp: float,
    split: Split,
    _progress: Progress,
) -> Evaluation:
    return evaluation.evaluate(recognizer(model), dataset(dataset_name, _progress, view), split, _progress)


@st.cache_resource(max_entries=16, show_spinner=False)
def _answers(
    model: str,
    model_stamp: float,
    dataset_name: str,
    view: DatasetView,
    dataset_stamp: float,
    rows: tuple[int, ...],
    _dataset: Dataset,
) -> NDArray[np.float32]:
    return recognizer(model).predict(_dataset.images[list(rows)])


@st.cache_resource(max_entries=2, show_spinner=False)
def _first_batch(config: TrainingConfig, stamp: float, _progress: Progress) -> Batch:
    return batches.first_batch(dataset(config.dataset, _progress, config.view), config)


@st.cache_resource(scope="session", max_entries=1, show_spinner=False)
def _live_recognizer(model: str, stamp: float) -> LiveRecognizer:
    return LiveRecognizer(FollowingDetector(HaarDetector(FAST)), recognition.load_recognizer(model))


@st.cache_resource(scope="session", max_entries=8, show_spinner=False)
def _recognized_picture(
    model: str, stamp: float, content: bytes, _name: str
) -> tuple[NDArray[np.uint8], tuple[RecognizedFace, ...]]:
    image_bgr = np.asarray(cv2.cvtColor(pictures.decode_rgb(content, _name), cv2.COLOR_RGB2BGR), np.uint8)
    faces = live.recognize_faces(image_bgr, _picture_detector(), recognizer(model))
    drawn_bgr = drawing.draw_faces(image_bgr, faces)
    return np.asarray(cv2.cvtColor(drawn_bgr, cv2.COLOR_BGR2RGB), np.uint8), faces


@st.cache_resource(show_spinner=False)
def _picture_detector() -> FaceDetector:
    return HaarDetector(THOROUGH)


@st.cache_resource(show_spinner=False)
def _settle_memory() -> None:
    """Take what is loaded by now out of the garbage collector's sight, once.

    Streamlit collects garbage after every run of a script or fragment, and all threads wait for it,
    the camera's too; looking through every imported library each second would cost frames.
    """
    gc.collect()
    gc.freeze()


def _unrecorded(progress: Progress) -> Progress:
    """Let `progress` draw from inside a cached function without Streamlit recording it for replay.

    A bar is news, not part of the value: it must not come back when the value comes from the cache.
    """
    outside = contextvars.copy_context()
    return lambda fraction, message: outside.run(progress, fraction, message)


def _dataset_stamp(name: str, edition: str = "") -> float:
    path = next((entry.path for entry in datasets.list_datasets() if entry.name == name), None)
    # FER+'s votes join from a table of their own, under whatever name it lies there. Sums, because what is
    # put beside may well be older than what is there. The built-in set never changes.
    files = [] if path is None else [path, *sorted(path.parent.glob("*.csv"))]
    stamp = sum(map(_modified, files), 0.0)
    return stamp + _modified(edition_path(name, edition)) if edition else stamp


def _model_stamp(name: str) -> float:
    folder = recognition.model_folder(name)
    return max(_modified(folder / CARD_FILE), _modified(folder / MODEL_FILE))


def _summary_stamp(run: Run) -> str:
    return f"{run.folder} {_written(run.folder / runs.METRICS_FILE)}"


def _as_it_stands(run: Run) -> Run:
    try:
        return runs.read_run(run.folder)
    except RunError:  # it was deleted, or is being written to by hand, this very moment
        return run


def _run_stamp(folder: Path) -> str:
    names = (runs.CONFIG_FILE, runs.STATUS_FILE, runs.NOTES_FILE, runs.EXPERIMENT_FILE)
    return " ".join((str(folder), *(_written(folder / name) for name in names)))


def _progress_stamp(run: Run) -> tuple[object, ...]:
    names = (runs.METRICS_FILE, runs.PREDICTIONS_FILE, runs.FACES_FILE)
    return (run.status, run.config, *(_written(run.folder / name) for name in names))


def _written(path: Path) -> str:
    """When a file was last written, in nanoseconds, and its size; empty where there is none."""
    try:
        status = path.stat()
        return f"{status.st_mtime_ns} {status.st_size}"  # a text is the quickest to be hashed
    except OSError:
        return ""


def _modified(path: Path) -> float:
    """When a file, or a folder or one inside it, last changed; a folder changes when a file comes or goes."""
    try:
        inside = [Path(entry.path) for entry in os.scandir(path) if entry.is_dir()] if path.is_dir() else []
        return max([path.stat().st_mtime, *map(_modified, inside)])
    except OSError:
        return 0.0
