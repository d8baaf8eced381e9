"""Configuration comparison: the settings in which some configurations differ."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from fer.config.training import TrainingConfig


@dataclass(frozen=True, slots=True)
class Setting:
    """One of `TrainingConfig.settings` of several configurations, None where one has no such setting."""

    name: str
    values: tuple[Any, ...]

    @property
    def differs(self) -> bool:
        """Whether they do not all have the same value."""
        return any(value != self.values[0] for value in self.values)


def compare_settings(configs: Sequence[TrainingConfig]) -> list[Setting]:
    """Every setting of the configurations beside one another, in the order in which they are defined.

    What a learner called them is no setting.
    """
    flat = [config.settings() for config in configs]
    names = dict.fromkeys(name for values in flat for name in values if name != "name")
    return [Setting(name, tuple(values.get(name) for values in flat)) for name in names]
