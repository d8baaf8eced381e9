"""Page benchmark: the time that pages take on the server, and the memory, without a browser."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from fer.cli.bench import Request
from fer.cli.bench.material import FER_2013_ROWS, home_with_csv
from fer.errors import DatasetError
from fer.system import paths
from fer.system.stopwatch import Measurement, Report, measured, ratio


def bench_page(request: Request) -> Report:
    """A page of a hundred faces on the server, against one `st.image` each; and what memory a dataset takes.

    The pages run in a process of their own, without a browser: once with a dataset that is read for the
    first time, and once with its decoded copy.
    """
    with home_with_csv(request.data) as (home, name):
        request.progress(0.3, "Turning pages after a first load")
        first = rehearsed(home, "dataset", name)
        request.progress(0.7, "Turning pages after a later load")
        later = rehearsed(home, "dataset", name)
    measurements = measurements_of(later, whole_page="page", hundred_faces="sheet", image_per_face="image")
    return Report(
        measurements,
        ratio(measurements, "image_per_face", "hundred_faces"),
        request.data or f"a made-up CSV of {FER_2013_ROWS} rows",
        {
            "bare_app": later["home_mb"][0],
            **{
                f"{views}_above_bare_app_{load}": run[f"{views}_mb"][0] - run["home_mb"][0]
                for views in ("faces", "views")
                for load, run in (("first_load", first), ("later_load", later))
            },
        },
    )


def bench_runs(request: Request) -> Report:
    """A visit to the training page with 200 runs of 100 epochs, against the first, which reads them all."""
    with tempfile.TemporaryDirectory() as folder:
        request.progress(0.1, "Making up runs and looking at them")
        answer = rehearsed(Path(folder), "training")
    measurements = measurements_of(answer, visit="visit", first_visit="first")
    return Report(
        measurements,
        ratio(measurements, "first_visit", "visit"),
        "200 made-up runs of 100 epochs, server time",
    )


def rehearsed(home: Path, page: str, *arguments: str) -> dict[str, list[float]]:
    """Return what a rehearsal of a page of the workshop whose `FER_HOME` is `home` measured.

    It runs in a process of its own; `page` is a name of `fer.cli.bench.rehearsal`, and `arguments` its words.

    Raises:
        DatasetError: it failed.
    """
    child = subprocess.run(
        [sys.executable, "-m", "fer.cli.bench.rehearsal", page, *arguments],
        cwd=paths.PROJECT_ROOT,
        env={**os.environ, "FER_HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )
    if child.returncode:
        last = (child.stderr.strip().splitlines() or ["it said nothing"])[-1]
        raise DatasetError(f"The page could not be measured: {last}")
    return dict(json.loads(child.stdout.strip().splitlines()[-1]))


def measurements_of(answer: dict[str, list[float]], **names: str) -> dict[str, Measurement]:
    """Return a rehearsal's milliseconds as measurements, by today's name and the rehearsal's."""
    return {ours: measured([ms / 1e3 for ms in answer[f"{its}_ms"]]) for ours, its in names.items()}
