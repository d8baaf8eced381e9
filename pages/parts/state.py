"""Every choice that outlives a page, behind one typed function each.

The session holds choices only (a name, an id, a config), never data, models or figures. Each
getter has a default, so that a page opened by a deep link finds what it needs.
"""

from collections.abc import Iterable
from typing import cast

import streamlit as st

from fer.config import DEFAULT_AUGMENTATION, AugmentationConfig, DatasetView, TrainingConfig
from fer.datasets.quality import QualityIssue
from fer.emotions import Emotion

_DATASET = "workshop.dataset"
_VIEW = "workshop.view"
_MODEL = "workshop.model"
_RUN = "workshop.run"
_COMPARED = "training.compared"
_TOLD = "workshop.told"
_AUGMENTATION = "workshop.augmentation"
_TRAINING = "workshop.training"
_FACE = "dataset.face"
_ISSUE = "dataset.issue"
_JUDGED = "evaluation.judged"
_CELL = "evaluation.cell"
_OPENED = "evaluation.opened"
_CHOSEN = "evaluation.chosen"
_CALIBRATED = "live.calibrated"
_FITTED = "evaluation.fitted"
_CAMERA_SHOWN = "live.camera_shown"


def dataset() -> str:
    """The name of the dataset the learner works with; the built-in one at first."""
    return cast(str, st.session_state.setdefault(_DATASET, TrainingConfig().dataset))


def set_dataset(name: str) -> None:
    """Remember the dataset for every page; a face, edition or splits chosen for another are forgotten."""
    if name != dataset():
        set_face(None)
        set_view(DatasetView())
    st.session_state[_DATASET] = name


def view() -> DatasetView:
    """In which state the dataset is used: its edition, labels and splits; as it came at first."""
    return cast(DatasetView, st.session_state.setdefault(_VIEW, DatasetView()))


def set_view(view: DatasetView) -> None:
    """Remember in which state the dataset is used, for every page."""
    st.session_state[_VIEW] = view


def model() -> str | None:
    """The name of the chosen model, pretrained or a run's id; None before a choice."""
    return cast("str | None", st.session_state.get(_MODEL))


def set_model(name: str | None) -> None:
    """Remember the model for every page."""
    st.session_state[_MODEL] = name


def run_id() -> str | None:
    """The id of the training run being looked at; None before a choice."""
    return cast("str | None", st.session_state.get(_RUN))


def set_run_id(run_id: str | None) -> None:
    """Remember the run being looked at."""
    st.session_state[_RUN] = run_id


def compared_runs() -> tuple[str, ...]:
    """The ids of the runs that are ticked, to be compared or deleted."""
    return cast("tuple[str, ...]", st.session_state.get(_COMPARED, ()))


def set_compared_runs(run_ids: Iterable[str]) -> None:
    """Remember which runs are ticked."""
    st.session_state[_COMPARED] = tuple(run_ids)


def tell(sentence: str) -> None:
    """Have something said once the page, or the next one, is drawn: that wipes what was said before."""
    st.session_state.setdefault(_TOLD, []).append(sentence)


def told() -> list[str]:
    """What is to be said now; it is forgotten with that."""
    return cast("list[str]", st.session_state.pop(_TOLD, []))


def augmentation() -> AugmentationConfig:
    """What the augmentation page was left at, and the training form starts from."""
    return cast(AugmentationConfig, st.session_state.setdefault(_AUGMENTATION, DEFAULT_AUGMENTATION))


def set_augmentation(config: AugmentationConfig) -> None:
    """Remember the augmentation for the training form."""
    st.session_state[_AUGMENTATION] = config


def training() -> TrainingConfig:
    """What the training form was last started with; good settings for a first run before that."""
    return cast(
        TrainingConfig,
        st.session_state.setdefault(_TRAINING, TrainingConfig(augmentation=DEFAULT_AUGMENTATION)),
    )


def set_training(config: TrainingConfig) -> None:
    """Remember the settings for the training form."""
    st.session_state[_TRAINING] = config


def face() -> int | None:
    """The row of the face that is open on the dataset page; None when none is."""
    return cast("int | None", st.session_state.get(_FACE))


def set_face(row: int | None) -> None:
    """Open the face at `row` of the dataset, or close the open one."""
    st.session_state[_FACE] = row


def quality_issue() -> QualityIssue | None:
    """The quality issue that is looked at on the dataset page; None before a choice."""
    return cast("QualityIssue | None", st.session_state.get(_ISSUE))


def set_quality_issue(issue: QualityIssue) -> None:
    """Look at this quality issue."""
    st.session_state[_ISSUE] = issue


def judged_models() -> tuple[str, ...]:
    """The names of the models that are judged, the one the page is about first; empty before a choice."""
    return cast("tuple[str, ...]", st.session_state.get(_JUDGED, ()))


def set_judged_models(names: Iterable[str]) -> None:
    """Judge these models; the first is the chosen one on other pages too."""
    st.session_state[_JUDGED] = names = tuple(names)
    if names:
        set_model(names[0])


def cell() -> tuple[Emotion, Emotion] | None:
    """The cell of the confusion matrix whose faces are shown, true and predicted; None when none is."""
    return cast("tuple[Emotion, Emotion] | None", st.session_state.get(_CELL))


def set_cell(cell: tuple[Emotion, Emotion] | None) -> None:
    """Show the faces of this cell."""
    st.session_state[_CELL] = cell


def opened_face() -> int | None:
    """The row, in its source, of the face that is open on the evaluation page; None when none is."""
    return cast("int | None", st.session_state.get(_OPENED))


def set_opened_face(row: int | None) -> None:
    """Open the face at `row` of the source, or close the open one."""
    st.session_state[_OPENED] = row


def chosen_face() -> int | None:
    """The row, in its source, of the face that is broken or explained; None before a choice."""
    return cast("int | None", st.session_state.get(_CHOSEN))


def set_chosen_face(row: int | None) -> None:
    """Break, or explain, the face at `row` of the source."""
    st.session_state[_CHOSEN] = row


def is_calibrated() -> bool:
    """Whether the live page uses the temperature that is kept for its model; at first it does not."""
    return cast(bool, st.session_state.get(_CALIBRATED, False))


def set_calibrated(wanted: bool) -> None:
    """Remember whether the live page uses a kept temperature."""
    st.session_state[_CALIBRATED] = wanted


def fitted_models() -> tuple[str, ...]:
    """The names of the models whose temperature was asked for."""
    return cast("tuple[str, ...]", st.session_state.get(_FITTED, ()))


def add_fitted_model(name: str) -> None:
    """Fit the temperature of this model, here and wherever it is judged next."""
    st.session_state[_FITTED] = (*fitted_models(), name)


def camera_is_shown() -> bool:
    """Whether the camera was on the screen when this session's page was drawn last."""
    return cast(bool, st.session_state.get(_CAMERA_SHOWN, False))


def set_camera_shown(shown: bool) -> None:
    """Remember whether the camera is on the screen."""
    st.session_state[_CAMERA_SHOWN] = shown
