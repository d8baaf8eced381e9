"""The training process: `python -m fer.training <run folder>`."""

import argparse
import signal
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

import cv2

from fer import runs
from fer.datasets import load_dataset
from fer.errors import FerError
from fer.runs import RunRecorder, RunStatus
from fer.training.export import export
from fer.training.trainer import Trainer


def train(folder: Path) -> RunStatus:
    """Run what `folder` describes to its end; everything worth knowing is in the folder afterwards."""
    config = runs.read_config(folder)
    recorder = RunRecorder(folder)
    try:
        recorder.stage("Reading the faces")
        edition = runs.edition_of(folder, config)
        dataset = load_dataset(config.dataset, view=config.view, edition=edition)
        recorder.stage("Building the network")
        trainer = Trainer(config, dataset, recorder)
        _on_request_to_end(trainer.interrupted.set)
        status = trainer.run()
        if (folder / runs.BEST_FILE).exists():
            recorder.stage("Exporting the best weights")
            export(folder, config, dataset)
    except FerError as error:
        print(error, file=sys.stderr, flush=True)
        recorder.finish(RunStatus.FAILED, str(error))
        return RunStatus.FAILED
    except BaseException as error:
        # Whatever it was, the page shall not have to guess; the log has the details.
        traceback.print_exc()
        recorder.finish(
            RunStatus.FAILED,
            f"The training ended with {type(error).__name__}: {error}. The log below has the details.",
        )
        return RunStatus.FAILED
    recorder.finish(status)
    return status


def _on_request_to_end(react: Callable[[], object]) -> None:
    """Treat the operating system's wish to end this process like a learner's Stop."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: react())


def main() -> int:
    """The command's entry point."""
    parser = argparse.ArgumentParser(
        prog="python -m fer.training", description="Train the run in a run folder."
    )
    parser.add_argument("folder", type=Path, help="a folder with a config.json, as fer.runs makes it")
    folder = parser.parse_args().folder
    cv2.setNumThreads(1)  # the two cores belong to the network; one thread augments faster than it trains
    try:
        return 0 if train(folder) in (RunStatus.FINISHED, RunStatus.STOPPED) else 1
    except FerError as error:
        print(error, file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
