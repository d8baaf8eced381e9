"""Validation of settings: held to their declared bounds, and rebuilt from JSON, the same for every kind."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Self, get_args, get_type_hints

from fer.config.setting_spec import specs_of
from fer.errors import ConfigError


class Settings:
    """What a learner chooses, to and from JSON; for frozen dataclasses, which may lie within one another."""

    __slots__ = ()

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON values; `from_dict` takes them back."""
        return asdict(self)  # type: ignore[call-overload,no-any-return]

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """Rebuild from `as_dict`'s values; a field that is missing takes its default.

        Raises:
            ConfigError: a field is unknown, of another type, or out of range.
        """
        if not isinstance(values, Mapping):
            raise ConfigError(f"Settings must be names with values; received {values!r}.")
        hints = get_type_hints(cls)
        chosen = {}
        for name, value in values.items():
            if name not in hints:
                raise ConfigError(f"Unknown setting “{name}”. The settings are {', '.join(hints)}.")
            within = next(
                (kind for kind in (hints[name], *get_args(hints[name])) if _is_settings(kind)), None
            )
            if within is not None and not (value is None and fits(None, hints[name])):
                value = within.from_dict(value)
            if not fits(value, hints[name]):
                raise ConfigError(f"The setting “{name}” cannot be {value!r}. Correct it or leave it out.")
            chosen[name] = value
        return cls(**chosen)


def _is_settings(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, Settings)


def fits(value: Any, hint: Any) -> bool:
    """Whether `value` has the type of an annotation of this module; a whole number is a fine float."""
    if hint is float:
        return isinstance(value, int | float) and not isinstance(value, bool)
    if hint is int:
        return isinstance(value, int) and not isinstance(value, bool)
    if hint is type(None):
        return value is None
    if isinstance(hint, type):
        return isinstance(value, hint)
    options = get_args(hint)
    if all(isinstance(option, str) for option in options):  # a Literal
        return value in options
    return any(fits(value, option) for option in options)


def within_bounds(config: Any) -> None:
    """Refuse what a config's declarations do not allow, with a `ConfigError`."""
    for name, spec in specs_of(config.__class__).items():
        value = getattr(config, name)
        if value is None:
            continue
        if spec.options:
            one_of(name, value, spec.options)
        elif spec.lowest is not None and spec.highest is not None:
            between(name, value, spec.lowest, spec.highest)
        elif spec.highest is not None and len(value) > spec.highest:
            raise ConfigError(
                f"{spec.title} may have {spec.highest:g} characters; received {len(value)}. Shorten it."
            )


def between(name: str, value: float, lowest: float, highest: float) -> None:
    """Refuse a value outside `lowest` to `highest`, NaN too, with a `ConfigError`."""
    if not lowest <= value <= highest:  # also catches NaN
        raise ConfigError(
            f"{name.replace('_', ' ').capitalize()} must be {lowest:.10g} to {highest:.10g}; "
            f"received {value}."
        )


def one_of(name: str, value: str, options: tuple[str, ...]) -> None:
    """Refuse a word that is not among `options`, with a `ConfigError`."""
    if value not in options:
        raise ConfigError(
            f"{name.replace('_', ' ').capitalize()} must be one of {', '.join(options)}; received “{value}”."
        )
