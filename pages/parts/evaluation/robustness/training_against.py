"""Augmentation against a weakness: a model's own settings with the corruption added."""

from dataclasses import fields, replace

import streamlit as st

from fer.config import DEFAULT_AUGMENTATION, AugmentationConfig, TrainingConfig
from fer.errors import ConfigError
from fer.evaluation.robustness import CORRUPTIONS, RECOMMENDATIONS, CorruptionKind, train_against
from fer.models.card import ModelCard
from pages.parts import phrases, state
from pages.parts.evaluation.judged import Judged
from pages.parts.training import form


def show(judged: Judged, kind: CorruptionKind, key: str = "evaluation.break_train") -> None:
    """Offer to train the first model's settings again with the corruption as augmentation."""
    card, corruption, recommendation = judged.models[0].card, CORRUPTIONS[kind], RECOMMENDATIONS[kind]
    before, config = _settings(card)
    side = card.preprocessing.image_width
    after = train_against(kind, before, side)
    if after == before:
        st.caption(
            f":material/check_circle: This model was trained with it already: {recommendation.words} "
            f"({phrases.augmentation(after)})."
        )
        return
    pressed = st.button(
        "Train with this as augmentation",
        icon=":material/model_training:",
        key=key,
        help=f"Opens station 3 with the settings of “{phrases.plain(card.title or card.name)}” and this "
        "augmentation. Nothing is trained before you press Start training there.",
    )
    related = f" {recommendation.caveat}" if recommendation.caveat else ""
    st.caption(f"Adds **{_added(before, after)}**: {recommendation.words}.{related}")
    if pressed:
        title = phrases.plain(card.title or card.name)
        state.set_augmentation(after)
        form.put(replace(config, augmentation=after, name=""))
        state.tell(
            f"The form holds the settings of “{title}”, with augmentation against "
            f"“{corruption.title}”: {phrases.augmentation(after)}."
        )
        st.switch_page("pages/3_training.py")


def _added(before: AugmentationConfig, after: AugmentationConfig) -> str:
    """What the new augmentation has that the old one had not, or had less of."""
    changed = {
        field.name: getattr(after, field.name)
        for field in fields(AugmentationConfig)
        if getattr(after, field.name) != getattr(before, field.name)
    }
    return phrases.augmentation(AugmentationConfig(**changed))


def _settings(card: ModelCard) -> tuple[AugmentationConfig, TrainingConfig]:
    """What the model was trained with, as far as its card tells; else what station 3 was left at."""
    try:
        config = TrainingConfig.from_dict(card.config)
    except ConfigError:
        return DEFAULT_AUGMENTATION, state.training()
    return (config.augmentation, config) if card.config else (DEFAULT_AUGMENTATION, state.training())
