"""Benchmarks: how fast the workshop is, always beside a rival measured in the same minutes on one machine.

Times move from machine to machine and hour to hour; the ratios are what to believe.
"""

from dataclasses import dataclass
from importlib import import_module

from fer.system.progress import Progress, silent
from fer.system.stopwatch import Report

DEFAULT_MODEL = "mini_xception"


@dataclass(frozen=True, slots=True)
class Request:
    """What a subject is asked to measure.

    Attributes:
        progress: told how far it is.
        data: what `Subject.data` says; None for made-up material of FER-2013's size, or the built-in faces.
        model: a pretrained model's name or a run's id, or an architecture's name where one is trained.
        keep: save what the architectures cost, for the pages and the documentation.
    """

    progress: Progress = silent
    data: str | None = None
    model: str = DEFAULT_MODEL
    keep: bool = False


@dataclass(frozen=True, slots=True)
class Subject:
    """One thing that is measured.

    Attributes:
        measures: what is timed.
        rival: what it is held against.
        data: what the option --data names; empty where nothing can be named.
        module: of this package, imported when it is measured: it holds `bench_<name>`.
    """

    measures: str
    rival: str
    data: str
    module: str


SUBJECTS = {
    "live": Subject(
        "the camera's whole way, step by step",
        "Haar at full size and model.predict for each face",
        "picture",
        "live",
    ),
    "load": Subject(
        "a CSV's first load and the second", "the tutorials' loop over its numbers", "CSV", "loading"
    ),
    "folders": Subject(
        "class folders' first load and the second", "loops by load_img and by imread", "dataset", "loading"
    ),
    "page": Subject(
        "a page of a hundred faces on the server, and the memory it takes", "an st.image each", "CSV", "pages"
    ),
    "runs": Subject("a visit to the training page with 200 runs", "the first visit", "", "pages"),
    "quality": Subject(
        "finding near-duplicates and a whole inspection",
        "a product of every face with every other",
        "dataset",
        "quality",
    ),
    "predict": Subject("1, 4 and 16 faces through LiteRT", "Keras' three ways to predict", "", "predicting"),
    "evaluate": Subject(
        "what the evaluation page does",
        "Keras' predict, a usual Streamlit page, Grad-CAM",
        "CSV",
        "evaluating",
    ),
    "train": Subject(
        "an epoch of a run, augmented and recorded",
        "fit on ready tensors, and on ImageDataGenerator",
        "dataset",
        "training",
    ),
    "start": Subject(
        "from Start to a run's first figure", "a process that only imports TensorFlow", "dataset", "training"
    ),
}


def measure(name: str, request: Request) -> Report:
    """Measure a subject beside its rival.

    Raises:
        FerError: what was named cannot be used.
    """
    bench = getattr(import_module(f"fer.cli.bench.{SUBJECTS[name].module}"), f"bench_{name}")
    report: Report = bench(request)
    return report
