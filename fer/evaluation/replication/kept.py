"""Kept replications: `models/replications/<key>/`, small enough to be shipped.

    config.json     the run's settings; `python -m fer train --config` takes them
    metrics.jsonl   a line per epoch
    log.txt         what its process printed
    result.json     what came of it (`KeptReplication`)

No weights and no pictures.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Self, get_type_hints

from fer import runs
from fer.config import TrainingConfig, compare_settings
from fer.datasets import Split, load_dataset
from fer.errors import CorruptRunError, DatasetError, FerError, RunError
from fer.evaluation import evaluate
from fer.evaluation.replication.recipes import Variant
from fer.models.catalog import architecture
from fer.models.inference import Recognizer
from fer.runs import DatasetManifest, Run, RunStatus
from fer.statistics import percent, percent_range, wilson_interval
from fer.system import files, paths
from fer.system.progress import Progress, silent

RESULT_FILE = "result.json"
TRAINING_FACES, VALIDATION_FACES, ALL_FACES = 28_709, 3_589, 35_887
"""How many FER-2013 has, as it came; all of them with the test faces."""
# A log of thousands of epochs; nothing in it is worth more.
_LOG_LINES = 5_000
_ON = "Training on "


@dataclass(frozen=True, slots=True)
class Judged:
    """How often a model was right.

    Attributes:
        accuracy: share of the faces, 0 to 1.
        interval_95: of that share.
        count: of the faces.
        epoch: after which the weights were taken.
    """

    accuracy: float
    interval_95: tuple[float, float]
    count: int
    epoch: int

    @property
    def in_words(self) -> str:
        """The share with its interval: "67.65 % (66.1–69.2 %)"."""
        return f"{percent(self.accuracy, 2)} ({percent_range(*self.interval_95)})"

    @classmethod
    def of(cls, accuracy: float, count: int, epoch: int) -> Self:
        """An accuracy with its Wilson interval."""
        return cls(accuracy, wilson_interval(round(accuracy * count), count), count, epoch)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """Rebuild from plain values.

        Raises:
            KeyError, TypeError, ValueError: they are something else.
        """
        low, high = map(float, values["interval_95"])
        judged = cls(float(values["accuracy"]), (low, high), int(values["count"]), int(values["epoch"]))
        if not (0 <= low <= judged.accuracy <= high <= 1 and judged.count > 0 and judged.epoch > 0):
            raise ValueError(f"an accuracy of {judged.accuracy} in ({low}, {high}) cannot be")
        return judged


@dataclass(frozen=True, slots=True)
class KeptReplication:
    """`result.json`.

    Attributes:
        key: of the variant.
        run: the run's id.
        best: on the validation faces, after the best epoch.
        last: after the last epoch.
        at_published: after the epoch that the published figure is of; None where it was not reached.
        test: on the test faces, with the best epoch's weights; None where they were not looked at.
        epochs: how many were done.
        seconds: how long they took.
        parameters: of the network.
        hardware: what it was trained on.
        date: ISO date of its end.
        faces: which faces it learned from, in words.
        fingerprint: of their content.
    """

    key: str
    run: str
    best: Judged
    last: Judged
    at_published: Judged | None
    test: Judged | None
    epochs: int
    seconds: float
    parameters: int
    hardware: str
    date: str
    faces: str
    fingerprint: str

    def to_json(self) -> str:
        """The text of `result.json`."""
        return json.dumps(asdict(self), indent=2, ensure_ascii=False) + "\n"

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """Rebuild from plain values.

        Raises:
            KeyError, TypeError, ValueError: they are something else.
        """

        kinds = {name: kind for name, kind in get_type_hints(cls).items() if kind in (str, int, float)}
        return cls(
            **{name: kind(values[name]) for name, kind in kinds.items()},
            best=Judged.from_dict(values["best"]),
            last=Judged.from_dict(values["last"]),
            at_published=values["at_published"] and Judged.from_dict(values["at_published"]),
            test=values["test"] and Judged.from_dict(values["test"]),
        )


def load_kept(key: str) -> KeptReplication | None:
    """Return what came of a variant; None if nothing is kept of it.

    Raises:
        FerError: what is kept cannot be understood, or is of another variant.
    """
    path = paths.replication(key) / RESULT_FILE
    try:
        kept = KeptReplication.from_dict(json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise CorruptRunError(
            f"What is kept of “{key}” cannot be understood ({error}). Remove the folder {path.parent}, or "
            "keep a run again."
        ) from error
    if kept.key != key:
        raise FerError(
            f"The folder {path.parent} holds what came of “{kept.key[:60]}”. Move it to the folder of that "
            "name."
        )
    return kept


def kept_metrics(key: str) -> list[runs.EpochMetrics]:
    """Every epoch of what is kept of a variant; empty if nothing is."""
    return runs.read_metrics(paths.replication(key))


def keep(
    run_id: str, recipe: Variant, hardware: str = "", dataset: str = "", progress: Progress = silent
) -> KeptReplication:
    """Keep what came of a run that repeats `recipe`, in place of what was kept before.

    Args:
        run_id: a finished run.
        recipe: what it repeats.
        hardware: what it was trained on; empty for what its log says.
        dataset: whose test faces its model is asked about, as `load_dataset` takes it; empty for none.

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
    if others := other_settings(run.config, recipe):
        raise RunError(
            f"The run “{run.title}” does not repeat “{recipe.key}”: {'; '.join(others)}. Start one with "
            f"“python -m fer replicate {recipe.command}”."
        )
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


def other_settings(config: TrainingConfig, recipe: Variant) -> list[str]:
    """In which settings a run differs from the recipe, the dataset's name aside: "epochs 5 instead of 50"."""
    expected = recipe.config(config.dataset)
    return [
        f"{setting.name} {setting.values[1]} instead of {setting.values[0]}"
        for setting in compare_settings([expected, config])
        if setting.differs
    ]


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
