"""Station 1: what the faces are, how many of each there are, and what a model could get away with."""

import streamlit as st

from fer import datasets, figures
from fer.datasets import Dataset, Split
from fer.datasets.browsing import imbalance, rows_of
from fer.emotions import Emotion
from pages.parts import caches, face_sheet, masthead, notices, phrases, pickers, state

FACES_PER_PAGE = 72

masthead.show(
    "Dataset",
    "A model knows only the faces it was shown. Look at them first: how many there are of each "
    "emotion, how they were labelled, and what you would have said.",
    station=1,
)


@st.dialog("Bring your own faces")
def upload() -> None:
    """Take a file from the learner's computer into `data/`."""
    st.markdown(
        "A **CSV** like `fer2013.csv` (columns `emotion`, `pixels`, `Usage`) or a **Parquet** file of the "
        "same faces, up to 400 MB. It stays on this computer, in the folder `data/`. Folders of images "
        "(`train/happy/…`) can be put there by hand."
    )
    file = st.file_uploader(
        "File", type=["csv", "parquet"], key="dataset.upload", label_visibility="collapsed"
    )
    if file is not None:
        with notices.shown(), notices.working() as progress:
            entry = datasets.save_upload(file.name, file, progress)
        state.set_dataset(entry.name)
        st.rerun()


with st.container(horizontal=True, vertical_alignment="bottom"):
    with notices.shown():
        entry = pickers.choose_dataset("dataset.dataset")
    if st.button("Bring your own", icon=":material/upload_file:", key="dataset.bring"):
        upload()

with notices.shown(), notices.working() as progress:
    dataset = caches.dataset(entry.name, progress)

counts = dataset.counts()
_, height, width, channels = dataset.images.shape
with st.container(horizontal=True, gap="large"):
    st.metric("Faces", f"{len(dataset):,}", width="content")
    st.metric("Emotions", len(dataset.emotions), width="content")
    st.metric("Grey pixels" if channels == 1 else "RGB pixels", f"{width} × {height}", width="content")
st.caption(
    f"{dataset.source.title}. Licence: {dataset.source.license}."
    + (f" [Read more]({dataset.source.url})." if dataset.source.url else "")
)

st.header("How many of each", anchor=False)
chart, table = st.columns([3, 2], gap="large", vertical_alignment="center")
with chart:
    st.plotly_chart(figures.counts_figure(counts), config={"displayModeBar": False}, key="dataset.counts")
    if len(counts) > 1:
        splits = [pickers.SPLIT_TITLES[split].lower() for split in counts]
        st.caption(f"From strong to faint: {phrases.listed(splits)}.")
with table:
    st.table(
        {
            "Emotion": [emotion.capitalize() for emotion in dataset.emotions],
            **{
                pickers.SPLIT_TITLES[split]: [f"{count:,}" for count in of_split.values()]
                for split, of_split in counts.items()
            },
        },
        border="horizontal",
        hide_index=True,
    )

split, of_split = next(iter(counts.items()))
balance, split_title = imbalance(of_split), pickers.SPLIT_TITLES[split].lower()
if balance.ratio < 1.1:
    sentence = f"Among the {split_title} faces every emotion is about as common as every other."
else:
    sentence = (
        f"For every **{balance.least}** face among the {split_title} faces there are "
        f"**{balance.ratio:.1f} {balance.most}** ones."
    )
if balance.missing:
    sentence += (
        f" None shows **{phrases.listed(balance.missing)}**: a model trained on them can never learn it."
    )
st.info(
    f"{sentence} A model that always answered “{balance.most}” would be right for "
    f"**{balance.majority_accuracy:.1%}** of them without having looked at a single face. Any accuracy has "
    "to be read against that figure.",
    icon=":material/balance:",
)


@st.dialog("One face", width="medium", on_dismiss=lambda: state.set_face(None))
def open_face(dataset: Dataset, row: int) -> None:
    """Show one face as the model gets it: large, with its label and its numbers."""
    image, emotion = dataset.images[row], dataset.emotions[dataset.labels[row]]
    picture, words = st.columns([3, 2], gap="medium")
    with picture:
        st.plotly_chart(figures.face_figure(image), config={"displayModeBar": False}, key="dataset.face")
        st.caption("Point at a pixel to read its value.")
    with words:
        st.metric("Labelled as", emotion.capitalize())
        st.markdown(
            f"Label **{dataset.labels[row]}** of 0 to {len(dataset.emotions) - 1}  \n"
            f"Row **{row:,}**, counted from 0  \n"
            f"Split **{dataset.splits[row]}**  \n"
            f"Values **{image.min()}** to **{image.max()}**, on average **{image.mean():.0f}**"
        )
        st.caption(
            "0 is black and 255 is white. Do you agree with the label? People agree with FER-2013's for "
            "about 65% of the faces."
        )
    st.markdown("**What the model sees**")
    st.code(
        "\n".join(" ".join(f"{value:3d}" for value in line) for line in image[:, :, 0]),
        language=None,
        height=220,
    )


@st.fragment
def faces(dataset: Dataset) -> None:
    """Show the faces that were asked for, a page at a time; turning a page runs only this."""

    page_key = f"dataset.page.{dataset.name}"

    def from_the_start() -> None:
        st.session_state[page_key] = 1

    def shuffle() -> None:
        st.session_state["dataset.seed"] += 1
        from_the_start()

    with st.container(horizontal=True, vertical_alignment="bottom"):
        split: Split | None = st.selectbox(
            "Split",
            [None, *dataset.counts()],
            key="dataset.split",
            width=170,
            on_change=from_the_start,
            format_func=lambda split: "All splits" if split is None else pickers.SPLIT_TITLES[split],
        )
        emotion: Emotion | None = st.selectbox(
            "Emotion",
            [None, *dataset.emotions],
            key="dataset.emotion",
            width=170,
            on_change=from_the_start,
            format_func=lambda emotion: "All emotions" if emotion is None else emotion.capitalize(),
        )
        seed = st.number_input(
            "Shuffle seed",
            0,
            2**31 - 1,
            0,
            key="dataset.seed",
            width=150,
            on_change=from_the_start,
            help="0 keeps the order of the file; every other number is "
            "an order of its own, and always the same one.",
        )
        st.button("Shuffle", icon=":material/shuffle:", on_click=shuffle, key="dataset.shuffle")
        st.number_input(
            "Open row",
            0,
            len(dataset) - 1,
            None,
            key="dataset.row",
            width=150,
            placeholder="a number",
            on_change=lambda: state.set_face(st.session_state["dataset.row"]),
        )
    rows = rows_of(dataset, split, emotion, shuffle_seed=seed or None)
    if len(rows) == 0:
        notices.empty("No such face", "This split has no face with that emotion. Choose another one above.")
        return
    pages = -(-len(rows) // FACES_PER_PAGE)
    first = (min(st.session_state.get(page_key, 1), pages) - 1) * FACES_PER_PAGE
    shown = rows[first : first + FACES_PER_PAGE]
    face_sheet.show(
        dataset.images[shown],
        [
            face_sheet.Caption(emotion.capitalize(), emotion.color, f"row {row}: {emotion}", int(row))
            for row in shown
            for emotion in [dataset.emotions[dataset.labels[row]]]
        ],
        key="dataset.sheet",
        on_open=state.set_face,
    )
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.caption(f"Faces {first + 1:,} to {first + len(shown):,} of {len(rows):,}")
        if pages > 1:
            st.pagination(pages, key=page_key)
    row = state.face()
    if row is not None and row < len(dataset):
        open_face(dataset, row)


st.header("The faces", anchor=False)
faces(dataset)
