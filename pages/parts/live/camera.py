"""Webcam view (WebRTC): a running camera, everything recognised in its picture, and figures beside it.

The camera's frames arrive on a thread of their own, where no `st.*` may be called. All that crosses over is
one `Stream`: that thread uses it, the page's fragment looks at it and changes it.
"""

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from fer.errors import FerError
from fer.live.choice import LiveChoice
from fer.live.streaming import Stream
from fer.system.machine import limit_malloc_arenas
from pages.parts import _compat, caches, phrases, state
from pages.parts.live import camera_check, connection, freeze, readout, recording

if TYPE_CHECKING:
    import av

_KEY = "live.camera"


def camera_view(choice: LiveChoice) -> None:
    """Show the webcam with everything recognised in it, and the figures beside it."""
    # Here, not above: it takes a second to load, which only those who open the camera should pay.
    import streamlit_webrtc

    stream = _stream(choice)
    if stream is None:
        return
    limit_malloc_arenas()
    servers = connection.servers()
    picture, beside = st.columns([5, 3], gap="medium")
    with picture:
        camera_check.camera_notice()
        if state.camera_is_shown():  # when the page was drawn last
            _compat.keep_camera_running(_KEY)
        context = streamlit_webrtc.webrtc_streamer(
            key=_KEY,
            # Without servers no one outside takes part in finding the way between browser and workshop.
            rtc_configuration={"iceServers": servers},
            media_stream_constraints={
                "video": {
                    # The width alone: with a height beside it the browser cuts a camera held upright to a
                    # square, and a wide one to 4:3, instead of making the picture smaller.
                    "width": {"ideal": 640},
                    "frameRate": {"ideal": 30},
                    "facingMode": "user",
                },
                "audio": False,
            },
            video_frame_callback=partial(shown_frame, stream=stream),
            on_video_ended=stream.end,
            video_html_attrs={
                "autoPlay": True,
                "muted": True,
                "playsInline": True,
                # The whole of it on one screen, also where it is higher than wide.
                "style": {"width": "100%", "maxHeight": "45rem", "borderRadius": "0.6rem"},
            },
            media_toggle_controls=False,
            translations={"start": "Start the camera", "stop": "Stop", "select_device": "Choose a camera"},
        )
        state.set_camera_shown(True)
        playing = context.state.playing
        _beneath(stream, playing)
    with beside:
        every = readout.EVERY_SECONDS if playing or context.state.signalling else None

        @st.fragment(run_every=every)
        def figures() -> None:
            connection.watch(context.state.signalling, playing, stream.live.figures().frames, servers)
            readout.live_readout(stream, playing)

        figures()
    if stream.frozen is not None:
        freeze.frozen_frame_dialog(stream, choice)


def shown_frame(frame: "av.VideoFrame", stream: Stream) -> "av.VideoFrame":
    """Return the frame as it is to be shown. Runs on the video's thread."""
    drawn = stream.show(np.asarray(frame.to_ndarray(format="bgr24"), np.uint8), frame.time)
    return type(frame).from_ndarray(drawn, format="bgr24")


def _stream(choice: LiveChoice) -> Stream | None:
    """The camera with what was chosen; as it was, and a sentence, where that cannot be used."""
    try:
        return caches.stream(choice)
    except FerError as error:
        st.error(phrases.plain(str(error)), icon=":material/error:")
        former = caches.former_stream()
        if former is not None:
            st.caption("The camera goes on with what it had before.")
        return former


def _beneath(stream: Stream, playing: bool) -> None:
    """What can be done with the picture, as soon as there is one; what was recorded stays in any case."""
    if playing:
        _actions(stream)
    recording.recording_panel(stream, playing)
    with st.expander("The camera does not start?", icon=":material/help:"):
        st.markdown(
            "- **It is refused.** Click the sign beside the address, allow the camera, and reload.\n"
            "- **There is none, or it is busy.** Close the other program that shows a picture of you.\n"
            "- **It stays dark.** A firewall or VPN may keep the browser from this server: video comes on a "
            "connection of its own (WebRTC).\n"
            "- **In any case** *Snapshot* above needs no such connection, *Pictures* and *Video* not even a "
            "camera."
        )


def _actions(stream: Stream) -> None:
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        st.button(
            "Freeze",
            icon=":material/ac_unit:",
            key="live.freeze",
            on_click=stream.freeze,
            help="Holds this moment, to look at a face exactly as the model sees it. The camera goes on.",
        )
        resting = bool(stream.live.baselines())
        st.button(
            "Forget my resting face" if resting else "Learn my resting face",
            icon=":material/self_improvement:",
            key="live.rest",
            on_click=stream.live.clear_baseline if resting else stream.live.start_baseline,
            help="Some faces look stern or sad at rest. Look neutral for three seconds; after that the "
            "scores of everyone in view are told relative to their own resting face.",
        )
        stream.mirrored = st.toggle(
            "Mirror",
            value=True,
            key="live.mirrored",
            persist_state="session",
            help="As you know yourself from a mirror. Switch it off for a camera that looks away from you.",
        )
