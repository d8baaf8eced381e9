"""Training data: changes of the faces a run learns from."""

from dataclasses import asdict, replace

from fer.config import DEFAULT_AUGMENTATION, AugmentationConfig, TrainingConfig
from fer.config.augmentation import STRONG_AUGMENTATION
from fer.runs.diagnosis.finding import Remedy

# What the first reference system trained with.
_AUGMENTERS = {
    "Mild augmentation": "Flip, ±10°, a tenth of shift and zoom, as mini_XCEPTION's authors trained.",
    "Strong augmentation": "Flip, ±20°, a fifth of shift and zoom, as the first reference system trained.",
    "A fifth of half the faces greyed out": "Random erasing (Zhong et al., 2020).",
}


def more_faces(config: TrainingConfig, train_count: int | None = None) -> Remedy | None:
    """Four times as many faces, where only some are trained on."""
    if config.subset is None or (train_count is not None and train_count < config.subset):
        return None
    return Remedy(
        f"Up to {4 * config.subset:,} faces instead of {config.subset:,}",
        {"subset": 4 * config.subset},
        "One of the reference systems names more data first. Nothing cures learning by heart as surely as "
        "more than can be learned by heart; an epoch takes longer for it.",
    )


def more_augmentation(config: TrainingConfig) -> Remedy | None:
    """The next stronger augmentation; what is on already stays on."""
    own = config.augmentation
    for label, wanted in (
        ("Mild augmentation", DEFAULT_AUGMENTATION),
        ("Strong augmentation", STRONG_AUGMENTATION),
        ("A fifth of half the faces greyed out", replace(STRONG_AUGMENTATION, erase_fraction=0.2)),
    ):
        stronger = _at_least(own, wanted)
        if stronger != own:
            was = "what it had" if own.changes_anything else "none"
            return Remedy(
                f"{label} instead of {was}",
                {"augmentation": stronger},
                f"{_AUGMENTERS[label]} Every epoch then shows other pictures of the same faces. Training "
                "accuracy falls; that is meant.",
            )
    return None


def weaker_augmentation(config: TrainingConfig) -> Remedy | None:
    """The mild augmentation, where the run's goes beyond it."""
    mild = DEFAULT_AUGMENTATION
    if _at_least(config.augmentation, mild) in (config.augmentation, mild) and config.augmentation not in (
        mild,
        AugmentationConfig(fill=config.augmentation.fill),
    ):
        return Remedy(
            "Mild augmentation instead of its own",
            {"augmentation": replace(mild, fill=config.augmentation.fill)},
            "Flip, ±10°, a tenth of shift and zoom, as mini_XCEPTION's authors trained. Faces that are "
            "turned until nobody could read them teach nothing.",
        )
    return None


def _at_least(own: AugmentationConfig, wanted: AugmentationConfig) -> AugmentationConfig:
    return replace(
        own,
        **{name: max(value, getattr(own, name)) for name, value in asdict(wanted).items() if name != "fill"},
    )
