"""Background job: what it would find and how long it takes, the button that starts it, or how far it is."""

from collections.abc import Sequence

import streamlit as st

from fer.system import jobs
from pages.parts import job_panel, notices


def offer_job(
    job_id: str,
    title: str,
    arguments: Sequence[str],
    *,
    headings: tuple[str, str],
    explained: str,
    cost: str,
    button: tuple[str, str],
    key: str,
) -> None:
    """Offer a job that a view needs, once, before it has anything to show.

    Args:
        job_id: as for `jobs.start_job`.
        title: what the job is called while it runs.
        arguments: of `python -m fer`.
        headings: above it, before it was started and while it runs.
        explained: what it finds out.
        cost: how long it takes.
        button: its label and its icon.
        key: the button's.
    """
    active = jobs.is_active(job_id)
    with st.container(border=True, horizontal_alignment="center", gap="small"):
        st.markdown(f"### {headings[active]}", text_alignment="center")
        st.markdown(explained, text_alignment="center")
        st.caption("You may leave this page; it goes on." if active else cost, text_alignment="center")
        if not active and st.button(button[0], icon=button[1], type="primary", key=key):
            with notices.shown():
                jobs.start_job(job_id, title, list(arguments))
            st.rerun()
        job_panel.follow(job_id)
