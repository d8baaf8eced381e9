"""Quality benchmark: finding near-duplicates and everything else that is wrong with a dataset."""

import os
import tempfile
import time
from collections.abc import Callable

from fer.cli.bench import Request
from fer.cli.bench.material import another_home
from fer.datasets import load_dataset
from fer.datasets.fingerprint import fingerprint
from fer.models.inference import Recognizer, model_folder
from fer.system.stopwatch import Measurement, Report, measured, ratio


def bench_quality(request: Request) -> Report:
    """Near duplicates of a whole dataset, against a matrix product of every face with every other."""
    from fer.cli.bench.rivals import same_photographs_by_brute_force
    from fer.datasets import quality
    from fer.datasets.quality.duplicates import find_copies
    from fer.datasets.quality.measures import measure_faces, small_greys

    dataset = load_dataset(request.data or "synthetic")
    recognizer = Recognizer(model_folder(request.model), threads=os.cpu_count() or 1)
    find_copies(dataset.images[:64])  # loads what it needs
    contestants: dict[str, Callable[[], object]] = {
        "fingerprint": lambda: fingerprint(dataset),
        "measures": lambda: measure_faces(dataset.images),
        "near_duplicates": lambda: find_copies(dataset.images),
        "brute_force": lambda: same_photographs_by_brute_force(small_greys(dataset.images, 48)),
    }
    measurements: dict[str, Measurement] = {}
    with tempfile.TemporaryDirectory() as folder, another_home(folder):
        contestants["whole_inspection"] = lambda: quality.inspect(dataset, recognizer)
        contestants["kept_inspection"] = lambda: quality.load_inspection(fingerprint(dataset))
        for number, (name, contestant) in enumerate(contestants.items()):
            request.progress(number / len(contestants), f"Timing {name.replace('_', ' ')}")
            started = time.perf_counter()
            contestant()
            measurements[name] = measured([time.perf_counter() - started])
    return Report(
        measurements,
        ratio(measurements, "brute_force", "near_duplicates"),
        f"{dataset.source.title}, {len(dataset):,} faces, one run",
    )
