"""Run notes: what a learner says of a run, and why one was started, in notes.json and experiment.json."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from fer.errors import CorruptRunError
from fer.runs.folder import EXPERIMENT_FILE, NOTES_FILE, read_json
from fer.system import files


@dataclass(frozen=True, slots=True)
class RunNotes:
    """What a learner says of a run.

    Attributes:
        name: what they call it, instead of what it was called before it began; None for the same.
        note: anything.
        starred: it matters to them.
    """

    name: str | None = None
    note: str = ""
    starred: bool = False


@dataclass(frozen=True, slots=True)
class Experiment:
    """Why a run repeats another one with one change.

    Attributes:
        base: the id of the run it repeats.
        finding: what was found in that run, as `fer.runs.diagnosis` names it ("overfitting").
        advice: what was changed to cure it, in words ("more dropout: 0.3").
    """

    base: str
    finding: str
    advice: str


def read_notes(folder: Path) -> RunNotes:
    """Return what was said of the run in `folder`; nothing where nothing can be read."""
    try:
        values = read_json(folder / NOTES_FILE)
    except CorruptRunError:
        return RunNotes()
    name = values.get("name")
    return RunNotes(
        name=str(name) if name is not None else None,
        note=str(values.get("note") or ""),
        starred=values.get("starred") is True,
    )


def save_notes(folder: Path, notes: RunNotes) -> None:
    """Keep what was said of the run in `folder`.

    Raises:
        StorageError: it cannot be written.
    """
    files.save_text(folder / NOTES_FILE, json.dumps(asdict(notes), indent=2, ensure_ascii=False) + "\n")


def read_experiment(folder: Path) -> Experiment | None:
    """Return which run the one in `folder` repeats with one change; None where none can be read."""
    try:
        values = read_json(folder / EXPERIMENT_FILE)
        return Experiment(*(str(values[name]) for name in ("base", "finding", "advice")))
    except (CorruptRunError, KeyError):
        return None


def save_experiment(folder: Path, experiment: Experiment) -> None:
    """Write down which run the one in `folder` repeats, and why.

    Raises:
        StorageError: it cannot be written.
    """
    text = json.dumps(asdict(experiment), indent=2, ensure_ascii=False) + "\n"
    files.save_text(folder / EXPERIMENT_FILE, text)
