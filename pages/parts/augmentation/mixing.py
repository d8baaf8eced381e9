"""Mixed faces with their mixed labels."""

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from fer import augmentation
from fer.config import AugmentationConfig
from fer.emotions import Emotion
from pages.parts import face_sheet
from pages.parts.augmentation.preview import Preview
from pages.parts.face_sheet import Caption

_FACES = 12
# What the two papers recommend; shown while the sliders are at nothing.
_USUAL = {"mixup_alpha": 0.2, "cutmix_alpha": 1.0}
_SHOWN_LABELS = 2


def show(preview: Preview) -> None:
    """Draw the same faces blended, and with rectangles of one another pasted in."""
    rows = preview.following(_FACES)
    dice = augmentation.draw(preview.config, _FACES, preview.dice())
    copies = augmentation.apply(preview.dataset.images[rows], dice).astype(np.float32)
    targets = preview.dataset.targets()[rows]
    for name, title, how in (
        (
            "mixup_alpha",
            "Mixup",
            "blended with another face; its share of the picture is its share of the label",
        ),
        (
            "cutmix_alpha",
            "CutMix",
            "a rectangle of another face; its share of the area is its share of the label",
        ),
    ):
        alpha: float = getattr(preview.config, name)
        alone = AugmentationConfig.from_dict({name: alpha or _USUAL[name]})
        mixing = augmentation.draw_mixing(alone, _FACES, np.random.default_rng([preview.seed, 1]))
        mixed, mixed_targets, _ = augmentation.mix(copies, targets, np.ones(_FACES, np.float32), mixing)
        st.markdown(f"**{title}**: {how}.")
        if alpha == 0:
            st.caption(
                f"It is off. This is what {_USUAL[name]:g} would do; switch it on in **Mixing faces**."
            )
        face_sheet.show(
            np.rint(mixed).astype(np.uint8),
            [label_caption(preview.dataset.emotions, target) for target in mixed_targets],
            key=f"augmentation.{name}.sheet",
            side="7rem",
        )
    st.caption(
        "A mixed face has no single right answer: the model is asked for both emotions, in these shares. "
        "That keeps it from being too sure of itself; the training accuracy then looks lower than it is."
    )


def label_caption(emotions: tuple[Emotion, ...], target: NDArray[np.float32]) -> Caption:
    """The label of a face and, where it is mixed, those that it is mixed of, with their percent."""
    shares = [int(column) for column in np.argsort(-target, kind="stable") if round(100 * target[column])]
    lines = [f"{100 * target[column]:.0f}% {emotions[column]}" for column in shares]
    first = emotions[shares[0]]
    if len(shares) == 1:
        return Caption(first.capitalize(), first.color, f"{first}")
    return Caption(lines[0], first.color, " and ".join(lines), notes=tuple(lines[1:_SHOWN_LABELS]))
