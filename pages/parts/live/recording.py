"""Recording: the camera's clip and pictures, kept only when a button is pressed, and where they lie."""

import streamlit as st

from fer.errors import FerError
from fer.live import recording
from fer.live.streaming import Stream
from pages.parts import phrases

_KEPT = "live.kept_picture"


def show(stream: Stream, playing: bool) -> None:
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
                on_click=_stop,
                args=(stream,),
            )
        st.button(
            "Keep this picture",
            icon=":material/photo_camera:",
            key="live.keep",
            on_click=_keep,
            args=(stream,),
            help="Saves the picture as it is shown now in data/recordings/.",
        )


def _stop(stream: Stream) -> None:
    stream.stop_recording()


def _keep(stream: Stream) -> None:
    shown = stream.shown
    if shown is None:
        st.session_state[_KEPT] = "There is no picture yet. Start the camera first."
        return
    try:
        path = recording.save_snapshot(shown)
    except FerError as error:
        st.session_state[_KEPT] = str(error)
        return
    st.session_state[_KEPT] = f":material/check: Kept as data/recordings/{path.name}."


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
            for path, label, read in (
                (kept.clip, "The clip", kept.clip_content),
                (kept.table, "The table", kept.table_content),
            ):
                st.download_button(
                    label,
                    data=read,  # when it is pressed: a clip may be large
                    file_name=f"{kept.folder.name}-{path.name}",
                    icon=":material/download:",
                    key=f"live.recorded.{path.name}",
                    on_click="ignore",
                )
