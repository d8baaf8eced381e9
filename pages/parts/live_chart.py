"""A Plotly chart that is redrawn every second without being taken down.

`st.plotly_chart` builds its chart anew at each update: it blinks, and a zoom is lost. This one stays
where it is and hands each new figure to `Plotly.react`.
"""

from collections.abc import Callable, Sequence
from typing import Any

import plotly.graph_objects as go
import streamlit as st

from fer.figures import Reading
from pages.parts import plotly_script

# Text and grounds follow the page's theme at once, by day and by night; Plotly itself writes fixed colours.
_CSS = """
.fer-live { display: flex; flex-wrap: wrap; align-items: center; gap: 0 .5rem; width: 100%; }
.fer-chart { flex: 1 1 21rem; min-width: 0; }
.fer-chart text, .fer-chart tspan {fill: var(--st-text-color) !important;}
.fer-chart .hoverlayer .bg {fill: var(--st-secondary-background-color) !important;
  stroke: var(--st-border-color) !important;}
.fer-readings { flex: none; border-collapse: collapse; margin: 0 0 .6rem 3.1rem;
  font: .8rem/1.35 var(--st-font); color: var(--st-text-color); font-variant-numeric: tabular-nums; }
.fer-readings[hidden] { display: none; }
.fer-readings th, .fer-readings td {
  padding: .12rem .3rem; text-align: right; font-weight: 400; white-space: nowrap; }
.fer-readings thead th { opacity: .75; }
.fer-readings tbody th { text-align: left; padding-left: .55rem; border-left: 3px solid var(--curve); }
.fer-readings td:first-of-type { font-weight: 600; }
/* As wide for each chart, so that charts below one another are as wide too. */
.fer-live.wide .fer-readings { margin-left: 0; width: 12.4rem; }
"""

_JS = """
function draw(plotly, chart) {
  const data = chart.ferData;
  chart.isNarrow = data.narrow !== null && chart.offsetWidth < data.narrow_below;
  const { traces, layout } = chart.isNarrow ? data.narrow : data;
  chart.style.height = layout.height + 'px';
  layout.font = { family: getComputedStyle(chart).fontFamily, size: 13 };
  // With a finger, dragging scrolls the page; with a mouse it zooms.
  if (matchMedia('(pointer: coarse)').matches) layout.dragmode = false;
  return plotly.react(chart, traces, layout, { displayModeBar: false, doubleClick: 'reset' });
}

// A drawing costs the processor, which the training needs: none while nobody can see it, none without news.
function refresh(plotly, chart) {
  const said = JSON.stringify([chart.ferData.traces, chart.ferData.layout]);
  if (chart.said === said) return;
  chart.late = chart.said !== undefined && (document.hidden || chart.far);
  if (chart.late) return;
  chart.said = said;
  return draw(plotly, chart);
}

function cell(tag, text) {
  const made = document.createElement(tag);
  made.textContent = text;
  if (tag === 'th') made.scope = 'col';
  return made;
}

// Beside the chart, or below it where there is no room; in words and not drawn, for it is what one reads.
function tell(table, readings) {
  table.hidden = !readings.length;
  const said = JSON.stringify(readings);
  if (table.said === said || !readings.length) return;
  table.said = said;
  const head = document.createElement('thead'), body = document.createElement('tbody');
  const titles = document.createElement('tr');
  titles.append(document.createElement('td'), ...['now', 'min', 'max'].map((title) => cell('th', title)));
  head.append(titles);
  for (const reading of readings) {
    const row = document.createElement('tr'), name = cell('th', reading.name);
    name.scope = 'row';
    name.style.setProperty('--curve', reading.color);
    row.append(name, ...[reading.now, reading.least, reading.most].map((text) => cell('td', text)));
    body.append(row);
  }
  table.replaceChildren(head, body);
}

export default async function({ data, parentElement }) {
  const chart = parentElement.querySelector('.fer-chart');
  const whole = parentElement.querySelector('.fer-live');
  tell(parentElement.querySelector('.fer-readings'), data.readings);
  whole.classList.toggle('wide', whole.offsetWidth > 500);
  if (!chart.style.height) chart.style.height = data.layout.height + 'px';
  chart.setAttribute('aria-label', data.description);
  const plotly = await load(data.library);
  if (!chart.isConnected) return;
  chart.ferData = data;
  await refresh(plotly, chart);
  if (!chart.observer) {
    chart.observer = new ResizeObserver(() => {
      if (!chart.isConnected || !chart.offsetWidth) return;
      whole.classList.toggle('wide', whole.offsetWidth > 500);
      const { narrow, narrow_below: edge } = chart.ferData;
      if (narrow !== null && (chart.offsetWidth < edge) !== chart.isNarrow) draw(plotly, chart);
      else plotly.Plots.resize(chart);
    });
    chart.observer.observe(chart);
    chart.catchUp = () => chart.late && refresh(plotly, chart);
    chart.nearness = new IntersectionObserver(([entry]) => {
      chart.far = !entry.isIntersecting;
      chart.catchUp();
    }, { rootMargin: '300px' });
    chart.nearness.observe(chart);
    document.addEventListener('visibilitychange', chart.catchUp);
  }
  return () => {
    // Also called when a newer figure overtakes this one; then the chart stays.
    if (chart.isConnected) return;
    chart.observer.disconnect();
    chart.nearness.disconnect();
    document.removeEventListener('visibilitychange', chart.catchUp);
    plotly.purge(chart);
  };
}
"""

_component = st.components.v2.component(
    "fer_live_chart",
    html='<div class="fer-live"><div class="fer-chart" role="img"></div>'
    '<table class="fer-readings" hidden></table></div>',
    css=_CSS,
    js=plotly_script.LOAD + _JS,
    isolate_styles=False,
)
# Plotly's default template would bring its own colours, and seven kilobytes each second.
_NO_TEMPLATE = {"data": {"scatter": [{"type": "scatter"}]}}
# Charts that stand side by side are rearranged on a telephone.
_NARROW_PIXELS = 480


def show(
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
            **_drawn(figure, revision),
            "narrow": None if narrow is None else _drawn(narrow, revision),
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


def _drawn(figure: go.Figure, revision: str) -> dict[str, Any]:
    """What Plotly's script is given."""
    parts = figure.to_plotly_json()
    return {
        "traces": parts["data"],
        "layout": {**parts["layout"], "template": _NO_TEMPLATE, "uirevision": revision},
    }
