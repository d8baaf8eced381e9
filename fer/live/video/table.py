"""Prediction table: a row per face per frame, as CSV or Parquet."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from io import StringIO
from pathlib import Path
from typing import Any

from fer.emotions import EMOTIONS, EmotionScores
from fer.errors import VideoError
from fer.live import LiveReading, RecognizedFace
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


def face_row(item: RecognizedFace) -> dict[str, Any]:
    """A face's columns: box, label, confidence, probabilities; what there is no answer to is empty."""
    return {
        **dict(zip(("left", "top", "right", "bottom"), item.face.box, strict=True)),
        "label": item.told,
        "confidence": None if item.too_small else round(item.confidence, 4),
        **_rounded(item.answer),
    }


def csv_text(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> str:
    """The text of a CSV with its heading."""
    text = StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


class ReadingTable:
    """Rows as they come, saved at the end in one step: as CSV, or as Parquet by its name."""

    def __init__(self) -> None:
        self.rows: list[dict[str, Any]] = []

    def add(self, reading: LiveReading, seconds: float) -> None:
        """Add a frame's faces, a row each; `seconds` is where in the film, or since the recording began."""
        for item in reading.faces:
            row = {
                "frame": reading.frame_number,
                "seconds": round(seconds, 4),
                "person": item.track_id,
                **face_row(item),
            }
            if item.other_scores is not None:
                row["second_label"] = item.other_scores.top.value
                row |= _rounded(item.other_scores, "second_")
            self.rows.append(row)

    @property
    def columns(self) -> tuple[str, ...]:
        """Of the table: those of a second model only where there was one."""
        has_second = any("second_label" in row for row in self.rows)
        return COLUMNS + SECOND_COLUMNS if has_second else COLUMNS

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
                files.save_text(path, csv_text(self.columns, self.rows))
            case ".parquet":
                import pyarrow
                import pyarrow.parquet

                columns = {name: [row.get(name) for row in self.rows] for name in self.columns}
                table = pyarrow.table(columns)
                files.save(path, lambda temporary: pyarrow.parquet.write_table(table, temporary))
            case other:
                raise VideoError(f"A table is saved as .csv or .parquet; received “{other or path.name}”.")


def _rounded(scores: EmotionScores | None, prefix: str = "") -> dict[str, float | None]:
    known = {} if scores is None else scores.as_dict()
    return {f"{prefix}{e.value}": round(known[e], 4) if e in known else None for e in EMOTIONS}
