"""Everything a learner decides before a run, as one form that returns one `TrainingConfig`."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from typing import TypeVar, get_args

import streamlit as st

from fer.config import AugmentationConfig, DatasetView, LabelSource, Optimizer, Schedule, TrainingConfig
from fer.datasets import Dataset, DatasetEntry, Split, balanced_class_weights, list_datasets
from fer.datasets.editions import list_editions
from fer.datasets.views import describe_splits
from fer.errors import ConfigError, FerError
from fer.zoo.catalog import ARCHITECTURES
from pages.parts import caches, notices, phrases, pickers, state

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
    "one_cycle": "One cycle, up and down",
}
LABELS: dict[LabelSource, str] = {"given": "As given", "majority": "Majority", "votes": "Shares"}
# Settings the form has no field for; they come from a run of the command line whose settings are used again.
_UNSEEN = (
    "warmup_epochs",
    "weight_decay",
    "loss",
    "dropout",
    "label_smoothing",
    "weight_averaging",
    "early_stopping_patience",
    "image_size",
)

ValueT = TypeVar("ValueT", bound=float)


def show(submit_label: str = "Start training", submit_help: str | None = None) -> TrainingConfig | None:
    """Draw the form; returns its settings in the run of the script after its button was pressed.

    Args:
        submit_label: what the button says.
        submit_help: what it will do, in a sentence.

    Raises:
        ConfigError: two settings contradict one another.
    """
    if "training.epochs" not in st.session_state:
        put(state.training())
    config = state.training()
    # Outside the form, because the editions to choose from are those of the chosen dataset.
    with st.container(border=True):
        dataset = _faces()
    with st.form("training.form", enter_to_submit=False):
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
            submit_label, icon=":material/play_arrow:", type="primary", width="stretch", help=submit_help
        ):
            return None
    return replace(
        config,
        dataset=dataset,
        view=state.view(),
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
        state.set_view(config.view)
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


def _faces() -> str:
    """Let the learner choose the dataset and its state, which the other pages share; returns its name."""
    entry = pickers.choose_dataset(
        "training.dataset",
        help="The faces it learns from. Its training faces teach, its validation faces judge.",
    )
    view = state.view()
    editions = [edition.name for edition in list_editions(entry.name)]
    if view.edition and view.edition not in editions:  # deleted since, or a damaged file
        st.warning(f"The edition “{view.edition}” cannot be read any more; the faces are taken as they came.")
        view = replace(view, edition="")
        state.set_view(view)
    # The state is the truth, and the dataset page changes it too.
    st.session_state["training.edition"] = view.edition
    st.selectbox(
        "Edition",
        ["", *editions],
        key="training.edition",
        format_func=lambda name: name or "As it came",
        on_change=lambda: state.set_view(replace(state.view(), edition=st.session_state["training.edition"])),
        help="With which of your corrections: an edition is a list of faces left out or given another label. "
        "Train the same network on two editions to see what mending the data is worth.",
    )
    if view.labels != "given" or _has_votes(entry):
        st.session_state["training.labels"] = view.labels
        st.segmented_control(
            "Labels",
            get_args(LabelSource),
            required=True,
            key="training.labels",
            format_func=LABELS.__getitem__,
            on_change=lambda: state.set_view(
                replace(state.view(), labels=st.session_state["training.labels"])
            ),
            help="**As given** in the file; the **majority** of the ten people who voted on each face for "
            "FER+; or the **shares** of their votes, so that a face between fear and surprise teaches both.",
        )
    drawn = "as they came" if view.splits is None else describe_splits(view.splits)
    st.caption(f"Splits: {drawn}.")
    return entry.name


def _has_votes(entry: DatasetEntry) -> bool:
    """Whether ten people's votes are known; a dataset that cannot be read is told of when it is used."""
    if entry.kind == "built-in":
        return False
    with suppress(FerError), notices.working() as progress:
        return (
            caches.dataset(entry.name, progress, DatasetView(skip_bad=state.view().skip_bad)).votes
            is not None
        )
    return False


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
