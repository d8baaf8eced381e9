"""Label encoding: the section of the import form that says which emotion each label stands for."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, get_args

import streamlit as st

from fer.config import LEFT_OUT, ImportSettings, Numbering
from fer.datasets import Dataset
from fer.datasets.dataset import SourceLabel
from fer.datasets.readers.numbering import NUMBERINGS, TITLES, number_of, read_labels
from fer.datasets.readers.vocabulary import OUTSIDE, plain_label
from fer.emotions import EMOTIONS

_LABEL, _FACES, _MEANING = "Label", "Faces", "Stands for"
_LEFT_OUT = "left out"


def labels_section(
    how: ImportSettings, dataset: Dataset | None, key: str, unknown_labels: Sequence[str] = ()
) -> ImportSettings:
    """Show which numbering and which meanings of single labels are chosen, and return what is chosen now.

    Args:
        how: what is chosen so far.
        dataset: as it is read now; None if it cannot be.
        key: how the keys of its widgets begin.
        unknown_labels: those for which it cannot be.
    """
    labels = () if dataset is None else dataset.source_labels
    if dataset is None or any(number_of(label.text) is not None for label in labels):
        numbering = st.selectbox(
            "Numbers stand for",
            get_args(Numbering),
            get_args(Numbering).index(how.numbering),
            format_func=_numbering_title,
            key=f"{key}.numbering",
        )
    else:
        numbering = how.numbering
    by_default = _meanings(labels, ImportSettings(numbering))
    mapped = {plain_label(label).casefold(): emotion for label, emotion in how.mapping}
    if numbering == how.numbering:  # a list of classes may lie beside the faces, which only their reader sees
        by_default |= {
            label.text: label.emotion or _LEFT_OUT for label in labels if label.text.casefold() not in mapped
        }
    how = replace(how, numbering=numbering)
    chosen = by_default | {
        label.text: mapped[label.text.casefold()] or _LEFT_OUT
        for label in labels
        if label.text.casefold() in mapped
    }
    st.caption(
        "What single labels stand for. Corrections in an edition stay: they name emotions. Models that were "
        "trained before keep the labels they learned."
    )
    shown: list[dict[str, Any]] = [
        {_LABEL: label.text, _FACES: label.count, _MEANING: chosen[label.text] or None} for label in labels
    ]
    if not labels:
        shown += ({_LABEL: label, _MEANING: emotion or _LEFT_OUT} for label, emotion in how.mapping)
        shown += ({_LABEL: label, _MEANING: None} for label in unknown_labels)
    rows = st.data_editor(
        shown or [{_LABEL: None, _MEANING: None}],
        column_config={
            _LABEL: st.column_config.TextColumn(disabled=dataset is not None),
            _FACES: st.column_config.NumberColumn(format="localized", disabled=True),
            _MEANING: st.column_config.SelectboxColumn(options=[*EMOTIONS, _LEFT_OUT]),
        },
        num_rows="fixed" if labels else "dynamic",
        hide_index=True,
        key=f"{key}.{how.numbering}.meanings",
    )
    return replace(how, mapping=_mapping(rows, by_default, how))


def _numbering_title(numbering: Numbering) -> str:
    if numbering == "guessed":
        return "Guessed: by a list of classes, the numbers of faces, or the numbers there are"
    encoding = NUMBERINGS[numbering]
    meanings = ", ".join(f"{number} {emotion}" for number, emotion in encoding.items() if emotion)
    return f"{TITLES[numbering]}: {meanings}"


def _meanings(labels: Sequence[SourceLabel], how: ImportSettings) -> dict[str, str]:
    """What each label stands for, as the form says it; empty for nothing."""
    meanings = read_labels({label.text: label.count for label in labels}, how).meanings
    return {
        label: "" if meaning is None else _LEFT_OUT if meaning == OUTSIDE else str(EMOTIONS[meaning])
        for label, meaning in meanings.items()
    }


def _mapping(
    rows: Sequence[Mapping[str, Any]], by_default: Mapping[str, str], how: ImportSettings
) -> tuple[tuple[str, str], ...]:
    """The meanings that differ from what they would be without a choice; choices for other labels stay."""
    shown = {str(row[_LABEL] or "").strip(): str(row[_MEANING] or "") for row in rows}
    texts = {label.casefold() for label in shown}
    mapping = {label: to for label, to in how.mapping if plain_label(label).casefold() not in texts}
    for label, meaning in shown.items():
        if label and meaning and meaning != by_default.get(label):
            mapping[label] = LEFT_OUT if meaning == _LEFT_OUT else meaning
    return tuple(mapping.items())
