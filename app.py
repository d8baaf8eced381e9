"""Navigation: the pages' order, names and icons. It holds nothing that a page needs."""

from pathlib import Path

import streamlit as st

ICON = Path(__file__).parent / "static" / "face.svg"

# The icon has to be set before the navigation: else the browser asks fonts.gstatic.com for the page's symbol.
st.set_page_config(page_title="FER Lab", page_icon=ICON, layout="wide")
st.logo(ICON, size="large")

page = st.navigation(
    {
        "": [st.Page("pages/0_home.py", title="Home", icon=":material/home:", default=True)],
        "Prepare": [
            st.Page("pages/1_dataset.py", title="Dataset", icon=":material/grid_view:"),
            st.Page("pages/2_augmentation.py", title="Augmentation", icon=":material/auto_awesome_motion:"),
        ],
        "Build": [
            st.Page("pages/3_training.py", title="Training", icon=":material/show_chart:"),
            st.Page("pages/4_evaluation.py", title="Evaluation", icon=":material/fact_check:"),
        ],
        "Use": [st.Page("pages/5_live.py", title="Live", icon=":material/videocam:")],
    }
)
# A page that a link into a fresh server ran alone has this frame drawn first, see pages/parts/masthead.py.
st.session_state["frame.drawn"] = True
if wanted := st.session_state.pop("frame.wanted", None):
    st.switch_page(wanted, query_params=dict(st.query_params))
page.run()
