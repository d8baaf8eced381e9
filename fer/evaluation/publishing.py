"""Publishing a model: the one look at the test split, written on the card of a run's model."""

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

from fer import runs
from fer.datasets import Dataset, Split, load_dataset
from fer.datasets.views import describe, official_test_rows_in_training
from fer.errors import ModelError
from fer.evaluation import Evaluation, evaluate
from fer.models.card import BEST_FILE, INT8_FILE, INTENDED_USE, KERAS_FILE, MODEL_FILE, ModelCard, load_card
from fer.models.inference import Recognizer
from fer.runs import Run
from fer.statistics import percent
from fer.system import files, paths
from fer.system.progress import Progress, silent

TEACHERS_FOLDER = "teachers"
# Below this recall a learner should hear of it before trusting an answer.
_WEAK_RECALL = 0.6


def publish(run_id: str, name: str, dataset_name: str, progress: Progress = silent) -> ModelCard:
    """Copy a run's model to `models/pretrained/<name>/`, evaluated once on the test split.

    The epoch was chosen on the validation split; this is the moment at which the test split is looked
    at, and the figure goes onto the card whatever it is.

    Args:
        run_id: a run that has a model.
        name: the folder, and what commands call the model.
        dataset_name: whose test split is used; as `load_dataset` takes it.

    Raises:
        RunNotFoundError, CorruptRunError: there is no such run.
        ModelError: the run has no model or learned from test faces, or the name is taken.
        DatasetError: the dataset cannot be read or has no test split.
        StorageError: a file could not be written.
    """
    run = runs.load_run(run_id)
    if not run.has_model:
        raise ModelError(f"The run “{run.title}” has no model yet. Let it finish, then publish it.")
    target = paths.child(paths.pretrained_folder(), name)
    imported = paths.child(paths.imported_models_folder(), name)
    for taken in (paths.pretrained_models().get(name, target), imported):
        if taken.exists():
            raise ModelError(
                f"There is already a model “{name}”. Choose another name, or remove the folder {taken}."
            )
    dataset, learned_card = load_dataset(dataset_name, progress), load_card(run.folder)
    _refuse_known_faces(run, learned_card, dataset)
    evaluation = evaluate(Recognizer(run.folder), dataset, Split.TEST, progress)
    card = replace(
        learned_card,
        name=name,
        test=test_figures(evaluation),
        weaknesses=weaknesses(evaluation),
        intended_use=INTENDED_USE,
        license="MIT",
        notes="One model and one look at each face: no flips, crops or ensembles were averaged.",
    )
    with files.replacing(target) as folder:
        for file, copy in (
            (MODEL_FILE, MODEL_FILE),
            (BEST_FILE, KERAS_FILE),
            (runs.CONFIG_FILE, runs.CONFIG_FILE),
            (runs.METRICS_FILE, runs.METRICS_FILE),
            (runs.LOG_FILE, runs.LOG_FILE),
            *([(runs.EDITION_FILE, runs.EDITION_FILE)] if run.config.view.edition else []),
            *([(INT8_FILE, INT8_FILE)] if learned_card.int8 is not None else []),
        ):
            _copy(run.folder / file, folder / copy)
        _keep_recipes_of_teachers(run, folder)
        card.save(folder)
    return card


def _keep_recipes_of_teachers(run: Run, folder: Path) -> None:
    """Copy how the run's teachers were trained beside it: without them it could not be trained again."""
    for name in run.config.teachers:
        teacher = paths.child(paths.runs_folder(), name)
        for file in (runs.CONFIG_FILE, runs.METRICS_FILE, runs.LOG_FILE):
            if (teacher / file).exists():
                _copy(teacher / file, folder / TEACHERS_FOLDER / name / file)


def _refuse_known_faces(run: Run, card: ModelCard, dataset: Dataset) -> None:
    """Refuse a test whose answers the model was taught: its figure would say nothing of new faces."""
    if card.dataset.get("title") != dataset.source.title:
        return
    edition = runs.edition_of(run.folder, run.config)
    learned = official_test_rows_in_training(dataset, run.config.view, edition)
    if learned:
        raise ModelError(
            f"The run “{run.title}” learned from {learned:,} faces of the test split: it was trained with "
            f"{describe(run.config.view)}. Train one that keeps the test faces, and publish that."
        )


def test_figures(evaluation: Evaluation) -> dict[str, Any]:
    """What a card says of the test split: plain JSON values."""
    return {
        **evaluation.correct.to_dict(),
        "macro_f1": evaluation.macro_f1,
        "per_class": {
            report.emotion: {
                "precision": report.precision,
                "recall": report.recall,
                "f1": report.f1,
                "support": report.support,
            }
            for report in evaluation.class_reports
        },
    }


def weaknesses(evaluation: Evaluation) -> tuple[str, ...]:
    """What the test split showed and what such training data implies, a sentence each."""
    measured = [
        f"Of {report.support} faces labelled {report.emotion}, it finds {percent(report.recall, 0)}."
        for report in sorted(evaluation.class_reports, key=lambda report: report.recall or 0)
        if report.recall is not None and report.recall < _WEAK_RECALL
    ]
    confused = [
        f"{percent(mistake.share, 0)} of the {mistake.true} faces are called {mistake.predicted}."
        for mistake in evaluation.commonest_mistakes(3)
    ]
    return (
        *measured,
        *confused,
        "Its labels are opinions about web photographs; a person agrees with about 65 of 100 of them.",
        "It learned from faces seen from the front: side faces, darkness and covered mouths mislead it.",
        "Whom the photographs show is not recorded; it may well work better for some than for others.",
    )


def _copy(source: Path, target: Path) -> None:
    files.save(target, lambda temporary: shutil.copyfile(source, temporary))
