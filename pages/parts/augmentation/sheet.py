"""Augmentation sheet: many draws of one face, or a draw for each of many."""

from collections.abc import Sequence

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from fer.emotions import Emotion
from fer.models.inference import Recognizer
from fer.statistics import percent
from fer.training import augmentation
from fer.training.augmentation import AugmentationParams
from fer.training.augmentation.survival import LabelSurvival, label_survival
from pages.parts import caches, face_sheet
from pages.parts.augmentation import sampling_words, verdict
from pages.parts.augmentation.preview import Preview
from pages.parts.face_sheet import Caption

DRAWS = 23  # with the original before them, whole rows of 8, 6 or 4
FACES = 12
_SIDE = "4.9rem"
_TINT = np.array([15, 150, 170], np.float32)


def show(preview: Preview) -> None:
    """Draw the sheet, and the model's verdict on it where it is asked for."""
    with st.container(horizontal=True, vertical_alignment="center"):
        of = st.segmented_control(
            "Sheet",
            ["One face", "Many faces"],
            default="One face",
            required=True,
            label_visibility="collapsed",
            key="augmentation.of",
        )
        marks = choose_marks()
        recognizer = verdict.choose()
    if of == "One face":
        survival = _one_face(preview, marks, recognizer)
    else:
        survival = _many_faces(preview, marks, recognizer)
    if recognizer is not None and survival is not None:
        verdict.show(preview, recognizer, survival)


def choose_marks() -> bool:
    """A toggle: whether pixels that the fill made up are marked."""
    return st.toggle(
        "Mark the fill",
        key="augmentation.marks",
        help="Tints every pixel that was outside the face before it moved: the fill had to make it up.",
    )


def marked(images: NDArray[np.uint8], params: AugmentationParams) -> NDArray[np.uint8]:
    """The changed faces in colour, (n, h, w, 3), the filled pixels tinted in stripes."""
    colored = np.repeat(images, 3, axis=3) if images.shape[3] == 1 else images.copy()
    _, height, width, _ = images.shape
    filled = augmentation.filled_in(params, height, width)
    # Stripes, so that it is not the colour alone that tells.
    stripes = (np.add.outer(np.arange(height), np.arange(width)) // max(2, height // 24)) % 2 == 0
    for where, strength in ((filled & stripes, 0.75), (filled & ~stripes, 0.45)):
        colored[where] = (colored[where] * (1 - strength) + _TINT * strength).astype(np.uint8)
    return colored


def _one_face(preview: Preview, marks: bool, recognizer: Recognizer | None) -> LabelSurvival | None:
    params = augmentation.draw(preview.config, DRAWS, preview.generator())
    copies = augmentation.apply(np.repeat(preview.image, DRAWS, axis=0), params)
    survival = None
    original = Caption(
        preview.emotion,
        preview.emotion.color,
        f"row {preview.row}: {preview.emotion}, unchanged",
        row=-1,
        notes=("original",),
    )
    if recognizer is not None:
        before = caches.answers(recognizer.name, preview.dataset, preview.view, [preview.row])
        survival = label_survival(recognizer, before, copies, [preview.emotion] * DRAWS)
        answer = survival.emotions[int(before[0].argmax())]
        original = Caption(
            answer,
            answer.color,
            f"row {preview.row}: {preview.emotion}, unchanged; the model says {answer}",
            row=-1,
            notes=(f"{percent(float(before[0].max()), 0)} sure", "original"),
        )
    face_sheet.show(
        np.concatenate([_colored(preview.image, marks), marked(copies, params) if marks else copies]),
        [original, *_captions(preview, params, survival)],
        key="augmentation.sheet",
        side=_SIDE,
    )
    st.caption(
        f"Row {preview.row:,}, labelled {preview.emotion}, and {DRAWS} draws of it, with what was drawn for "
        "each." + _marks_words(marks)
    )
    return survival


def _many_faces(preview: Preview, marks: bool, recognizer: Recognizer | None) -> LabelSurvival | None:
    rows = preview.following(FACES)
    emotions = preview.emotions_of(rows)
    images = preview.dataset.images[rows]
    params = augmentation.draw(preview.config, FACES, preview.generator())
    copies = augmentation.apply(images, params)
    survival = None
    if recognizer is not None:
        before = caches.answers(recognizer.name, preview.dataset, preview.view, rows.tolist())
        survival = label_survival(recognizer, before, copies, emotions)
    st.caption("As they are, with their labels")
    face_sheet.show(
        images,
        [
            Caption(emotion.capitalize(), emotion.color, f"row {row}: {emotion}")
            for row, emotion in zip(rows.tolist(), emotions, strict=True)
        ],
        key="augmentation.before",
        side=_SIDE,
    )
    st.caption("As the model could meet them, one draw each" + _marks_words(marks))
    face_sheet.show(
        marked(copies, params) if marks else copies,
        _captions(preview, params, survival, emotions),
        key="augmentation.after",
        side=_SIDE,
    )
    return survival


def _captions(
    preview: Preview,
    params: AugmentationParams,
    survival: LabelSurvival | None,
    emotions: Sequence[Emotion] | None = None,
) -> list[Caption]:
    """What stands under each copy: the model's answer where there is one, and what was drawn."""
    captions = []
    for index in range(len(params)):
        drawn = sampling_words.in_words(params, index)
        lines = [line.removeprefix("moved ") for line in drawn]  # the copies are small
        words = ", ".join(drawn)
        if emotions is not None:
            words = f"{emotions[index]}, {words}"
        if survival is None:
            captions.append(Caption(lines[0], description=words, row=index, notes=tuple(lines[1:])))
            continue
        before, after = survival.answers(index)
        turned = bool(survival.turned[index])
        captions.append(
            Caption(
                before,
                before.color,
                f"{words}; the model "
                + (f"turns from {before} to {after}" if turned else f"still says {after}"),
                row=index,
                chosen=turned,
                new_label=after if turned else "",
                new_color=after.color,
                notes=(f"{percent(float(survival.after[index].max()), 0)} sure", *lines),
            )
        )
    return captions


def _colored(images: NDArray[np.uint8], marks: bool) -> NDArray[np.uint8]:
    """As many channels as the marked copies beside it have."""
    return np.repeat(images, 3, axis=3) if marks and images.shape[3] == 1 else images


def _marks_words(marks: bool) -> str:
    return " Striped: what the fill made up." if marks else ""
