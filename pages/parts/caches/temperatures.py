"""Temperatures: the one that is kept for a model, and what fitting one brings."""

import streamlit as st

from fer.config import DatasetView
from fer.datasets import Split
from fer.emotions import Emotion
from fer.evaluation import TTA, calibration_store
from fer.evaluation.calibration import Temperature, fit_temperature, held_out_temperature
from fer.evaluation.calibration_store import KeptTemperature
from fer.system.progress import Progress, silent
from pages.parts.caches.models import evaluate
from pages.parts.caches.stamps import dataset_stamp, model_stamp, unrecorded, written


def load_temperature(fingerprint: str) -> KeptTemperature | None:
    """Return the temperature that is kept for the model of this fingerprint; None where there is none.

    Raises:
        ConfigError: its file is damaged.
    """
    return _kept(fingerprint, written(calibration_store.temperature_path(fingerprint)))


def fitted_temperature(
    model: str,
    dataset_name: str,
    view: DatasetView,
    emotions: tuple[Emotion, ...],
    averaging: TTA,
    progress: Progress = silent,
) -> tuple[Temperature, Temperature | None]:
    """Return the temperature fitted on the validation faces, and what one half of them says of the other.

    Raises:
        FerError: there are no validation faces, or the model cannot answer them.
    """
    stamp = (model_stamp(model), dataset_stamp(dataset_name, view.edition))
    return _fitted(model, dataset_name, view, stamp, emotions, averaging, unrecorded(progress))


@st.cache_resource(max_entries=16, show_spinner=False)
def _kept(fingerprint: str, stamp: str) -> KeptTemperature | None:
    return calibration_store.load_temperature(fingerprint)


@st.cache_resource(max_entries=16, show_spinner=False)
def _fitted(
    model: str,
    dataset_name: str,
    view: DatasetView,
    stamp: tuple[float, float],
    emotions: tuple[Emotion, ...],
    averaging: TTA,
    _progress: Progress,
) -> tuple[Temperature, Temperature | None]:
    evaluation = evaluate(model, dataset_name, view, Split.VALIDATION, emotions, averaging, _progress)
    # The optimiser is loaded with the first fit, which takes longer than the fit.
    _progress(0.9, "Fitting the temperature")
    return fit_temperature(evaluation), held_out_temperature(evaluation)
