"""Plotly.js: the chart library's own script from the installed package, without internet."""

import filecmp
import functools
import shutil
from pathlib import Path
from typing import Any

import plotly
import plotly.graph_objects as go
import streamlit as st

from fer.system import files, paths

# Plotly's default template would bring its own colours, and seven kilobytes with each figure.
_NO_TEMPLATE = {"data": {"scatter": [{"type": "scatter"}]}}


def figure_data(figure: go.Figure, **layout: Any) -> dict[str, Any]:
    """Return what a component's script gives to Plotly: the `traces` and the `layout`, with more in it."""
    parts = figure.to_plotly_json()
    return {"traces": parts["data"], "layout": {**parts["layout"], "template": _NO_TEMPLATE, **layout}}


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
