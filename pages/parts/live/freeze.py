"""Frozen frame: a frame of the camera held still, to look at a face exactly as the model saw it."""

import streamlit as st

from fer.live import FrozenFrame, drawing
from fer.live.choice import LiveChoice
from fer.live.streaming import Stream
from pages.parts import pickers
from pages.parts.live import face_reading
from pages.parts.live.recording import keep_picture

_KEPT = "live.frozen.kept"


def frozen_frame_dialog(stream: Stream, choice: LiveChoice) -> None:
    """Show the frozen frame, if there is one, and what was read in it, while the camera goes on below."""
    if stream.frozen is not None:

        def let_go() -> None:
            stream.frozen = None
            st.session_state.pop(_KEPT, None)

        st.dialog("Frozen frame", width="large", icon=":material/ac_unit:", on_dismiss=let_go)(_held)(
            stream.frozen, choice
        )


def _held(frozen: FrozenFrame, choice: LiveChoice) -> None:
    """The inside of the dialog."""
    drawn = drawing.draw_faces(frozen.frame_bgr, frozen.reading.faces, choice.style)
    picture, beside = st.columns([3, 5], gap="medium")
    with picture:
        st.image(drawn, channels="BGR", width="stretch")
        if st.button(
            "Keep this picture",
            icon=":material/photo_camera:",
            key="live.frozen.keep",
            help="Saves it in data/recordings/. Nothing is saved otherwise.",
        ):
            keep_picture(drawn, _KEPT)
        if kept := st.session_state.get(_KEPT):
            st.caption(kept)
    with beside:
        faces = frozen.reading.faces
        if not faces:
            st.markdown("No face was found in this frame. Close it, and freeze another.")
            return
        index = pickers.choose_one(
            "Whose face",
            range(len(faces)),
            "live.frozen.face",
            lambda place: f"Person {faces[place].track_id}",
        )
        face_reading.face_panel(faces[index], choice, "live.frozen")
