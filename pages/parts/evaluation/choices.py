"""Evaluation settings: which models, which faces, in which state, with which test-time augmentation."""

from dataclasses import replace

import streamlit as st

from fer.config import AS_IT_CAME, DatasetView
from fer.datasets import Dataset, Split, editions
from fer.datasets.views import describe
from fer.errors import DatasetError, FerError, StorageError
from fer.evaluation import TTA, unanswerable
from fer.evaluation.evaluation_set import EvaluatedModel, common_emotions
from fer.evaluation.test_looks import count_look, look_at
from fer.models.card import ModelCard, load_card
from fer.models.inference import ModelEntry, model_folder
from pages.parts import caches, mending, notices, phrases, pickers, state
from pages.parts.evaluation import packages
from pages.parts.evaluation.judged import Judged

MOST_MODELS = 3
_MODELS = "evaluation.models"
_SPLIT = "evaluation.split"
_EDITION, _LABELS = "evaluation.edition", "evaluation.labels"
_AVERAGING_TITLES = {
    TTA.NONE: "None",
    TTA.FLIP: "Mirror image",
    TTA.TEN_CROP: "Ten crops",
}


def choose() -> Judged:
    """Show the widgets and return what they choose, evaluated; the script ends here where nothing can be.

    Every widget is drawn before anything is evaluated: what cannot be judged takes no choice away.
    """
    mending.tell()
    entries = {entry.name: entry for entry in pickers.titled_models()}
    waiting = _not_trained_yet()
    if not entries:
        notices.empty(
            "No model yet",
            waiting or "Train one first; even two epochs give a model that is worth evaluating.",
            "pages/3_training.py",
            "To the training",
            icon=":material/model_training:",
        )
        packages.packages_popover(entries, None)
        st.stop()
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        names = _choose_models(entries)
        packages.packages_popover(entries, names[0] if names else None)
    if waiting:
        st.caption(f":material/model_training: {waiting}")
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        with st.container(width=168):
            entry = pickers.choose_dataset("evaluation.dataset")
        with notices.working() as progress:
            dataset = caches.dataset(entry.name, progress, DatasetView(skip_bad=state.view().skip_bad))
        _choose_state(dataset)
        view = state.view()
        tta = _choose_averaging()
        with notices.working() as progress:
            viewed = caches.dataset(entry.name, progress, view)
        split = _choose_split(viewed)
        if split is not Split.TEST and (viewed.splits == Split.TEST).any():
            _offer_last_look()
    if not names:
        notices.empty("No model chosen", "Choose one to three models above.", icon=":material/touch_app:")
        st.stop()
    faces, models = _evaluate([entries[name] for name in names], viewed, view, split, tta)
    common = common_emotions(model.card.emotions for model in models)
    left_out = unanswerable(common, viewed.only(split))
    if split is Split.TEST:
        _count_looks(models, viewed.name)
    return Judged(models=models, faces=faces, view=view, left_out=left_out, dataset=dataset)


# ── the models ───────────────────────────────────────────────────────────────────────────────────


def _not_trained_yet() -> str:
    """Where the model of a run that has none yet will appear, in a sentence; empty where none is at work."""
    history, _ = caches.run_history()
    titles = [f"“{phrases.plain(run.title)}”" for run in history if run.is_active and not run.has_model]
    if not titles:
        return ""
    they = "its model appears here once it ends, or is stopped" if len(titles) == 1 else "their models follow"
    return f"{phrases.listed(titles[:3])} {'is' if len(titles) == 1 else 'are'} still training; {they}."


def _choose_models(entries: dict[str, ModelEntry]) -> tuple[str, ...]:
    """One to three models, remembered; those that are gone meanwhile are dropped, and said so."""
    wanted = state.judged_models()
    emptied = st.session_state.get(_MODELS) == []
    # The model that was chosen on another page since is the one to look at.
    if state.model() in entries and state.model() not in wanted and not emptied:
        wanted = (str(state.model()),)
    # After a training it is about the learner's own new model, until another is chosen.
    newest = next((name for name, entry in entries.items() if entry.kind == "run"), "")
    if newest and newest != state.newest_run_seen() and not emptied:
        if not wanted or state.newest_run_seen():
            wanted = (newest,)
        state.set_newest_run_seen(newest)
    there = tuple(name for name in wanted if name in entries)
    gone = [name for name in wanted if name not in entries]
    if not there and not emptied:
        there = (next(iter(entries)),)
    if there != state.judged_models():
        state.set_judged_models(there)
    if st.session_state.get(_MODELS) != list(there):
        st.session_state[_MODELS] = list(there)

    names = st.multiselect(
        "Models, up to three",
        list(entries),
        key=_MODELS,
        max_selections=MOST_MODELS,
        format_func=lambda name: entries[name].title if name in entries else name,
        on_change=lambda: state.set_judged_models(st.session_state[_MODELS]),
        placeholder="Choose a model",
        help="The first is the one that is looked at; the others stand beside it.",
    )
    for name in gone:
        st.info(
            f"The model “{phrases.plain(name)}” is not there any more: its run was deleted, or its files "
            "were moved.",
            icon=":material/delete:",
        )
    return tuple(names)


# ── the faces ────────────────────────────────────────────────────────────────────────────────────


