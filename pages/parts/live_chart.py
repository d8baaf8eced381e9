"""Live chart: a Plotly chart that is redrawn every second without being taken down.

`st.plotly_chart` builds its chart anew at each update: it blinks, and a zoom is lost. This one stays
where it is and hands each new figure to `Plotly.react`.
"""

from collections.abc import Callable, Sequence

import plotly.graph_objects as go

from fer.figures import Reading
from pages.parts import components, plotly_script

_component = components.component(
    __file__,
    '<div class="fer-live"><div class="fer-chart" role="img"></div>'
    '<table class="fer-readings" hidden></table></div>',
    "plotly_script.js",
    isolate_styles=False,
)
# Charts that stand side by side are rearranged on a telephone.
_NARROW_PIXELS = 480


def draw_chart(
    figure: go.Figure,
    key: str,
    *,
    revision: str,
    description: str,
    narrow: go.Figure | None = None,
    readings: Sequence[Reading] = (),
    reading_format: Callable[[float], str] = "{:.3f}".format,
) -> None:
    """Show `figure`, or change the chart already there into it.

    Args:
        figure: with a height in its layout.
        key: the chart's key; the same key is the same chart.
        revision: while it stays the same, the zoom does.
        description: what a screen reader is told.
        narrow: shown instead where there is little room; None for the same.
        readings: written beside the chart, or below it where there is little room.
        reading_format: how a number of `readings` is written.

    Raises:
        StorageError: the chart library cannot be put into `./static`.
    """

    def written(value: float | None) -> str:
        return "–" if value is None else reading_format(value)

    _component(
        key=key,
        data={
            **plotly_script.figure_data(figure, uirevision=revision),
            "narrow": None if narrow is None else plotly_script.figure_data(narrow, uirevision=revision),
            "narrow_below": _NARROW_PIXELS,
            "readings": [
                {
                    "name": reading.name,
                    "color": reading.color,
                    "now": written(reading.now),
                    "least": written(reading.least),
                    "most": written(reading.most),
                }
                for reading in readings
            ],
            "description": description,
            "library": plotly_script.url(),
        },
    )
