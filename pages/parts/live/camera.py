"""A running camera, everything recognised in its picture, and the figures beside it.

The camera's frames arrive on a thread of their own, where no `st.*` may be called. All that crosses
over is one `LiveRecognizer`: that thread writes into it, the page's fragment looks.
"""

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

import cv2
import numpy as np
import streamlit as st
from numpy.typing import NDArray

from fer import drawing
from fer.drawing import DrawingStyle
from fer.live import LiveRecognizer, RecognizedFace
from pages.parts import caches
from pages.parts.live import camera_check
from pages.parts.live.choice import LiveChoice

if TYPE_CHECKING:
    import av

FIGURES_EVERY_SECONDS = 1.0
NO_FACE = "No face found. Come closer, face the camera, and let the light come from the front."

_STYLE = """
<style>
.fer-face {display: flex; align-items: center; gap: .6rem; padding: .35rem 0; font-size: 1.05rem;}
.fer-face .mark {width: .85em; height: .85em; border-radius: 50%; flex: none;}
.fer-face .share {margin-left: auto; font-variant-numeric: tabular-nums;}
.fer-face .next {opacity: .65; font-size: .9rem;}
</style>
"""


def show(choice: LiveChoice) -> None:
    """Show the webcam with everything recognised in it, and the figures beside it."""
    # Here, not above: it takes a second to load, which only those who open the camera should pay.
    import streamlit_webrtc

    live = caches.live_recognizer(choice.model, choice.other, choice.settings)

    picture, beside = st.columns([5, 3], gap="medium")
    with beside:
        figures_place = st.container()
        mirrored = st.toggle(
            "Mirror the picture",
            value=True,
            key="live.mirrored",
            help="As you know yourself from a mirror. Switch it off for a camera that looks away from you.",
        )
    with picture:
        camera_check.show()
        context = streamlit_webrtc.webrtc_streamer(
            key="live.camera",
            # No outside server takes part in finding the way between browser and workshop.
            rtc_configuration={"iceServers": []},
            media_stream_constraints={
                "video": {
                    "width": {"ideal": 640},
                    "height": {"ideal": 480},
                    "frameRate": {"ideal": 30},
                    "facingMode": "user",
                },
                "audio": False,
            },
            video_frame_callback=partial(recognized_frame, live=live, style=choice.style, mirrored=mirrored),
            on_video_ended=live.reset,
            video_html_attrs={
                "autoPlay": True,
                "muted": True,
                "playsInline": True,
                "style": {"width": "100%", "borderRadius": "0.6rem"},
            },
            media_toggle_controls=False,
            translations={"start": "Start the camera", "stop": "Stop", "select_device": "Choose a camera"},
        )
        with st.expander("The camera does not start?", icon=":material/help:"):
            st.markdown(
                "- **It is refused.** Click the sign beside the address, allow the camera, and reload.\n"
                "- **There is none, or it is busy.** Close the other program that shows a picture of you.\n"
                "- **It stays dark.** A firewall or VPN may keep the browser from this server: video "
                "comes on a connection of its own (WebRTC).\n"
                "- **In any case** *Snapshot* above needs no such connection, *Pictures* not even a camera."
            )
    with figures_place:
        playing = context.state.playing
        st.fragment(_figures, run_every=FIGURES_EVERY_SECONDS if playing else None)(live, playing)


def recognized_frame(
    frame: "av.VideoFrame", live: LiveRecognizer, style: DrawingStyle, mirrored: bool
) -> "av.VideoFrame":
    """Return the frame with its faces drawn; as it came, if anything fails. Runs on the video's thread.

    A callback that raises would end the returned video without a word, so every error is counted
    for the page to tell, and the next frame gets its chance.
    """
    try:
        frame_bgr: NDArray[np.uint8] = np.asarray(frame.to_ndarray(format="bgr24"), np.uint8)
        if mirrored:
            frame_bgr = np.asarray(cv2.flip(frame_bgr, 1), np.uint8)
        drawn = drawing.draw_faces(frame_bgr, live.read(frame_bgr).faces, style)
        return type(frame).from_ndarray(drawn, format="bgr24")
    except Exception as error:
        live.count_error(error)
        return frame


def _figures(live: LiveRecognizer, playing: bool) -> None:
    """What the camera shows, in words and numbers; looked up anew every second."""
    st.html(_STYLE)
    if not playing:
        st.markdown("##### :material/videocam: Ready")
        st.markdown(
            "Press **Start the camera**. Boxes, labels and scores are drawn into the picture; the figures "
            "appear here."
        )
        return
    now, reading = live.figures(), live.latest()
    with st.container(horizontal=True, gap="large"):
        st.metric("Frames a second", f"{now.frames_per_second:.0f}", width="content")
        st.metric(
            "Per frame",
            f"{1000 * now.latency_seconds:.0f} ms",
            width="content",
            help="To find the faces and read them.",
        )
    if now.errors:
        st.warning(
            f"{now.errors:,} of {now.frames:,} frames could not be read and are shown as they came. The last "
            f"reason: {now.last_error}",
            icon=":material/warning:",
        )
    if reading is None:
        if not now.errors:
            st.markdown("Waiting for the first frame …")
    elif reading.faces:
        st.html(
            f'<div class="fer-faces" role="list" aria-label="Faces in the picture">'
            f"{_list_items(reading.faces)}</div>"
        )
    else:
        st.markdown(f":material/person_search: {NO_FACE}")
    st.caption(f"{now.frames:,} frames since the start")


def _list_items(faces: Sequence[RecognizedFace], at_most: int = 6) -> str:
    items = []
    for item in faces[:at_most]:
        ranked = sorted(item.scores.as_dict().items(), key=lambda pair: -pair[1])
        (first, share), (second, next_share) = ranked[0], ranked[1]
        name = first.capitalize() if len(faces) == 1 else f"{item.track_id} · {first.capitalize()}"
        items.append(
            f'<div class="fer-face" role="listitem">'
            f'<span class="mark" style="background:{first.color}"></span>'
            f"<span>{name}</span>"
            f'<span class="next">then {second} {next_share:.0%}</span>'
            f'<span class="share">{share:.0%}</span></div>'
        )
    if len(faces) > at_most:
        items.append(f'<div class="fer-face"><span class="next">and {len(faces) - at_most} more</span></div>')
    return "".join(items)
