"""Skipped files: what a reader did not use, counted by reason, with an example of each."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from fer.datasets.readers.vocabulary import quoted

MOST_COUNTED = 200_000
"""Where so many files are passed over, nobody wants to know how many more."""

AN_ARCHIVE = "an archive, which was not unpacked"
LINK = "a link, which is not followed"
NO_FILE = "a pipe or a device"

_JUNK = (
    *("thumbs.db", "ehthumbs.db", "desktop.ini", "icon\r"),
    *("$recycle.bin", "system volume information", "lost+found"),
)


@dataclass(slots=True)
class PassedOver:
    """What was passed over so far: for each reason how many files, and the first of them by name."""

    _by_reason: dict[str, tuple[int, str]] = field(default_factory=dict)
    _total: int = 0

    def add(self, place: str, reason: str) -> None:
        """Count a file; `reason` is what stands in brackets behind it, "not a picture"."""
        count, example = self._by_reason.get(reason, (0, place))
        self._by_reason[reason] = (count + 1, min(place, example))
        self._total += 1

    def add_all(self, places: Iterable[str], reason: str) -> None:
        """Count several files."""
        for place in places:
            self.add(place, reason)

    def example_of(self, reason: str) -> str:
        """Return the first file that was passed over for this reason; empty if there is none."""
        return self._by_reason.get(reason, (0, ""))[1]

    @property
    def is_full(self) -> bool:
        """Whether there is no use in counting on."""
        return self._total >= MOST_COUNTED

    @property
    def notes(self) -> list[str]:
        """A sentence for each reason, the most files first, for `Dataset.notes`."""
        by_count = sorted(self._by_reason.items(), key=lambda item: (-item[1][0], item[0]))
        least = "at least " if self.is_full else ""
        return [
            f"Left out: {quoted(example)}{f' and {least}{count - 1:,} more' if count > 1 else ''} ({reason})."
            for reason, (count, example) in by_count
        ]


def is_junk(name: str) -> bool:
    """Whether a file or folder of that name is hidden, or one that desktops leave without being asked."""
    return name.startswith((".", "__MACOSX")) or name.lower() in _JUNK
