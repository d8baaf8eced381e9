"""Selection widgets: dataset, model and split; each returns a value and remembers it for the next page."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

import streamlit as st

from fer.datasets import DatasetEntry, Split, list_datasets
from fer.models.inference import ModelEntry, list_models
from pages.parts import caches, state

Entry = TypeVar("Entry", DatasetEntry, ModelEntry)
Option = TypeVar("Option")
SPLIT_TITLES = {Split.TRAIN: "Training", Split.VALIDATION: "Validation", Split.TEST: "Test"}


def choose_dataset(key: str, label: str = "Dataset", help: str | None = None) -> DatasetEntry:
    """Show the datasets there are and return the chosen one, remembered for every page.

    What lies in `data/` and is not understood can be chosen too, because opening it says why.

    Args:
        key: the widget's key, "<page>.dataset".
        label: what stands above the widget.
        help: what its question mark says; None for no question mark.
    """
    entries = {
        entry.name: replace(entry, title=f"{entry.title} · not understood")
        if entry.kind == "not understood"
        else entry
        for entry in list_datasets()
    }
    if state.dataset() not in entries:
        state.set_dataset(next(iter(entries)))
    return _choose(entries, state.dataset(), state.set_dataset, key, label, help)


def titled_models() -> list[ModelEntry]:
    """Return the models with titles that tell them apart: a widget takes two of the same name for one.

    Runs are called by the learner's own name and by when they began.
    """
    history, _ = caches.run_history()
    own_names = {run.id: run.name for run in history}
    entries = [
        entry
        if entry.kind != "run"
        else replace(entry, title=f"{own_names.get(entry.name) or entry.title} · {entry.name[:15]}")
        for entry in list_models()
    ]
    counts = Counter(entry.title for entry in entries)
    return [
        replace(entry, title=f"{entry.title} · {entry.name}") if counts[entry.title] > 1 else entry
        for entry in entries
    ]


def choose_model(
    key: str,
    label: str = "Model",
    *,
    usual: str = "",
    chosen: Callable[[], str | None] = state.model,
    remember: Callable[[str], None] = state.set_model,
) -> ModelEntry | None:
    """Show the models there are and return the chosen one, remembered for every page; None without any.

    Args:
        key: the widget's key, "<page>.model".
        label: what stands above the widget.
        usual: the name of the one that is taken before a choice, if it is there; else it is the first.
        chosen: reads which one was chosen.
        remember: keeps the choice.
    """
    entries = {entry.name: entry for entry in titled_models()}
    if not entries:
        return None
    # What nobody chose is not remembered, so that another page may begin with another model.
    name = next((name for name in (chosen(), usual) if name in entries), next(iter(entries)))
    return _choose(entries, name, remember, key, label)


def choose_one(
    label: str,
    options: Sequence[Option],
    key: str,
    title: Callable[[Option], str] = str,
    help: str | None = None,
) -> Option:
    """Show a few things side by side and return the chosen one, at first the first; one alone is returned."""
    if len(options) == 1:
        return options[0]
    return st.segmented_control(
        label, options, default=options[0], required=True, format_func=title, key=key, help=help
    )


def choose_split(key: str, splits: Sequence[Split], default: Split, label: str = "Split") -> Split:
    """Show `splits` side by side and return the chosen one.

    Args:
        key: the widget's key, "<page>.split".
        splits: those the dataset has, never empty.
        default: chosen at first, if the dataset has it.
        label: what stands above the widget.
    """
    return st.segmented_control(
        label,
        splits,
        default=default if default in splits else splits[0],
        required=True,
        format_func=SPLIT_TITLES.__getitem__,
        key=key,
        persist_state="session",
    )


def _choose(
    entries: Mapping[str, Entry],
    chosen: str | None,
    remember: Callable[[str], None],
    key: str,
    label: str,
    help: str | None = None,
) -> Entry:
    # The widget follows what was chosen, also by others: an upload, a download, a conversion.
    if st.session_state.get(key) != chosen:
        st.session_state[key] = chosen
    name = st.selectbox(
        label,
        list(entries),
        key=key,
        help=help,
        on_change=lambda: remember(st.session_state[key]),
        format_func=lambda name: entries[name].title,
    )
    return entries[name]
