"""Evaluation benchmark: a whole split, a click on its matrix, corrupted faces, one explanation."""

import shutil
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from fer.cli.bench import Request
from fer.cli.bench.material import another_home, home_with_csv
from fer.cli.bench.pages import measurements_of, rehearsed
from fer.datasets import Dataset, Split, load_dataset
from fer.evaluation import evaluate
from fer.evaluation.explanation import emotion_map, enlarged
from fer.evaluation.robustness import CORRUPTIONS, LEVELS, corrupt, sweep
from fer.models.inference import Recognizer, load_recognizer, model_folder
from fer.system import machine, paths
from fer.system.stopwatch import Measurement, Report, measured, ratio, take_turns

# What the evaluation page promises on two cores, in milliseconds.
LIMITS = {"evaluate": 1_500.0, "click": 200.0, "sweep": 30_000.0, "emotion_map": 5.0}

_KINDS = tuple(CORRUPTIONS)[:8]
_SWEPT = 1_000
# Of the faces of the sweep, how many the rivals are asked about; their times are then multiplied.
_FEW, _ONE_BY_ONE = 200, 5
_ROUNDS, _MAP_ROUNDS = 5, 40


def bench_evaluate(request: Request) -> Report:
    """What the evaluation page does, against the ways of Keras and of most galleries.

    "evaluate" judges the validation split from nothing; "model_predict" is Keras' `predict` on the same
    faces, prepared by the same preprocessing. "click" is the server's time for another cell of the confusion
    matrix with its faces and what is said of them; "usual_page" shows the bare matrix by `st.plotly_chart`
    and the same faces by an `st.image` each. "sweep" asks about eight kinds of bad faces at five levels; its
    rivals do the same with Keras on a part of the faces, as their names say, and their times are multiplied
    by what is left out. "emotion_map" is what raises one emotion where in one face; "grad_cam" asks Keras for
    gradients.
    """
    folder_of_model = model_folder(request.model)
    load_recognizer(request.model)  # a wrong name is said before minutes of work
    with home_with_csv(request.data) as (home, name):
        request.progress(0.2, "Reading it")
        shutil.copytree(folder_of_model, home / "models" / "pretrained" / request.model)
        with another_home(home):
            faces = load_dataset(name).only(Split.VALIDATION)
            judge = Recognizer(model_folder(request.model), threads=machine.read_machine().cores)
            times = _evaluations(judge, faces, request)
            request.progress(0.45, "Clicking on the confusion matrix")
            answer = rehearsed(home, "evaluation", name, request.model)
            times |= measurements_of(answer, click="click", usual_page="usual_page", whole_page="whole_page")
            request.progress(0.6, "Breaking faces")
            times |= _sweeps(judge, faces.subset(_SWEPT, 0))
            request.progress(0.95, "Explaining a face")
            times |= _maps(load_recognizer(request.model), faces)
    ratios: dict[str, float] = {}
    for ours, rival in (
        ("evaluate", "model_predict"),
        ("click", "usual_page"),
        ("sweep", _named("model_predict", _FEW)),
        ("sweep", _named("model_predict_one_face", _ONE_BY_ONE)),
        ("emotion_map", "grad_cam"),
    ):
        if {ours, rival} <= set(times):
            ratios |= ratio(times, rival, ours)
    return Report(
        times,
        ratios
        | {
            f"limit_of_{limit:g}_ms_over_{name}": limit / times[name].median_ms
            for name, limit in LIMITS.items()
            if name in times
        },
        f"{len(faces):,} validation faces of {request.data or 'the built-in faces, over and over'}, "
        f"{request.model}; a sweep of {len(_KINDS)} kinds, {LEVELS} levels, "
        f"{min(_SWEPT, len(faces)):,} faces",
    )


def _evaluations(judge: Recognizer, faces: Dataset, request: Request) -> dict[str, Measurement]:
    network = _network(judge)

    def from_nothing() -> None:
        shutil.rmtree(paths.cache_folder() / "answers", ignore_errors=True)
        evaluate(judge, faces, Split.VALIDATION)

    return take_turns(
        {
            "evaluate": from_nothing,
            "evaluate_what_is_kept": lambda: evaluate(judge, faces, Split.VALIDATION),
            "model_predict": lambda: network.predict(judge.preprocessing.apply(faces.images), verbose=0),
        },
        _ROUNDS,
        lambda fraction: request.progress(0.25 + 0.2 * fraction, "Timing evaluations"),
    )


def _sweeps(judge: Recognizer, faces: Dataset) -> dict[str, Measurement]:
    """Once each: a sweep takes seconds, and its rivals minutes."""
    network = _network(judge)

    def broken(few: Dataset, ask: Callable[[Dataset], object]) -> None:
        for kind in _KINDS:
            for severity in CORRUPTIONS[kind].levels:
                ask(replace(few, images=corrupt(few.images, kind, severity)))

    def in_one(few: Dataset) -> object:
        return network.predict(judge.preprocessing.apply(few.images), verbose=0)

    def one_by_one(few: Dataset) -> object:
        prepared = judge.preprocessing.apply(few.images)
        return [network.predict(face[None], verbose=0) for face in prepared]

    few, fewer = faces.subset(_FEW, 0), faces.subset(_ONE_BY_ONE, 0)
    in_one(few), one_by_one(fewer)  # Keras compiles what it has not done before
    started = time.perf_counter()
    sweep(judge, faces, _KINDS)
    times = {"sweep": time.perf_counter() - started}
    for name, part, ask in (("model_predict", few, in_one), ("model_predict_one_face", fewer, one_by_one)):
        started = time.perf_counter()
        broken(part, ask)
        seconds = time.perf_counter() - started
        times[_named(name, len(part))] = seconds * len(faces) / len(part)
    return {name: measured([seconds]) for name, seconds in times.items()}


def _maps(recognizer: Recognizer, faces: Dataset) -> dict[str, Measurement]:
    """Nothing for a model that answers with no map."""
    if not recognizer.has_emotion_maps:
        return {}
    from fer.cli.bench.rivals import GradCam

    face = faces.images[:1]
    height, width = face.shape[1:3]
    rival = GradCam(recognizer.card.architecture, recognizer.preprocessing)

    def ours() -> None:
        of_face = emotion_map(recognizer.emotion_maps(face)[0], recognizer.emotions, recognizer.emotions[0])
        enlarged(of_face.values, height, width)

    return take_turns({"emotion_map": ours, "grad_cam": lambda: rival(face, 0)}, _MAP_ROUNDS)


def _network(judge: Recognizer) -> Any:
    """The Keras model whose speed is the judged model's; its weights do not matter to that."""
    from fer.cli.bench.rivals import untrained_network

    return untrained_network(judge.card.architecture, judge.preprocessing)


def _named(rival: str, count: int) -> str:
    return f"sweep_by_{rival}_from_{count}_faces"
