"""Text formatting: how our values read in a sentence."""

import re
from collections.abc import Sequence
from typing import cast

from fer.config import AugmentationConfig
from fer.models.card import ModelCard
from fer.statistics import Proportion, percent


def augmentation(config: AugmentationConfig) -> str:
    """Return what a config may do to a face: "flip, ±10° rotation, ±10 % shift"; "no changes" for none."""
    parts = ["flip"] if config.horizontal_flip else []
    if config.vertical_flip:
        parts.append("upside down")
    if config.rotation_degrees:
        parts.append(f"±{config.rotation_degrees:g}° rotation")
    across, down = config.shift_x_fraction, config.shift_y_fraction
    if across == down:
        parts += [f"±{_share(across)} shift"] if across else []
    else:
        shifts = ((across, "across"), (down, "up and down"))
        parts.append("shift " + " and ".join(f"±{_share(most)} {way}" for most, way in shifts if most))
    closer, farther = config.zoom_in_fraction, config.zoom_out_fraction
    if closer == farther:
        parts += [f"±{_share(closer)} zoom"] if closer else []
    else:
        ends = ((farther, "−"), (closer, "+"))
        parts.append("zoom " + " to ".join(f"{sign}{_share(most)}" for most, sign in ends if most))
    moves = config.rotation_degrees or across or down or farther
    if moves and config.fill != "nearest":
        parts.append("black borders" if config.fill == "black" else "mirrored borders")
    for name, value in (("brightness", config.brightness_fraction), ("contrast", config.contrast_fraction)):
        if value:
            parts.append(f"±{_share(value)} {name}")
    if config.noise_fraction:
        parts.append(f"noise up to {_share(config.noise_fraction)}")
    if config.blur_pixels:
        parts.append(f"blur up to {config.blur_pixels:g} px")
    if config.erase_fraction:
        parts.append(f"up to {_share(config.erase_fraction)} erased")
    parts += [f"mixup {config.mixup_alpha:g}"] if config.mixup_alpha else []
    parts += [f"cutmix {config.cutmix_alpha:g}"] if config.cutmix_alpha else []
    return ", ".join(parts) or "no changes"


def _share(value: float) -> str:
    return f"{100 * value:g}\u00a0%"


def tested(card: ModelCard) -> str:
    """Return the accuracy and interval of a card's one look at the test split; empty before it."""
    if card.test is None:
        return ""
    return str(Proportion.from_dict(card.test))


def often_wrong(card: ModelCard) -> str:
    """Return how often a model errs: "it was wrong for 37 % of FER-2013's test faces, about one in three"."""
    if card.test is None:
        return "even good models are wrong for about one face in three"
    wrong = 1 - cast(float, card.test["accuracy"])
    dataset = str(card.dataset.get("title") or "its data set")
    one_in = _NUMBERS.get(round(1 / max(wrong, 0.01)))
    in_words = f", about one in {one_in}" if one_in else ""
    return f"it was wrong for {percent(wrong, 0)} of the test faces of {dataset}{in_words}"


_NUMBERS = {2: "two", 3: "three", 4: "four", 5: "five", 6: "six", 8: "eight", 10: "ten"}


def listed(words: Sequence[str]) -> str:
    """Return words as a person lists them: "a, b and c"."""
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def duration(seconds: float) -> str:
    """Return a time as a person tells it: "40 s", "3 min", "2 h 5 min"."""
    if seconds < 59.5:
        return f"{max(seconds, 1):.0f} s"
    minutes = round(seconds / 60)
    if minutes < 60:
        return f"{minutes} min"
    return f"{minutes // 60} h" + (f" {minutes % 60} min" if minutes % 60 else "")


def faces(count: int) -> str:
    """Return a number of faces: "1 face", "1,204 faces"."""
    return "1 face" if count == 1 else f"{count:,} faces"


def times(count: int) -> str:
    """How often: "once", "twice", "3 times"."""
    return {1: "once", 2: "twice"}.get(count, f"{count:,} times")


def plain(text: str) -> str:
    """Return what a learner typed so that Markdown shows it as it is, in one line."""
    line = re.sub(r"[^\S\u00a0]+", " ", text).strip()  # a no-break space stays: "95 %"
    escaped = re.sub(r"([\\`*_{}\[\]<>|~$:&])", r"\\\1", line)
    # At the beginning of a line these would make a list or a heading.
    return re.sub(r"^(\d*)([#+\-.)=])(?=[#\-=\s]|$)", r"\1\\\2", escaped)
