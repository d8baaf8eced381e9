"""Everything a learner decides before a run, as one form that returns one `TrainingConfig`."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar, get_args

import streamlit as st

from fer.config import AugmentationConfig, Optimizer, Schedule, TrainingConfig
from fer.datasets import Dataset, Split, balanced_class_weights, list_datasets
from fer.errors import ConfigError
from fer.zoo.catalog import ARCHITECTURES
from pages.parts import notices, phrases, state

BATCH_SIZES = (8, 16, 32, 64, 128, 256, 512)
LEARNING_RATES = (1e-5, 3e-5, 1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 1e-1)
OPTIMIZERS: dict[Optimizer, str] = {
    "adam": "Adam",
    "adamw": "AdamW",
    "sgd": "SGD with momentum",
    "rmsprop": "RMSProp",
    "adadelta": "AdaDelta",
}
SCHEDULES: dict[Schedule, str] = {
    "constant": "Constant",
    "cosine": "Cosine, down to zero",
    "plateau": "A tenth at each plateau",
}
# Settings the form has no field for; they come from a run of the command line whose settings are used again.
_UNSEEN = (
    "warmup_epochs",
    "weight_decay",
    "label_smoothing",
    "weight_averaging",
    "early_stopping_patience",
    "image_size",
)

ValueT = TypeVar("ValueT", bound=float)


def show() -> TrainingConfig | None:
    """Draw the form; returns its settings in the run of the script after Start was pressed.

    Raises:
        ConfigError: two settings contradict one another.
    """
    if "training.epochs" not in st.session_state:
        put(state.training())
    config = state.training()
    with st.form("training.form", enter_to_submit=False):
        dataset = _dataset()
        architecture = st.selectbox(
            "Architecture",
            list(ARCHITECTURES),
            key="training.architecture",
            format_func=_architecture_title,
            help="The network: how many layers there are and how they are joined. Parameters are the numbers "
            "it learns.\n\n"
            + "\n\n".join(f"**{known.title}** {known.summary}" for known in ARCHITECTURES.values()),
        )
        epochs = st.slider(
            "Epochs",
            1,
            max(100, config.epochs),
            key="training.epochs",
            help="One epoch shows the model every training face once.",
        )
        batch_size = st.select_slider(
            "Batch size",
            _with(BATCH_SIZES, config.batch_size),
            key="training.batch_size",
            help="How many faces it sees before it corrects itself. Small batches learn in more, noisier "
            "steps.",
        )
        learning_rate = st.select_slider(
            "Learning rate",
            _with(LEARNING_RATES, config.learning_rate),
            key="training.learning_rate",
            format_func=lambda rate: f"{rate:.10f}".rstrip("0"),
            help="How far each correction goes. Too high and the loss jumps about; too low and it hardly "
            "moves.",
        )
        augmentation = _augmentation()
        with st.expander("More settings"):
            name = st.text_input(
                "Name",
                key="training.name",
                max_chars=80,
                placeholder="none",
                help="What you will recognise this run by.",
            )
            optimizer = st.selectbox(
                "Optimizer",
                get_args(Optimizer),
                key="training.optimizer",
                format_func=OPTIMIZERS.__getitem__,
                help="The rule that turns an error into corrected weights.",
            )
            schedule = st.selectbox(
                "Schedule",
                get_args(Schedule),
                key="training.schedule",
                format_func=SCHEDULES.__getitem__,
                help="How the learning rate changes during the run: large steps first, small ones to finish.",
            )
            balance_classes = st.toggle(
                "Balance the emotions",
                key="training.balance_classes",
                help="Count a mistake on a rare emotion for more, so that all pull equally.",
            )
            subset = st.number_input(
                "Only so many faces",
                1,
                100_000_000,
                None,
                key="training.subset",
                placeholder="all of them",
                help="Train on a share of the training faces, each emotion keeping its part: quicker, and "
                "worse.",
            )
            seed = st.number_input(
                "Seed",
                0,
                2**31 - 1,
                key="training.seed",
                help="Where all chance of the run starts from. The same seed shuffles and augments the same "
                "way.",
            )
            if unseen := unseen_settings(config):
                st.caption(f"Also used: {unseen}.")
        if not st.form_submit_button(
            "Start training", icon=":material/play_arrow:", type="primary", width="stretch"
        ):
            return None
    state.set_dataset(dataset)
    return replace(
        config,
        dataset=dataset,
        architecture=architecture,
        epochs=epochs,
        batch_size=batch_size,
        learning_rate=learning_rate,
        optimizer=optimizer,
        schedule=schedule,
        balance_classes=balance_classes,
        subset=subset,
        augmentation=augmentation,
        seed=seed,
        name=name.strip(),
    )


def put(config: TrainingConfig) -> None:
    """Fill the form from a config; a callback, or before the form is drawn."""
    state.set_training(config)
    for name in (
        "architecture",
        "epochs",
        "batch_size",
        "learning_rate",
        "optimizer",
        "schedule",
        "balance_classes",
        "subset",
        "seed",
        "name",
    ):
        st.session_state[f"training.{name}"] = getattr(config, name)
    st.session_state["training.augment"] = config.augmentation.changes_anything
    if config.architecture not in ARCHITECTURES:  # of a run that another version trained
        st.session_state["training.architecture"] = TrainingConfig().architecture


def put_again(config: TrainingConfig) -> None:
    """Fill the form, and the other pages' choices, from an earlier run; a callback."""
    if config.augmentation.changes_anything:
        state.set_augmentation(config.augmentation)
    if config.dataset in {entry.name for entry in list_datasets()}:
        state.set_dataset(config.dataset)
        st.session_state["training.dataset"] = config.dataset
    put(replace(config, name=""))


