"""Which models, which faces, in which state, and how often each face is looked at."""

from dataclasses import replace

import streamlit as st

from fer.cards import ModelCard, load_card
from fer.config import DatasetView
from fer.datasets import Dataset, Split, editions
from fer.datasets.views import describe
from fer.emotions import EMOTIONS, Emotion
from fer.errors import DatasetError, FerError
from fer.evaluation import Averaging, Evaluation
from fer.recognition import ModelEntry, list_models, model_folder
from pages.parts import caches, notices, phrases, pickers, state
from pages.parts.evaluation.judged import Judged

MOST_MODELS = 3
_MODELS = "evaluation.models"
_EDITION, _LABELS = "evaluation.edition", "evaluation.labels"
_AVERAGING_TITLES = {
    Averaging.NONE: "Once",
    Averaging.FLIP: "Twice, once mirrored",
    Averaging.TEN_CROP: "Ten times, cropped",
}


def choose() -> Judged:
    """Show the widgets and return what they choose, evaluated; the script ends here where nothing can be."""
    entries = {entry.name: entry for entry in list_models()}
    if not entries:
        notices.empty(
            "No model yet",
            "Train one first; even two epochs give a model that is worth judging.",
            "pages/3_training.py",
            "To the training",
            icon=":material/model_training:",
        )
        st.stop()
    names = _choose_models(entries)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        with st.container(width=250):
            entry = pickers.choose_dataset("evaluation.dataset")
        with notices.working() as progress:
            dataset = caches.dataset(entry.name, progress, DatasetView(skip_bad=state.view().skip_bad))
        _choose_state(dataset)
        view = state.view()
        with notices.working() as progress:
            viewed = caches.dataset(entry.name, progress, view)
        split = pickers.choose_split("evaluation.split", list(viewed.counts()), Split.TEST)
        averaging = st.selectbox(
            "Look at each face",
            list(_AVERAGING_TITLES),
            format_func=_AVERAGING_TITLES.__getitem__,
            key="evaluation.averaging",
            width=175,
            help="Test-time augmentation: the model's answers to a face and its mirror image, or to ten "
            "crops of it, are averaged. That often gains a point, costs as many times the work, and must be "
            "said beside the figure.",
            persist_state="session",
        )
    if not names:
        notices.empty("No model chosen", "Choose one to three models above.", icon=":material/touch_app:")
        st.stop()
    cards = _cards(names)
    models = tuple(entries[name] for name in names)
    common = tuple(emotion for emotion in EMOTIONS if all(emotion in card.emotions for card in cards))
    faces, evaluations = _evaluated(models, viewed, view, split, common, averaging)
    return Judged(models, cards, evaluations, dataset, faces, view, split, averaging)


def _choose_models(entries: dict[str, ModelEntry]) -> tuple[str, ...]:
    """One to three models, remembered; those that are gone meanwhile are dropped, and said so."""
    wanted = state.judged_models()
    # The model that was chosen on another page since is the one to look at.
    if state.model() in entries and state.model() not in wanted:
        wanted = (str(state.model()),)
    there = tuple(name for name in wanted if name in entries)
    for gone in (name for name in wanted if name not in entries):
        st.info(f"The model “{phrases.plain(gone)}” is not there any more.", icon=":material/delete:")
    if not wanted or (wanted and not there):
        there = (next(iter(entries)),)
    if there != state.judged_models():
        state.set_judged_models(there)
    if st.session_state.get(_MODELS) != list(there):
        st.session_state[_MODELS] = list(there)

    def remember() -> None:
        state.set_judged_models(st.session_state[_MODELS])

    names = st.multiselect(
        "Models, up to three; the first is the one that is looked at, the others stand beside it",
        list(entries),
        key=_MODELS,
        max_selections=MOST_MODELS,
        format_func=lambda name: entries[name].title if name in entries else name,
        on_change=remember,
        placeholder="Choose a model",
    )
    return tuple(names)


def _choose_state(dataset: Dataset) -> None:
    """In which state the faces are used: an edition, and by whom they are labelled."""
    view = state.view()
    with st.popover(describe(view).capitalize(), icon=":material/edit_note:", key="evaluation.state"):
        names = [edition.name for edition in editions.list_editions(dataset.name)]
        if view.edition and view.edition not in names:
            st.warning(f"The edition “{phrases.plain(view.edition)}” is not there any more.")
            names = [view.edition, *names]
        st.session_state[_EDITION] = view.edition
        st.selectbox(
            "Edition",
            ["", *names],
            key=_EDITION,
            format_func=lambda name: name or "As it came",
            on_change=lambda: state.set_view(replace(state.view(), edition=st.session_state[_EDITION])),
            help="Faces that were left out or relabelled on the dataset page, or here.",
        )
        if dataset.votes is not None:
            st.session_state[_LABELS] = "given" if view.labels == "given" else "majority"
            st.radio(
                "Labels",
                ["given", "majority"],
                key=_LABELS,
                format_func={"given": "As they came", "majority": "The majority of FER+'s ten voters"}.get,
                on_change=lambda: state.set_view(replace(state.view(), labels=st.session_state[_LABELS])),
            )
        if view.splits is not None:
            st.markdown("The splits were drawn anew on the dataset page.")
            st.button(
                "Splits as they came",
                on_click=lambda: state.set_view(replace(state.view(), splits=None)),
                key="evaluation.splits_as_they_came",
            )
        notices.link("pages/1_dataset.py", "More on the dataset page")


def _cards(names: tuple[str, ...]) -> tuple[ModelCard, ...]:
    return tuple(load_card(model_folder(name)) for name in names)


def _evaluated(
    models: tuple[ModelEntry, ...],
    viewed: Dataset,
    view: DatasetView,
    split: Split,
    common: tuple[Emotion, ...],
    averaging: Averaging,
) -> tuple[Dataset, tuple[Evaluation, ...]]:
    if not common:
        raise DatasetError(
            "These models have no emotion in common, so no face can be put to all of them. Choose one model."
        )
    evaluations = []
    with notices.working() as progress:
        faces = caches.judged_faces(viewed.name, view, split, common, progress)
    for number, model in enumerate(models, start=1):
        with notices.working(f"{model.title} ({number} of {len(models)})") as progress:
            try:
                evaluations.append(
                    caches.evaluate(model.name, viewed.name, view, split, common, averaging, progress)
                )
            except FerError as error:
                if len(models) == 1:
                    raise
                raise type(error)(f"{model.title}: {error}") from error
    return faces, tuple(evaluations)
