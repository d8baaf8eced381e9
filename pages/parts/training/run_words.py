"""Runs in words: a run's status, its faces, its settings."""

from fer.config import AS_IT_CAME, TrainingConfig, specs_of
from fer.datasets import list_datasets
from fer.datasets.views import describe
from fer.models.catalog import ARCHITECTURES
from fer.runs import Run, RunStatus
from pages.parts import phrases
from pages.parts.training import setting_words

STATUS_TITLES = {
    RunStatus.QUEUED: "waiting",
    RunStatus.STARTING: "starting",
    RunStatus.RUNNING: "training",
    RunStatus.PAUSED: "paused",
    RunStatus.STOPPING: "stopping",
    RunStatus.FINISHED: "finished",
    RunStatus.STOPPED: "stopped",
    RunStatus.FAILED: "failed",
    RunStatus.LOST: "lost",
}


def architecture_title(config: TrainingConfig) -> str:
    """What people call the network of a run; one of another version by its bare name."""
    known = ARCHITECTURES.get(config.architecture)
    return known.title if known is not None else config.architecture


def dataset_title(name: str) -> str:
    """What a list calls the dataset of a run; a path is told by its last part."""
    titles = {entry.name: entry.title for entry in list_datasets()}
    return titles.get(name, name.replace("\\", "/").rsplit("/", 1)[-1])


def faces_title(config: TrainingConfig) -> str:
    """What a list calls the faces of a run: the dataset, and what was changed of it in a word or two."""
    view = config.view
    changes = [
        view.edition,
        "" if view.labels == "given" else "FER+ labels",
        "own splits" if view.splits else "",
    ]
    return " · ".join([dataset_title(config.dataset), *filter(None, changes)])


def settings_in_a_line(run: Run) -> str:
    """What was chosen, as far as it is worth a word."""
    config = run.config
    parts = [f"{architecture_title(config)} on {dataset_title(config.dataset)}"]
    if config.view != AS_IT_CAME:
        parts.append(describe(config.view))
    if config.subset:
        by = "all validation faces" if config.whole_validation else "validation faces in proportion"
        parts.append(f"{config.subset:,} faces, judged by {by}")
    parts += [
        f"batches of {config.batch_size}",
        f"learning rate {config.learning_rate:g}",
        specs_of(TrainingConfig)["optimizer"].written(config.optimizer),
    ]
    if config.schedule != "constant":
        parts.append(f"{config.schedule.replace('_', ' ')} schedule")
    if config.balance_classes:
        parts.append("balanced emotions")
    parts.append(
        f"augmented ({phrases.augmentation(config.augmentation)})"
        if config.augmentation.changes_anything
        else "not augmented"
    )
    parts.append(f"seed {config.seed}")
    if unseen := setting_words.unusual_settings(config):
        parts.append(unseen)
    return " · ".join(parts)
