"""First batch: the very first of epoch 1, made by the code that training runs."""

from dataclasses import replace

import streamlit as st

from fer.models.catalog import architecture, preprocessing_of
from fer.training.batches import fingerprint
from pages.parts import caches, face_sheet, notices, phrases, state
from pages.parts.augmentation.mixing import label_caption
from pages.parts.augmentation.preview import Preview

_MOST = 64


def show(preview: Preview) -> None:
    """Draw the batch for the training form's settings, with its labels and its digits."""
    config = replace(
        state.training(), dataset=preview.dataset.name, view=preview.view, augmentation=preview.config
    )
    with notices.shown(), notices.working() as progress:
        batch = caches.first_batch(config, progress)
        title = architecture(config.architecture).title
    pictures = preprocessing_of(config).pictures(batch.inputs[:_MOST])
    st.markdown(
        f"The first {phrases.faces(len(batch.labels))} that {title} would learn from, with seed "
        f"{config.seed}: batch `{fingerprint(batch)}`."
    )
    face_sheet.show(
        pictures,
        [label_caption(preview.dataset.emotions, target) for target in batch.targets[:_MOST]],
        key="augmentation.batch",
        side="5.4rem",
    )
    more = len(batch.labels) - len(pictures)
    st.caption(
        ("" if more <= 0 else f"{more:,} more are not shown. ")
        + "Seed, batch size and architecture are those of the training form. The eight digits stand for "
        "every bit of these inputs, labels and weights: the log of a run started with these settings prints "
        "the same ones, or its first batch was another."
    )