def _choose_state(dataset: Dataset) -> None:
    """In which state the faces are used: an edition, and by whom they are labelled."""
    view = state.view()
    # Reads it anew, and closes one that cannot be used any more, which `mending.tell` says on the next run.
    edition = mending.edition_of(dataset)
    if view != state.view():
        st.rerun()
    shown = "Original" if view == AS_IT_CAME else describe(view).capitalize()
    with st.popover(shown, icon=":material/edit_note:", key="evaluation.state"):
        st.session_state[_EDITION] = view.edition
        st.selectbox(
            "Edition",
            ["", *(edition.name for edition in editions.list_editions(dataset.name))],
            key=_EDITION,
            format_func=lambda name: name or "Original",
            on_change=lambda: state.set_view(replace(state.view(), edition=st.session_state[_EDITION])),
            help="Faces that were left out or relabelled on the dataset page, or here.",
        )
        if edition is not None and edition.changes:
            st.button(
                "Undo the last change",
                icon=":material/undo:",
                on_click=mending.undo_last,
                args=(dataset,),
                key="evaluation.undo",
            )
        if dataset.votes is not None:
            st.session_state[_LABELS] = "given" if view.labels == "given" else "majority"
            st.radio(
                "Labels",
                ["given", "majority"],
                key=_LABELS,
                format_func={"given": "Original", "majority": "The majority of FER+'s ten voters"}.get,
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


def _choose_averaging() -> TTA:
    return st.selectbox(
        "Test-time augmentation",
        list(_AVERAGING_TITLES),
        format_func=_AVERAGING_TITLES.__getitem__,
        key="evaluation.averaging",
        width=152,
        help="The model's answers to a face and its mirror image, or to ten "
        "crops of it, are averaged. That often gains a point, costs as many times the work, and must be "
        "said beside the figure.",
        persist_state="session",
    )


def _choose_split(viewed: Dataset) -> Split:
    """One of the splits that have a face; which one was looked at of another dataset does not matter."""
    splits = list(viewed.counts())
    if not splits:
        raise DatasetError(
            f"No face of “{viewed.source.title}” is left in this state ({describe(state.view())}). Choose "
            "another edition, or put faces back on the dataset page."
        )
    # Test faces wait for the end, unless there are no others.
    if splits != [Split.TEST] and not state.test_is_open():
        splits = [split for split in splits if split is not Split.TEST]
    if st.session_state.get(_SPLIT) not in (None, *splits):
        del st.session_state[_SPLIT]
    return pickers.choose_split(_SPLIT, splits, Split.TEST if state.test_is_open() else Split.VALIDATION)


def _offer_last_look() -> None:
    """Offer the test faces, with what a look costs."""
    if state.test_is_open():
        return
    with st.popover("One last look", icon=":material/lock:", key="evaluation.last_look"):
        st.markdown(
            "**The test faces** have had no say in any of your choices. That makes their figure honest, "
            "once: "
            "whoever changes something after a look fits the model to them. Choose your model first."
        )
        st.button(
            "Look at the test faces",
            icon=":material/lock_open:",
            type="primary",
            key="evaluation.open_test",
            on_click=_open_test,
        )


def _open_test() -> None:
    state.set_test_open(True)
    st.session_state[_SPLIT] = Split.TEST


def _count_looks(models: tuple[EvaluatedModel, ...], dataset: str) -> None:
    """Count this session's look at each model's answers to the test faces, and say the number."""
    for model in models:
        name, found = model.card.name, model.evaluation
        if (name, dataset) in state.counted_looks():
            continue
        try:
            look = count_look(name, dataset, found.correct.right, len(found))
        except StorageError as error:
            st.warning(f"This look at the test faces could not be counted. {error}", icon=":material/save:")
            continue
        state.add_counted_look(name, dataset)
        if look.looks > 1:
            state.tell(f"This is look {look.looks} at the test faces with {model.title}.")
    known = [(model, look_at(model.card.name, dataset)) for model in models]
    told = ", ".join(
        f"{phrases.plain(model.title)} {phrases.times(one.looks)}" for model, one in known if one
    )
    if told:
        st.caption(f":material/visibility: Test faces looked at: {told}.")


# ── the answers ──────────────────────────────────────────────────────────────────────────────────


def _evaluate(
    entries: list[ModelEntry], viewed: Dataset, view: DatasetView, split: Split, tta: TTA
) -> tuple[Dataset, tuple[EvaluatedModel, ...]]:
    """Every model that can be evaluated; what cannot is said, and left out while another model can."""
    cards: dict[str, ModelCard] = {}
    models: list[EvaluatedModel] = []
    for entry in entries:
        try:
            cards[entry.name] = load_card(model_folder(entry.name))
        except FerError as error:
            _refuse(entry, error)
    while len(models) < len(cards):
        common = common_emotions(card.emotions for card in cards.values())
        if not common:
            raise DatasetError(
                "These models have no emotion in common, so no face can be put to all of them. Choose one "
                "model."
            )
        with notices.working() as progress:
            faces = caches.judged_faces(viewed.name, view, split, common, progress)
        models = []
        for number, entry in enumerate([entry for entry in entries if entry.name in cards], start=1):
            with notices.working(f"{entry.title} ({number} of {len(cards)})") as progress:
                try:
                    found = caches.evaluate(entry.name, viewed.name, view, split, common, tta, progress)
                except FerError as error:
                    # Without it the others may have more emotions in common, and are asked about more faces.
                    del cards[entry.name]
                    models = []
                    _refuse(entry, error)
                    break
            models.append(EvaluatedModel(entry.title, cards[entry.name], found))
    if not models:
        st.stop()
    return faces, tuple(models)


def _refuse(model: ModelEntry, error: FerError) -> None:
    st.error(f"**{phrases.plain(model.title)}** cannot be evaluated. {error}", icon=":material/error:")
