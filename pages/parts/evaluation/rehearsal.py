"""The confusion matrix clicked without a browser, for the time the server takes.

`python -m pages.parts.evaluation.rehearsal DATASET MODEL` prints one JSON object; `python -m fer bench
evaluate` starts it in a process of its own, because a page must not be measured beside TensorFlow.
"""

import json
import sys
import time
from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from fer.config import AS_IT_CAME
from fer.datasets import Split
from fer.emotions import Emotion
from fer.evaluation import TTA
from fer.models.card import load_card
from fer.models.inference import list_models, model_folder
from fer.system import paths
from pages.parts import caches
from pages.parts.evaluation.judged import Judged

_PATIENCE_SECONDS = 600
_ROUNDS = 15


def rehearse(dataset: str, model: str) -> dict[str, list[float]]:
    """Open the evaluation page at its matrix, then click on one mistake after the other, the commonest first.

    Args:
        dataset: the name of one that lies in `data/`; its validation faces are judged.
        model: a pretrained model's name.

    Returns:
        Milliseconds of each round: "click_ms", what a click runs again, which is the matrix and the faces of
        the cell; "usual_page_ms", the matrix by `st.plotly_chart` and the same faces with an `st.image` each,
        and nothing besides; "whole_page_ms", the page with that cell, as another choice above it runs it.
    """
    judged = _judged(dataset, model)
    cells = [
        (mistake.true, mistake.predicted) for mistake in judged.evaluation.commonest_mistakes(_ROUNDS + 1)
    ]
    if not cells:
        raise SystemExit("The model makes no mistake, so there is no cell to click on.")
    page = AppTest.from_file(str(paths.PROJECT_ROOT / "app.py"), default_timeout=_PATIENCE_SECONDS)
    for key, value in (
        ("workshop.dataset", dataset),
        ("evaluation.judged", (model,)),
        ("evaluation.split", Split.VALIDATION),
        ("evaluation.view_shown", "Confusions"),
    ):
        page.session_state[key] = value
    page = page.switch_page("pages/4_evaluation.py").run()
    matrix, usual = _script(_the_matrix, judged), _script(_usual_page, judged)
    times: dict[str, list[float]] = {"click_ms": [], "usual_page_ms": [], "whole_page_ms": []}
    # In turns, so that a busy moment of the machine hits all; the first round fills caches.
    for number in range(_ROUNDS + 1):
        for test, name in ((matrix, "click_ms"), (usual, "usual_page_ms"), (page, "whole_page_ms")):
            milliseconds = _click(test, cells[number % len(cells)])
            if number:
                times[name].append(milliseconds)
    return times


def _judged(dataset: str, model: str) -> Judged:
    """What the page judges, once it has chosen."""
    card = load_card(model_folder(model))
    (entry,) = (entry for entry in list_models() if entry.name == model)
    asked = (dataset, AS_IT_CAME, Split.VALIDATION, card.emotions)
    return Judged(
        (entry,),
        (card,),
        (caches.evaluate(model, *asked, TTA.NONE),),
        caches.dataset(dataset),
        caches.judged_faces(*asked),
        AS_IT_CAME,
        Split.VALIDATION,
        TTA.NONE,
    )


def _the_matrix() -> None:
    """What a click on the matrix runs again; it runs as a script of its own."""
    import streamlit as st

    from pages.parts.evaluation.confusion import view

    view.confusion_view(st.session_state["judged"])


def _usual_page() -> None:
    """The same matrix and faces as most Streamlit pages show them; it runs as a script of its own."""
    import streamlit as st

    from fer import figures
    from pages.parts.evaluation.confusion import cell_faces

    judged, cell = st.session_state["judged"], st.session_state["evaluation.cell"]
    evaluation = judged.evaluation
    st.plotly_chart(figures.confusion_figure(evaluation), key="matrix")
    columns = st.columns(6)
    for place, index in enumerate(evaluation.faces_of(*cell)[: cell_faces.FACES_PER_PAGE]):
        with columns[place % 6]:
            st.image(judged.faces.images[index], caption=f"{evaluation.confidences[index]:.0%}")


def _script(function: Callable[[], None], judged: Judged) -> AppTest:
    test = AppTest.from_function(function, default_timeout=_PATIENCE_SECONDS)
    test.session_state["judged"] = judged
    return test


def _click(test: AppTest, cell: tuple[Emotion, Emotion]) -> float:
    """Choose a cell; return the milliseconds that took."""
    test.session_state["evaluation.cell"] = cell
    started = time.perf_counter()
    test.run()
    milliseconds = 1e3 * (time.perf_counter() - started)
    # What is not there costs nothing, so a page that shows an error must not be measured.
    for problem in [*test.exception, *test.error]:
        raise SystemExit(f"The page shows an error: {problem.value}")
    return milliseconds


if __name__ == "__main__":
    print(json.dumps(rehearse(sys.argv[1], sys.argv[2])))
