"""File locks between processes: two servers on one home do each thing once."""

import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from fer.datasets import Dataset, load_dataset
from fer.errors import StorageError
from fer.system import locks, paths
from tests.conftest import PROJECT_ROOT, dataset_of, write_fer_csv

pytestmark = pytest.mark.timeout(120)

# Each waits for the other, and lingers where the second one would slip in.
TOGETHER = """
import sys, time
from pathlib import Path
from fer.errors import FerError
me, home = sys.argv[1], Path(sys.argv[2])
def meet():
    (home / f"ready-{me}").touch()
    while len(list(home.glob("ready-*"))) < 2:
        time.sleep(0.01)
"""
START_JOB = f"""{TOGETHER}
from fer.system import jobs, processes
def start_module(*_):
    time.sleep(0.5)
    print("started")
    return processes.this_process()
processes.start_module = start_module
meet()
print(jobs.start_job("same", "Work", ["info", "synthetic"]).status)
time.sleep(1)
"""
UPLOAD = f"""{TOGETHER}
from fer.datasets import save_upload
rename = Path.rename
def slowly(self, target):
    time.sleep(0.5)
    return rename(self, target)
Path.rename = slowly
content = (home / f"{{me}}.csv").read_bytes()
meet()
try:
    save_upload("faces.csv", content)
    print("kept", me)
except FerError as error:
    print(error)
"""


def both(script: str, folder: Path) -> list[str]:
    """What two processes print that run `script` in the same moment, without logs."""
    children = [
        subprocess.Popen(
            [sys.executable, "-c", script, name, str(folder)],
            cwd=PROJECT_ROOT,
            text=True,
            stdout=subprocess.PIPE,
        )
        for name in ("first", "second")
    ]
    return [line for child in children for line in child.communicate()[0].splitlines()]


def test_two_processes_that_start_one_job_in_the_same_moment_start_it_once(tmp_path: Path) -> None:
    assert sorted(both(START_JOB, tmp_path)) == ["running", "running", "started"]


def test_of_two_processes_that_upload_other_files_of_one_name_the_second_is_refused(tmp_path: Path) -> None:
    datasets: dict[str, Dataset] = {}
    for seed, name in enumerate(("first", "second")):
        datasets[name] = dataset_of([0, 1, 2], seed=seed)
        write_fer_csv(tmp_path / f"{name}.csv", datasets[name])
    kept, refused = sorted(both(UPLOAD, tmp_path), key=lambda line: not line.startswith("kept"))
    assert refused == "There is another dataset “faces.csv” already. Rename your file and upload it again."
    winner = datasets[kept.removeprefix("kept ")]
    np.testing.assert_array_equal(load_dataset("faces.csv").images, winner.images)


def test_whoever_waits_for_a_process_that_hangs_hears_it_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(locks, "_LOCK_SECONDS", 0.2)
    hold = (
        "import sys, time; from pathlib import Path; from fer.system.locks import locked\n"
        "with locked(Path(sys.argv[1])):\n    print('held', flush=True); time.sleep(60)"
    )
    folder = tmp_path / "runs"
    with subprocess.Popen(
        [sys.executable, "-c", hold, str(folder)], cwd=PROJECT_ROOT, text=True, stdout=subprocess.PIPE
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "held\n"
        with pytest.raises(StorageError, match="Another process has been changing"), locks.locked(folder):
            pass
        child.kill()
    time.sleep(0.1)
    with locks.locked(folder):  # the lock ended with its process
        assert folder.is_dir()
    assert paths.home().is_dir()
