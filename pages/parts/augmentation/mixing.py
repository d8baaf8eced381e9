"""Mixup and CutMix preview: mixed faces with their mixed labels."""

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from fer.config import AugmentationConfig
from fer.emotions import Emotion
from fer.statistics import percent
from fer.training import augmentation
from pages.parts import face_sheet
from pages.parts.augmentation.preview import Preview
from pages.parts.face_sheet import Caption

_FACES = 12
# What the two papers recommend; shown while the sliders are at nothing.
_USUAL = {"mixup_alpha": 0.2, "cutmix_alpha": 1.0}
_LESSONS = {
    "mixup_alpha": "**Mixup** blends in another face. Its share of the picture is its share of the label.",
    "cutmix_alpha": "**CutMix** pastes a rectangle of another face. The share of the area is its share of "
    "the label.",
}


def show(preview: Preview) -> None:
    """Draw the same faces blended, and with rectangles of one another pasted in."""
    rows = preview.following(_FACES)
    params = augmentation.draw(preview.config, _FACES, preview.generator())
    copies = augmentation.apply(preview.dataset.images[rows], params).astype(np.float32)
    targets = preview.dataset.targets()[rows]
    for name, lesson in _LESSONS.items():
        alpha: float = getattr(preview.config, name)
        alone = AugmentationConfig.from_dict({name: alpha or _USUAL[name]})
        mixing = augmentation.draw_mixing(alone, _FACES, np.random.default_rng([preview.seed, 1]))
        mixed, _, _ = augmentation.mix(copies, targets, np.ones(_FACES, np.float32), mixing)
        st.markdown(lesson)
        if alpha == 0:
            st.caption(
                f"It is off. This is what {_USUAL[name]:g} would do; switch it on in **Mixing faces**."
            )
        kept = mixing.kept(*mixed.shape[1:3])
        labels = preview.emotions_of(rows)
        face_sheet.show(
            np.rint(mixed).astype(np.uint8),
            [
                _caption(labels[index], labels[partner], float(share))
                for index, (partner, share) in enumerate(zip(mixing.partners, kept, strict=True))
            ],
            key=f"augmentation.{name}.sheet",
            side="6.2rem",
        )
    st.caption(
        "A mixed face has no single right answer: the model is asked for both emotions, in these shares. "
        "That keeps it from being too sure of itself; the training accuracy then looks lower than it is."
    )


def _caption(own: Emotion, other: Emotion, kept: float) -> Caption:
    """The two labels of a mixed face with their percent, also where they are the same; the larger first."""
    parts = sorted([(kept, own), (1 - kept, other)], key=lambda part: -part[0])
    lines = [f"{percent(share, 0)} {emotion}" for share, emotion in parts if round(100 * share)]
    return Caption(lines[0], parts[0][1].color, " and ".join(lines), notes=tuple(lines[1:]))


def label_caption(emotions: tuple[Emotion, ...], target: NDArray[np.float32]) -> Caption:
    """The label of a face and, where it is mixed, those that it is mixed of, with their percent."""
    shares = [int(column) for column in np.argsort(-target, kind="stable") if round(100 * target[column])]
    lines = [f"{percent(target[column], 0)} {emotions[column]}" for column in shares]
    first = emotions[shares[0]]
    if len(shares) == 1:
        return Caption(first.capitalize(), first.color, f"{first}")
    return Caption(lines[0], first.color, " and ".join(lines), notes=tuple(lines[1:]))
