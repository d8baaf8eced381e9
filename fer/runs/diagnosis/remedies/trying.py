"""Applying a recommendation: putting a change into settings."""

from contextlib import suppress
from dataclasses import replace

from fer.config import TrainingConfig
from fer.errors import ConfigError
from fer.runs.diagnosis.finding import Remedy

# No rule offers more: whoever may press ten buttons presses none.
_MOST = 5


def apply_remedy(config: TrainingConfig, remedy: Remedy) -> TrainingConfig:
    """Return the settings with exactly that one thing changed; the seed stays.

    Raises:
        ConfigError: the change is out of range.
    """
    return replace(config, **remedy.change)


def fitting(config: TrainingConfig, *candidates: Remedy | None) -> tuple[Remedy, ...]:
    """Those of `candidates` that the settings can take and that change them, at most `_MOST`, in order."""
    fit: list[Remedy] = []
    for remedy in filter(None, candidates):
        with suppress(ConfigError):
            changed = apply_remedy(config, remedy)
            if changed != config and all(remedy.change != other.change for other in fit):
                fit.append(remedy)
    return tuple(fit[:_MOST])
