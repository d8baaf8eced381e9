"""WebRTC connection: how browser and workshop find one another, and what is said when they do not."""

import os
import time
from typing import Any

import streamlit as st

from fer.errors import ConfigError
from fer.live.ice_servers import ENVIRONMENT, has_turn, parse_ice_servers
from pages.parts import phrases

# On one computer a connection takes a second; through a TURN server perhaps five.
_PATIENCE_SECONDS = 12.0
_SINCE = "live.connecting_since"


def servers() -> list[dict[str, Any]]:
    """The STUN and TURN servers of the setting; none, and a sentence, where it cannot be used."""
    try:
        return parse_ice_servers(os.environ.get(ENVIRONMENT, ""))
    except ConfigError as error:
        st.warning(phrases.plain(str(error)), icon=":material/router:")
        return []


def watch(signalling: bool, playing: bool, frames: int, known: list[dict[str, Any]]) -> None:
    """Say what is wrong when the video does not come; to be called anew every second while it does not.

    The browser is `signalling` while it looks for a way, and `playing` once it says that it has found one.
    """
    if frames or not (signalling or playing):
        st.session_state.pop(_SINCE, None)
        return
    since = st.session_state.setdefault(_SINCE, time.monotonic())
    if time.monotonic() - since < _PATIENCE_SECONDS:
        st.caption(":material/hourglass_top: Looking for a way between the browser and the workshop …")
        return
    if has_turn(known):
        reason = (
            "The TURN server of the setting did not help either: check its address, its username and its "
            "credential."
        )
    elif known:
        reason = (
            "A STUN server is set, but a firewall lets nothing through; a TURN server passes the video on."
        )
    else:
        reason = (
            "On another computer than the workshop's, a firewall or another network usually stands between; "
            f"whoever runs the workshop can name a TURN server in {ENVIRONMENT} (see docs/guide/live.md)."
        )
    st.error(
        f"**No video comes through.** The browser has a camera, but found no way for its video to the "
        f"workshop. {reason} **Snapshot** above needs no such way.",
        icon=":material/signal_disconnected:",
    )
