"""A film from the learner's computer: read in a process of its own, shown annotated, with its table."""

import streamlit as st

from pages.parts.live.choice import LiveChoice


def show(choice: LiveChoice) -> None:
    """Let a film be read with `choice`."""
    st.write(choice)
