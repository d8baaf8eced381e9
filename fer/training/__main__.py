"""Training process: `python -m fer.training <run folder>` trains the run in a folder to its end."""

import argparse
import faulthandler
import signal
import sys
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

import cv2

from fer import runs
from fer.config import TrainingConfig
from fer.datasets import Dataset, load_dataset
from fer.errors import FerError
from fer.runs import RunRecorder, RunStatus, StoppedWhilePausedError, say


def train(folder: Path) -> RunStatus:
    """Run what `folder` describes to its end; everything worth knowing is in the folder afterwards.

    Raises:
        FerError: its status cannot be read or written.
    """
    # Before anything else can fail, for whatever does fail is said by it.
    recorder = RunRecorder(folder)
    _on_request_to_end(recorder.interrupted.set)
    try:
        config = runs.read_config(folder)
    except FerError as error:
        return _end(recorder, RunStatus.FAILED, str(error))
    try:
        status = _train(config, recorder)
        recorder.finish(status)
        return status
    except StoppedWhilePausedError as error:
        return _end(recorder, RunStatus.STOPPED, str(error))
    except FerError as error:
        return _end(recorder, RunStatus.FAILED, str(error))
    except BaseException as error:
        # Whatever it was, the page shall not have to guess; the log has the details.
        with suppress(OSError):
            traceback.print_exc()
        return _end(recorder, RunStatus.FAILED, _sentence_of(error, config))


def _train(config: TrainingConfig, recorder: RunRecorder) -> RunStatus:
    folder = recorder.folder
    recorder.stage("Reading the faces and loading TensorFlow")
    with ThreadPoolExecutor(1, "read-faces") as thread:
        reading = thread.submit(_load_faces, folder, config)
        # Keras and TensorFlow take seconds to load; the faces are read meanwhile.
        with _hidden("sklearn"):
            from fer.training.engine.export import export
            from fer.training.engine.network import repeatable
            from fer.training.engine.trainer import Trainer

        dataset = reading.result()
    if recorder.stop_requested():
        return RunStatus.STOPPED
    recorder.stage("Building the network")
    repeatable()
    trainer = Trainer(config, dataset, recorder)
    # Where this is refused nothing is exported: these may be other faces than those of its best weights.
    metrics = trainer.begin()
    try:
        status = trainer.run(metrics)
    except StoppedWhilePausedError:
        raise
    except FerError:
        # What an earlier epoch learned can be used all the same; why it ended matters more than that.
        with suppress(Exception):
            export(recorder, config, dataset)
        raise
    try:
        export(recorder, config, dataset)
    except StoppedWhilePausedError as error:
        raise StoppedWhilePausedError(
            "It was stopped while the disk was full, before its model was saved. All its epochs are kept: "
            "free some space, then resume it to save the model."
        ) from error
    return status


@contextmanager
def _hidden(library: str) -> Iterator[None]:
    """Within, a library cannot be imported by those who can do without.

    Keras offers scikit-learn wrappers around itself where it finds it: a fifth of its start, for nothing.
    """
    if library in sys.modules:
        yield
        return
    sys.modules[library] = None  # type: ignore[assignment]  # what Python takes for "not there"
    try:
        yield
    finally:
        del sys.modules[library]


def _load_faces(folder: Path, config: TrainingConfig) -> Dataset:
    return load_dataset(config.dataset, view=config.view, edition=runs.edition_of(folder, config))


def _end(recorder: RunRecorder, status: RunStatus, sentence: str) -> RunStatus:
    say(sentence)
    recorder.finish(status, sentence)
    return status


def _sentence_of(error: BaseException, config: TrainingConfig) -> str:
    """Say what went wrong that nobody foresaw, and what to do."""
    # TensorFlow has a name of its own for a memory that is full.
    if isinstance(error, MemoryError) or type(error).__name__ == "ResourceExhaustedError":
        return (
            f"The memory does not suffice for batches of {config.batch_size} faces of this size. Close other "
            "programs, or choose a smaller batch, a smaller image or a smaller network."
        )
    return f"The training ended with {type(error).__name__}: {error}. The log below has the details."


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
    faulthandler.enable()  # a crash in native code leaves its place in the log
    cv2.setNumThreads(1)  # the two cores belong to the network; one thread augments faster than it trains
    try:
        return 0 if train(folder) in (RunStatus.FINISHED, RunStatus.STOPPED) else 1
    except FerError as error:
        say(str(error))
        return 2
    finally:
        # However this one ended, its place is free.
        try:
            runs.start_next()
        except FerError as error:
            say(str(error))


if __name__ == "__main__":
    sys.exit(main())
