"""Architecture choice: which network is trained, and what it looks like inside."""

import streamlit as st

from fer import figures
from fer.errors import FerError
from fer.glossary import explain
from fer.models.blueprint import Blueprint, load_blueprint
from fer.models.catalog import ARCHITECTURES, Architecture, architecture
from pages.parts import notices
from pages.parts.plot import plot
from pages.parts.training import costs_panel
from pages.parts.training.setting_words import count

_KEY = "training.architecture"


def show() -> str:
    """Let the learner choose an architecture; returns its name."""
    name = st.selectbox(
        "Architecture",
        list(ARCHITECTURES),
        key=_KEY,
        format_func=lambda known: (
            f"{ARCHITECTURES[known].title} · {count(ARCHITECTURES[known].parameters)} parameters"
        ),
        on_change=_take_its_dropout,
        help=explain("architecture"),
    )
    entry = architecture(name)
    try:
        drawn = load_blueprint(name)
    except FerError as error:  # the file was tampered with; the network can be trained all the same
        st.caption(str(error))
        return name
    st.caption(f"{entry.summary} One face costs {count(drawn.multiply_adds)} multiply-adds.")
    with st.container(horizontal=True):
        look = st.button(
            "Look inside", icon=":material/account_tree:", key="training.look_inside", type="tertiary"
        )
        compare = st.button("Costs", icon=":material/balance:", key="training.costs", type="tertiary")
    if look:
        _inside(entry, drawn)
    elif compare:
        costs_panel.costs_dialog(name)
    return name


def _take_its_dropout() -> None:
    """A network is trained with the dropout of its authors, until a learner says otherwise."""
    st.session_state["training.dropout"] = architecture(st.session_state[_KEY]).own_dropout


@st.dialog("Inside the network", width="medium", icon=":material/account_tree:")
def _inside(entry: Architecture, drawn: Blueprint) -> None:
    """Show the layers, as a picture and as a list."""
    with notices.shown():
        st.markdown(
            f"**{entry.title}**: {drawn.parameters:,} parameters, {drawn.trainable:,} of them trainable, and "
            f"{drawn.multiply_adds:,} multiply-adds a face of "
            f"{entry.preprocessing.image_height}×{entry.preprocessing.image_width} pixels."
        )
        st.caption(f"Source: {entry.paper}. Licence: {entry.license}.")
        view = st.segmented_control(
            "View",
            ["Diagram", "Layers"],
            default="Diagram",
            required=True,
            key="training.inside",
            label_visibility="collapsed",
        )
        if view == "Diagram":
            plot(
                figures.architecture_figure(drawn),
                "training.architecture_figure",
                alt=f"The layers of {entry.title} from the face to the probabilities, with their sizes.",
            )
            st.caption(
                "Each box is as wide as its maps are, and the darker the more of them there are. A dotted "
                "line is a shortcut."
            )
        else:
            _table(drawn)


def _table(drawn: Blueprint) -> None:
    st.dataframe(
        {
            "Layer": [layer.name for layer in drawn.layers],
            "Kind": [" ".join(filter(None, (layer.kind, layer.detail))) for layer in drawn.layers],
            "Output": [layer.size for layer in drawn.layers],
            "Parameters": [layer.parameters for layer in drawn.layers],
            "Multiply-adds": [layer.multiply_adds for layer in drawn.layers],
        },
        hide_index=True,
        height=520,
        column_config={
            "Parameters": st.column_config.NumberColumn(format="localized"),
            "Multiply-adds": st.column_config.NumberColumn(format="localized"),
        },
    )
