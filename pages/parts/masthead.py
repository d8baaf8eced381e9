"""Page header: a page's settings, the shared style, its title, and what is to be told."""

import streamlit as st

from fer.system import paths
from pages.parts import components, state
from pages.parts.address import NOTHING_LINKED, Linked, sync
from pages.parts.course.strip import course_strip

# A file of our own: a Material symbol or an emoji here would be fetched from the internet.
_ICON = paths.PROJECT_ROOT / "static" / "face.svg"

# The one station with a camera, which stops when it is left.
_LIVE = 5


def page_header(title: str, lead: str, station: int | None = None, linked: Linked = NOTHING_LINKED) -> None:
    """Begin a page.

    A link straight to a page of a fresh server makes Streamlit run the page alone, beside a list of file
    names, because nobody has run app.py yet and told it of the frame. So that is run first, and leads back.

    Args:
        title: the page's heading.
        lead: one plain sentence under it, Markdown-free.
        station: the page's place in the journey, 1 to 5; None for the home page.
        linked: which choices stand in the page's address.
    """
    if not st.session_state.get("frame.drawn"):
        page = next((paths.PROJECT_ROOT / "pages").glob(f"{station or 0}_*.py"))
        st.session_state["frame.wanted"] = page.relative_to(paths.PROJECT_ROOT).as_posix()
        st.switch_page("app.py", query_params=dict(st.query_params))
    if station != _LIVE:
        state.set_camera_shown(False)
    st.set_page_config(page_title=f"{title} · FER Lab", page_icon=_ICON, layout="wide")
    sync(linked)
    course_strip()
    with st.container(gap=None, key="masthead"):
        st.html(components.style(__file__))
        place = f"Station {station} of 5" if station else "FER Lab"
        st.html(f'<div class="fer-station fer-place">{place}</div>')
        st.title(title, anchor=False)
        st.html(f'<p class="fer-lead">{lead}</p>')
    for sentence in state.told():
        st.toast(sentence, icon=":material/info:")
