"""Station 5: a face in front of the camera, or in a picture, and what the model makes of it."""

import streamlit as st

from fer.cards import load_card
from fer.live import LiveSettings
from fer.recognition import model_folder
from pages.parts import caches, masthead, notices, phrases, pickers
from pages.parts.live import calibration, camera, pictures, video
from pages.parts.live.choice import LiveChoice

CAMERA, SNAPSHOT, PICTURES, FILM = (
    ":material/videocam: Camera",
    ":material/photo_camera: Snapshot",
    ":material/image: Pictures",
    ":material/movie: Video",
)

masthead.show(
    "Live",
    "Every face the camera sees is found, cut out, and read by the model you choose, about thirty times "
    "a second. Or show it a picture.",
    station=5,
)

with notices.shown():
    chosen, switch = st.columns([2, 3], vertical_alignment="bottom", gap="medium")
    with chosen:
        model = pickers.choose_model("live.model")
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
        view = st.segmented_control(
            "Show it", [CAMERA, SNAPSHOT, PICTURES, FILM], default=CAMERA, required=True, key="live.view"
        )
    card = load_card(model_folder(model.name))
    temperature = calibration.choose(caches.recognizer(model.name).fingerprint)
    choice = LiveChoice(model.name, settings=LiveSettings(temperature=temperature))

# Open until it has been read; the camera then takes its place on the screen.
with st.expander(
    "Before you begin", icon=":material/privacy_tip:", expanded=not st.session_state.get("live.agreed", False)
):
    memory, meaning, law = st.columns(3, gap="medium")
    memory.markdown(
        ":material/memory: **Your picture stays in memory.** It goes from the browser to the FER Lab server, "
        "on this computer unless someone else runs it for you, is read and forgotten. Nothing is stored, "
        "nothing is sent on."
    )
    meaning.markdown(
        ":material/theater_comedy: **An expression, not a feeling.** The model names how a face looks. "
        f"It cannot know how anyone feels, and {phrases.often_wrong(card)}."
    )
    law.markdown(
        ":material/gavel: **Not for judging people.** The EU AI Act forbids AI that infers emotions at work "
        "and in education, except for medical or safety reasons (Art. 5(1)(f)); whoever is exposed to it "
        "must be told (Art. 50(3))."
    )
    agreed = st.checkbox("Everyone in view knows this and agrees.", key="live.agreed")

if view == PICTURES:
    pictures.uploads(choice)
elif view == FILM:
    video.show(choice)
elif not agreed:
    st.info("Tick the box above, and the camera can be started here.", icon=":material/check_box:")
elif view == SNAPSHOT:
    pictures.snapshot(choice)
else:
    camera.show(choice)
