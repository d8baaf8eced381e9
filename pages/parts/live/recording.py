"""Recording: the camera's clip and pictures, kept only when a button is pressed, and where they lie."""

from functools import partial

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from fer.errors import FerError
from fer.live import recording
from fer.live.streaming import Stream
from pages.parts import notices, phrases

_KEPT = "live.kept_picture"


def recording_panel(stream: Stream, playing: bool) -> None:
    """Draw the buttons, and what was kept."""
    if playing:
        _buttons(stream)
    recorder = stream.recorder
    if recorder is not None:
        st.markdown(
            f":red[:material/radio_button_checked:] **Recording**, {phrases.duration(recorder.seconds)}. "
            "Everyone in view should know."
        )
        if not recorder.is_recording:
            st.caption("The recording is full. Press **Stop recording** to keep it.")
    if kept := st.session_state.get(_KEPT):
        st.caption(kept)
    _last(stream)


def _buttons(stream: Stream) -> None:
    recorder = stream.recorder
    with st.container(horizontal=True, gap="small"):
        if recorder is None:
            st.button(
                "Record",
                icon=":material/radio_button_checked:",
                key="live.record",
                on_click=stream.start_recording,
                help="Keeps the annotated video and a row per face per frame in data/recordings/, at most "
                f"{recording.MAX_SECONDS // 60} minutes. Record only people who agreed to that, too.",
            )
        else:
            st.button(
                "Stop recording",
                icon=":material/stop_circle:",
                type="primary",
                key="live.record_stop",
                on_click=stream.stop_recording,
            )
        st.button(
            "Keep this picture",
            icon=":material/photo_camera:",
            key="live.keep",
            on_click=lambda: keep_picture(stream.shown, _KEPT),
            help="Saves the picture as it is shown now in data/recordings/.",
        )


def keep_picture(drawn_bgr: NDArray[np.uint8] | None, key: str) -> None:
    """Save a picture as it is shown; a sentence about it is put into the session under `key`."""
    try:
        st.session_state[key] = (
            "There is no picture yet. Start the camera first."
            if drawn_bgr is None
            else f":material/check: Kept as data/recordings/{recording.save_snapshot(drawn_bgr).name}."
        )
    except FerError as error:
        st.session_state[key] = str(error)


def _last(stream: Stream) -> None:
    """What was recorded last, to be taken along."""
    kept = stream.recording
    if kept is None or stream.recorder is not None:
        return
    if kept.error:
        st.error(phrases.plain(kept.error), icon=":material/error:")
        return
    if not kept.frames:
        st.caption("Nothing was recorded: no frame came while it ran.")
        return
    dropped = f", {kept.dropped:,} frames were left out" if kept.dropped else ""
    with st.container(border=True):
        st.markdown(
            f":material/check_circle: **Recorded** {phrases.duration(kept.seconds)}, {kept.frames:,} frames, "
            f"{kept.faces:,} rows{dropped}. It lies in data/recordings/{kept.folder.name}/; delete that "
            "folder to forget it."
        )
        with st.container(horizontal=True, gap="small"):
            notices.downloads(
                "live.recorded",
                *(
                    (label, partial(recording.content_of, path), f"{kept.folder.name}-{path.name}")
                    for label, path in (("The clip", kept.clip), ("The table", kept.table))
                ),
            )
