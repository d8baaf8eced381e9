"""Live page: a face in front of the camera, in a picture or in a film, and what the model makes of it."""

import streamlit as st

from fer.datasets.registry import SYNTHETIC
from fer.models.card import load_card
from fer.models.inference import DEFAULT_MODEL, model_folder
from pages.parts import caches, masthead, notices, pickers, state
from pages.parts.address import Linked
from pages.parts.live import calibration, camera, consent, controls, drawn_model_notice, pictures, video

CAMERA, SNAPSHOT, PICTURES, FILM = "Camera", "Snapshot", "Pictures", "Video"

masthead.page_header(
    "Live",
    "Faces that are found in a camera's picture, a photograph or a film are read by the model you choose.",
    station=5,
    linked=Linked("live.view", (CAMERA, SNAPSHOT, PICTURES, FILM), extra=("live",)),
)

with notices.shown():
    chosen, switch = st.columns([2, 3], vertical_alignment="bottom", gap="medium")
    with chosen:
        model = pickers.choose_model(
            "live.model",
            usual=DEFAULT_MODEL,
            chosen=state.live_model,
            remember=state.set_live_model,
        )
    if model is None:
        notices.empty(
            "No model yet",
            "A camera without a model sees nothing. Train one first; even two epochs give one worth trying.",
            "pages/3_training.py",
            "To the training",
            icon=":material/model_training:",
        )
        st.stop()
    with switch:
        st.session_state.setdefault("live.view", CAMERA)  # a link or a lesson may have set it
        view = st.segmented_control(
            "Show it", [CAMERA, SNAPSHOT, PICTURES, FILM], required=True, key="live.view"
        )
    card = load_card(model_folder(model.name))
    temperature = calibration.choose(caches.recognizer(model.name).fingerprint)
    choice = controls.choose(model, temperature)

if card.dataset.get("name") == SYNTHETIC:
    drawn_model_notice.drawn_model_notice(card)
agreed = consent.ask_consent(card)

if view != CAMERA or not agreed:
    state.set_camera_shown(False)
if view == PICTURES:
    pictures.pictures_view(choice)
elif view == FILM:
    video.film_view(choice)
elif not agreed:
    st.info("Tick the box above, and the camera can be started here.", icon=":material/check_box:")
elif view == SNAPSHOT:
    pictures.snapshot_view(choice)
else:
    camera.camera_view(choice)
