"""Loading benchmark: opening a dataset the first time and the second."""

import shutil
import tempfile
import time
from pathlib import Path

import numpy as np

from fer.cli.bench import Request
from fer.cli.bench.material import (
    FER_2013_ROWS,
    another_home,
    existing_csv,
    write_csv,
    write_folders,
)
from fer.datasets import load_dataset
from fer.system import paths
from fer.system.stopwatch import Report, measured, ratio, take_turns


def bench_load(request: Request) -> Report:
    """A FER-2013 CSV the first time and the second, against the tutorials' loop over its numbers."""
    from fer.cli.bench.rivals import read_csv_with_a_loop

    with tempfile.TemporaryDirectory() as folder:
        if request.data is None:
            request.progress(0.0, "Writing a CSV of FER-2013's size")
            path = Path(folder) / "fer2013.csv"
            write_csv(path)
        else:
            path = existing_csv(request.data)
        request.progress(0.3, "Timing the first load and the second")
        with another_home(folder):
            measurements = take_turns(
                {
                    "first_load": lambda: _load_for_the_first_time(path),
                    "second_load": lambda: load_dataset(str(path)),
                },
                runs=5,
            )
        request.progress(0.6, "Timing the tutorials' loop")
        started = time.perf_counter()
        read_csv_with_a_loop(path)
        measurements["int_loop"] = measured([time.perf_counter() - started])
    return Report(
        measurements,
        {**ratio(measurements, "int_loop", "first_load"), **ratio(measurements, "int_loop", "second_load")},
        request.data or f"a made-up CSV of {FER_2013_ROWS} rows",
    )


def bench_folders(request: Request) -> Report:
    """Class folders of JPEGs the first time and the second, against the notebooks' loops over the files."""
    from fer.cli.bench.rivals import read_folders_with_imread, read_folders_with_load_img

    with tempfile.TemporaryDirectory() as folder:
        faces = load_dataset(request.data or "synthetic")
        if request.data is None:
            faces = faces.take(np.resize(np.arange(len(faces)), FER_2013_ROWS))
        pictures = Path(folder) / "pictures"
        write_folders(
            faces, pictures, lambda fraction: request.progress(0.25 * fraction, "Writing class folders")
        )
        with another_home(folder):
            measurements = take_turns(
                {
                    "first_load": lambda: _load_for_the_first_time(pictures),
                    "second_load": lambda: load_dataset(str(pictures)),
                    "imread_loop": lambda: read_folders_with_imread(pictures),
                    "load_img_loop": lambda: read_folders_with_load_img(pictures),
                },
                runs=3,
                tell=lambda fraction: request.progress(
                    0.25 + 0.75 * fraction, "Timing the loads and the loops"
                ),
            )
    return Report(
        measurements,
        {
            **ratio(measurements, "load_img_loop", "first_load"),
            **ratio(measurements, "imread_loop", "first_load"),
            **ratio(measurements, "load_img_loop", "second_load"),
        },
        f"{len(faces):,} JPEGs of {request.data or 'the built-in faces, over and over'}",
    )


def _load_for_the_first_time(path: Path) -> None:
    """As a learner's first opening: read, check, and keep the decoded copy on the disk."""
    shutil.rmtree(paths.cache_folder(), ignore_errors=True)
    load_dataset(str(path))
