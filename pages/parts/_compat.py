"""Compatibility shim: every private name of Streamlit and streamlit-webrtc that the pages use, and why.

A new version of either may rename them without a word, so nobody else uses one.
"""

from typing import Any

import streamlit as st

# Streamlit 1.67: what `st.columns` and `st.container` return; no public module names its type either.
from streamlit.delta_generator import DeltaGenerator as DeltaGenerator

# Streamlit 1.67: what `st.file_uploader` returns is documented, but no public module names its type.
from streamlit.runtime.uploaded_file_manager import UploadedFile as UploadedFile


def keep_camera_running(key: str) -> None:
    """Let the camera with this key outlive a run of the page that follows upon another at once.

    streamlit-webrtc 0.79 stops it where the server counts a run of the page more than it has seen itself, and
    takes that for a page that was left. But the server counts a run only when its last message is sent; if
    the next one has begun by then, both have seen the same count, and the third finds one too many. That
    happens when a busy computer gets two presses at once. Whether the page was left the caller knows better.
    """
    from streamlit_webrtc.session_info import get_script_run_count, get_this_session_info

    context: Any = st.session_state.get(key)
    if not hasattr(context, "_last_rendered_run_count"):
        return
    session = get_this_session_info()
    if session is not None:
        context._last_rendered_run_count = get_script_run_count(session)
