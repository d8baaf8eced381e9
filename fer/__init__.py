"""The core of FER Lab: everything that is not a web page. It never imports Streamlit."""
