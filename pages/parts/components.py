"""Front-end components: a part's own JavaScript and CSS, kept in files of the same name beside its Python."""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st


def component(module: str, html: str, *shared: str, isolate_styles: bool = True) -> Callable[..., Any]:
    """Register the component of a module, whose script and style are its `.js` and `.css`.

    Args:
        module: its `__file__`.
        html: what the component begins with.
        shared: names of scripts in this folder that are put before its own.
        isolate_styles: whether the component is drawn in a shadow root, apart from the page's styles.
    """
    own = Path(module)
    scripts = [Path(__file__).with_name(name) for name in shared] + [own.with_suffix(".js")]
    return st.components.v2.component(
        f"fer_{own.stem}",
        html=html,
        css=own.with_suffix(".css").read_text(encoding="utf-8"),
        js="\n".join(script.read_text(encoding="utf-8") for script in scripts),
        isolate_styles=isolate_styles,
    )


@cache
def style(module: str) -> str:
    """The style element for what a module draws with `st.html`: its `.css`.

    Args:
        module: its `__file__`.
    """
    return f"<style>\n{Path(module).with_suffix('.css').read_text(encoding='utf-8')}</style>"


def on_trigger(key: str, name: str, act: Callable[[Any], None] | None) -> Callable[[], None]:
    """Return what a component's `on_<name>_change` calls: `act` with the value that the script set.

    Args:
        key: the component's key.
        name: of the trigger.
        act: None where nothing is to happen.
    """

    def changed() -> None:
        value = st.session_state[key].get(name)
        if value is not None and act is not None:
            act(value)

    return changed
