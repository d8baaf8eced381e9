"""A confusion matrix that answers a click and the arrow keys, and marks the chosen cell at once.

`st.plotly_chart` tells of no click on a heatmap, and builds its chart anew whenever the mark moves. This one
stays where it is: the mark lies over it, and only a new figure is drawn.
"""

from collections.abc import Callable
from typing import Any, cast

import plotly.graph_objects as go
import streamlit as st

from pages.parts import plotly_script

# Text and grounds follow the page's theme at once, by day and by night; Plotly itself writes fixed colours.
_CSS = """
.fer-matrix { position: relative; width: 100%; border-radius: .5rem; }
.fer-matrix:focus-visible { outline: 2px solid var(--st-primary-color); outline-offset: 3px; }
.fer-matrix text {fill: var(--st-text-color) !important;}
.fer-matrix .hovertext path {fill: var(--st-secondary-background-color) !important;
  stroke: var(--st-border-color) !important;}
.fer-matrix .nsewdrag {cursor: pointer !important;}
.fer-cell {
  position: absolute; box-sizing: border-box; border-radius: .25rem; pointer-events: none; z-index: 1;
  border: 3px solid var(--st-text-color); box-shadow: 0 0 0 2px var(--st-background-color);
  transition: left .09s, top .09s;
}
.fer-cell[hidden] { display: none; }
@media (prefers-reduced-motion: reduce) { .fer-cell { transition: none; } }
"""

# `sent` numbers the choices made here: an answer to an older one must not undo a newer.
_JS = """
const STEPS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

function mark(chart) {
  const size = chart._fullLayout?._size, mark = chart.parentElement.querySelector('.fer-cell');
  mark.hidden = !chart.cell || !size;
  if (mark.hidden) return;
  const [row, column] = chart.cell, width = size.w / chart.side, height = size.h / chart.side;
  Object.assign(mark.style, {
    left: size.l + column * width + 'px', top: size.t + row * height + 'px',
    width: width + 'px', height: height + 'px',
  });
}

async function draw(plotly, chart) {
  const { traces, layout, narrow_below: edge, narrow_height: low } = chart.ferData;
  const height = chart.offsetWidth < edge ? low : layout.height;
  chart.style.height = height + 'px';
  const font = { family: getComputedStyle(chart).fontFamily, size: 13 };
  const hoverlabel = { ...layout.hoverlabel, font };
  await plotly.react(chart, traces, { ...layout, height, font, hoverlabel }, { displayModeBar: false });
  mark(chart);
}

export default async function({ data, parentElement, setTriggerValue }) {
  const whole = parentElement.querySelector('.fer-matrix');
  const chart = whole.querySelector('.fer-matrix-chart');
  whole.setAttribute('aria-label', data.description);
  chart.side = data.traces[0].y.length;
  if (chart.sent === undefined || data.answered >= chart.sent) {
    chart.cell = data.cell;
    chart.sent = data.answered;
  }
  const choose = (row, column) => {
    chart.cell = [row, column];
    chart.sent += 1;
    mark(chart);
    setTriggerValue('chosen', { number: chart.sent, row, column });
  };
  whole.onkeydown = (event) => {
    const step = STEPS[event.key];
    if (!step || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    if (!chart.cell) return choose(0, 0);
    const [row, column] = chart.cell.map((at, axis) =>
      Math.min(Math.max(at + step[axis], 0), chart.side - 1));
    if (row !== chart.cell[0] || column !== chart.cell[1]) choose(row, column);
  };
  if (!chart.style.height) chart.style.height = data.layout.height + 'px';
  const plotly = await load(data.library);
  if (!chart.isConnected) return;
  chart.ferData = data;
  const said = JSON.stringify([data.traces, data.layout]);
  if (chart.said !== said) {
    chart.said = said;
    await draw(plotly, chart);
  } else mark(chart);
  chart.removeAllListeners('plotly_click');
  chart.on('plotly_click', ({ points }) => {
    const [row, column] = points[0].pointIndex ?? points[0].pointNumber;
    whole.focus({ preventScroll: true });
    choose(row, column);
  });
  if (!chart.observer) {
    chart.observer = new ResizeObserver(() => {
      if (chart.isConnected && chart.offsetWidth && chart.offsetWidth !== chart.drawnWidth) {
        chart.drawnWidth = chart.offsetWidth;
        draw(plotly, chart);
      }
    });
    chart.drawnWidth = chart.offsetWidth;
    chart.observer.observe(chart);
  }
  return () => {
    // Also called when a newer figure overtakes this one; then the chart stays.
    if (chart.isConnected) return;
    chart.observer.disconnect();
    plotly.purge(chart);
  };
}
"""

_component = st.components.v2.component(
    "fer_matrix_chart",
    html='<div class="fer-matrix" role="group" tabindex="0"><div class="fer-matrix-chart"></div>'
    '<div class="fer-cell" hidden></div></div>',
    css=_CSS,
    js=plotly_script.LOAD + _JS,
    isolate_styles=False,
)
# Plotly's default template would bring its own colours.
_NO_TEMPLATE = {"data": {"scatter": [{"type": "scatter"}]}}
_NARROW_PIXELS, _NARROW_HEIGHT = 480, 390


def show(
    figure: go.Figure,
    key: str,
    cell: tuple[int, int] | None,
    on_choose: Callable[[int, int], None],
    *,
    description: str,
) -> None:
    """Show a matrix, or change the one already there into it.

    Args:
        figure: a heatmap of as many rows as columns, with a height in its layout.
        key: the chart's key; the same key is the same chart.
        cell: the row and column that are marked; None for none.
        on_choose: called with the row and column of a cell when it is clicked, or reached by an arrow key.
        description: what a screen reader is told.

    Raises:
        StorageError: the chart library cannot be put into `./static`.
    """
    answered = f"{key}.answered"

    def chosen() -> None:
        choice = cast("dict[str, Any]", st.session_state[key]).get("chosen")
        if choice is not None:
            st.session_state[answered] = int(choice["number"])
            on_choose(int(choice["row"]), int(choice["column"]))

    parts = figure.to_plotly_json()
    _component(
        key=key,
        data={
            "traces": parts["data"],
            "layout": {**parts["layout"], "template": _NO_TEMPLATE},
            "cell": cell,
            "answered": st.session_state.get(answered, 0),
            "description": description,
            "narrow_below": _NARROW_PIXELS,
            "narrow_height": _NARROW_HEIGHT,
            "library": plotly_script.url(),
        },
        on_chosen_change=chosen,
    )
