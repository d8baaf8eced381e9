"""Settings in words: what a run says beyond the first few, and large numbers in short."""

from collections.abc import Mapping

from fer.config import LabelSource, TrainingConfig, specs_of

LABELS: Mapping[LabelSource, str] = {"given": "As given", "majority": "Majority", "votes": "Shares"}

# What a run's line says in words of its own.
_SAID = {
    *("dataset", "view", "subset", "architecture", "augmentation", "name", "seed", "epochs", "batch_size"),
    *("learning_rate", "optimizer", "schedule", "balance_classes", "whole_validation"),
}


def unusual_settings(config: TrainingConfig) -> str:
    """What `config` says beyond the first few settings, in words; empty for nothing unusual."""
    return ", ".join(
        f"{name.replace('_', ' ')} {getattr(config, name)}"
        for name, spec in specs_of(TrainingConfig).items()
        if name not in _SAID and getattr(config, name) != spec.default
    )


def count(value: float) -> str:
    """A large number in short: "58.4 k", "290 M"."""
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if value >= size:
            return f"{value / size:.3g} {letter}"
    return f"{value:.0f}"
