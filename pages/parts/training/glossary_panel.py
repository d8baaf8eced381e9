"""Glossary: every word of the page, to look up."""

import streamlit as st

from fer.glossary import find_terms

_KEY = "training.glossary"


def show() -> None:
    """Show a button behind which the words are; nothing is looked up before it is pressed."""
    with st.popover("Glossary", icon=":material/dictionary:", key=_KEY, on_change="rerun"):
        if not st.session_state[_KEY]:
            return
        wanted = st.text_input(
            "Look up",
            key="training.glossary_word",
            placeholder="epoch, dropout, softmax …",
            help="Any part of a word, or of what is said about it.",
        )
        found = find_terms(wanted)
        if not found:
            st.caption(f"Nothing is called or described like “{wanted}” here. Try a shorter word.")
        with st.container(height=320, border=False):
            st.markdown("\n\n".join(f"**{term.title}.** {term.text}" for term in found))
