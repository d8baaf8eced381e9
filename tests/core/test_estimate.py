"""How long a run would take, from what runs and measurements left behind; no TensorFlow here."""

import json
import math
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from fer import runs
from fer.__main__ import main
from fer.config import DEFAULT_AUGMENTATION, AugmentationConfig, TrainingConfig
from fer.emotions import EMOTIONS
from fer.runs import BatchMetrics, DatasetManifest, EpochMetrics, Run
from fer.system import jobs, paths
from fer.training import estimate
from fer.training.estimate import USUAL_START_SECONDS, SpeedEstimate


def a_run(config: TrainingConfig, speeds: list[float], epoch_seconds: list[float] = []) -> Run:  # noqa: B006
    """A run that trained so fast, on 700 faces, with 70 to judge by."""
    run = runs.create_run(config)
    rows = [BatchMetrics(1, step, 99, 1.5, 0.4, speed, float(step)) for step, speed in enumerate(speeds, 1)]
    lines = "".join(json.dumps(asdict(row)) + "\n" for row in rows)
    (run.folder / runs.BATCHES_FILE).write_text(lines + '{"epoch": 1, "ba')  # the last one is being written
    metrics = [
        EpochMetrics(epoch, 1, 0.4, 1, 0.4, 1e-3, seconds) for epoch, seconds in enumerate(epoch_seconds, 1)
    ]
    (run.folder / runs.METRICS_FILE).write_text("".join(json.dumps(asdict(row)) + "\n" for row in metrics))
    counts = {"train": (100,) * 7, "validation": (10,) * 7}
    runs.save_manifest(run.folder, DatasetManifest("small", EMOTIONS, counts, "00"))
    return run


def measured(config: TrainingConfig, values: SpeedEstimate) -> Path:
    path = paths.cache_folder() / "pace" / f"{estimate.workload(config)}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(asdict(values)))
    return path


def test_a_run_takes_its_start_and_its_epochs_with_their_validation() -> None:
    assert SpeedEstimate(100, 400, 8).seconds(10, 1000, 200) == 8 + 10 * (10 + 0.5)


def test_an_epoch_of_the_head_alone_looks_at_the_faces_as_judging_does() -> None:
    assert SpeedEstimate(100, 400, 8).seconds(10, 1000, 200, head_epochs=4) == 8 + 6 * (10 + 0.5) + 4 * (
        2.5 + 0.5
    )
    # A measurement that says judging is slower than training is noise, and no reason to promise less.
    assert SpeedEstimate(100, 50, 8).seconds(2, 1000, 200, head_epochs=1) == 8 + 2 * (10 + 4)


def test_nothing_is_known_before_a_run_or_a_measurement() -> None:
    assert estimate.known_estimate(TrainingConfig()) is None
    assert estimate.similar_estimate(TrainingConfig()) is None


def test_the_latest_run_with_the_same_work_is_believed_and_its_outliers_are_not() -> None:
    config = TrainingConfig(batch_size=32)
    run = a_run(config, [3.0, 350.0, 350.0, 350.0, 9000.0], [3.0, 3.0])
    a_run(TrainingConfig(batch_size=64), [1.0, 1.0, 1.0])
    known = estimate.known_estimate(config)
    assert known is not None
    assert (known.images_per_second, known.source) == (350, run.id)
    # 700 faces at 350 a second leave one of the three seconds for the 70 faces that judge.
    assert known.validation_images_per_second == pytest.approx(70)
    assert known.start_seconds == USUAL_START_SECONDS


def test_a_run_that_said_too_little_or_nonsense_leaves_it_to_the_measurement() -> None:
    config = TrainingConfig()
    measured(config, SpeedEstimate(500, 1500, 9))
    a_run(config, [400.0])
    a_run(config, [math.nan, math.inf, 0.0, -1.0])
    (runs.create_run(config).folder / runs.CONFIG_FILE).write_text("{ torn")
    assert estimate.known_estimate(config) == SpeedEstimate(500, 1500, 9)
    a_run(config, [400.0] * 3)
    assert estimate.known_estimate(config).start_seconds == 9  # type: ignore[union-attr]


def test_a_damaged_measurement_is_as_good_as_none() -> None:
    path = measured(TrainingConfig(), SpeedEstimate(500, 1500, 9))
    for text in ("{ torn", "[]", '{"images_per_second": 3}', json.dumps(asdict(SpeedEstimate(0, 0, 0)))):
        path.write_text(text)
        assert estimate.known_estimate(TrainingConfig()) is None


def test_the_same_network_at_the_same_size_serves_for_want_of_a_better() -> None:
    measured(TrainingConfig(batch_size=128), SpeedEstimate(500, 1500, 9))
    assert estimate.similar_estimate(TrainingConfig(batch_size=8, optimizer="sgd")) == SpeedEstimate(
        500, 1500, 9
    )
    assert estimate.similar_estimate(TrainingConfig(architecture="four_block_cnn")) is None
    assert estimate.similar_estimate(TrainingConfig(architecture="four_block_cnn_elu")) is None
    assert estimate.similar_estimate(TrainingConfig(image_size=96)) is None


@pytest.mark.parametrize(
    "change",
    [
        {"architecture": "tiny_cnn"},
        {"batch_size": 8},
        {"optimizer": "sgd"},
        {"image_size": 96},
        {"dropout": 0.5},
        {"weight_averaging": 0.99},
        {"augmentation": DEFAULT_AUGMENTATION},
    ],
    ids=lambda change: next(iter(change)),
)
def test_what_makes_a_step_slower_is_another_workload(change: dict[str, object]) -> None:
    assert estimate.workload(TrainingConfig(**change)) != estimate.workload(TrainingConfig())  # type: ignore[arg-type]
    mixed = AugmentationConfig(horizontal_flip=True, mixup_alpha=0.4)
    unmixed = replace(mixed, mixup_alpha=0.0, cutmix_alpha=0.0)
    workloads = [estimate.workload(TrainingConfig(augmentation=each)) for each in (mixed, unmixed)]
    assert workloads[0] != workloads[1]
    same = TrainingConfig(epochs=3, learning_rate=0.1, seed=7, label_smoothing=0.1, subset=100)
    assert estimate.workload(same) == estimate.workload(TrainingConfig())


def test_measuring_is_a_command_that_a_learner_can_type(monkeypatch: pytest.MonkeyPatch) -> None:
    started = []
    monkeypatch.setattr(jobs, "start_job", lambda *job: started.append(job))
    config = TrainingConfig(dataset="fer2013.csv", epochs=3)
    estimate.start_measuring(config)
    [(job_id, _, (command, settings))] = started
    assert command == "estimate"
    assert estimate.workload(config) in job_id
    assert TrainingConfig.from_dict(json.loads(settings)) == config


def test_settings_that_are_none_are_refused_before_tensorflow_loads(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    for settings in (str(tmp_path / "config.json"), "{ torn", '{"epochs": 0}'):
        assert main(["estimate", settings]) == 2
        assert len(capsys.readouterr().err.strip().splitlines()) == 1
