"""Training-time estimate: how long a run takes here, known from an earlier run or a few steps.

data/cache/pace/<workload>.json     a measurement; what else could slow a step is in the workload's name
"""

import itertools
import json
import math
import os
import time
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any

import psutil

from fer import runs
from fer.config import TrainingConfig
from fer.datasets import Dataset, Split
from fer.errors import FerError
from fer.models.catalog import preprocessing_of
from fer.runs import BatchMetrics
from fer.runs.folder import parse_rows
from fer.system import files, jobs, paths
from fer.system.jobs import Job
from fer.system.progress import Progress, silent
from fer.training.batches import Batch, TrainingBatches, prefetched, training_faces, validation_faces

# A process starts, loads TensorFlow and makes its first step in about this time, where nothing is known yet.
USUAL_START_SECONDS = 12.0
# Judging a face needs no corrections: about a third of the work, where nothing is known yet.
_VALIDATION_SPEEDUP = 3.0
_STEPS_AT_LEAST, _STEPS_AT_MOST, _STEP_SECONDS = 4, 40, 3.0
_JUDGED_AT_ONCE, _JUDGED_TIMES = 256, 3
# Some two minutes of a run; and how far back runs are looked through.
_TAIL_BYTES = 60_000
_ROWS_AT_LEAST = 3
_RUNS_LOOKED_AT = 40


@dataclass(frozen=True, slots=True)
class SpeedEstimate:
    """How fast a network trains here.

    Attributes:
        images_per_second: while it trains, augmentation included.
        validation_images_per_second: while it judges the validation faces.
        start_seconds: until the first step is done.
        source: "measured", or the id of the run it is known from.
    """

    images_per_second: float
    validation_images_per_second: float
    start_seconds: float = USUAL_START_SECONDS
    source: str = "measured"

    def seconds(self, epochs: int, training_faces: int, validation_faces: int, head_epochs: int = 0) -> float:
        """How long a run takes from Start to its last epoch; one that stops early takes less.

        So many as `head_epochs` of the epochs correct the head only: the backbone looks at a face as it does
        in judging.
        """
        judging = validation_faces / self.validation_images_per_second
        epoch = training_faces / self.images_per_second + judging
        head_epoch = training_faces / max(self.images_per_second, self.validation_images_per_second) + judging
        return self.start_seconds + (epochs - head_epochs) * epoch + head_epochs * head_epoch


def workload(config: TrainingConfig) -> str:
    """What of a config the time of a step depends on most, as a file name.

    Left out is what costs little beside the network itself, or is not known before the faces are read: which
    augmentations there are and how strong, except that mixing touches each face twice; the loss, the balance
    of the classes, the weight decay and the schedule; the dataset.
    """
    parts = [
        config.architecture,
        f"{preprocessing_of(config).image_height}px",
        f"batch{config.batch_size}",
        config.optimizer,
        *(["averaged"] if config.weight_averaging else []),
        *(["dropout"] if config.dropout else []),
        *([f"from_{config.fine_tune_from}"] if config.fine_tune_from else []),
        *(["augmented"] if config.augmentation.changes_anything else []),
        *(["mixed"] if config.augmentation.mixes else []),
        # Their names are chosen by learners, and this becomes a file's.
        *([f"taught{zlib.crc32(config.teacher.encode()):08x}"] if config.teachers else []),
        *(["bfloat16"] if config.precision != "float32" else []),
    ]
    return "-".join(parts)


def known_estimate(config: TrainingConfig) -> SpeedEstimate | None:
    """What the latest run with the same workload showed, else what was measured; None without either."""
    wanted = workload(config)
    newest_first = sorted(runs.run_folders(), key=lambda folder: folder.name, reverse=True)
    for folder in newest_first[:_RUNS_LOOKED_AT]:
        with suppress(FerError):  # a damaged folder, or an architecture of another version
            config = runs.read_config(folder)
            if config.head_epochs:  # its steps are of two kinds, and its rows do not say which
                continue
            if workload(config) == wanted and (known := _of_run(folder)) is not None:
                return known
    return _read(_path(wanted))


def similar_estimate(config: TrainingConfig) -> SpeedEstimate | None:
    """The latest measurement of the same network at the same size, for want of a better; None without."""
    alike = "-".join(workload(config).split("-")[:2])
    return _latest(f"{alike}-*")


def measuring_id(config: TrainingConfig) -> str:
    """The id of the job that measures this config's workload; see `fer.system.jobs`."""
    return f"pace-{workload(config)}"


def start_measuring(config: TrainingConfig) -> Job:
    """Measure this config's workload in a process of its own, unless that is going on already.

    Raises:
        StorageError: the job's folder cannot be written.
    """
    return jobs.start_job(
        measuring_id(config),
        "Measuring a few steps",
        ["estimate", json.dumps(config.as_dict(), separators=(",", ":"))],
    )


