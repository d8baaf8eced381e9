"""Dataset manifest: which faces a run learns from, as its process found them, in faces.json."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from fer.emotions import Emotion
from fer.errors import CorruptRunError
from fer.runs.folder import FACES_FILE, read_json
from fer.system import files


@dataclass(frozen=True, slots=True)
class DatasetManifest:
    """Which faces a run learns from.

    Attributes:
        title: what the dataset is called.
        emotions: the classes, in the order of the model's output.
        counts: of each split ("train", "validation"), the faces of each emotion in that order.
        fingerprint: the content of all of it; a resumed run must find the same.
    """

    title: str
    emotions: tuple[Emotion, ...]
    counts: Mapping[str, tuple[int, ...]]
    fingerprint: str

    @property
    def training_faces(self) -> int:
        """How many faces it learns from."""
        return sum(self.counts.get("train", ()))


def save_manifest(folder: Path, manifest: DatasetManifest) -> None:
    """Write down which faces the run in `folder` learns from.

    Raises:
        StorageError: it cannot be written.
    """
    files.save_text(folder / FACES_FILE, json.dumps(asdict(manifest), indent=2, ensure_ascii=False) + "\n")


def read_manifest(folder: Path) -> DatasetManifest | None:
    """Return which faces the run in `folder` learns from; None before its process has read them."""
    try:
        values = read_json(folder / FACES_FILE)
        return DatasetManifest(
            title=str(values["title"]),
            emotions=tuple(Emotion(name) for name in values["emotions"]),
            counts={str(split): tuple(map(int, counts)) for split, counts in values["counts"].items()},
            fingerprint=str(values["fingerprint"]),
        )
    except (CorruptRunError, KeyError, TypeError, ValueError, AttributeError):
        return None
