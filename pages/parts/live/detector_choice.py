"""Detector choice: which one finds the faces, with what each was measured to find and to cost."""

import streamlit as st

from fer.detection import DETECTORS, DetectorEntry, detector_entry
from fer.errors import FerError
from pages.parts import notices, phrases

_DEFAULT = DETECTORS[0].name


def choose(key: str) -> str:
    """Show the detectors and return the name of the one that is used.

    One that is not here can be chosen to see what it needs; until it is here, the default goes on.
    """
    name = st.selectbox(
        "Faces are found by",
        [entry.name for entry in DETECTORS],
        key=key,
        format_func=lambda name: _title(detector_entry(name)),
        persist_state="session",
    )
    entry = detector_entry(name)
    st.caption(f"{entry.summary} {_measured(entry)}")
    missing = entry.missing()
    if not missing:
        return name
    st.info(phrases.plain(missing), icon=":material/download:")
    if entry.fetch is not None and st.button("Fetch it", icon=":material/download:", key=f"{key}.fetch"):
        try:
            with notices.working(entry.title) as progress:
                entry.fetch(progress)
        except FerError as error:
            st.error(phrases.plain(str(error)), icon=":material/cloud_off:")
        else:
            st.rerun()
    return _DEFAULT


def _title(entry: DetectorEntry) -> str:
    measured = entry.measured
    return entry.title if measured is None else f"{entry.title} · finds {measured.found} of {measured.count}"


def _measured(entry: DetectorEntry) -> str:
    measured = entry.measured
    if measured is None:
        return "It was not measured here."
    alarms = "no false alarm" if not measured.false_alarms else f"{measured.false_alarms} false alarms"
    return (
        f"Measured: {measured.found} of {measured.count} faces in {measured.photographs} photographs, "
        f"{alarms}, {measured.milliseconds:.0f} ms for a whole frame of 640×480. A camera does not wait for "
        "that: whole frames are searched beside it."
    )
