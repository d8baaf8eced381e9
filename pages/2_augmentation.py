"""Data augmentation, station 2: how one face becomes many, with the very draws that training uses."""

import streamlit as st

from pages.parts import masthead, notices, phrases, pickers, state
from pages.parts.address import Linked
from pages.parts.augmentation import (
    compare,
    extremes,
    first_batch,
    keras_layers,
    mixing,
    preset_bar,
    preview,
    settings,
    sheet,
)

VIEWS = {
    "Sheet": sheet.show,
    "Before and after": compare.show,
    "Extremes": extremes.show,
    "Mixing": mixing.show,
    "First batch": first_batch.show,
    "Keras": keras_layers.show,
}


def next_number(key: str) -> None:
    """Count a number field up by one."""
    st.session_state[key] += 1


masthead.page_header(
    "Augmentation",
    "Small changes turn one face into many, so that a model learns the expression, not the photograph.",
    station=2,
    linked=Linked("augmentation.view", list(VIEWS), dataset=True),
)

with st.container(horizontal=True, vertical_alignment="bottom"):
    with notices.shown():
        entry = pickers.choose_dataset("augmentation.dataset")
    number_place, seed_place, button_place = (
        st.container(width=130),
        st.container(width=135),
        st.container(width=140),
    )

with notices.shown():
    dataset = preview.load(entry)
rows = preview.training_rows(dataset)
if len(rows) == 0:
    notices.empty(
        "No face in this dataset",
        "Every face was left out, or the file holds none. Choose another dataset, or bring your own.",
        "pages/1_dataset.py",
        "Look at the dataset",
    )
    st.stop()

# Another dataset, or an edition of this one, may have fewer faces than the number says.
st.session_state["augmentation.face"] = min(st.session_state.get("augmentation.face", 1), len(rows))
number = number_place.number_input(
    "Face", 1, len(rows), key="augmentation.face", help="The training faces in a shuffled order."
)
seed = seed_place.number_input(
    "Random seed",
    0,
    2**31 - 1,
    0,
    key="augmentation.seed",
    help="The same seed and the same settings always draw the same changes.",
)
button_place.button(
    "Draw again",
    icon=":material/casino:",
    type="primary",
    on_click=next_number,
    args=("augmentation.seed",),
    key="augmentation.draw",
)

presets = st.container()
st.session_state.setdefault("augmentation.view", "Sheet")  # a link or a lesson may have set it
view = st.segmented_control(
    "Show",
    list(VIEWS),
    required=True,
    label_visibility="collapsed",
    key="augmentation.view",
    persist_state="session",
    wrap=True,
)
# The view comes first, so that on a phone it stays in sight while the sliders under it are moved.
shown, controls = st.columns([2, 1], gap="large")
with controls:
    config = settings.settings_panel()
with presets:
    preset_bar.show()
with shown:
    VIEWS[view](preview.Preview(dataset, state.view(), rows, number - 1, seed, config))
    with st.container(
        border=True, horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"
    ):
        st.markdown(
            f"**Training will use:** {phrases.augmentation(config)}.  \n"
            "Could you still name every face? If not, neither can the model.",
            width="content",
        )
        notices.link("pages/3_training.py", "Train with these")
