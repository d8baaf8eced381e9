"""Augmentation presets: the reference systems' settings and the learner's own, to begin with."""

import streamlit as st

from fer.config.augmentation_presets import (
    REFERENCE_PRESETS,
    Preset,
    delete_preset,
    list_damaged_presets,
    list_presets,
    save_preset,
)
from fer.errors import FerError
from pages.parts import phrases, state
from pages.parts.augmentation import settings

_NAME = "augmentation.preset.name"
_OUTCOME = "augmentation.preset.outcome"
_ASKED = "augmentation.preset.asked"


def show() -> None:
    """Draw a button for each preset, and whose the settings are that the page stands at."""
    own = list_presets()
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        for preset in (*REFERENCE_PRESETS, *own):
            st.button(
                preset.name,
                on_click=settings.put,
                args=(preset.config,),
                key=f"augmentation.preset.{preset.name}",
                icon=None if preset.lesson else ":material/bookmark:",
                help=f"{phrases.augmentation(preset.config).capitalize()}.",
            )
        with st.popover("Your presets", icon=":material/bookmark_add:", key="augmentation.preset.popover"):
            _keep(own)
    current = next((p for p in (*REFERENCE_PRESETS, *own) if p.config == state.augmentation()), None)
    if current is None:
        st.caption("Settings of your own. Keep them under a name in **Your presets**, to find them again.")
    else:
        st.caption(f"**{current.name}.** {current.lesson or 'Saved by you.'}")
    if outcome := st.session_state.pop(_OUTCOME, None):
        text, good = outcome
        (st.success if good else st.error)(text, icon=":material/check:" if good else ":material/error:")


def _keep(own: list[Preset]) -> None:
    """Save, replace and delete; what came of it is said on the page, under the buttons."""
    name = st.text_input(
        "Keep the settings as", key=_NAME, max_chars=60, placeholder="dim rooms, for example"
    ).strip()
    taken = name.casefold() in {preset.name.casefold() for preset in own}
    st.button(
        f"Replace “{name}”" if taken else "Save",
        on_click=_save,
        args=(taken,),
        disabled=not name,
        type="primary",
        key="augmentation.preset.save",
    )
    if own:
        st.divider()
        chosen = st.selectbox("Delete one", [preset.name for preset in own], key="augmentation.preset.chosen")
        if st.session_state.get(_ASKED) == chosen:
            st.warning(f"Delete “{chosen}”? It cannot be brought back.")
            with st.container(horizontal=True):
                st.button("Delete it", on_click=_delete, args=(chosen,), key="augmentation.preset.delete")
                st.button("Keep it", on_click=_ask, args=(None,), key="augmentation.preset.keep")
        else:
            st.button(
                "Delete …",
                on_click=_ask,
                args=(chosen,),
                icon=":material/delete:",
                key="augmentation.preset.ask",
            )
    for sentence in list_damaged_presets():
        st.warning(sentence, icon=":material/heart_broken:")


def _ask(name: str | None) -> None:
    st.session_state[_ASKED] = name


def _save(replace: bool) -> None:
    try:
        kept = save_preset(st.session_state[_NAME], state.augmentation(), replace=replace)
    except FerError as error:
        st.session_state[_OUTCOME] = str(error), False
    else:
        st.session_state[_NAME] = ""
        st.session_state[_OUTCOME] = f"Kept as “{kept.name}”.", True


def _delete(name: str) -> None:
    _ask(None)
    try:
        delete_preset(name)
    except FerError as error:
        st.session_state[_OUTCOME] = str(error), False
    else:
        st.session_state[_OUTCOME] = f"“{name}” is deleted.", True
