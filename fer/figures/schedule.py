"""Learning-rate schedule: the rate over a run that has not begun, as a figure."""

import plotly.graph_objects as go

from fer.config import TrainingConfig
from fer.figures.style import ACCENT, QUIET, axis, layout
from fer.runs import EpochMetrics
from fer.runs.schedules import learning_rate

_POINTS = 240


def schedule_figure(config: TrainingConfig) -> go.Figure:
    """The rate of every step of the run, as `fer.runs.schedules` will give it.

    What "plateau" does depends on how the run comes along: drawn is a run whose validation loss goes on
    falling, and dashed one in which it never falls again after the first epoch.
    """
    figure = go.Figure()
    epochs = [config.epochs * point / _POINTS for point in range(_POINTS + 1)]
    if config.schedule == "plateau":
        figure.add_scatter(
            x=epochs,
            y=[learning_rate(config, done, _stuck(int(done))) for done in epochs],
            mode="lines",
            line={"color": QUIET, "width": 1.5, "dash": "dot", "shape": "hv"},
            name="if validation stands still",
            hovertemplate="epoch %{x:.1f}: %{y:.2~g}<extra>if validation stands still</extra>",
        )
    figure.add_scatter(
        x=epochs,
        y=[learning_rate(config, done, ()) for done in epochs],
        mode="lines",
        line={"color": ACCENT, "width": 2.5},
        name="learning rate",
        hovertemplate="epoch %{x:.1f}: %{y:.2~g}<extra></extra>",
    )
    figure.update_layout(
        layout(height=120, showlegend=False, hovermode="closest", margin={"l": 52, "r": 10, "t": 8, "b": 34})
    )
    step = {"dtick": 1} if config.epochs <= 5 else {}
    rate = f"{config.learning_rate:.10f}".rstrip("0")
    figure.update_xaxes(axis("epoch", range=[0, config.epochs], nticks=6, tickformat="d", **step))
    figure.update_yaxes(
        axis(
            range=[0, 1.12 * config.learning_rate],
            tickvals=[0, config.learning_rate],
            ticktext=["0 ", f"{rate} "],
        )
    )
    return figure


def _stuck(epochs: int) -> list[EpochMetrics]:
    """A run whose validation loss was best after its first epoch."""
    return [EpochMetrics(epoch, 1.0, 0.0, 1.0, 0.0, 1e-3, 1.0) for epoch in range(1, epochs + 1)]
