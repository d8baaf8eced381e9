"""The dataset page run as a visitor would run it, but without a browser: its time and its memory.

`python -m pages.parts.rehearsal NAME` prints one JSON object; `python -m fer bench page` starts it in a
process of its own, because memory is only known of a whole process.
"""

import json
import sys
import time
from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from fer.system import paths, processes

# The map needs a model, and minutes of work before there is one.
_VIEWS = ("Overview", "Faces", "Faults", "Splits", "Convert")
_PATIENCE_SECONDS = 600
_ROUNDS = 15


def rehearse(dataset: str) -> dict[str, list[float]]:
    """Open the workshop, then a dataset's faces, turn pages, and walk through every view.

    Args:
        dataset: the name of one that lies in `data/`.

    Returns:
        Milliseconds of each round: "page_ms", the whole page with a hundred other faces; "sheet_ms", the
        hundred faces alone; "image_ms", the same with an `st.image` each. Megabytes of this process:
        "home_mb" on the home page, "faces_mb" once the faces were looked at, "views_mb" after every view.
    """
    home = AppTest.from_file(str(paths.PROJECT_ROOT / "app.py"), default_timeout=_PATIENCE_SECONDS).run()
    _require_whole(home)
    home_mb = processes.memory_megabytes()
    page = AppTest.from_file(str(paths.PROJECT_ROOT / "app.py"), default_timeout=_PATIENCE_SECONDS)
    page.session_state["workshop.dataset"] = dataset
    page.session_state["dataset.view_shown"] = "Faces"
    page = page.switch_page("pages/1_dataset.py").run()
    page.session_state["dataset.page"] = 2
    _require_whole(page.run())
    faces_mb = processes.memory_megabytes()
    sheet, images = _script(_one_sheet, dataset), _script(_an_image_per_face, dataset)
    times: dict[str, list[float]] = {"page_ms": [], "sheet_ms": [], "image_ms": []}
    # In turns, so that a busy moment of the machine hits all; the first round fills caches.
    for number in range(_ROUNDS + 1):
        for test, key, name in (
            (page, "dataset.page", "page_ms"),
            (sheet, "page", "sheet_ms"),
            (images, "page", "image_ms"),
        ):
            milliseconds = _open(test, key, number + 1)
            if number:
                times[name].append(milliseconds)
    for view in _VIEWS:
        page.session_state["dataset.view_shown"] = view
        _require_whole(page.run())
    return {"home_mb": [home_mb], "faces_mb": [faces_mb], "views_mb": [processes.memory_megabytes()], **times}


def _one_sheet() -> None:
    """A hundred faces as this workshop shows them; it runs as a script of its own."""
    import numpy as np
    import streamlit as st

    from pages.parts import caches, face_sheet, mending

    dataset = caches.dataset(st.session_state["dataset"])
    places = (100 * st.session_state["page"] + np.arange(100)) % len(dataset)
    face_sheet.show(
        dataset.images[places],
        mending.captions(dataset, places, None),
        key="sheet",
        on_open=lambda place: None,
    )


def _an_image_per_face() -> None:
    """The same hundred as most Streamlit galleries are written; it runs as a script of its own."""
    import numpy as np
    import streamlit as st

    from pages.parts import caches

    dataset = caches.dataset(st.session_state["dataset"])
    places = (100 * st.session_state["page"] + np.arange(100)) % len(dataset)
    columns = st.columns(10)
    for index, place in enumerate(places):
        with columns[index % 10]:
            st.image(dataset.images[place, :, :, 0], caption=dataset.emotions[dataset.labels[place]])


def _script(function: Callable[[], None], dataset: str) -> AppTest:
    test = AppTest.from_function(function, default_timeout=_PATIENCE_SECONDS)
    test.session_state["dataset"] = dataset
    return test


def _open(test: AppTest, key: str, page: int) -> float:
    """Turn to a page; return the milliseconds that took."""
    test.session_state[key] = page
    started = time.perf_counter()
    test.run()
    milliseconds = 1e3 * (time.perf_counter() - started)
    _require_whole(test)
    return milliseconds


def _require_whole(page: AppTest) -> None:
    """What is not there costs nothing, so a page that shows an error must not be measured."""
    for problem in [*page.exception, *page.error]:
        raise SystemExit(f"The page shows an error: {problem.value}")


if __name__ == "__main__":
    print(json.dumps(rehearse(sys.argv[1])))
