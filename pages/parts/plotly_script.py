"""Plotly's own script for charts that a page draws itself: from the installed package, without internet."""

import filecmp
import functools
import shutil
from pathlib import Path

import plotly
import streamlit as st

from fer.system import files, paths

LOAD = """
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
"""
"""Begins a component's script: `load(url)` promises Plotly, fetched once however many charts ask."""


@functools.cache
def url() -> str:
    """Return where the browser gets Plotly from; the copy is made anew when Plotly's version has changed.

    Raises:
        StorageError: the script cannot be put into `./static`.
    """
    source = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
    target = paths.PROJECT_ROOT / "static" / source.name
    if not target.exists() or not filecmp.cmp(source, target):
        files.save(target, lambda temporary: shutil.copyfile(source, temporary))
    base = str(st.get_option("server.baseUrlPath")).strip("/")
    return f"{f'/{base}' if base else ''}/app/static/{source.name}?{plotly.__version__}"