def measure(config: TrainingConfig, dataset: Dataset, progress: Progress = silent) -> SpeedEstimate:
    """Make a few real steps on the training faces, judge a few validation faces, and keep how long it took.

    It loads TensorFlow: no page calls this, but the process that `start_measuring` starts.

    Raises:
        DatasetError: there is no training or no validation face.
        StorageError: the measurement cannot be kept.
    """
    progress(0.1, "Loading TensorFlow")
    # Imported here: the pages that ask for an estimate must not load it.
    from fer.training.engine.freezing import set_trainable
    from fer.training.engine.network import build_network, compiled, repeatable
    from fer.training.engine.teaching import Teachers

    repeatable()  # as every run is, and no step is quicker for it
    dataset.require_training_splits()
    progress(0.4, "Building the network")
    network = build_network(config, len(dataset.emotions), config.precision)
    set_trainable(network, config, config.head_epochs + 1)
    trainee = compiled(network, config)
    teachers = Teachers(config, dataset.emotions) if config.teachers else None
    faces = training_faces(dataset, config)
    size = min(config.batch_size, len(faces))
    batches = TrainingBatches(faces, config, preprocessing_of(config))
    # The first step is the slowest of all: TensorFlow makes its graph.
    start_seconds, seconds, steps = 0.0, 0.0, -1
    for batch in itertools.islice(prefetched(_whole_batches(batches, size)), _STEPS_AT_MOST):
        started = time.perf_counter()
        targets = batch.targets if teachers is None else teachers.mixed(batch.targets, batch.inputs)
        trainee.train_on_batch(batch.inputs, targets, batch.weights)
        steps += 1
        if steps == 0:
            start_seconds = time.time() - psutil.Process().create_time()
            continue
        seconds += time.perf_counter() - started
        progress(0.5 + 0.4 * min(seconds / _STEP_SECONDS, 1.0), f"Step {steps}")
        if steps >= _STEPS_AT_LEAST and seconds >= _STEP_SECONDS:
            break
    progress(0.9, "Judging")
    judged = preprocessing_of(config).apply(validation_faces(dataset, config).images[:_JUDGED_AT_ONCE])
    network.predict_on_batch(judged)
    judging = []
    for _ in range(_JUDGED_TIMES):
        started = time.perf_counter()
        network.predict_on_batch(judged)
        judging.append(time.perf_counter() - started)
    measured = SpeedEstimate(size * steps / seconds, len(judged) / median(judging), start_seconds)
    files.save_text(_path(workload(config)), json.dumps(asdict(measured), indent=2) + "\n")
    return measured


def _whole_batches(batches: TrainingBatches, size: int) -> Iterator[Batch]:
    """Batches without end; a smaller one at an epoch's end would make TensorFlow build its graph again."""
    for epoch in itertools.count(1):
        yield from (batch for batch in batches.epoch(epoch) if len(batch.labels) == size)


def _of_run(folder: Path) -> SpeedEstimate | None:
    """What a run's own files say; None while they say too little."""
    speeds = [row.images_per_second for row in _latest_rows(folder / runs.BATCHES_FILE)]
    speeds = [speed for speed in speeds if math.isfinite(speed) and speed > 0]
    if len(speeds) < _ROWS_AT_LEAST:
        return None
    speed = median(speeds)
    validation_speed = _VALIDATION_SPEEDUP * speed
    manifest = runs.read_manifest(folder)
    durations = [row.duration_seconds for row in runs.read_run(folder).metrics()]
    if manifest is not None and durations:
        train, validation = (sum(manifest.counts.get(split, ())) for split in (Split.TRAIN, Split.VALIDATION))
        judging = median(durations) - train / speed
        if judging > 0 and validation:
            validation_speed = validation / judging
    latest = _latest("*")
    start_seconds = latest.start_seconds if latest is not None else USUAL_START_SECONDS
    return SpeedEstimate(speed, validation_speed, start_seconds, folder.name)


def _latest_rows(path: Path) -> list[BatchMetrics]:
    """The last lines of batches.jsonl: a long run has a hundred thousand, and the page looks often."""
    try:
        with path.open("rb") as lines:
            lines.seek(max(0, lines.seek(0, os.SEEK_END) - _TAIL_BYTES))
            return parse_rows(lines.read().splitlines(), BatchMetrics)
    except FileNotFoundError:
        return []


def _latest(pattern: str) -> SpeedEstimate | None:
    """The newest measurement whose name follows a pattern."""
    found = _folder().glob(f"{pattern}.json")
    newest_first = sorted(found, key=lambda path: path.stat().st_mtime, reverse=True)
    return next(filter(None, map(_read, newest_first)), None)


def _read(path: Path) -> SpeedEstimate | None:
    """A measurement, None where there is none or it was damaged: it is soon made again."""
    try:
        values: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        measured = SpeedEstimate(**values)
        speeds = (measured.images_per_second, measured.validation_images_per_second)
        return measured if min(speeds) > 0 and measured.start_seconds >= 0 else None
    except (OSError, ValueError, TypeError):
        return None


def _folder() -> Path:
    return paths.cache_folder() / "pace"


def _path(workload: str) -> Path:
    return _folder() / f"{workload}.json"
