"""Face cropping: faces cut out of whole photographs: offered, chosen, done as a job, and who was left out."""

import hashlib
import json
from dataclasses import replace

import streamlit as st

from fer.config import CUT_SIDE, CUT_SIDES, DatasetView, ImportSettings
from fer.datasets import Dataset, DatasetEntry
from fer.datasets.pictures import PHOTOGRAPHS, FaceCutting
from fer.system import jobs
from pages.parts import caches, job_panel, notices, phrases, state
from pages.parts.dataset import job_offer

_NAMES_IN_SIGHT = 200


def cutting_section(how: ImportSettings, dataset: Dataset | None, key: str) -> ImportSettings:
    """Ask whether faces are cut out of the pictures, and how large, and return what is chosen now."""
    if dataset is not None and dataset.pictures is None and not how.cut_faces:
        return how  # a table of numbers
    with st.container(horizontal=True, vertical_alignment="bottom"):
        is_cut = st.toggle(
            "Cut the largest face out of each picture",
            bool(how.cut_faces),
            key=f"{key}.cut",
            help="For whole photographs. Pictures in which no face is found are left out and listed. An "
            "edition made for the whole pictures does not fit the faces cut out of them.",
        )
        side = how.cut_faces or CUT_SIDE
        if is_cut:
            side = st.number_input("Pixels a side", *CUT_SIDES, side, 8, key=f"{key}.cut_side", width=160)
    return replace(how, cut_faces=side if is_cut else 0)


def wait_for_cutting(entry: DatasetEntry) -> None:
    """Offer to cut faces out anew where a dataset's files have changed; the script then ends here."""
    how = None if entry.path is None else caches.uncut(entry.name, _view())
    if how is None:
        return
    job_offer.offer_job(
        job_id(entry),
        _title(entry),
        _arguments(entry, how),
        headings=("The faces are to be cut out of its pictures", "Cutting the faces out"),
        explained="This was chosen for it, and its files are new or have changed since.",
        cost="On two cores thirty photographs a second, or six of twelve megapixels.",
        button=("Cut the faces out", ":material/crop_free:"),
        key="dataset.import.cut_again",
    )
    st.stop()


def offer_cutting(entry: DatasetEntry, dataset: Dataset | None, how: ImportSettings) -> None:
    """Offer to cut faces out of what looks like photographs, or show how far that is, or who was left out."""
    job_panel.follow(job_id(entry), lambda: jobs.forget_job(job_id(entry)))
    if dataset is None or dataset.pictures is None or jobs.is_active(job_id(entry)):
        return
    if dataset.pictures.are_photographs:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.warning(PHOTOGRAPHS, icon=":material/crop_free:")
            if st.button("Cut the faces out", icon=":material/crop_free:", key="dataset.import.cut"):
                start(entry, replace(how, cut_faces=CUT_SIDE))
    if dataset.pictures.cutting is not None and dataset.pictures.cutting.without_count:
        _left_out(dataset.pictures.cutting)


def start(entry: DatasetEntry, how: ImportSettings) -> None:
    """Start the job that reads a dataset so, and draw the page anew."""
    with notices.shown():
        jobs.start_job(job_id(entry), _title(entry), _arguments(entry, how))
    st.rerun()


def job_id(entry: DatasetEntry) -> str:
    """Return what the job is called that cuts the faces of a dataset out."""
    return f"import-{hashlib.sha256(entry.name.encode('utf-8', 'surrogateescape')).hexdigest()[:20]}"


def _title(entry: DatasetEntry) -> str:
    return f"Cutting faces out of {phrases.plain(entry.name)}"


def _arguments(entry: DatasetEntry, how: ImportSettings) -> list[str]:
    chosen = json.dumps(how.as_dict(), ensure_ascii=False)
    return ["import", entry.name, "--settings", chosen, *(["--skip-bad"] if _view().skip_bad else [])]


def _view() -> DatasetView:
    return DatasetView(skip_bad=state.view().skip_bad)


def _left_out(cutting: FaceCutting) -> None:
    pictures = "1 picture" if cutting.without_count == 1 else f"{cutting.without_count:,} pictures"
    with st.expander(f"{pictures} without a face, left out", icon=":material/no_photography:"):
        names = cutting.without[:_NAMES_IN_SIGHT]
        st.dataframe({"Picture": names}, hide_index=True, height="content" if len(names) <= 8 else 300)
        if cutting.without_count > len(names):
            st.caption(f"The first {len(names):,} of {cutting.without_count:,}.")
        text = "".join(f"{name}\n" for name in cutting.without)
        notices.downloads(
            "dataset.import.without", ("Download their names", text.encode, "pictures without a face.txt")
        )
