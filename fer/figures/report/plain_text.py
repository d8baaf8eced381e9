"""Sanitizing: what learners typed, made harmless for a line of text and for the name of a file."""

import math
import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

_LONGEST_LINE = 200
_LONGEST_VALUE = 2_000
_LONGEST_NAME = 80
# Cc control characters, Cf marks that turn the direction of text or cannot be seen, Cs halves of characters
# that no file can hold, Co and Cn what nobody has agreed on.
_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn"}


def one_line(text: object, longest: int = _LONGEST_LINE) -> str:
    """Return a text as one line of characters that can be seen, cut to `longest`."""
    seen = " ".join(
        "".join(
            letter for letter in str(text) if letter.isspace() or unicodedata.category(letter) not in _UNSEEN
        ).split()
    )
    return seen if len(seen) <= longest else seen[: longest - 1].rstrip() + "…"


def made_plain(value: Any) -> Any:
    """Return what a card holds as any file can hold it: lines of text, finite numbers, lists and maps."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, Mapping):
        return {one_line(key): made_plain(item) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return [made_plain(item) for item in value]
    return one_line(value, _LONGEST_VALUE)


def file_stem(words: Sequence[object]) -> str:
    """Return a file's name without its ending, of letters, digits, dots, hyphens and underscores alone.

    No name begins with a dot or a hyphen, and none is empty.
    """
    joined = "-".join(str(word) for word in words)
    plain = unicodedata.normalize("NFKD", joined).encode("ascii", "ignore").decode()
    safe = re.sub(r"[^A-Za-z0-9._-]+", "-", plain)
    return re.sub(r"-{2,}", "-", safe)[:_LONGEST_NAME].strip("-._") or "evaluation"
