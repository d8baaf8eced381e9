"""From a finished run to what is kept of it."""

from dataclasses import replace
from pathlib import Path
from typing import Protocol

from fer import runs
from fer.config import TrainingConfig, compare_settings
from fer.datasets import Split, load_dataset
from fer.errors import DatasetError, RunError
from fer.evaluation import evaluate
from fer.evaluation.replication.kept import (
    ALL_FACES,
    RESULT_FILE,
    TRAINING_FACES,
    VALIDATION_FACES,
    Judged,
    KeptReplication,
)
from fer.evaluation.replication.published import PublishedFigure
from fer.models.catalog import architecture
from fer.models.inference import Recognizer
from fer.runs import DatasetManifest, Run, RunStatus
from fer.system import files, paths
from fer.system.progress import Progress, silent

# A log of thousands of epochs; nothing in it is worth more.
_LOG_LINES = 5_000
_ON = "Training on "


class Recipe(Protocol):
    """What can be repeated and kept: a `Variant`, or a `TableRow`."""

    @property
    def key(self) -> str:
        """The name of its folder."""

    @property
    def command(self) -> str:
        """What starts it, after `python -m fer replicate`."""

    @property
    def figures(self) -> tuple[PublishedFigure, ...]:
        """What was published of it; may be empty."""

    def config(self, dataset: str) -> TrainingConfig:
        """The settings of a run that repeats it, on a dataset as it came."""


def keep(
    run_id: str, recipe: Recipe, hardware: str = "", dataset: str = "", progress: Progress = silent
) -> KeptReplication:
    """Keep what came of a run that repeats `recipe`, in place of what was kept before.

    Args:
        run_id: a finished run.
        recipe: what it repeats.
        hardware: what it was trained on; empty for what its log says.
        dataset: whose test faces its model is asked about, as `load_dataset` takes it; empty for none.
        progress: told how far the evaluation is.

    Raises:
        RunNotFoundError, CorruptRunError: there is no such run.
        RunError: it has not finished, has other settings than the recipe, or learned from other faces.
        DatasetError: the dataset cannot be read, or is another one.
        StorageError: the folder cannot be written.
    """
    run = runs.load_run(run_id)
    metrics, best = run.metrics(), run.best()
    if run.status is not RunStatus.FINISHED or best is None:
        raise RunError(f"The run “{run.title}” is {run.status}, not finished. Let it finish, then keep it.")
    _refuse_other_settings(run, recipe)
    faces = _faces_of(run)
    count = sum(faces.counts["validation"])
    by_epoch = {row.epoch: Judged.of(row.validation_accuracy, count, row.epoch) for row in metrics}
    kept = KeptReplication(
        key=recipe.key,
        run=run.id,
        best=by_epoch[best.epoch],
        last=by_epoch[metrics[-1].epoch],
        at_published=by_epoch.get(recipe.figures[0].epoch) if recipe.figures else None,
        test=_test(run, best.epoch, dataset, progress) if dataset else None,
        epochs=len(metrics),
        seconds=round(sum(row.duration_seconds for row in metrics), 1),
        parameters=architecture(run.config.architecture).parameters,
        hardware=hardware or _hardware(run),
        date=(run.finished_at or run.started_at).date().isoformat(),
        faces=f"{sum(faces.counts['train']):,} to train on, {count:,} to validate",
        fingerprint=faces.fingerprint,
    )
    # A path is of one machine; the name is what somebody else's file is called too.
    config = replace(run.config, dataset=Path(run.config.dataset).name, name="")
    log = run.log(_LOG_LINES).replace(str(run.folder), run.id)
    with files.replacing(paths.replications_folder() / recipe.key) as folder:
        files.save_text(folder / runs.CONFIG_FILE, config.to_json())
        files.save_bytes(folder / runs.METRICS_FILE, (run.folder / runs.METRICS_FILE).read_bytes())
        files.save_text(folder / runs.LOG_FILE, f"{log}\n")
        files.save_text(folder / RESULT_FILE, kept.to_json())
    return kept


def other_settings(config: TrainingConfig, recipe: Recipe) -> list[str]:
    """In which settings a run differs from the recipe, the dataset's name aside: "epochs 5 instead of 50"."""
    expected = recipe.config(config.dataset)
    return [
        f"{setting.name} {setting.values[1]} instead of {setting.values[0]}"
        for setting in compare_settings([expected, config])
        if setting.differs
    ]


def _refuse_other_settings(run: Run, recipe: Recipe) -> None:
    others = other_settings(run.config, recipe)
    if others:
        raise RunError(
            f"The run “{run.title}” does not repeat “{recipe.key}”: {'; '.join(others)}. Start one with "
            f"“python -m fer replicate {recipe.command}”."
        )


def _faces_of(run: Run) -> DatasetManifest:
    faces = runs.read_manifest(run.folder)
    if faces is None or not {"train", "validation"} <= faces.counts.keys():
        raise RunError(f"The run “{run.title}” does not tell which faces it learned from. Train it again.")
    plan = run.config.view.splits
    expected = ALL_FACES if plan is not None and not plan.keep_test else TRAINING_FACES + VALIDATION_FACES
    found = sum(map(sum, faces.counts.values()))
    if found != expected:
        raise RunError(
            f"The run “{run.title}” learned from and was judged by {found:,} faces, not by the {expected:,} "
            "of FER-2013 that the figures are of. Start one with “--data fer2013.csv”."
        )
    return faces


def _test(run: Run, epoch: int, name: str, progress: Progress) -> Judged | None:
    """How the run's model does on the test faces; None where it has no model, or has learned from them."""
    plan = run.config.view.splits
    if not run.has_model or (plan is not None and not plan.keep_test):
        return None
    dataset = load_dataset(name, progress)
    if len(dataset) != ALL_FACES:
        raise DatasetError(
            f"“{name}” has {len(dataset):,} faces, not the {ALL_FACES:,} of FER-2013 that the figures are "
            "of. Give the path of fer2013.csv."
        )
    evaluation = evaluate(Recognizer(run.folder), dataset, Split.TEST, progress)
    return Judged.of(evaluation.accuracy, len(evaluation), epoch)


def _hardware(run: Run) -> str:
    """What the log says it was trained on."""
    said = [line for line in run.log(_LOG_LINES).splitlines() if line.startswith(_ON)]
    return said[-1].removeprefix(_ON).partition(",")[0] if said else "not noted"
