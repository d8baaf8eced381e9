"""Keras preprocessing layers: the settings as code to take along."""

import streamlit as st

from fer.training.augmentation.keras_code import DIFFERENCES, keras_code
from pages.parts.augmentation.preview import Preview


def show(preview: Preview) -> None:
    """Draw the code, and where it does not quite do what happens here."""
    st.markdown("The same ranges with the layers that come with Keras 3.15:")
    st.code(keras_code(preview.config), language="python")
    with st.expander("Where they differ", icon=":material/difference:", expanded=True):
        st.markdown("\n".join(f"- {difference}" for difference in DIFFERENCES))
