"""Page rehearsal (Streamlit's AppTest): pages run as a visitor runs them, but without a browser.

`python -m fer.cli.bench.rehearsal PAGE …` prints one JSON object: milliseconds of each round, and megabytes
of this process. The benchmark starts it in a process of its own, because memory is only known of a whole
process, and a page must not be measured beside TensorFlow.
"""

import json
import math
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict
from functools import wraps
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.testing.v1 import AppTest

from fer import runs
from fer.config import TrainingConfig
from fer.datasets import Split, load_dataset
from fer.evaluation import evaluate_faces, judged_faces
from fer.models.inference import load_recognizer
from fer.runs import BatchMetrics, EpochMetrics, RunNotes, RunStatus
from fer.system import paths, processes

ROUNDS = 15
_PATIENCE_SECONDS = 600
# The map needs a model, and minutes of work before there is one.
_DATASET_VIEWS = ("Overview", "Faces", "Quality", "Splits", "Convert")

_fragments: list[float] = []


def note_fragments() -> None:
    """Let every fragment declared from now on note its milliseconds: a click runs no more than one."""
    declare = st.fragment

    def fragment(function: Callable[..., Any] | None = None, **options: Any) -> Any:
        if function is None:
            return lambda declared: fragment(declared, **options)

        @wraps(function)
        def noted(*arguments: Any, **named: Any) -> Any:
            started = time.perf_counter()
            try:
                return function(*arguments, **named)
            finally:
                _fragments.append(1e3 * (time.perf_counter() - started))

        return declare(noted, **options)

    st.fragment = fragment  # type: ignore[assignment]


def rehearse_dataset(dataset: str, rounds: int = ROUNDS) -> dict[str, list[float]]:
    """Open the workshop, then a dataset's faces, turn pages, and walk through every view.

    Returns:
        "page_ms", the whole page with a hundred other faces; "sheet_ms", what turning a page runs again,
        which is the hundred faces and their filters; "image_ms", a hundred faces with an `st.image` each.
        "home_mb" on the home page, "faces_mb" once the faces were looked at, "views_mb" after every view.
    """
    run(open_page())
    home_mb = processes.memory_megabytes()
    page = open_page("dataset", {"workshop.dataset": dataset, "dataset.view_shown": "Faces"})
    run(page)
    run(page, {"dataset.page": 2})
    faces_mb = processes.memory_megabytes()
    images = _script(_an_image_per_face, {"faces": load_dataset(dataset)})
    times: dict[str, list[float]] = {"page_ms": [], "sheet_ms": [], "image_ms": []}
    # In turns, so that a busy moment of the machine hits all; the first round fills caches.
    for number in range(rounds + 1):
        whole, sheet = run(page, {"dataset.page": number + 1})
        rival, _ = run(images, {"page": number + 1})
        if number:
            for name, milliseconds in zip(times, (whole, sheet, rival), strict=True):
                times[name].append(milliseconds)
    del images  # and with it the rival's own copy of the dataset
    for view in _DATASET_VIEWS:
        run(page, {"dataset.view_shown": view})
    return {"home_mb": [home_mb], "faces_mb": [faces_mb], "views_mb": [processes.memory_megabytes()], **times}


def rehearse_evaluation(dataset: str, model: str, rounds: int = ROUNDS) -> dict[str, list[float]]:
    """Open the evaluation page at its matrix, then click on one mistake after the other, the commonest first.

    Returns:
        "click_ms", what a click runs again, which is the matrix and the faces of the cell; "usual_page_ms",
        the matrix by `st.plotly_chart` and the same faces with an `st.image` each, and nothing besides;
        "whole_page_ms", the page with that cell, as another choice above it runs it.
    """
    recognizer = load_recognizer(model)
    faces = judged_faces(recognizer.emotions, load_dataset(dataset), Split.VALIDATION, answerable_only=True)
    evaluation = evaluate_faces(recognizer, faces, Split.VALIDATION)
    cells = [(mistake.true, mistake.predicted) for mistake in evaluation.commonest_mistakes(rounds + 1)]
    if not cells:
        raise SystemExit("The model makes no mistake, so there is no cell to click on.")
    page = open_page(
        "evaluation",
        {
            "workshop.dataset": dataset,
            "evaluation.judged": (model,),
            "evaluation.split": Split.VALIDATION,
            "evaluation.view_shown": "Confusions",
        },
    )
    usual = _script(_usual_matrix, {"evaluation": evaluation, "images": faces.images})
    times: dict[str, list[float]] = {"click_ms": [], "usual_page_ms": [], "whole_page_ms": []}
    for number in range(rounds + 1):
        chosen = {"evaluation.cell": cells[number % len(cells)]}
        rival, _ = run(usual, chosen)
        whole, click = run(page, chosen)
        if number:
            for name, milliseconds in zip(times, (click, rival, whole), strict=True):
                times[name].append(milliseconds)
    return times


