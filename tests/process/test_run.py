"""One run in the real process: started, stopped, killed, resumed; and out of room on its disk.

Each test starts TensorFlow a few times, so there are few of them, and each asks many things.
"""

import io
import math
import shutil
import struct
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import psutil
import pytest
from numpy.typing import NDArray
from tensorboardX.proto.event_pb2 import Event
from tensorboardX.record_writer import masked_crc32c

from fer import runs
from fer.config import AugmentationConfig, DatasetView, SplitPlan, TrainingConfig
from fer.datasets import load_dataset
from fer.datasets.editions import create_edition
from fer.errors import RunAlreadyActiveError, RunError
from fer.models.card import load_card
from fer.models.inference import Recognizer
from fer.runs import EpochMetrics, Run, RunStatus
from fer.training import batches
from tests.conftest import dataset_of
from tests.corrections import exclude
from tests.process.conftest import ended, wait_until, write_squares

pytestmark = pytest.mark.timeout(900)


def arrays_of(path: Path) -> dict[str, NDArray[Any]]:
    """Every array in a .keras file, by its place there."""
    arrays: dict[str, NDArray[Any]] = {}

    def keep(name: str, item: object) -> None:
        if isinstance(item, h5py.Dataset):
            arrays[name] = np.asarray(item)

    with zipfile.ZipFile(path) as archive, h5py.File(io.BytesIO(archive.read("model.weights.h5"))) as file:
        file.visititems(keep)
    return arrays


def figures_of(run: Run) -> list[EpochMetrics]:
    """Its epochs without how long they took."""
    return [replace(row, duration_seconds=0) for row in run.metrics()]


def events_of(folder: Path) -> Iterator[Event]:
    """TensorBoard's records in a folder, in order, each with its checksums looked at."""
    for path in sorted(folder.iterdir()):
        content = path.read_bytes()
        while content:
            (length,) = struct.unpack("<Q", content[:8])
            record = content[12 : 12 + length]
            sums = content[8:12] + content[12 + length : 16 + length]
            assert struct.unpack("<II", sums) == (masked_crc32c(content[:8]), masked_crc32c(record))
            yield Event.FromString(record)
            content = content[16 + length :]


def curve_of(folder: Path, tag: str) -> dict[int, float]:
    """One of TensorBoard's curves, as it reads them: a process that goes on replaces what came after."""
    curve: dict[int, float] = {}
    for event in events_of(folder):
        if event.HasField("session_log"):
            curve = {step: value for step, value in curve.items() if step < event.step}
        for value in event.summary.value:
            if value.tag == tag:
                curve[event.step] = value.simple_value
    return curve


