"""Dataset page: what the faces are, where they are wrong, and what a model could get away with."""

import streamlit as st

from fer.config import DatasetView
from fer.datasets.readers.numbering import numbering_first
from fer.errors import DatasetError, PartlyBadDatasetError
from pages.parts import caches, masthead, notices, phrases, pickers, state
from pages.parts.address import Linked
from pages.parts.dataset import conversion, edition_bar, import_cutting, import_form, intake, overview, splits
from pages.parts.dataset.face_map import map_view
from pages.parts.dataset.faces import faces_view
from pages.parts.dataset.quality.view import quality_view

VIEWS = {
    "Overview": overview.overview,
    "Faces": faces_view,
    "Quality": quality_view,
    "Map": map_view,
    "Splits": splits.splits_view,
    "Convert": conversion.conversion_view,
}

masthead.page_header(
    "Dataset",
    "A model knows only the faces it was shown. Look at them first, and at what somebody said they show.",
    station=1,
    linked=Linked("dataset.view_shown", list(VIEWS), dataset=True),
)

choice, edition_place = st.columns([5, 4])
with choice, st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
    with notices.shown():
        entry = pickers.choose_dataset("dataset.dataset")
    intake.add_dataset_button()
intake.arriving_downloads()

import_cutting.wait_for_cutting(entry)

with notices.shown():
    try:
        with notices.working() as progress:
            as_it_came = DatasetView(skip_bad=state.view().skip_bad)
            dataset = caches.dataset(entry.name, progress, as_it_came)
    except DatasetError as error:
        if isinstance(error, PartlyBadDatasetError):
            intake.offer_good_rows(error)
        else:
            st.error(str(error), icon=":material/error:")
        import_form.show(entry, unknown_labels=getattr(error, "unknown_labels", ()))
        st.stop()

_, height, width, channels = dataset.images.shape
with edition_place, notices.shown():
    edition_bar.show(dataset)
source = dataset.source
st.markdown(
    f"**{phrases.faces(len(dataset))}** of {len(dataset.emotions)} emotions, {width} × {height} "
    f"{'grey' if channels == 1 else 'RGB'} pixels. "
    f":small[{source.title}. Licence: {source.license}."
    + (f" [Read more]({source.url}).]" if source.url else "]")
)
notices.listed(numbering_first(dataset.notes), "dataset.notes")
import_form.show(entry, dataset)

with notices.shown():
    # Set rather than given as the default, because other views lead here by setting it.
    st.session_state.setdefault("dataset.view_shown", "Overview")
    view = st.segmented_control(
        "View",
        list(VIEWS),
        required=True,
        key="dataset.view_shown",
        label_visibility="collapsed",
        persist_state="session",
    )
    VIEWS[view](dataset)
