"""Augmentation presets: settings under a name, the reference systems' and a learner's own, a file each."""

import json
import re
from dataclasses import dataclass
from pathlib import Path

from fer.config import DEFAULT_AUGMENTATION, AugmentationConfig
from fer.config.augmentation import STRONG_AUGMENTATION, TURN_AND_ZOOM
from fer.errors import ConfigError, FerError
from fer.system import files, paths

_SUFFIX = ".json"
_FORMAT = "fer-augmentation"
_VERSION = 1
_MAX_BYTES = 64 * 2**10
_EARLIER_NAME = re.compile(r"^(.*) · s(\d)$")


@dataclass(frozen=True, slots=True)
class Preset:
    """An `AugmentationConfig` that somebody used before.

    Attributes:
        name: what a button says.
        config: the settings.
        lesson: whose they are and what to make of them, a sentence or two; empty for a learner's own.
    """

    name: str
    config: AugmentationConfig
    lesson: str = ""


REFERENCE_PRESETS = (
    Preset(
        "None",
        AugmentationConfig(),
        "Every face as it is, the same in every epoch: the comparison that shows what augmentation is worth.",
    ),
    Preset(
        "Gentle (reference S4)",
        DEFAULT_AUGMENTATION,
        "Reference system S4, mini_XCEPTION in real time from a webcam: flip, ±10° rotation, ±10\u00a0% "
        "shift and zoom. What its authors trained with, and where this page starts.",
    ),
    Preset(
        "Strong (reference S0)",
        STRONG_AUGMENTATION,
        "Reference system S0, emotion recognition in a cloud notebook: flip, ±20° rotation, ±20\u00a0% shift "
        "and zoom, as in many a notebook on FER-2013.",
    ),
    Preset(
        "Turn and zoom (reference S1)",
        TURN_AND_ZOOM,
        "Reference system S1, faces enlarged to 96×96: flip, rotation, zoom in and out. Its document does "
        "not say how much; the ±10° and ±10\u00a0% here are ours.",
    ),
)


def augmentation_named(name: str) -> AugmentationConfig | None:
    """The settings that anybody kept under a name, in any case; None for an unknown one."""
    named = {preset.name.casefold(): preset.config for preset in (*list_presets(), *REFERENCE_PRESETS)}
    return named.get(_current(name))


def list_presets() -> list[Preset]:
    """A learner's own presets that can be read, by name; see `list_damaged_presets` for the others."""
    return _all()[0]


def list_damaged_presets() -> list[str]:
    """What is wrong with the preset files that cannot be read, a sentence each."""
    return _all()[1]


def save_preset(name: str, config: AugmentationConfig, *, replace: bool = False) -> Preset:
    """Keep settings under a name.

    Raises:
        ConfigError: the name is taken (and `replace` is not set), is a reference system's, or is not one.
        StorageError: it cannot be saved.
    """
    name = " ".join(name.split())
    path = _path(name)
    taken = next((known for known in _files() if known.stem.casefold() == name.casefold()), None)
    if taken is not None and not replace:
        raise ConfigError(f"There is a preset “{taken.stem}” already. Choose another name, or replace it.")
    settings = {"format": _FORMAT, "version": _VERSION, "settings": config.as_dict()}
    files.save_text(taken or path, json.dumps(settings, indent=2) + "\n")
    return Preset((taken or path).stem, config)


def delete_preset(name: str) -> None:
    """Remove a preset of one's own; a damaged one too.

    Raises:
        ConfigError: there is none of that name.
        StorageError: it cannot be removed.
    """
    path = _path(name)
    try:
        path.unlink()
    except FileNotFoundError as error:
        raise ConfigError(
            f"There is no preset “{name}” any more; it may have been deleted elsewhere."
        ) from error
    except OSError as error:
        raise files.storage_error(path, error) from error


def _current(name: str) -> str:
    """A name in small letters; earlier versions called "Strong (reference S0)" "Strong · S0"."""
    return _EARLIER_NAME.sub(r"\1 (reference s\2)", name.casefold())


def _path(name: str) -> Path:
    if _current(name) in {preset.name.casefold() for preset in REFERENCE_PRESETS}:
        raise ConfigError(
            f"“{name}” is the name of a preset that comes with the workshop. Choose another one."
        )
    if len(name) > 60:
        raise ConfigError(f"A preset's name may have 60 characters; this one has {len(name)}. Shorten it.")
    try:
        path = paths.child(paths.augmentation_presets_folder(), name)
    except FerError as error:
        raise ConfigError(str(error)) from error
    return path.with_name(path.name + _SUFFIX)


def _files() -> list[Path]:
    folder = paths.augmentation_presets_folder()
    found = folder.glob(f"[!.]*{_SUFFIX}") if folder.is_dir() else ()
    return sorted(found, key=lambda path: path.name.casefold())


def _all() -> tuple[list[Preset], list[str]]:
    good, damaged = [], []
    for path in _files():
        try:
            good.append(Preset(path.stem, _read(path)))
        except ConfigError as error:
            damaged.append(str(error))
    return good, damaged


def _read(path: Path) -> AugmentationConfig:
    """Read a preset's file; every value is checked, because anybody may have edited it."""

    def refuse(why: str) -> ConfigError:
        return ConfigError(
            f"The preset “{path.stem}” cannot be used: {why} Put its file {path.name} right in "
            f"{path.parent.relative_to(paths.home())}, or delete it and save the settings again."
        )

    try:
        with path.open("rb") as file:
            content = file.read(_MAX_BYTES + 1)
    except OSError as error:
        raise refuse(f"it cannot be read ({error.strerror or error}).") from error
    if len(content) > _MAX_BYTES:
        raise refuse(f"it is larger than {_MAX_BYTES // 2**10} KB, which no preset is.")
    try:
        values = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise refuse("it is not JSON.") from error
    if not isinstance(values, dict) or (values.get("format"), values.get("version")) != (_FORMAT, _VERSION):
        raise refuse(f"it does not begin with “format”: “{_FORMAT}”, “version”: {_VERSION}.")
    try:
        return AugmentationConfig.from_dict(values.get("settings", {}))
    except ConfigError as error:
        raise refuse(str(error)) from error