def test_a_run_that_was_stopped_and_killed_ends_bit_for_bit_as_an_unbroken_one(
    config: TrainingConfig, fer_home: Path
) -> None:
    # So many that an epoch takes a while, even of the smallest network: it is stopped and killed within one.
    write_squares(fer_home / "data" / config.dataset, train=120, validation=40)
    faces = load_dataset(config.dataset)
    create_edition(config.dataset, "Mine")
    edition = exclude(faces, "Mine", [0], "not a face")
    config = replace(
        config,
        epochs=3,
        batch_size=8,
        optimizer="adamw",
        weight_decay=0.01,
        schedule="one_cycle",
        warmup_epochs=1,
        dropout=0.3,
        weight_averaging=0.9,
        augmentation=replace(config.augmentation, mixup_alpha=0.4, cutmix_alpha=0.4, noise_fraction=0.02),
        view=DatasetView(edition="Mine", splits=SplitPlan(0.2)),
    )
    run = runs.start_run(config)
    exclude(faces, "Mine", [1])  # too late for this run
    with pytest.raises(RunAlreadyActiveError, match="still training"):
        runs.start_run(config)
    with pytest.raises(RunAlreadyActiveError):
        runs.resume_run(run.id)

    run = wait_until(run, lambda run: any(row.epoch == 2 for row in run.batches()))
    runs.request_stop(run.id)
    run = wait_until(run, ended)
    assert run.status is RunStatus.STOPPED
    assert run.error == ""
    assert run.has_model
    stopped_after = len(run.metrics())

    run = wait_until(runs.resume_run(run.id), lambda run: len(run.metrics()) > stopped_after)
    assert run.status is RunStatus.RUNNING
    assert run.process_id is not None
    psutil.Process(run.process_id).kill()
    run = wait_until(run, lambda run: run.status is RunStatus.LOST)
    kept = run.metrics()
    assert run.finished_at is not None
    assert run.can_resume

    run = wait_until(runs.resume_run(run.id), ended)
    assert run.status is RunStatus.FINISHED
    assert [row.epoch for row in run.metrics()] == [1, 2, 3]
    assert run.metrics()[:stopped_after] == kept[:stopped_after]

    # A whole one, on the same faces.
    whole = runs.create_run(config)
    shutil.copyfile(run.folder / runs.EDITION_FILE, whole.folder / runs.EDITION_FILE)
    runs.starting.start_process(whole.folder)
    whole = wait_until(whole, ended)
    assert whole.status is RunStatus.FINISHED
    for name in (runs.LAST_FILE, runs.BEST_FILE):
        expected, found = arrays_of(whole.folder / name), arrays_of(run.folder / name)
        assert found.keys() == expected.keys()
        assert [key for key in expected if not np.array_equal(expected[key], found[key])] == [], name
    assert figures_of(run) == figures_of(whole)
    best = run.best()
    assert best is not None
    for each in (run, whole):
        predictions = runs.read_predictions(each.folder)
        assert predictions is not None
        assert predictions.epoch == best.epoch
        assert predictions.is_right.mean() == pytest.approx(best.validation_accuracy)

    card = load_card(run.folder)
    assert card.validation["epoch"] == best.epoch
    assert card.validation["accuracy"] == best.validation_accuracy
    assert card.parameters == 25_199
    assert runs.edition_of(run.folder, run.config) == edition
    assert (card.dataset["edition"], card.dataset["excluded"]) == ("Mine", 1)
    squares = dataset_of(range(7)).images
    assert Recognizer(run.folder).predict(squares).sum(axis=1) == pytest.approx([1.0] * 7, abs=1e-5)
    with pytest.raises(RunError, match="no unfinished epochs"):
        runs.resume_run(run.id)

    # What it told meanwhile.
    used = load_dataset(config.dataset, view=config.view, edition=edition)
    first_batch = f"First batch {batches.fingerprint(batches.first_batch(used, config))}"
    assert all(first_batch in each.log() for each in (run, whole))
    manifest = runs.read_manifest(run.folder)
    assert manifest is not None
    faces_of = {split: sum(counts) for split, counts in manifest.counts.items()}
    assert faces_of == card.dataset["splits"]
    assert sum(faces_of.values()) == len(faces) - 1
    watched = runs.read_probe_samples(run.folder)
    assert watched is not None
    assert watched.epochs.tolist() == [1, 2, 3]
    assert np.bincount(watched.labels).tolist() == [3, 3, 2, 2, 2, 2, 2]
    assert watched.probabilities.sum(axis=2) == pytest.approx(1.0, abs=1e-3)
    for row in run.metrics():
        weighted = zip(row.class_accuracies, manifest.counts["validation"], strict=True)
        assert sum(share * count for share, count in weighted if share is not None) == pytest.approx(
            faces_of["validation"] * row.validation_accuracy
        )
    for line in run.batches():
        assert None not in (line.recent_loss, line.recent_accuracy, line.learning_rate)
        assert line.cpu_percent is not None
        assert 0 <= line.cpu_percent <= 100
        assert line.memory_megabytes is not None
        assert line.memory_megabytes > 100
    logs = run.folder / runs.TENSORBOARD_FOLDER
    for split in ("train", "validation"):
        expected_curve = {row.epoch: getattr(row, f"{split}_loss") for row in run.metrics()}
        assert curve_of(logs / split, "epoch/loss") == pytest.approx(expected_curve)
    steps = 3 * -(-faces_of["train"] // 8)
    assert sorted(curve_of(logs / "batches", "batch/loss")) == [*range(1, steps + 1)]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a disk that is always full")
def test_a_full_disk_pauses_a_run_that_then_goes_on_whatever_became_of_its_dataset(
    config: TrainingConfig, fer_home: Path
) -> None:
    run = runs.create_run(config)
    (run.folder / runs.BATCHES_FILE).symlink_to("/dev/full")
    runs.starting.start_process(run.folder)
    run = wait_until(run, lambda run: run.status is RunStatus.PAUSED)
    assert run.is_active
    assert "The disk is full" in run.error
    assert "goes on by itself" in run.error
    (fer_home / "data" / "squares.csv").unlink()
    shutil.rmtree(fer_home / "data" / "cache")
    waiting = runs.create_run(replace(config, dataset="gone.csv"), status=RunStatus.QUEUED)
    (run.folder / runs.BATCHES_FILE).unlink()
    run = wait_until(run, ended)
    assert (run.status, run.error) == (RunStatus.FINISHED, "")
    assert len(run.metrics()) == 2
    # The first line is the one that there was no room for.
    assert (run.batches()[0].epoch, run.batches()[0].batch) == (1, 1)
    assert run.metrics()[0].duration_seconds >= 0
    assert {path.name for path in run.folder.iterdir() if path.name.startswith(".")} == set()

    # As the last thing it did it started the one that waited, and that cannot find its faces.
    waiting = wait_until(waiting, lambda run: run.status is RunStatus.FAILED)
    assert "There is no dataset “gone.csv”" in waiting.error
    assert "Traceback" not in waiting.log()
    assert not waiting.can_resume

    # Other faces under the old name are no reason to go on from what was learned from the former ones.
    write_squares(fer_home / "data" / "squares.csv", seed=1)
    best = (run.folder / runs.BEST_FILE).read_bytes()
    run = wait_until(runs.extend_run(run.id, 1), ended)
    assert run.status is RunStatus.FAILED
    assert "have changed since this run began" in run.error
    assert "start a new run" in run.error
    assert (run.folder / runs.BEST_FILE).read_bytes() == best
    assert len(run.metrics()) == 2


def test_a_loss_that_is_no_number_ends_the_run_with_advice(config: TrainingConfig) -> None:
    augmentation = AugmentationConfig()
    config = replace(
        config,
        architecture="mini_xception",
        learning_rate=10,
        optimizer="sgd",
        epochs=50,
        augmentation=augmentation,
    )
    run = wait_until(runs.start_run(config), ended)
    assert run.status is RunStatus.FAILED
    assert "a learning rate of 10 is too high" in run.error
    assert "Start again with a tenth of it" in run.error
    assert "Traceback" not in run.log()
    assert all(math.isfinite(row.loss) for row in run.batches())
    assert not run.has_model
