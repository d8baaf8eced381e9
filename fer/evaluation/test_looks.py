"""Test set looks: how often a model's answers to test faces were looked at, counted and kept.

    data/test-looks.json

Every choice made after a look fits the choice to the test faces; so the number belongs beside the figure.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from fer.system import files, paths
from fer.system.locks import locked

_MOST_BYTES = 2_000_000
_MOST_KEPT = 2_000


@dataclass(frozen=True, slots=True)
class TestLook:
    """What is known of the looks at one model's test faces.

    Attributes:
        model: the model's name.
        dataset: whose test faces.
        looks: how often they were opened.
        right: faces named correctly at the last look.
        count: faces there were.
        first_at: when they were opened first, UTC, ISO 8601.
    """

    model: str
    dataset: str
    looks: int
    right: int
    count: int
    first_at: str

    __test__ = False  # pytest takes the name for a test's


def read_looks() -> tuple[TestLook, ...]:
    """Return every look that was counted, the oldest first; none if the file is damaged."""
    path = _path()
    try:
        if not path.is_file() or path.stat().st_size > _MOST_BYTES:
            return ()
        rows = json.loads(path.read_text(encoding="utf-8"))
        return tuple(_look(row) for row in rows)
    except (OSError, ValueError, TypeError, AttributeError, KeyError, RecursionError):
        return ()


def look_at(model: str, dataset: str) -> TestLook | None:
    """Return the looks at one model's answers to one dataset's test faces; None before the first."""
    return next((look for look in read_looks() if (look.model, look.dataset) == (model, dataset)), None)


def count_look(model: str, dataset: str, right: int, count: int) -> TestLook:
    """Count one more look, and return what is known now.

    Raises:
        StorageError: it cannot be written.
    """
    with locked(paths.data_folder()):
        known = read_looks()
        before = next((look for look in known if (look.model, look.dataset) == (model, dataset)), None)
        now = datetime.now(UTC).isoformat(timespec="seconds")
        looks, first_at = (before.looks + 1, before.first_at) if before else (1, now)
        look = TestLook(model, dataset, looks, right, count, first_at)
        kept = [*(one for one in known if one is not before), look][-_MOST_KEPT:]
        files.save_text(_path(), json.dumps([asdict(one) for one in kept], indent=1, ensure_ascii=False))
    return look


def _look(row: Mapping[str, object]) -> TestLook:
    texts = [row[name] for name in ("model", "dataset", "first_at")]
    numbers = [row[name] for name in ("looks", "right", "count")]
    if not all(isinstance(text, str) for text in texts) or not all(type(n) is int for n in numbers):
        raise ValueError("no look")
    return TestLook(**row)  # type: ignore[arg-type]  # held to be right above


def _path() -> Path:
    return paths.data_folder() / "test-looks.json"
