"""Learning curves: accuracy, loss and learning rate of a run over its epochs."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import Any, Literal

import plotly.graph_objects as go

from fer.figures import epochs as over_epochs
from fer.figures.style import ACCENT, CLEAR, GRID, MARK, QUIET, label
from fer.runs import BatchMetrics, EpochMetrics, best_epoch
from fer.runs.diagnosis import Evidence, Measure
from fer.statistics import percent

# A telephone's chart is this many letters wide, less its margins.
_LINE_LETTERS = 30
_MOST_POINTS = 500
# Of a rate, which moves slowly; between two of them the chart has no news and is not drawn again.
_RATE_POINTS = 150
# From here on a loss can only be a training that broke down, and would press all else flat.
_BROKEN_LOSS = 100.0
_QUIETLY: dict[str, Any] = {"showlegend": False, "hoverinfo": "skip"}
_UPWARDS: dict[str, Any] = {"gridcolor": GRID, "zeroline": False, "ticksuffix": " "}


@dataclass(frozen=True, slots=True)
class Reading:
    """What a curve shows, in figures.

    Attributes:
        name: of the curve.
        color: "#rrggbb" of the curve.
        now: the newest value; None while there is none, or it is no number.
        least: the smallest so far.
        most: the largest so far.
    """

    name: str
    color: str
    now: float | None
    least: float | None
    most: float | None

    @classmethod
    def of(cls, name: str, color: str, values: Sequence[float | None]) -> "Reading":
        """The reading of a curve of these values, oldest first; what is no number can only be the newest."""
        known = [value for value in over_epochs.finite(values) if value is not None]
        newest = over_epochs.finite(values[-1:])
        return cls(
            name,
            color,
            newest[0] if newest else None,
            min(known, default=None),
            max(known, default=None),
        )


def curve_readings(
    metrics: Sequence[EpochMetrics],
    batches: Sequence[BatchMetrics],
    measure: Literal["accuracy", "loss"],
) -> tuple[Reading, Reading]:
    """Training's and validation's newest, smallest and largest value, the epoch under way counted in."""
    train = [getattr(row, f"train_{measure}") for row in metrics]
    if batches and (not metrics or batches[-1].epoch > metrics[-1].epoch):
        train.append(getattr(batches[-1], measure))
    return (
        Reading.of("training", QUIET, train),
        Reading.of("validation", ACCENT, [getattr(row, f"validation_{measure}") for row in metrics]),
    )


def curves_figure(
    metrics: Sequence[EpochMetrics],
    batches: Sequence[BatchMetrics],
    epochs: int,
    measure: Literal["accuracy", "loss"],
    evidence: Sequence[Evidence] = (),
) -> go.Figure:
    """How a run comes along: training in grey, validation in the accent, the kept epoch ringed.

    A value that is no number leaves a gap.

    Args:
        metrics: the epochs done.
        batches: where it was within them, drawn thin: the mean since the point before, or for runs of earlier
            versions the mean since the epoch began.
        epochs: how many there will be.
        measure: what goes up or down.
        evidence: spans to be marked, of any measure; those of another are passed over.
    """
    is_share = measure == "accuracy"
    done = [row.epoch for row in metrics]
    traces = _curves(metrics, batches, measure)
    broken = not is_share and any(
        point is not None and point > _BROKEN_LOSS for trace in traces for point in trace["y"]
    )
    # Losses fall to the foot of their chart, accuracies rise to the head of theirs: the words go elsewhere.
    shapes, words = _marks(evidence, measure, over_epochs.room_for(len(done), epochs), at_top=not is_share)
    best = best_epoch(metrics)
    if best is not None and math.isfinite(kept := getattr(best, f"validation_{measure}")):
        ring = {"size": 13, "color": CLEAR, "line": {"color": ACCENT, "width": 2.5}}
        traces.append(
            {
                **_QUIETLY,
                "x": [best.epoch],
                "y": [kept],
                "mode": "markers",
                "cliponaxis": False,
                "marker": ring,
            }
        )
        words.append(
            label(
                best.epoch,
                math.log10(kept) if broken and kept > 0 else kept,  # as Plotly counts on such an axis
                f"best: {percent(kept)}" if is_share else "kept",
                # On the far side of the training curve, once the model overfits.
                yshift=-18 if is_share else 18,
                # To its right, where a curve that rose steeply leaves room, unless the frame ends there.
                xanchor="left" if best.epoch < 0.85 * epochs else "right",
            )
        )
    title = measure.capitalize() + (", each step ten times the one below" if broken else "")
    return _chart(
        traces,
        over_epochs.frame(
            title,
            270,
            xaxis=over_epochs.axis(
                len(done), epochs, title={"text": "epoch", "standoff": 4, "font": {"size": 13}}
            ),
            yaxis={
                **_UPWARDS,
                "nticks": 6,
                "tickformat": ".0%" if is_share else ".2~f",
                **({"type": "log", "tickformat": "~g", "dtick": 1} if broken else {}),
                **({} if batches or metrics else {"range": [0, 1 if is_share else 2]}),
            },
            shapes=shapes,
            annotations=words,
        ),
    )


def _curves(
    metrics: Sequence[EpochMetrics], batches: Sequence[BatchMetrics], measure: str
) -> list[dict[str, Any]]:
    """Where it was within the epochs, drawn thin, then training and validation, as traces."""
    x, y = _within_epochs(batches, measure)
    thin = {"color": QUIET, "width": 1}
    value = "%{y:.1%}" if measure == "accuracy" else "%{y:.3f}"
    traces = [{**_QUIETLY, "x": x, "y": y, "mode": "lines", "line": thin, "opacity": 0.55}]
    for part, name, color, width in (
        ("train", "training", QUIET, 2),
        ("validation", "validation", ACCENT, 2.5),
    ):
        traces.append(
            {
                "x": [row.epoch for row in metrics],
                "y": over_epochs.finite(getattr(row, f"{part}_{measure}") for row in metrics),
                "name": name,
                "mode": "lines+markers",
                "line": {"color": color, "width": width},
                "marker": {"size": 5 if len(metrics) < 60 else 1},
                "hovertemplate": f"{value}<extra>{name}</extra>",
            }
        )
    return traces


def learning_rate_figure(
    metrics: Sequence[EpochMetrics],
    batches: Sequence[BatchMetrics],
    epochs: int,
    evidence: Sequence[Evidence] = (),
) -> go.Figure:
    """How long the steps were: within epochs where a run wrote it down, else epoch by epoch.

    Where a schedule spends a fifth of the run far below its highest rate, the axis counts in powers of ten.
    """
    fine = [row for row in batches if row.learning_rate is not None]
    if fine:
        rows = over_epochs.spaced(fine, over_epochs.room_for(len(metrics), epochs) / _RATE_POINTS)
        x = [over_epochs.place(row) for row in rows]
        y = over_epochs.finite(row.learning_rate for row in rows)
    else:
        x = [row.epoch - 0.5 for row in metrics]
        y = over_epochs.finite(row.learning_rate for row in metrics)
    rates = sorted(rate for rate in y if rate is not None and rate > 0)
    far = bool(rates) and rates[-1] > 30 * rates[len(rates) // 5]
    room = over_epochs.room_for(len(metrics), epochs)
    shapes, words = _marks(evidence, "learning_rate", room, at_top=False)
    trace = {
        "x": x,
        "y": y,
        "name": "learning rate",
        "mode": "lines+markers",
        "line": {"color": QUIET, "width": 2},
        # Not seen among many; Plotly leaves the same room beside them as in the charts above.
        "marker": {"size": 5, "opacity": 1 if len(x) < 10 else 0},
        "hovertemplate": "%{y:.3~g}<extra>learning rate</extra>",
        "showlegend": False,
    }
    layout = over_epochs.frame(
        "Learning rate",
        150,
        xaxis=over_epochs.axis(len(metrics), epochs),
        yaxis={
            **_UPWARDS,
            "nticks": 4,
            "tickformat": "~g",
            **({"type": "log", "dtick": 1} if far else {"rangemode": "tozero"}),
            **({} if rates else {"range": [0, 1]}),
        },
        shapes=shapes,
        annotations=words,
    )
    return _chart([trace], {**layout, "margin": {**layout["margin"], "b": 28}})


def learning_rate_reading(metrics: Sequence[EpochMetrics], batches: Sequence[BatchMetrics]) -> Reading:
    """The newest, smallest and largest learning rate."""
    fine = [row.learning_rate for row in batches if row.learning_rate is not None]
    return Reading.of("rate", QUIET, fine or [row.learning_rate for row in metrics])


def _chart(traces: list[dict[str, Any]], layout: dict[str, Any]) -> go.Figure:
    return go.Figure(data=[{"type": "scatter", **trace} for trace in traces], layout=layout)


def _marks(
    evidence: Sequence[Evidence], measure: Measure, room: int, *, at_top: bool
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Shades over the spans in which something is to be seen, and what is, in a few words.

    Spans of another measure are passed over; the words go above all curves, `at_top`, or below.
    """
    shapes: list[dict[str, Any]] = []
    words: list[dict[str, Any]] = []
    lines_before = 0
    for seen in evidence:
        if seen.measure != measure:
            continue
        left, right = seen.first_epoch - 0.5, seen.last_epoch + 0.5
        shade = over_epochs.shade(seen, yref="paper")
        edge = {**shade, "type": "line", "line": {"color": MARK, "width": 1, "dash": "dot"}}
        shapes += [shade, *({**edge, "x0": x, "x1": x} for x in (left, right))]
        lines = wrap(seen.text, _LINE_LETTERS)
        in_left_half = left + right < room
        side = "left" if in_left_half else "right"
        words.append(
            label(
                left if in_left_half else right,
                1 if at_top else 0,
                "<br>".join(lines),
                xanchor=side,
                yref="paper",
                yanchor="top" if at_top else "bottom",
                # Several spans may share their place.
                yshift=(-15 if at_top else 15) * lines_before,
                align=side,
            )
        )
        lines_before += len(lines)
    return shapes, words


def _within_epochs(
    batches: Sequence[BatchMetrics], measure: str
) -> tuple[list[float | None], list[float | None]]:
    """One line, thinned to what a screen can show; running means have a gap between epochs."""
    x: list[float | None] = []
    y: list[float | None] = []
    epoch = 0
    for row in over_epochs.thinned(batches, _MOST_POINTS):
        value = getattr(row, f"recent_{measure}")
        if row.epoch != epoch and value is None:
            x.append(None)
            y.append(None)
        epoch = row.epoch
        x.append(over_epochs.place(row))
        y.append(getattr(row, measure) if value is None else value)
    return x, over_epochs.finite(y)
