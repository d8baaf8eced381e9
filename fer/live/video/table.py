"""Prediction table: a row per face per frame, as CSV or Parquet."""

import csv
from collections.abc import Iterator, Sequence
from io import StringIO
from pathlib import Path
from typing import Any

from fer.emotions import EMOTIONS
from fer.errors import VideoError
from fer.live import LiveReading
from fer.system import files

COLUMNS = (
    "frame",
    "seconds",
    "person",
    *("left", "top", "right", "bottom"),
    "label",
    "confidence",
    *(emotion.value for emotion in EMOTIONS),
)
SECOND_COLUMNS = ("second_label", *(f"second_{emotion.value}" for emotion in EMOTIONS))


def rows_of(reading: LiveReading, seconds: float) -> Iterator[dict[str, Any]]:
    """The rows of one frame, a face each; an emotion that the model does not know is empty.

    Args:
        reading: what the frame showed.
        seconds: where in the film, or since the start of the recording.
    """
    for item in reading.faces:
        told = item.scores.as_dict()
        left, top, right, bottom = item.face.box
        row: dict[str, Any] = {
            "frame": reading.frame_number,
            "seconds": round(seconds, 4),
            "person": item.track_id,
            "left": left,
            "top": top,
            "right": right,
            "bottom": bottom,
            "label": "unsure" if item.label is None else item.label.value,
            "confidence": round(told.get(item.label or item.scores.top, 0.0), 4),
            **{emotion.value: _rounded(told.get(emotion)) for emotion in EMOTIONS},
        }
        if item.other_scores is not None:
            other = item.other_scores.as_dict()
            row["second_label"] = item.other_scores.top.value
            row |= {f"second_{emotion.value}": _rounded(other.get(emotion)) for emotion in EMOTIONS}
        yield row


class ReadingTable:
    """Rows as they come, saved at the end in one step: as CSV, or as Parquet by its name."""

    def __init__(self) -> None:
        self._rows: list[dict[str, Any]] = []

    def __len__(self) -> int:
        return len(self._rows)

    @property
    def rows(self) -> Sequence[dict[str, Any]]:
        """What there is so far."""
        return self._rows

    def add(self, reading: LiveReading, seconds: float) -> None:
        """Add a frame's faces; see `rows_of`."""
        self._rows.extend(rows_of(reading, seconds))

    @property
    def columns(self) -> tuple[str, ...]:
        """Of the table: those of a second model only where there was one."""
        has_second = any("second_label" in row for row in self._rows)
        return COLUMNS + SECOND_COLUMNS if has_second else COLUMNS

    def as_csv(self) -> str:
        """The text of the CSV, with its heading."""
        text = StringIO()
        writer = csv.DictWriter(text, self.columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(self._rows)
        return text.getvalue()

    def save(self, path: Path) -> None:
        """Save it in one step.

        Args:
            path: ending in .csv or .parquet.

        Raises:
            VideoError: it ends otherwise.
            StorageError: it cannot be written.
        """
        match path.suffix.lower():
            case ".csv":
                files.save_text(path, self.as_csv())
            case ".parquet":
                import pyarrow
                import pyarrow.parquet

                columns = {name: [row.get(name) for row in self._rows] for name in self.columns}
                table = pyarrow.table(columns)
                files.save(path, lambda temporary: pyarrow.parquet.write_table(table, temporary))
            case other:
                raise VideoError(f"A table is saved as .csv or .parquet; received “{other or path.name}”.")


def _rounded(probability: float | None) -> float | None:
    return None if probability is None else round(probability, 4)
