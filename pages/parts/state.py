"""Session state: every choice that outlives a page, each behind a typed getter and setter.

The session holds choices only (a name, an id, a config), never data, models or figures. Each choice has a
default, so that a page opened by a deep link finds what it needs.
"""

from collections.abc import Callable, Iterable
from typing import TypeVar, cast

import streamlit as st

from fer.config import DEFAULT_AUGMENTATION, DatasetView, TrainingConfig
from fer.datasets.quality import QualityIssue
from fer.emotions import Emotion

T = TypeVar("T")


def _choice(key: str, default: T) -> tuple[Callable[[], T], Callable[[T], None]]:
    """Return the functions that read and remember what the session holds under `key`."""

    def read() -> T:
        return cast(T, st.session_state.setdefault(key, default))

    def remember(value: T) -> None:
        st.session_state[key] = value

    return read, remember


dataset, _set_dataset = _choice("workshop.dataset", TrainingConfig().dataset)
"""The name of the dataset the learner works with; the built-in one at first."""

view, set_view = _choice("workshop.view", DatasetView())
"""In which state the dataset is used: its edition, labels and splits; as it came at first."""

model, set_model = _choice("workshop.model", cast("str | None", None))
"""The name of the chosen model, pretrained or a run's id; None before a choice."""

live_model, set_live_model = _choice("workshop.live_model", cast("str | None", None))
"""The name of the model that reads cameras and pictures; None before a choice, which the shipped one is for.

It is apart from `model`: whoever evaluates a model of drawn faces has not chosen it for photographs.
"""

run_id, set_run_id = _choice("workshop.run", cast("str | None", None))
"""The id of the training run being looked at; None before a choice."""

compared_runs, _set_compared_runs = _choice("training.compared", cast("tuple[str, ...]", ()))
"""The ids of the runs that are ticked, to be compared or deleted."""

augmentation, set_augmentation = _choice("workshop.augmentation", DEFAULT_AUGMENTATION)
"""What the augmentation page was left at, and the training form starts from."""

training, set_training = _choice("workshop.training", TrainingConfig(augmentation=DEFAULT_AUGMENTATION))
"""What the training form was last started with; good settings for a first run before that."""

face, set_face = _choice("dataset.face", cast("int | None", None))
"""The row of the face that is open on the dataset page; None when none is."""

quality_issue, set_quality_issue = _choice("dataset.issue", cast("QualityIssue | None", None))
"""The quality issue that is looked at on the dataset page; None before a choice."""

judged_models, _set_judged_models = _choice("evaluation.judged", cast("tuple[str, ...]", ()))
"""The names of the models that are evaluated, the one the page is about first; empty before a choice."""

cell, set_cell = _choice("evaluation.cell", cast("tuple[Emotion, Emotion] | None", None))
"""The cell of the confusion matrix whose faces are shown, true and predicted; None when none is."""

opened_face, set_opened_face = _choice("evaluation.opened", cast("int | None", None))
"""The row, in its source, of the face that is open on the evaluation page; None when none is."""

chosen_face, set_chosen_face = _choice("evaluation.chosen", cast("int | None", None))
"""The row, in its source, of the face that is corrupted or explained; None before a choice."""

test_is_open, set_test_open = _choice("evaluation.test_open", False)
"""Whether the learner has asked to see test faces in this session; at first they are kept back."""

counted_looks, _set_counted_looks = _choice(
    "evaluation.counted_looks", cast("tuple[tuple[str, str], ...]", ())
)
"""The models and datasets whose look at the test faces was counted in this session."""

newest_run_seen, set_newest_run_seen = _choice("evaluation.newest_run", "")
"""The newest run with a model when the evaluation page was drawn last; empty before."""

is_calibrated, set_calibrated = _choice("live.calibrated", False)
"""Whether the live page uses the temperature that is kept for its model; at first it does not."""

fitted_models, _set_fitted_models = _choice("evaluation.fitted", cast("tuple[str, ...]", ()))
"""The names of the models whose temperature was asked for."""

camera_is_shown, set_camera_shown = _choice("live.camera_shown", False)
"""Whether the camera was on the screen when this session's page was drawn last."""

_sentences, _set_sentences = _choice("workshop.told", cast("tuple[str, ...]", ()))


def set_dataset(name: str) -> None:
    """Remember the dataset for every page; a face, edition or splits chosen for another are forgotten."""
    if name != dataset():
        set_face(None)
        set_view(DatasetView())
    _set_dataset(name)


def set_compared_runs(run_ids: Iterable[str]) -> None:
    """Remember which runs are ticked."""
    _set_compared_runs(tuple(run_ids))


def set_judged_models(names: Iterable[str]) -> None:
    """Evaluate these models; the first is the chosen one on other pages too."""
    names = tuple(names)
    _set_judged_models(names)
    if names:
        set_model(names[0])


def add_fitted_model(name: str) -> None:
    """Fit the temperature of this model, here and wherever it is evaluated next."""
    _set_fitted_models((*fitted_models(), name))


def add_counted_look(model: str, dataset: str) -> None:
    """Remember that this session's look at a model's answers to test faces is counted."""
    _set_counted_looks((*counted_looks(), (model, dataset)))


def tell(sentence: str) -> None:
    """Have something said once the page, or the next one, is drawn: that wipes what was said before."""
    _set_sentences((*_sentences(), sentence))


def told() -> tuple[str, ...]:
    """What is to be said now; it is forgotten with that."""
    sentences = _sentences()
    _set_sentences(())
    return sentences
