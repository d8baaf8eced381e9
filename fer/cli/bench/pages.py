"""Pages without a browser: the time they take on the server, and the memory."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from fer.cli.bench.material import DEFAULT_MODEL, FER_2013_ROWS, existing_csv, give, write_csv
from fer.errors import DatasetError
from fer.system import paths
from fer.system.progress import Progress, silent
from fer.system.stopwatch import Report, measured, ratio


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
            write_csv(path)
        else:
            give(existing_csv(data), path)
        progress(0.3, "Turning pages after a first load")
        first = rehearsed(folder, "pages.parts.rehearsal", path.name)
        progress(0.7, "Turning pages after a later load")
        later = rehearsed(folder, "pages.parts.rehearsal", path.name)
    measurements = {
        "whole_page": measured([ms / 1e3 for ms in later["page_ms"]]),
        "hundred_faces": measured([ms / 1e3 for ms in later["sheet_ms"]]),
        "image_per_face": measured([ms / 1e3 for ms in later["image_ms"]]),
    }
    return Report(
        measurements,
        ratio(measurements, "image_per_face", "hundred_faces"),
        data or f"a made-up CSV of {FER_2013_ROWS} rows",
        {
            "bare_app": later["home_mb"][0],
            **{
                f"{views}_above_bare_app_{load}": run[f"{views}_mb"][0] - run["home_mb"][0]
                for views in ("faces", "views")
                for load, run in (("first_load", first), ("later_load", later))
            },
        },
    )


def bench_runs(progress: Progress = silent, *, data: str | None = None, model: str = DEFAULT_MODEL) -> Report:
    """A visit to the training page with 200 runs of 100 epochs, against the first one, which reads them all.

    Args:
        progress: told how far it is.
        data: not used.
        model: not used.
    """
    with tempfile.TemporaryDirectory() as folder:
        progress(0.1, "Making up runs and looking at them")
        answer = rehearsed(folder, "pages.parts.training.rehearsal")
    measurements = {
        "visit": measured([ms / 1e3 for ms in answer["visit_ms"]]),
        "first_visit": measured([ms / 1e3 for ms in answer["first_ms"]]),
    }
    return Report(
        measurements,
        ratio(measurements, "first_visit", "visit"),
        "200 made-up runs of 100 epochs, server time",
    )


def rehearsed(home: str, rehearsal: str, *arguments: str) -> dict[str, list[float]]:
    """Return what a rehearsal of a page measured, in a process of its own.

    Args:
        home: its `FER_HOME`.
        rehearsal: the module that is run.
        arguments: its words.

    Raises:
        DatasetError: it failed.
    """
    child = subprocess.run(
        [sys.executable, "-m", rehearsal, *arguments],
        cwd=paths.PROJECT_ROOT,
        env={**os.environ, "FER_HOME": home},
        capture_output=True,
        text=True,
        check=False,
    )
    if child.returncode:
        last = (child.stderr.strip().splitlines() or ["it said nothing"])[-1]
        raise DatasetError(f"The page could not be measured: {last}")
    return dict(json.loads(child.stdout.strip().splitlines()[-1]))
