"""Experiments: advice put to the test by the same run with one change, and again with other seeds."""

from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from fer import runs
from fer.config import TrainingConfig
from fer.datasets import list_datasets
from fer.datasets.editions import list_editions
from fer.errors import RunError
from fer.models.catalog import ARCHITECTURES
from fer.runs import EXPERIMENT_FILE, Experiment, Run, RunNotes, RunStatus
from fer.runs.diagnosis.finding import FindingKind, Remedy
from fer.runs.diagnosis.remedies import apply_remedy
from fer.runs.reading import run_folders
from fer.system.locks import locked

_MOST_NAME = 80


def list_experiments(base_id: str | None = None) -> list[Run]:
    """The runs that repeat another one, or the one named, with one change, newest first."""
    found = []
    for folder in run_folders():
        if not (folder / EXPERIMENT_FILE).exists():  # spares reading hundreds of others
            continue
        experiment = runs.read_experiment(folder)
        if experiment is None or base_id not in (None, experiment.base):
            continue
        with suppress(RunError):
            found.append(runs.read_run(folder))
    return sorted(found, key=lambda run: run.id, reverse=True)


def tried(base: Run, remedy: Remedy, experiments: list[Run]) -> Run | None:
    """The newest of `experiments` that repeats `base` with exactly this change; None if none does."""
    wanted = apply_remedy(base.config, remedy)
    for run in experiments:
        repeats_it = run.experiment is not None and run.experiment.base == base.id
        if repeats_it and replace(run.config, name=wanted.name) == wanted:
            return run
    return None


def is_answer(run: Run) -> bool:
    """Whether an experiment tells what its change brings, or will: one that left no epoch never does."""
    waits = run.is_active or run.status is RunStatus.QUEUED
    return waits or run.status is RunStatus.FINISHED or run.can_resume or bool(run.metrics())


def obstacle(run: Run) -> str:
    """Why a run cannot be repeated, as a sentence; empty if it can."""
    config = run.config
    names = {entry.name for entry in list_datasets()}
    if config.dataset not in names and not Path(config.dataset).exists():
        return (
            f"Its faces, “{Path(config.dataset).name}”, are not there any more. Put them back into data/ to "
            "repeat it."
        )
    edition = config.view.edition
    if edition and edition not in {entry.name for entry in list_editions(config.dataset)}:
        return f"Its edition “{edition}” is not there any more. Make one of that name to repeat it."
    if config.architecture not in ARCHITECTURES:
        return f"Its architecture “{config.architecture}” is not in the catalogue any more."
    return ""


def start_experiment(base: Run, finding: FindingKind, remedy: Remedy) -> Run:
    """Start the run `base` once more with one change and the same seed, or let it wait for its turn.

    Asked twice, by two clicks or two tabs, it starts one: the second call returns the first one's run. A run
    that is no answer may be tried again, see `is_answer`.

    Raises:
        ConfigError: the change is out of range.
        EditionError, StorageError: see `fer.runs.submit_run`.
    """
    config = apply_remedy(base.config, remedy)
    with locked(base.folder):
        before = tried(base, remedy, list_experiments(base.id))
        if before is not None and is_answer(before):
            return before
        run = runs.submit_run(config, Experiment(base.id, finding.value, remedy.label))
        _call(run, f"{base.name}: {remedy.label}" if base.name else remedy.label)
    return runs.load_run(run.id)


def repetitions(base: Run, experiment: Run) -> list[tuple[Run, Run]]:
    """The same two runs with other seeds: pairs of a base and its experiment, the lowest seed first."""
    pairs = []
    for other in list_experiments():
        if other.id == experiment.id or other.experiment is None:
            continue
        if not _same_but_seed(other.config, experiment.config) or other.config.seed == experiment.config.seed:
            continue
        with suppress(RunError):
            other_base = runs.load_run(other.experiment.base)
            if _same_but_seed(other_base.config, base.config) and other_base.config.seed == other.config.seed:
                pairs.append((other_base, other))
    return sorted(pairs, key=lambda pair: (pair[1].config.seed, pair[1].id))


def start_repetition(base: Run, experiment: Run) -> tuple[Run, Run]:
    """Start both runs once more with the next seed, or let them wait; returns the new base and experiment.

    While such a pair waits or trains, it is returned instead of a second one.

    Raises:
        RunError: `experiment` repeats no run.
        ConfigError: there is no higher seed.
        EditionError, StorageError: see `fer.runs.submit_run`.
    """
    if experiment.experiment is None:
        raise RunError(f"The run “{experiment.title}” repeats no other one. Choose one that does.")
    with locked(base.folder):
        pairs = repetitions(base, experiment)
        for pair in pairs:
            if any(run.is_active or run.status is RunStatus.QUEUED for run in pair):
                return pair
        seed = 1 + max([base.config.seed, experiment.config.seed, *(pair[1].config.seed for pair in pairs)])
        advice = experiment.experiment
        new_base = runs.submit_run(replace(base.config, seed=seed))
        _call(new_base, f"{base.name or 'The same'}, seed {seed}")
        new_experiment = runs.submit_run(
            replace(experiment.config, seed=seed), replace(advice, base=new_base.id)
        )
        _call(new_experiment, f"{advice.advice}, seed {seed}")
    return runs.load_run(new_base.id), runs.load_run(new_experiment.id)


def _same_but_seed(one: TrainingConfig, other: TrainingConfig) -> bool:
    return replace(one, seed=other.seed, name=other.name) == other


def _call(run: Run, name: str) -> None:
    """Give a run a name that tells it from the one it repeats; its config stays the other's."""
    runs.save_notes(run.folder, RunNotes(name=name[:_MOST_NAME]))
