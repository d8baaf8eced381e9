"""A Plotly chart that is redrawn every second without being taken down.

`st.plotly_chart` builds its chart anew at each update: it blinks, and a zoom is lost. This one stays
where it is and hands each new figure to `Plotly.react`. The library comes from the installed Plotly
package, by way of `./static`, so it works without internet.
"""

import filecmp
import functools
import shutil
from pathlib import Path

import plotly
import plotly.graph_objects as go
import streamlit as st

from fer import files, paths

# Text and grounds follow the page's theme at once, by day and by night; Plotly itself writes fixed colours.
_CSS = """
.fer-chart {width: 100%;}
.fer-chart text, .fer-chart tspan {fill: var(--st-text-color) !important;}
.fer-chart .hoverlayer .bg {fill: var(--st-secondary-background-color) !important;
  stroke: var(--st-border-color) !important;}
"""

_JS = """
function load(url) {
  window.ferPlotly ??= new Promise((resolve, reject) => {
    const script = document.createElement('script');
    script.src = url;
    script.onload = () => resolve(window.Plotly);
    script.onerror = () => {
      window.ferPlotly = undefined;
      reject(new Error('The chart library could not be loaded. Reload the page.'));
    };
    document.head.append(script);
  });
  return window.ferPlotly;
}

export default async function({ data, parentElement }) {
  const chart = parentElement.querySelector('.fer-chart');
  chart.style.height = data.layout.height + 'px';
  chart.setAttribute('aria-label', data.description);
  const plotly = await load(data.library);
  if (!chart.isConnected) return;
  data.layout.font = { family: getComputedStyle(chart).fontFamily, size: 13 };
  // With a finger, dragging scrolls the page; with a mouse it zooms.
  if (matchMedia('(pointer: coarse)').matches) data.layout.dragmode = false;
  await plotly.react(chart, data.traces, data.layout, {
    displayModeBar: false, doubleClick: 'reset',
  });
  if (!chart.observer) {
    chart.observer = new ResizeObserver(() => {
      if (chart.isConnected && chart.offsetWidth) plotly.Plots.resize(chart);
    });
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
    "fer_live_chart", html='<div class="fer-chart" role="img"></div>', css=_CSS, js=_JS, isolate_styles=False
)


def show(figure: go.Figure, key: str, *, revision: str, description: str) -> None:
    """Show `figure`, or change the chart already there into it.

    Args:
        figure: with a height in its layout.
        key: the chart's key; the same key is the same chart.
        revision: while it stays the same, the zoom does.
        description: what a screen reader is told.

    Raises:
        StorageError: the chart library cannot be put into `./static`.
    """
    # Plotly's default template would bring its own colours, and seven kilobytes each second.
    parts = go.Figure(figure).update_layout(template="none", uirevision=revision).to_plotly_json()
    _component(
        key=key,
        data={
            "traces": parts["data"],
            "layout": parts["layout"],
            "description": description,
            "library": _library_url(),
        },
    )


@functools.cache
def _library_url() -> str:
    """Where the browser gets Plotly from; the copy is made anew when Plotly's version has changed."""
    source = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
    target = paths.PROJECT_ROOT / "static" / source.name
    if not target.exists() or not filecmp.cmp(source, target):
        files.save(target, lambda temporary: shutil.copyfile(source, temporary))
    base = str(st.get_option("server.baseUrlPath")).strip("/")
    return f"{f'/{base}' if base else ''}/app/static/{source.name}?{plotly.__version__}"
