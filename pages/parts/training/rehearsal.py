"""The training page run as a visitor would run it, but without a browser: its time with many runs.

`python -m pages.parts.training.rehearsal` prints one JSON object. It makes up the runs it needs in
`FER_HOME`, so that has to be an empty folder.
"""

import json
import math
import sys
import time
from dataclasses import asdict
from pathlib import Path

from streamlit.testing.v1 import AppTest

from fer import runs
from fer.config import TrainingConfig
from fer.runs import BatchMetrics, EpochMetrics, RunNotes, RunStatus
from fer.system import paths

_PATIENCE_SECONDS = 600
_ROUNDS = 10


def build_history(count: int = 200, epochs: int = 100) -> None:
    """Make up finished runs, each with `epochs` epochs of plausible curves and a few lines within each.

    Raises:
        SystemExit: there are runs already.
    """
    if next(runs.run_folders(), None) is not None:
        raise SystemExit(f"There are runs in {paths.runs_folder()}; set FER_HOME to an empty folder.")
    for number in range(count):
        config = TrainingConfig(epochs=epochs, seed=number, batch_size=2 ** (4 + number % 5))
        run = runs.create_run(config, status=RunStatus.QUEUED)
        _write_curves(run.folder, number, epochs)
        runs.save_notes(run.folder, RunNotes(f"Run {number + 1}", "made up", number % 7 == 0))
        status = json.loads((run.folder / runs.STATUS_FILE).read_text())
        status |= {"status": RunStatus.FINISHED, "stage": "", "finished_at": status["started_at"]}
        (run.folder / runs.STATUS_FILE).write_text(json.dumps(status))


def rehearse(count: int = 200, epochs: int = 100) -> dict[str, list[float]]:
    """Make up runs, open the training page, and look at one run after the other.

    Returns:
        Milliseconds: "first_ms", the first visit, which reads every run; "visit_ms", each later one.
    """
    build_history(count, epochs)
    ids = [folder.name for folder in runs.run_folders()]
    # The workshop is up, and its libraries are loaded, before anybody visits this page.
    AppTest.from_file(str(paths.PROJECT_ROOT / "app.py"), default_timeout=_PATIENCE_SECONDS).run()
    page = AppTest.from_file(str(paths.PROJECT_ROOT / "app.py"), default_timeout=_PATIENCE_SECONDS)
    page.switch_page("pages/3_training.py")
    times = []
    for number in range(_ROUNDS + 1):
        page.session_state["workshop.run"] = ids[number % len(ids)]
        started = time.perf_counter()
        page.run()
        times.append(1e3 * (time.perf_counter() - started))
        for problem in [*page.exception, *page.error]:
            raise SystemExit(f"The page shows an error: {problem.value}")
    return {"first_ms": times[:1], "visit_ms": times[1:]}


def _write_curves(folder: Path, number: int, epochs: int) -> None:
    batches, rows = [], []
    for epoch in range(1, epochs + 1):
        learned = 1 - math.exp(-epoch / (10 + number % 20))
        batches += [
            BatchMetrics(epoch, step, 100, 2 - learned, 0.15 + 0.6 * learned, 500.0, 20.0 * epoch)
            for step in range(10, 101, 10)
        ]
        accuracy = 0.15 + 0.45 * learned + 0.01 * math.sin(epoch + number)
        rows.append(
            EpochMetrics(
                epoch,
                2 - learned,
                0.15 + 0.6 * learned,
                2 - 0.9 * learned,
                accuracy,
                1e-3,
                20.0,
                (accuracy,) * 7,
            )
        )
    for name, written in ((runs.BATCHES_FILE, batches), (runs.METRICS_FILE, rows)):
        (folder / name).write_text("".join(json.dumps(asdict(row)) + "\n" for row in written))


if __name__ == "__main__":
    print(json.dumps(rehearse(*(int(text) for text in sys.argv[1:]))))
