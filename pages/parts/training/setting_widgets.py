"""Form fields: each setting's widget, drawn as its declaration in `TrainingConfig` describes it."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from fer.config import SettingSpec, TrainingConfig, specs_of

_SPECS = specs_of(TrainingConfig)


def fields_of(
    group: str,
    filled: TrainingConfig,
    chosen: Mapping[str, Any] | None = None,
    **differently: Mapping[str, Any],
) -> dict[str, Any]:
    """Draw the widgets of a part of the form; returns their values by the names of `TrainingConfig`.

    Args:
        group: as the settings' declarations name the part.
        filled: what the form was filled with; its values stay among those that a slider offers.
        chosen: what was chosen above, which may decide whether a setting is asked for.
        differently: by names, what a widget is given in the place of what its declaration says.
    """
    values: dict[str, Any] = {}
    for name, spec in _SPECS.items():
        if spec.group != group:
            continue
        if spec.asked({**(chosen or {}), **values}):
            values[name] = _field(spec, getattr(filled, name), differently.get(name, {}))
        else:
            values[name] = spec.default
    return values


def _field(spec: SettingSpec, filled: Any, differently: Mapping[str, Any]) -> Any:
    key = f"training.{spec.name}"
    # JSON may have a whole number where a slider counts in fractions. Streamlit forgets a widget that was not
    # drawn for a while.
    st.session_state.setdefault(key, float(filled) if spec.kind is float else filled)
    common = {"key": key, "help": spec.text, **differently}
    if spec.kind is bool:
        return st.toggle(spec.label, **common)
    if spec.options or "options" in common:
        value = st.selectbox(spec.label, **{"options": spec.options, "format_func": spec.written, **common})
        if value in spec.lessons:
            st.caption(spec.lessons[value])
        return value
    if spec.kind is str:
        return st.text_input(
            spec.label, max_chars=int(spec.highest or 0) or None, placeholder="none", **common
        ).strip()
    if spec.offered:
        offered = sorted({*spec.offered, filled})
        return st.select_slider(spec.label, offered, format_func=spec.written, **common)
    if spec.lowest is None or spec.highest is None:
        raise ValueError(f"The number {spec.name} is asked for and has no bounds; declare them.")
    lowest, step = spec.kind(spec.lowest), None if spec.step is None else spec.kind(spec.step)
    if spec.slider_to is not None:
        highest = spec.kind(min(max(spec.slider_to, filled), spec.highest))
        return st.slider(spec.label, lowest, highest, step=step, **common)
    return st.number_input(
        spec.label,
        lowest,
        spec.kind(spec.highest),
        None if spec.optional else "min",
        step=step,
        **{
            "placeholder": spec.words.get(None),
            "format": "%g" if spec.kind is float else None,
            **common,
        },
    )