def rehearse_training(count: int = 200, epochs: int = 100, rounds: int = 10) -> dict[str, list[float]]:
    """Make up runs in an empty `FER_HOME`, open the training page, and look at one run after the other.

    Returns:
        "first_ms", the first visit, which reads every run; "visit_ms", each later one.
    """
    make_up_runs(count, epochs)
    ids = [folder.name for folder in runs.run_folders()]
    # The workshop is up, and its libraries are loaded, before anybody visits this page.
    run(open_page())
    page = open_page("training")
    times = [run(page, {"workshop.run": ids[number % len(ids)]})[0] for number in range(rounds + 1)]
    return {"first_ms": times[:1], "visit_ms": times[1:]}


def open_page(name: str = "", state: Mapping[str, Any] | None = None) -> AppTest:
    """The workshop at a page, before its first run; at the home page without a name."""
    test = AppTest.from_file(str(paths.PROJECT_ROOT / "app.py"), default_timeout=_PATIENCE_SECONDS)
    for key, value in (state or {}).items():
        test.session_state[key] = value
    if name:
        (file,) = paths.PROJECT_ROOT.glob(f"pages/[0-9]_{name}.py")
        test.switch_page(file.relative_to(paths.PROJECT_ROOT).as_posix())
    return test


def run(test: AppTest, state: Mapping[str, Any] | None = None) -> tuple[float, float]:
    """Choose what `state` says; return the milliseconds of the whole page and of its longest fragment.

    Raises:
        SystemExit: the page shows an error. What is not there costs nothing, so it must not be measured.
    """
    for key, value in (state or {}).items():
        test.session_state[key] = value
    _fragments.clear()
    started = time.perf_counter()
    test.run()
    milliseconds = 1e3 * (time.perf_counter() - started)
    for problem in [*test.exception, *test.error]:
        raise SystemExit(f"The page shows an error: {problem.value}")
    return milliseconds, max(_fragments, default=0.0)


def make_up_runs(count: int = 200, epochs: int = 100) -> None:
    """Make up finished runs, each with `epochs` epochs of plausible curves and a few lines within each.

    Raises:
        SystemExit: there are runs already.
    """
    if next(runs.run_folders(), None) is not None:
        raise SystemExit(f"There are runs in {paths.runs_folder()}; set FER_HOME to an empty folder.")
    for number in range(count):
        config = TrainingConfig(epochs=epochs, seed=number, batch_size=2 ** (4 + number % 5))
        made = runs.create_run(config, status=RunStatus.QUEUED)
        _write_curves(made.folder, number, epochs)
        runs.save_notes(made.folder, RunNotes(f"Run {number + 1}", "made up", number % 7 == 0))
        status = json.loads((made.folder / runs.STATUS_FILE).read_text())
        status |= {"status": RunStatus.FINISHED, "stage": "", "finished_at": status["started_at"]}
        (made.folder / runs.STATUS_FILE).write_text(json.dumps(status))


def _write_curves(folder: Path, number: int, epochs: int) -> None:
    batches, rows = [], []
    for epoch in range(1, epochs + 1):
        learned = 1 - math.exp(-epoch / (10 + number % 20))
        right, seconds = 0.15 + 0.6 * learned, 20.0 * epoch
        batches += [
            BatchMetrics(epoch, step, 100, 2 - learned, right, 500.0, seconds) for step in range(10, 101, 10)
        ]
        judged = 0.15 + 0.45 * learned + 0.01 * math.sin(epoch + number)
        rows.append(
            EpochMetrics(epoch, 2 - learned, right, 2 - 0.9 * learned, judged, 1e-3, 20.0, (judged,) * 7)
        )
    for name, written in ((runs.BATCHES_FILE, batches), (runs.METRICS_FILE, rows)):
        (folder / name).write_text("".join(json.dumps(asdict(row)) + "\n" for row in written))


def _script(function: Callable[[], None], state: Mapping[str, Any]) -> AppTest:
    test = AppTest.from_function(function, default_timeout=_PATIENCE_SECONDS)
    for key, value in state.items():
        test.session_state[key] = value
    return test


def _an_image_per_face() -> None:
    """A hundred faces as most Streamlit galleries are written; it runs as a script of its own."""
    import numpy as np
    import streamlit as st

    faces = st.session_state["faces"]
    places = (100 * st.session_state["page"] + np.arange(100)) % len(faces)
    columns = st.columns(10)
    for index, place in enumerate(places):
        with columns[index % 10]:
            st.image(faces.images[place, :, :, 0], caption=faces.emotions[faces.labels[place]])


def _usual_matrix() -> None:
    """A matrix and a cell's faces as most Streamlit pages show them; it runs as a script of its own."""
    import streamlit as st

    from fer import figures

    evaluation, cell = st.session_state["evaluation"], st.session_state["evaluation.cell"]
    st.plotly_chart(figures.confusion_figure(evaluation), key="matrix")
    columns = st.columns(6)
    for place, index in enumerate(evaluation.faces_of(*cell)[:30]):  # as many as the page shows
        with columns[place % 6]:
            st.image(st.session_state["images"][index], caption=f"{evaluation.confidences[index]:.0%}")


REHEARSALS: dict[str, Callable[..., dict[str, list[float]]]] = {
    "dataset": rehearse_dataset,
    "evaluation": rehearse_evaluation,
    "training": rehearse_training,
}

if __name__ == "__main__":
    note_fragments()
    print(json.dumps(REHEARSALS[sys.argv[1]](*sys.argv[2:])))
