"""Calibration store: the temperatures that were fitted to models, kept for the live page.

Each lies in `data/calibration/` under its model's fingerprint: a model that is trained on, or whose weights
are replaced, is another model and has none.
"""

import json
import math
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Self

from fer.config import DatasetView
from fer.datasets import Dataset, Split
from fer.datasets.views import describe
from fer.errors import ConfigError
from fer.evaluation.calibration import LEAST_TEMPERATURE, MOST_TEMPERATURE, Temperature
from fer.system import files, paths

_FORMAT, _VERSION = "fer-temperature", 1
# A file of ours has a few hundred bytes; what is larger is none.
_MOST_BYTES = 20_000
_MOST_CHARACTERS = 400


@dataclass(frozen=True, slots=True)
class KeptTemperature:
    """A fitted temperature with everything that must be said beside it.

    Attributes:
        model: what the model was called.
        fingerprint: which model it was, `Recognizer.fingerprint`.
        temperature: T, at which its probabilities are told.
        dataset: the title of the faces it was fitted on.
        split: which of them.
        state: in which state they were, in plain words.
        count: how many.
        log_loss_before: on them, at T = 1.
        log_loss_after: at T.
        expected_error_before: their expected calibration error, 0 to 1, at T = 1.
        expected_error_after: at T.
        fitted_on: the day, ISO.
        view: the state as plain values, as `DatasetView.from_dict` takes them.
    """

    model: str
    fingerprint: str
    temperature: float
    dataset: str
    split: str
    state: str
    count: int
    log_loss_before: float
    log_loss_after: float
    expected_error_before: float
    expected_error_after: float
    fitted_on: str
    view: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, model: str, fingerprint: str, fitted: Temperature, faces: Dataset, view: DatasetView) -> Self:
        """Return what is to be kept of a temperature that was fitted today on validation faces."""
        return cls(
            model=_short(model),
            fingerprint=fingerprint,
            temperature=fitted.temperature,
            dataset=_short(faces.source.title),
            split=Split.VALIDATION.value,
            state=_short(describe(view)),
            count=fitted.count,
            log_loss_before=fitted.log_loss_before,
            log_loss_after=fitted.log_loss_after,
            expected_error_before=fitted.expected_error_before,
            expected_error_after=fitted.expected_error_after,
            fitted_on=date.today().isoformat(),
            view=asdict(view),
        )


def temperature_path(fingerprint: str) -> Path:
    """Return where the temperature of a model is kept, or would be.

    Raises:
        ConfigError: that is no fingerprint.
    """
    if not re.fullmatch(r"[0-9a-f]{24}", fingerprint):
        raise ConfigError(
            f"“{fingerprint[:40]}” is no fingerprint of a model: 24 hexadecimal digits were expected."
        )
    return paths.calibration_folder() / f"{fingerprint}.json"


def save_temperature(kept: KeptTemperature) -> Path:
    """Keep a temperature in place of an earlier one of the same model; returns where.

    Raises:
        ConfigError: it is none that could be read again.
        StorageError: it cannot be saved.
    """
    path = temperature_path(kept.fingerprint)
    values = {"format": _FORMAT, "version": _VERSION, **asdict(kept)}
    try:
        _understood(values, kept.fingerprint)
    except ConfigError as error:
        raise ConfigError(f"This temperature cannot be kept: {error}. Fit it on other faces.") from error
    files.save_text(path, json.dumps(values, indent=2, ensure_ascii=False) + "\n")
    return path


def load_temperature(fingerprint: str) -> KeptTemperature | None:
    """Return the temperature that is kept for a model; None where there is none.

    Raises:
        ConfigError: its file is damaged, or is another model's; it must not be used.
    """
    path = temperature_path(fingerprint)
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise ValueError("it is far too large")
        values = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, RecursionError) as error:
        raise _damaged(path, str(error)[:80]) from error
    try:
        return _understood(values, fingerprint)
    except ConfigError as error:
        raise _damaged(path, str(error)) from error


def delete_temperature(fingerprint: str) -> bool:
    """Remove the temperature of a model, a damaged one too; whether there was one.

    Raises:
        StorageError: it cannot be removed.
    """
    path = temperature_path(fingerprint)
    try:
        path.unlink()
    except FileNotFoundError:
        return False
    except OSError as error:
        raise files.storage_error(path, error) from error
    return True


def _understood(values: object, fingerprint: str) -> KeptTemperature:
    """Weigh what a file says, field by field: anybody may have written it."""
    if not isinstance(values, dict) or values.get("format") != _FORMAT:
        raise ConfigError("it holds something else")
    if values.get("version") != _VERSION:
        raise ConfigError("another version of the workshop wrote it")
    if values.get("fingerprint") != fingerprint:
        raise ConfigError("it belongs to another model")

    def text(name: str) -> str:
        value = values.get(name)
        if not isinstance(value, str) or len(value) > _MOST_CHARACTERS or not value.isprintable():
            raise ConfigError(f"“{name}” is not a short text")
        return value

    def number(name: str, least: float, most: float) -> float:
        value = values.get(name)
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise ConfigError(f"“{name}” is not a number")
        if not least <= value <= most:
            raise ConfigError(f"“{name}” must be {least:g} to {most:g}, and is {value:g}")
        return float(value)

    count = values.get("count")
    if isinstance(count, bool) or not isinstance(count, int) or not 1 <= count <= 10**9:
        raise ConfigError("“count” is not a number of faces")
    view = values.get("view")
    if not isinstance(view, dict):
        raise ConfigError("“view” is not a state of a dataset")
    return KeptTemperature(
        text("model"),
        fingerprint,
        number("temperature", LEAST_TEMPERATURE, MOST_TEMPERATURE),
        text("dataset"),
        text("split"),
        text("state"),
        count,
        number("log_loss_before", 0, 100),
        number("log_loss_after", 0, 100),
        number("expected_error_before", 0, 1),
        number("expected_error_after", 0, 1),
        text("fitted_on"),
        view,
    )


def _short(text: str) -> str:
    """A name that people gave, as the file may hold it."""
    return "".join(character if character.isprintable() else " " for character in text)[:_MOST_CHARACTERS]


def _damaged(path: Path, why: str) -> ConfigError:
    return ConfigError(
        f"The kept temperature in “{path.name}” cannot be used: {why}. It is left aside; fit it again on the "
        "evaluation page, or forget it there."
    )
