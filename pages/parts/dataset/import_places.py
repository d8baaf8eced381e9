"""Label places: whether labels stand in the names of folders or pictures, or in a list beside them."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import streamlit as st

from fer.config import LONGEST_NAME, ImportSettings
from fer.datasets import DatasetEntry
from fer.datasets.readers.list_files import candidates
from fer.datasets.readers.list_layout import column_names
from fer.datasets.readers.name_patterns import label_finder, some_names
from fer.datasets.readers.vocabulary import printable
from fer.errors import ConfigError, DatasetError
from pages.parts._compat import DeltaGenerator

_GUESSED, _NAMES, _LIST = "Guessed", "Names of pictures", "A list beside them"
_OF_ONE_FILE = ("csv", "parquet", "list")
_EXAMPLES = 5


def places_section(entry: DatasetEntry, how: ImportSettings, key: str) -> ImportSettings:
    """Show where the labels of pictures are looked for, and return what is chosen now.

    Args:
        entry: the dataset; nothing is shown for one that is a single table.
        how: the settings so far.
        key: how the widgets' keys begin.
    """
    if entry.path is None or entry.kind in _OF_ONE_FILE:
        return how
    place = st.segmented_control(
        "Labels stand in",
        [_GUESSED, _NAMES, _LIST],
        default=_LIST if how.list_file else _NAMES if how.name_pattern else _GUESSED,
        required=True,
        key=f"{key}.place",
        help="**Guessed**: in the names of folders, in a list, or in names of pictures that are known.",
    )
    try:
        if place == _NAMES:
            return how.with_names(_pattern(entry.path, how.name_pattern, key))
        return _list(entry.path, how, key) if place == _LIST else how.with_names("")
    except ConfigError as error:  # what was typed is too long
        st.error(str(error), icon=":material/error:")
        return how


def _pattern(path: Path, chosen: str, key: str) -> str:
    """Ask for the pattern, and show what it finds in some names."""
    pattern = st.text_input(
        "Pattern of the names",
        chosen,
        placeholder="*.{emotion:2}*, or jaffe, kdef, word",
        max_chars=LONGEST_NAME,
        key=f"{key}.pattern",
        help="A name without its ending, with `{emotion}` where the label stands, or `{emotion:2}` where it "
        "has two characters; `*` is anything up to what comes next, `?` is one character. *jaffe*, *kdef* "
        "and *word* (a word that names an emotion) are known.",
    ).strip()
    if pattern and path.is_dir():
        try:
            _, find = label_finder(pattern)
        except DatasetError as error:
            st.error(str(error), icon=":material/error:")
            return chosen
        names = sorted(some_names(path))[:_EXAMPLES]
        labels = [find(name.rpartition(".")[0]) or "–" for name in names]
        st.dataframe({"Picture": list(map(printable, names)), "Label": labels}, hide_index=True)
    return pattern


def _list(path: Path, how: ImportSettings, key: str) -> ImportSettings:
    """Ask for the list and its columns."""
    lists = candidates(path) if path.is_dir() else []
    known = _with([found.relative_to(path).as_posix() for found in lists], how.list_file)
    list_file = st.selectbox(
        "List of pictures and labels",
        known,
        _place(known, how.list_file),
        accept_new_options=True,
        placeholder="Choose or type the name of one",
        key=f"{key}.list",
    )
    if not list_file:
        return how.with_list("")
    columns: Sequence[str] = ()
    if path.is_dir() and (path / list_file) in lists:
        try:
            columns = column_names(path / list_file)
        except DatasetError as error:
            st.error(str(error), icon=":material/error:")
    places = zip(
        st.columns(3),
        (("Names in", how.picture_column), ("Labels in", how.label_column), ("Splits in", how.split_column)),
        strict=True,
    )
    chosen = [
        _column(place, title, columns, before, f"{key}.{list_file}.{title}")
        for place, (title, before) in places
    ]
    return how.with_list(list_file, *chosen)


def _column(place: DeltaGenerator, title: str, columns: Sequence[str], before: str, key: str) -> str:
    options = ["", *_with(columns, before)]
    chosen = place.selectbox(
        title,
        options,
        options.index(before) if before in options else 0,
        accept_new_options=True,
        format_func=lambda column: column or "Guessed",
        key=key,
    )
    return chosen or ""


def _with(options: Iterable[str], chosen: str) -> list[str]:
    """The options with the chosen one; those that no page can show are left to the command line."""
    return [option for option in dict.fromkeys([*options, chosen]) if option and option.isprintable()]


def _place(options: Sequence[str], chosen: str) -> int | None:
    return options.index(chosen) if chosen in options else 0 if len(options) == 1 else None
