"""Augmentation sliders: every setting with its slider and a one-line lesson, as its declaration says."""

from typing import Any

import streamlit as st

from fer.config import AugmentationConfig, SettingSpec, specs_of
from fer.config.setting_spec import PER_CENT
from pages.parts import state

SPECS = specs_of(AugmentationConfig)
SLIDERS = {name: spec for name, spec in SPECS.items() if spec.group}
_PARTS = {
    "moves": ("Moves", ":material/open_with:"),
    "light": ("Light", ":material/light_mode:"),
    "flaws": ("Flaws", ":material/blur_on:"),
    "mixing": ("Mixing faces", ":material/join_inner:"),
}


def put(config: AugmentationConfig) -> None:
    """Set every widget from a config; a callback, or before the widgets are drawn."""
    state.set_augmentation(config)
    for name, spec in SPECS.items():
        value = getattr(config, name)
        st.session_state[_key(name)] = _position(spec, value) if spec.group else value


def settings_panel() -> AugmentationConfig:
    """Draw the settings; returns what they are at, remembered for the training form."""
    if _key("horizontal_flip") not in st.session_state:
        put(state.augmentation())
    values: dict[str, Any] = {}
    for group, (title, icon) in _PARTS.items():
        with st.expander(title, expanded=group == "moves", icon=icon):
            if group == "moves":
                values |= _flips()
            if group == "mixing":
                st.caption(
                    "These change the label too; see the view **Mixing**. With both on, each batch tosses a "
                    "coin."
                )
            values |= {name: _slider(spec) for name, spec in SLIDERS.items() if spec.group == group}
            if group == "moves":
                fill = SPECS["fill"]
                values["fill"] = st.segmented_control(
                    fill.title, fill.options, required=True, format_func=fill.written, key=_key("fill")
                )
                st.caption(fill.text)
    config = AugmentationConfig(**values)
    state.set_augmentation(config)
    return config


def _flips() -> dict[str, bool]:
    values = {}
    for name in ("horizontal_flip", "vertical_flip"):
        with st.container(gap=None):
            values[name] = st.toggle(SPECS[name].title, key=_key(name))
            if name == "vertical_flip" and values[name]:
                st.warning(
                    "Nobody smiles upside down: in front of a camera this never happens, and a model that "
                    "has to learn it too learns the rest less well.",
                    icon=":material/warning:",
                )
            else:
                st.caption(SPECS[name].text)
    return values


def _slider(spec: SettingSpec) -> float:
    """Draw a slider; returns the config's value."""
    highest = _position(spec, spec.highest or 0)
    with st.container(gap=None):  # a lesson belongs to its slider
        shown = st.slider(
            spec.title + (f", {spec.unit.strip()}" if spec.unit else ""),
            type(highest)(0),
            highest,
            step=spec.step,
            key=_key(spec.name),
        )
        st.caption(spec.text)
    # A run of the command line may have used 12.5 degrees: it stays, until the slider is moved.
    exact: float = getattr(state.augmentation(), spec.name)
    return exact if _position(spec, exact) == shown else float(shown / _scale(spec))


def _scale(spec: SettingSpec) -> int:
    """What a slider shows for 1 in the config."""
    return 100 if spec.unit == PER_CENT else 1


def _position(spec: SettingSpec, value: float) -> float:
    """A config's value as its slider shows it: the nearest of its steps."""
    step = spec.step or 1
    steps = round(value * _scale(spec) / step)
    return int(steps * step) if isinstance(step, int) else round(steps * step, 4)


def _key(name: str) -> str:
    return f"augmentation.{name}"
