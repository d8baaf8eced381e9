"""The real command `python -m fer robustness`, as a page starts it: through a job, to its end and stopped."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from fer.__main__ import main
from fer.datasets import Split, load_dataset
from fer.evaluation.robustness import CORRUPTIONS, CorruptionKind, corrupt, load_sweep, sweep_path
from fer.models.inference import Recognizer
from fer.system import jobs, paths
from fer.system.jobs import JobStatus
from tests.conftest import dataset_of, write_fer_csv
from tests.core import grey_level
from tests.process.test_jobs import wait_for_end


@pytest.fixture
def model(fer_home: Path) -> Path:
    return grey_level.save_model(fer_home / "models" / "pretrained" / "grey")


def test_a_sweep_started_by_a_page_is_found_where_the_page_looks_for_it(
    model: Path, csv_in_data: Callable[[str], str]
) -> None:
    csv_in_data("small")
    jobs.start_job(
        "break-small",
        "Breaking the faces",
        [
            *("robustness", "grey", "--data", "small", "--split", "train", "--sample", "14"),
            *("--kinds", "darkness", "noise"),
        ],
    )
    job = wait_for_end("break-small")
    assert (job.status, job.error) == (JobStatus.DONE, "")
    recognizer, faces = Recognizer(model), load_dataset("small").only(Split.TRAIN).subset(14, 0)
    path = sweep_path(recognizer.fingerprint, faces)
    told = job.result["models"]["grey"]
    assert (job.result["faces"], job.result["of"], told["path"]) == (14, 28, str(path))
    kept = load_sweep(path)
    assert kept is not None
    assert list(kept.points) == [CorruptionKind.DARKNESS, CorruptionKind.NOISE]
    levels = CORRUPTIONS[CorruptionKind.DARKNESS].levels
    for level, said in zip(levels, told["kinds"]["darkness"], strict=True):
        dark = corrupt(faces.images, CorruptionKind.DARKNESS, level)
        right = recognizer.predict(dark).argmax(axis=1) == faces.labels
        assert (said["severity"], said["accuracy"]) == (level, float(right.mean()))
    assert told["untouched"]["accuracy"] == 1.0


@pytest.mark.usefixtures("model")
def test_a_stopped_sweep_keeps_the_kinds_that_were_done(fer_home: Path) -> None:
    many = dataset_of([label % 7 for label in range(20_000)], [Split.TEST] * 20_000, size=8)
    write_fer_csv(fer_home / "data" / "many.csv", many)
    jobs.start_job("break-long", "Breaking", ["robustness", "grey", "--data", "many", "--split", "test"])
    sweeps = paths.cache_folder() / "sweeps"
    until = time.monotonic() + 60
    while not list(sweeps.glob("[!.]*.json")) and time.monotonic() < until:
        time.sleep(0.02)
    jobs.stop_job("break-long")
    job = wait_for_end("break-long")
    assert (job.status, job.error) == (JobStatus.STOPPED, "")
    (path,) = sweeps.glob("[!.]*.json")
    kept = load_sweep(path)
    assert kept is not None
    assert 1 <= len(kept.points) < len(CORRUPTIONS)


@pytest.mark.usefixtures("model")
@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--sample", "0"], "at least one face"),
        (["--seed", "-1"], "A seed is 0 or more"),
    ],
)
def test_what_cannot_be_is_one_sentence(
    options: list[str], said: str, csv_in_data: Callable[[str], str], capsys: pytest.CaptureFixture[str]
) -> None:
    csv_in_data("small")
    assert main(["robustness", "grey", "--data", "small", *options]) == 2
    assert said in capsys.readouterr().err


@pytest.mark.usefixtures("model")
def test_typed_by_a_person_it_prints_the_weakest_kind_first(
    csv_in_data: Callable[[str], str], capsys: pytest.CaptureFixture[str]
) -> None:
    csv_in_data("small")
    assert main(["robustness", "grey", "--data", "small", "--kinds", "rotation", "darkness"]) == 0
    title, _, name, heading, *rows = capsys.readouterr().out.splitlines()
    assert title.startswith("fer2013") or "validation: 7 faces" in title
    assert (name, heading.split()[0]) == ("grey", "untouched")
    assert [row.split()[0] for row in rows] == ["Darkness", "Rotation"]
    assert "14.3\u00a0%" in rows[0]
