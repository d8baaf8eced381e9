"""How long and in which steps a run learns: epochs, batches, and the rate with its course over the run."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar, get_args

import streamlit as st

from fer import figures
from fer.config import Schedule, TrainingConfig
from fer.errors import ConfigError
from fer.glossary import explain
from pages.parts import live_chart
from pages.parts.training.setting_words import SCHEDULE_LESSONS, SCHEDULES, rate

BATCH_SIZES = (8, 16, 32, 64, 128, 256, 512)
# Five to each power of ten, so that every step of the slider is about as far as the one before.
LEARNING_RATES = (*(float(f"{digit}e{power}") for power in range(-5, -1) for digit in (1, 2, 3, 5, 7)), 0.1)

ValueT = TypeVar("ValueT", bound=float)


def show(config: TrainingConfig, chosen: Mapping[str, Any]) -> dict[str, Any]:
    """Draw the widgets; returns their values by the names of `TrainingConfig`.

    Args:
        config: as the form stands; its values stay among those that a slider offers.
        chosen: what was chosen above, for the drawn rate.
    """
    values: dict[str, Any] = {
        "epochs": st.slider(
            "Epochs", 1, max(100, config.epochs), key="training.epochs", help=explain("epochs")
        ),
        "batch_size": st.select_slider(
            "Batch size",
            _with(BATCH_SIZES, config.batch_size),
            key="training.batch_size",
            help=explain("batch_size"),
        ),
        "learning_rate": st.select_slider(
            "Learning rate",
            _with(LEARNING_RATES, config.learning_rate),
            key="training.learning_rate",
            format_func=rate,
            help=explain("learning_rate"),
        ),
        "schedule": st.selectbox(
            "Schedule",
            get_args(Schedule),
            key="training.schedule",
            format_func=SCHEDULES.__getitem__,
            help=explain("schedule"),
        ),
    }
    _course(config, {**chosen, **values})
    return values


def _course(config: TrainingConfig, values: dict[str, Any]) -> None:
    """Draw the rate over the run."""
    try:
        # The warm-up's slider stands further down; what it was at is what it is at.
        drawn = replace(config, **values, warmup_epochs=st.session_state["training.warmup_epochs"])
    except ConfigError:  # a warm-up longer than the run; the form says so
        return
    live_chart.show(
        figures.schedule_figure(drawn),
        key="training.schedule_figure",
        revision="schedule",
        description=f"The learning rate over {drawn.epochs} epochs: {SCHEDULE_LESSONS[drawn.schedule]}",
    )
    st.caption(SCHEDULE_LESSONS[drawn.schedule])


def _with(values: Sequence[ValueT], value: ValueT) -> list[ValueT]:
    """The values a slider offers, with the one it stands at."""
    return sorted({*values, value})
