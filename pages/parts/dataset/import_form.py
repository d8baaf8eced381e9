"""Import settings form: how the labels and pictures of a dataset are read, chosen and remembered with it."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from fer.config import AS_GUESSED, DatasetView, ImportSettings
from fer.datasets import Dataset, DatasetEntry
from fer.datasets.import_settings import load_import_settings, variant
from fer.datasets.readers.numbering import is_asked
from fer.datasets.registry import load_dataset_as
from fer.errors import DatasetError, FerError
from pages.parts import caches, notices, phrases, state
from pages.parts.dataset import import_cutting
from pages.parts.dataset.import_cutting import cutting_section
from pages.parts.dataset.import_labels import labels_section
from pages.parts.dataset.import_places import places_section


def show(entry: DatasetEntry, dataset: Dataset | None = None, unknown_labels: Sequence[str] = ()) -> None:
    """Show the form of a dataset that lies in a file or folder; nothing for the built-in one.

    Args:
        entry: the dataset.
        dataset: as it came; None if it cannot be read as it is.
        unknown_labels: those that are the reason for that.
    """
    if entry.path is None:
        return
    try:
        saved = load_import_settings(entry.path)
    except DatasetError:  # said above, by whoever tried to load the dataset
        saved = AS_GUESSED
    import_cutting.offer_cutting(entry, dataset, saved)
    # What is remembered is part of the keys, so that the widgets follow it.
    digest = hashlib.sha256(f"{entry.name}\0{variant(saved)}".encode("utf-8", "surrogateescape")).hexdigest()
    key = f"dataset.import.{digest[:12]}"
    if dataset is not None and (doubt := caches.numbering_doubt(dataset)) is not None:
        with st.container(border=True):
            st.warning(phrases.plain(doubt.sentence), icon=":material/swap_horiz:")
            if st.button("Read it so", icon=":material/check:", key="dataset.import.doubted"):
                read_so(entry, replace(saved, **doubt.choices))
    is_open = dataset is None or is_asked(dataset.notes)
    with st.expander(
        "How its labels and pictures are read", icon=":material/rule_settings:", expanded=is_open
    ):
        chosen = places_section(entry, saved, key)
        chosen = labels_section(chosen, dataset, key, unknown_labels)
        chosen = cutting_section(chosen, dataset, key)
        with st.container(horizontal=True):
            is_changed = st.button(
                "Read it as chosen",
                icon=":material/check:",
                type="primary",
                disabled=chosen == saved,
                key="dataset.import.apply",
            )
            is_forgotten = saved != AS_GUESSED and st.button(
                "Forget these choices", icon=":material/undo:", key="dataset.import.forget"
            )
        if is_changed or is_forgotten:
            read_so(entry, AS_GUESSED if is_forgotten else chosen)


def read_so(entry: DatasetEntry, how: ImportSettings) -> None:
    """Read a dataset in another way and draw the page anew; if it cannot be, that is said, not remembered.

    Faces are cut out by a job, which takes minutes and goes on when the page is left.
    """
    if how.cut_faces:
        import_cutting.start(entry, how)
    try:
        with notices.working() as progress:
            view = DatasetView(skip_bad=state.view().skip_bad)
            load_dataset_as(entry.name, how, progress, view=view)
    except FerError as error:
        st.error(str(error), icon=":material/error:")
    else:
        st.rerun()
