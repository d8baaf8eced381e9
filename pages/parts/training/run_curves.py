"""Learning curves: accuracy, loss and learning rate of a run, as they come in."""

import math
from collections.abc import Sequence
from typing import Literal

import streamlit as st

from fer import figures
from fer.runs import EpochMetrics, Run, RunCurves, best_epoch
from fer.runs.diagnosis import Evidence
from fer.statistics import percent
from pages.parts import live_chart, phrases


def show(run: Run, curves: RunCurves, evidence: Sequence[Evidence]) -> None:
    """Draw the three charts, with their figures beside them and marks where something is to be seen."""
    metrics, batches, epochs = curves.metrics, curves.batches, run.config.epochs
    if not metrics and not batches and not run.is_active:
        st.caption("No step of it was written down, so there is no curve to draw.")
        return
    best = best_epoch(metrics)
    summary = (
        f"Best validation accuracy {percent(best.validation_accuracy)}, in epoch {best.epoch}. "
        if best
        else ""
    )
    measures: tuple[Literal["accuracy", "loss"], ...] = ("accuracy", "loss")
    for measure in measures:
        seen = " ".join(f"{mark.text}." for mark in evidence if mark.measure == measure)
        live_chart.draw_chart(
            figures.curves_figure(metrics, batches, epochs, measure, evidence),
            key=f"run.{measure}",
            revision=run.id,
            description=f"{measure.capitalize()} of training and validation, epoch by epoch. {summary}{seen}",
            readings=figures.curve_readings(metrics, batches, measure),
            reading_format=percent if measure == "accuracy" else "{:.3f}".format,
        )
    live_chart.draw_chart(
        figures.learning_rate_figure(metrics, batches, epochs, evidence),
        key="run.learning_rate",
        revision=run.id,
        description="The learning rate: how long the steps were.",
        readings=[figures.learning_rate_reading(metrics, batches)],
        reading_format="{:.2g}".format,
    )
    if broken := _without_a_number(metrics):
        st.warning(
            f"In {broken} a loss was no number any more: the steps had become so long that the weights ran "
            "off. The curve has a gap there. A lower learning rate prevents it.",
            icon=":material/timeline:",
        )
    lately = any(row.recent_loss is not None for row in batches)
    st.caption(
        "**Accuracy**: the share of right answers. **Loss**: how surprised the model was by the right "
        "answer. The thin line is training within the epoch: "
        + ("a few batches at a time" if lately else "the mean so far")
        + "; the ring marks the epoch whose weights are kept. Drag to zoom in, double-click to see all."
    )


def _without_a_number(metrics: Sequence[EpochMetrics]) -> str:
    """The epochs with a loss that is no number, in words; empty for none."""
    broken = [
        str(row.epoch)
        for row in metrics
        if not math.isfinite(row.train_loss) or not math.isfinite(row.validation_loss)
    ]
    if len(broken) > 4:
        broken = [*broken[:3], f"{len(broken) - 3} more"]
    return f"epoch{'s' if len(broken) > 1 else ''} {phrases.listed(broken)}" if broken else ""
