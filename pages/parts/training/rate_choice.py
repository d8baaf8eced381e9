"""Learning-rate schedule: the rate and its course over the run."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import streamlit as st

from fer import figures
from fer.config import TrainingConfig, specs_of
from fer.errors import ConfigError
from pages.parts import live_chart
from pages.parts.training.setting_widgets import fields_of


def rate_settings(config: TrainingConfig, chosen: Mapping[str, Any]) -> dict[str, Any]:
    """Draw the widgets and the rate over the run; returns the values by the names of `TrainingConfig`.

    Args:
        config: what the form was filled with.
        chosen: what was chosen above, for the drawn rate.
    """
    values = fields_of("rate", config, chosen)
    try:
        # The warm-up's field stands further down; what it was at is what it is at.
        drawn = replace(config, **chosen, **values, warmup_epochs=st.session_state["training.warmup_epochs"])
    except ConfigError:  # a warm-up longer than the run; the form says so
        return values
    lesson = specs_of(TrainingConfig)["schedule"].lessons[drawn.schedule]
    live_chart.draw_chart(
        figures.schedule_figure(drawn),
        key="training.schedule_figure",
        revision="schedule",
        description=f"The learning rate over {drawn.epochs} epochs: {lesson}",
    )
    return values
