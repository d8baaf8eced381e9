"""Detector choice: which one finds the faces, with what each was measured to find and to cost."""

import streamlit as st

from fer.detection import (
    DEFAULT_DETECTOR,
    DETECTORS,
    SCORE_THRESHOLDS,
    DetectorEntry,
    detector_entry,
    usual_detector,
)
from pages.parts import phrases


def choose(key: str) -> tuple[str, float | None]:
    """Show the detectors and return the name of the one that is used, and its lowest score.

    One that is not here can be chosen to see what it needs; until it is here, the default goes on, or what
    stands in for it.
    """
    name = st.selectbox(
        "Faces are found by",
        [entry.name for entry in DETECTORS],
        index=[entry.name for entry in DETECTORS].index(DEFAULT_DETECTOR),
        key=key,
        format_func=lambda name: _title(detector_entry(name)),
        persist_state="session",
    )
    entry = detector_entry(name)
    st.caption(f"{entry.summary} {_measured(entry)}")
    if missing := entry.missing():
        usual, sentence = usual_detector()
        goes_on = f"{missing} Until then {detector_entry(usual).title} finds the faces."
        st.info(phrases.plain(sentence or goes_on), icon=":material/download:")
        return usual, None
    threshold = st.slider(
        "Score threshold of a face",
        *SCORE_THRESHOLDS,
        entry.score_threshold,
        0.05,
        key=f"{key}.score.{name}",
        persist_state="session",
        help="What the detector is less sure of is not taken for a face. Lower it where a face is missed, "
        "raise it where something else is taken for one.",
    )
    return name, threshold


def _title(entry: DetectorEntry) -> str:
    measured = entry.measured
    if measured is None:
        return entry.title
    return f"{entry.title} · finds {measured.total('found')} of {measured.total('faces')}"


def _measured(entry: DetectorEntry) -> str:
    measured = entry.measured
    if measured is None:
        return "It was not measured here."
    alarms, found = measured.total("false_alarms"), measured.total("found")
    told = "no false alarm" if not alarms else f"{alarms} false alarm{'s' if alarms > 1 else ''}"
    return (
        f"Measured on {measured.total('photographs')} photographs: {found} of {measured.total('faces')} "
        f"faces found, {told}, {measured.total('exact')} photographs exactly right. A camera's frame of "
        f"640×480 took {measured.frame_ms:.0f} ms, a photograph {measured.picture_ms:.0f} ms "
        f"({measured.date}, {phrases.plain(measured.machine)}). A camera does not wait for that: whole "
        "frames are searched beside it."
    )
