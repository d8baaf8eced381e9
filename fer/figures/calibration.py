"""Reliability diagram (calibration curve): how often a model is right, by how sure it says it is."""

import plotly.graph_objects as go

from fer.evaluation.calibration import Reliability
from fer.figures.style import ACCENT, MARK, QUIET, axis, error_bars, layout, share_axis
from fer.statistics import percent, percent_range

# A bin of fewer faces is drawn pale: its bar could be anywhere.
_FEW_FACES = 10


def reliability_figure(reliability: Reliability, height: int = 380) -> go.Figure:
    """How often the model is right by how sure it says it is, and below it how many faces there are of each.

    A bar that ends at the dashed diagonal is right as often as it says; a lower one is over-confident.
    """
    filled = [(one, one.correct) for one in reliability.bins if one.correct]
    across = {
        "type": "bar",
        "x": [(one.low + one.high) / 2 for one, _ in filled],
        "width": [0.94 * (one.high - one.low) for one, _ in filled],
        "hovertemplate": [
            f"<b>says {percent_range(one.low, one.high, 0)}</b> ({percent(one.mean_confidence or 0)} on "
            f"average)<br>right {percent(correct.share)} of the time, 95\u00a0% interval "
            f"{correct.range_95}<br>{one.right:,} of {one.count:,} faces<extra></extra>"
            for one, correct in filled
        ],
    }
    shares = [correct.share for _, correct in filled]
    intervals = [correct.interval_95 for _, correct in filled]
    opacity = [0.85 if one.count >= _FEW_FACES else 0.3 for one, _ in filled]
    return go.Figure(
        data=[
            {
                **across,
                "y": shares,
                "marker": {"color": ACCENT, "opacity": opacity, "line": {"width": 0}},
                "error_y": error_bars(shares, intervals, QUIET, thickness=1.6, width=3),
            },
            {
                "type": "scatter",
                "x": [0, 1],
                "y": [0, 1],
                "mode": "lines",
                "line": {"color": MARK, "width": 2, "dash": "dash"},
                "hoverinfo": "skip",
            },
            {
                **across,
                "y": [one.count for one, _ in filled],
                "yaxis": "y2",
                "marker": {"color": QUIET, "opacity": 0.7, "line": {"width": 0}},
            },
        ],
        layout=layout(
            height=height,
            # Room for half of the last label, which would be left out without it.
            margin={"l": 4, "r": 24, "t": 12, "b": 4},
            showlegend=False,
            barmode="overlay",
            xaxis=share_axis("how sure it says it is", anchor="y2"),
            yaxis=share_axis("right", range=[0, 1.02], domain=[0.3, 1]),
            yaxis2=axis("faces", rangemode="tozero", nticks=3, domain=[0, 0.2]),
        ),
    )
