"""Augmentation extremes: the ends of every slider on the chosen face, each by itself."""

from dataclasses import replace

import numpy as np
import streamlit as st

from fer.config import HIGHEST, AugmentationConfig
from fer.training import augmentation
from pages.parts import face_sheet
from pages.parts.augmentation import sampling_words, settings, sheet
from pages.parts.augmentation.preview import Preview
from pages.parts.face_sheet import Caption

_FURTHEST = AugmentationConfig.from_dict({**HIGHEST, "horizontal_flip": True, "vertical_flip": True})
_TITLES = {"horizontal_flip": "Mirrored", "vertical_flip": "Upside down"} | {
    name: spec.short or spec.title for name, spec in settings.SLIDERS.items()
}


def show(preview: Preview) -> None:
    """Draw what each setting does at least and at most: as it is set, or as far as its slider goes."""
    with st.container(horizontal=True, vertical_alignment="center"):
        furthest = (
            st.segmented_control(
                "How far",
                ["As you set them", "As far as they go"],
                default="As you set them",
                required=True,
                label_visibility="collapsed",
                key="augmentation.furthest",
            )
            == "As far as they go"
        )
        marks = sheet.choose_marks()
    config = preview.config
    if furthest:
        config = replace(_FURTHEST, fill=config.fill)
    ends = augmentation.extremes(config)
    if not ends:
        st.info(
            "Every slider is at nothing, so its ends are the face itself. Move one, or look at **As far as "
            "they go**.",
            icon=":material/tune:",
        )
        return
    pictures, captions = [], []
    for name, pair in ends.items():
        for params in pair:
            copy = augmentation.apply(preview.image, params)
            pictures.append(sheet.marked(copy, params) if marks else copy)
            words = sampling_words.in_words(params, 0)[0]
            captions.append(
                Caption(
                    _TITLES[name],
                    description=f"{_TITLES[name]}: {words}",
                    notes=(_end(name, words),),
                )
            )
    face_sheet.show(np.concatenate(pictures), captions, key="augmentation.extremes", side="7rem")
    st.caption(
        "Each setting by itself at its two ends; a draw lies anywhere between them, and all settings draw at "
        "once. If you cannot name the face at an end, neither can the model."
    )


def _end(name: str, words: str) -> str:
    """What was drawn at one end of a setting, whose title stands above it already."""
    if name in ("horizontal_flip", "vertical_flip"):
        return "no" if words == "unchanged" else "yes"
    return words.partition(" ")[2] or words