def unseen_settings(config: TrainingConfig) -> str:
    """What `config` says beyond the form's fields, in words; empty for nothing unusual."""
    usual = TrainingConfig()
    return ", ".join(
        f"{name.replace('_', ' ')} {getattr(config, name)}"
        for name in _UNSEEN
        if getattr(config, name) != getattr(usual, name)
    )


def check(config: TrainingConfig, dataset: Dataset) -> None:
    """Refuse at once what the training process would find out only after it has loaded TensorFlow.

    Raises:
        DatasetError: a split that is needed is empty, or a class to be balanced has no face.
        ConfigError: a batch is larger than the training set.
    """
    dataset.require_training_splits()
    faces = sum(dataset.counts()[Split.TRAIN].values())
    used = min(faces, config.subset or faces)
    if config.batch_size > used:
        raise ConfigError(
            f"A batch of {config.batch_size} faces cannot be drawn from {used:,} training "
            "faces. Choose a smaller batch or more faces."
        )
    if config.balance_classes:
        balanced_class_weights(dataset.labels[dataset.splits == Split.TRAIN], dataset.emotions)


def _dataset() -> str:
    entries = {entry.name: entry for entry in list_datasets()}
    names = list(entries)
    chosen: str = st.selectbox(
        "Dataset",
        names,
        index=names.index(state.dataset()) if state.dataset() in entries else 0,
        key="training.dataset",
        format_func=lambda name: entries[name].title,
        help="The faces it learns from. Its training faces teach, its validation faces judge.",
    )
    return chosen


def _architecture_title(name: str) -> str:
    return f"{ARCHITECTURES[name].title} · {ARCHITECTURES[name].parameters:,} parameters"


def _augmentation() -> AugmentationConfig:
    chosen = state.augmentation()
    on = st.toggle(
        "Augment the faces",
        key="training.augment",
        disabled=not chosen.changes_anything,
        help="Show each face a little differently every time, so that the model learns the "
        "expression and not the photograph.",
    )
    st.caption(f"As station 2 was left: {phrases.augmentation(chosen)}.")
    notices.link("pages/2_augmentation.py", "Change it there")
    return chosen if on and chosen.changes_anything else AugmentationConfig()


def _with(values: Sequence[ValueT], value: ValueT) -> list[ValueT]:
    """The values a slider offers, with the one it stands at."""
    return sorted({*values, value})
