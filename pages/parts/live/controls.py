"""Live settings: detector, smoothing, drawing and second model in one popover; each acts at once."""

from dataclasses import replace
from typing import Any

import streamlit as st

from fer.detection import dim_light
from fer.live import MODE_FRAMES, SMOOTHING_SECONDS, LiveSettings, Smoothing
from fer.live.choice import LiveChoice
from fer.live.drawing import Bars, DrawingStyle
from fer.models.inference import ModelEntry
from fer.statistics import percent, percent_range
from pages.parts import caches, phrases, pickers
from pages.parts.live import detector_choice

_USUAL = LiveSettings()
_SMOOTHINGS = {
    Smoothing.NONE: "None",
    Smoothing.MODE: "Most frequent",
    Smoothing.EXPONENTIAL: "Gliding mean",
}
_BARS: dict[Bars, str] = {"none": "Nobody", "largest": "Largest face", "each": "Everyone"}


def choose(model: ModelEntry, temperature: float) -> LiveChoice:
    """Draw the settings and return what they make together, with the model and its temperature."""
    with st.popover("Settings", icon=":material/tune:", width="stretch"):
        st.markdown("##### Faces")
        detector, score_threshold = detector_choice.choose("live.detector")
        lift = st.toggle(
            "Dim light: lift the contrast",
            key="live.lift_contrast",
            persist_state="session",
            help="Evens out the contrast before faces are sought and read (CLAHE, a histogram equalisation "
            "in tiles). It costs a few milliseconds a frame and helps where it is dark; in good light leave "
            "it off.",
        )
        if lift:
            st.caption(_lift_measured())
        st.markdown("##### The label")
        steadiness = _steadiness()
        st.markdown("##### In the picture")
        style = _style(model)
        st.markdown("##### Beside it")
        other = _second_model(model)
    settings = replace(
        _USUAL,
        detector=detector,
        score_threshold=score_threshold,
        lift_contrast=lift,
        temperature=temperature,
        with_maps=style.emotion_maps,
        **steadiness,
    )
    return LiveChoice(model.name, other, settings, style)


def _lift_measured() -> str:
    """What lifting the contrast was measured to do."""
    measured = dim_light()
    if measured is None:
        return "What it does was not measured here."
    found, read = measured["found"], measured["read"]
    count = read["count"]

    def share(name: str) -> str:
        low, high = read[name]["interval_95"]
        return f"{percent(read[name]['right'] / count, 0)} ({percent_range(low, high, 0)})"

    return (
        f"Measured with {percent(measured['light_share'], 0)} of the light: of {found['count']} faces in "
        f"photographs {found['dim']} are found without it and {found['lifted']} with it "
        f"({found['daylight']} in daylight); of {count:,} faces of {read['faces']} {share('dim')} are read "
        f"right without it and {share('lifted')} with it ({share('daylight')} in daylight)."
    )


def _steadiness() -> dict[str, Any]:
    smoothing = st.segmented_control(
        "Smoothing",
        list(Smoothing),
        default=_USUAL.smoothing,
        required=True,
        format_func=_SMOOTHINGS.__getitem__,
        key="live.smoothing",
        persist_state="session",
        help="For each person apart. The gliding mean forgets evenly; the most frequent answer of the last "
        "frames is what reference system S4 shows; without either every frame speaks for itself.",
    )
    values: dict[str, Any] = {"smoothing": smoothing}
    if smoothing is Smoothing.EXPONENTIAL:
        values["smoothing_seconds"] = st.slider(
            "Time constant, seconds",
            0.05,
            2.0,
            SMOOTHING_SECONDS,
            0.05,
            key="live.smoothing_seconds",
            persist_state="session",
        )
    elif smoothing is Smoothing.MODE:
        values["mode_frames"] = st.slider(
            "Frames that vote", 1, 60, MODE_FRAMES, key="live.mode_frames", persist_state="session"
        )
    values["lead"] = st.slider(
        "Lead needed to change the label",
        0.0,
        0.5,
        _USUAL.lead,
        0.05,
        key="live.lead",
        persist_state="session",
        help="Two emotions that are nearly as likely would otherwise take turns, and the label flicker.",
    )
    values["unsure_below"] = st.slider(
        "Unsure below",
        0.0,
        0.9,
        _USUAL.unsure_below,
        0.05,
        key="live.unsure_below",
        persist_state="session",
        help="A label with a lower probability is told as unsure. At 0 the model is made to say something "
        "always.",
    )
    return values


def _style(model: ModelEntry) -> DrawingStyle:
    bars = st.segmented_control(
        "Bars for",
        list(_BARS),
        default="largest",
        required=True,
        format_func=_BARS.__getitem__,
        key="live.bars",
        persist_state="session",
    )
    ids = st.toggle("Number the people", value=True, key="live.ids", persist_state="session")
    has_maps = caches.recognizer(model.name).has_emotion_maps
    maps = st.toggle(
        "Where it sees the emotion",
        key="live.maps",
        disabled=not has_maps,
        persist_state="session",
        help="Colours the places of the face that speak for the label: the class activation map."
        if has_maps
        else f"{model.title} has no map for each emotion. mini_XCEPTION has.",
    )
    return DrawingStyle(bars=bars, ids=ids, emotion_maps=maps and has_maps)


def _second_model(model: ModelEntry) -> str | None:
    titles = {entry.name: entry.title for entry in pickers.titled_models() if entry.name != model.name}
    if not titles:
        st.caption("A second model can read the same faces, as soon as there is one.")
        return None
    return st.selectbox(
        "A second model on the same faces",
        list(titles),
        index=None,
        format_func=lambda name: phrases.plain(titles[name]),
        key="live.other",
        placeholder="none",
        persist_state="session",
    )
