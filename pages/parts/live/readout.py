"""Live metrics: what stands beside the camera's picture, scores now, the last minute, the stream."""

from collections.abc import Sequence

import streamlit as st

from fer import figures
from fer.live import LiveFigures, LiveHistory, RecognizedFace
from fer.live.streaming import Stream
from fer.statistics import percent
from pages.parts import components, live_chart, phrases

EVERY_SECONDS = 1.0
NO_FACE = "No face found. Come closer, face the camera, and let the light come from the front."
# Whoever comes fifth is counted; their timeline would push everything else off the screen.
_TIMELINES = 2
_LISTED = 6


def live_readout(stream: Stream, playing: bool) -> None:
    """Draw what the camera shows in words and numbers; to be called anew every second."""
    st.html(components.style(__file__))
    if not playing:
        st.markdown("##### :material/videocam: Ready")
        st.markdown(
            "Press **Start the camera**. Boxes, labels and scores are drawn into the picture; the figures "
            "appear here."
        )
        return
    now, reading = stream.live.figures(), stream.live.latest()
    _metrics(now, 0 if reading is None else len(reading.faces))
    if now.errors:
        st.warning(
            f"{now.errors:,} of {now.frames:,} frames could not be read and are shown as they came. The last "
            f"reason: {phrases.plain(now.last_error)}",
            icon=":material/warning:",
        )
    _baseline(stream)
    if reading is None:
        if not now.errors:
            st.markdown("Waiting for the first frame …")
        return
    if reading.faces:
        st.html(
            '<div class="fer-faces" role="list" aria-label="Faces in the picture">'
            f"{_list_items(reading.faces)}</div>"
        )
    else:
        st.markdown(f":material/person_search: {NO_FACE}")
    _last_minute(stream.live.history())
    st.caption(f"{now.frames:,} frames since the start")


def _metrics(now: LiveFigures, faces: int) -> None:
    with st.container(horizontal=True, gap="medium"):
        st.metric(
            "Frames a second",
            f"{now.frames_per_second:.0f}",
            width="content",
            help=f"Read and shown. The camera sends {now.frames_per_second_sent:.0f}."
            if now.frames_per_second_sent
            else "Read and shown.",
        )
        st.metric(
            "Time to read",
            f"{1000 * now.latency_seconds:.0f} ms",
            width="content",
            help="From a frame's arrival here until it is read: to find the faces and to classify them. "
            "Coding and sending the video come on top.",
        )
        st.metric("Faces", str(faces), width="content")
        st.metric(
            "Dropped",
            f"{now.dropped:,}",
            width="content",
            help="Frames that the camera sent and that were passed over, because a newer one was there "
            "already: the picture stays live.",
        )


def _baseline(stream: Stream) -> None:
    progress = stream.live.baselines()
    if not progress:
        return
    least = min(progress.values())
    if least < 1:
        st.progress(least, text="Look neutral: your resting face is being learned.")
    else:
        st.caption(
            ":material/self_improvement: Told relative to your resting face"
            + (f" ({len(progress)} people)" if len(progress) > 1 else "")
            + "."
        )


def _last_minute(history: LiveHistory) -> None:
    if not history.people:
        return
    many = len(history.people) > 1
    for person in history.people[:_TIMELINES]:
        st.caption(f"Person {person.track_id}, the last minute" if many else "The last minute")
        live_chart.draw_chart(
            figures.timeline_figure(person),
            key=f"live.timeline.{person.track_id}",
            revision=f"person {person.track_id}",
            description=f"The probabilities of person {person.track_id} during the last minute, stacked, "
            "with the label that was told below.",
        )
    st.caption("Time per label")
    shares = {
        f"Person {person.track_id}" if many else "You": person.share() for person in history.people[:_LISTED]
    }
    if many:
        shares |= {"Everyone": history.share()}
    live_chart.draw_chart(
        figures.shares_figure(shares),
        key="live.shares",
        revision="shares",
        description="How much of the last minute each label was told, for each person.",
    )


def _list_items(faces: Sequence[RecognizedFace]) -> str:
    items = []
    for item in faces[:_LISTED]:
        if item.too_small:
            name = f"{item.track_id} · {item.told}" if len(faces) > 1 else item.told.capitalize()
            items.append(f'<div class="fer-face" role="listitem"><span class="next">{name}</span></div>')
            continue
        label = item.emotion
        others = {emotion: share for emotion, share in item.scores.as_dict().items() if emotion is not label}
        following = max(others, key=lambda emotion: others[emotion])
        name = "Unsure" if item.label is None else label.capitalize()
        color = figures.UNSURE_COLOR if item.label is None else label.color
        if len(faces) > 1:
            name = f"{item.track_id} · {name}"
        then = (
            f"then {following} {percent(others[following], 0)}" if item.label else f"{label} or {following}"
        )
        second = ""
        if item.other_scores is not None:
            share = percent(item.other_scores.confidence, 0)
            second = f'<span class="next">2nd model: {item.other_scores.top} {share}</span>'
        items.append(
            f'<div class="fer-face" role="listitem"><span class="mark" style="background:{color}"></span>'
            f'<span>{name}</span><span class="next">{then}</span>{second}'
            f'<span class="share">{percent(item.confidence, 0)}</span></div>'
        )
    if len(faces) > _LISTED:
        items.append(f'<div class="fer-face"><span class="next">and {len(faces) - _LISTED} more</span></div>')
    return "".join(items)
