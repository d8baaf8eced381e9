"""Temperature scaling: whether the live page tells probabilities at the temperature that was fitted."""

import streamlit as st

from fer.errors import ConfigError
from pages.parts import caches, phrases, state

_TOGGLE = "live.calibrated_confidence"


def choose(fingerprint: str) -> float:
    """Return the temperature for the model of this fingerprint: 1 unless one is kept and asked for.

    Nothing is shown where none is kept.
    """
    try:
        kept = caches.load_temperature(fingerprint)
    except ConfigError as error:
        st.warning(phrases.plain(str(error)), icon=":material/thermostat:")
        return 1.0
    if kept is None:
        return 1.0
    # Set rather than given as the default: the choice outlives the widget, which goes with the page.
    st.session_state[_TOGGLE] = state.is_calibrated()
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        wanted = st.toggle(
            "Calibrated confidence",
            key=_TOGGLE,
            on_change=lambda: state.set_calibrated(st.session_state[_TOGGLE]),
            help="The answers stay the same; only how sure the model says it is changes. The temperature "
            "comes from **Curves** on the evaluation page, and can be forgotten there.",
        )
        change = "lowers" if kept.temperature > 1 else "raises"
        st.caption(
            f"T = {kept.temperature:.2f} {change} its confidence. Fitted on "
            f"{phrases.faces(kept.count)} of {phrases.plain(kept.dataset)} ({phrases.plain(kept.split)}, "
            f"{phrases.plain(kept.state)}) on {phrases.plain(kept.fitted_on)}."
        )
    return kept.temperature if wanted else 1.0
