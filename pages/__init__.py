"""Pages: the stations of the workshop in the order of the learner's journey; Streamlit runs them."""
