"""What came of repeating a recipe: `models/replications/<key>/`, small enough to be shipped.

    config.json     the run's settings; `python -m fer train --config` takes them
    metrics.jsonl   a line per epoch
    log.txt         what its process printed
    result.json     what came of it (`KeptReplication`)

No weights and no pictures.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

from fer import runs
from fer.errors import CorruptRunError, FerError
from fer.statistics import wilson_interval
from fer.system import paths

RESULT_FILE = "result.json"
TRAINING_FACES, VALIDATION_FACES, ALL_FACES = 28_709, 3_589, 35_887
"""How many FER-2013 has, as it came; all of them with the test faces."""


@dataclass(frozen=True, slots=True)
class Judged:
    """How often a model was right.

    Attributes:
        accuracy: share of the faces, 0 to 1.
        interval_95: of that share.
        count: of the faces.
        epoch: after which the weights were taken.
    """

    accuracy: float
    interval_95: tuple[float, float]
    count: int
    epoch: int

    @property
    def in_words(self) -> str:
        """The share with its interval: "67.65 % (66.1–69.2 %)"."""
        low, high = self.interval_95
        return f"{100 * self.accuracy:.2f} % ({100 * low:.1f}–{100 * high:.1f} %)"

    @classmethod
    def of(cls, accuracy: float, count: int, epoch: int) -> Self:
        """An accuracy with its Wilson interval."""
        return cls(accuracy, wilson_interval(round(accuracy * count), count), count, epoch)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """Rebuild from plain values.

        Raises:
            KeyError, TypeError, ValueError: they are something else.
        """
        low, high = map(float, values["interval_95"])
        judged = cls(float(values["accuracy"]), (low, high), int(values["count"]), int(values["epoch"]))
        if not (0 <= low <= judged.accuracy <= high <= 1 and judged.count > 0 and judged.epoch > 0):
            raise ValueError(f"an accuracy of {judged.accuracy} in ({low}, {high}) cannot be")
        return judged


@dataclass(frozen=True, slots=True)
class KeptReplication:
    """`result.json`.

    Attributes:
        key: of the variant.
        run: the run's id.
        best: on the validation faces, after the best epoch.
        last: after the last epoch.
        at_published: after the epoch that the published figure is of; None where it was not reached.
        test: on the test faces, with the best epoch's weights; None where they were not looked at.
        epochs: how many were done.
        seconds: how long they took.
        parameters: of the network.
        hardware: what it was trained on.
        date: ISO date of its end.
        faces: which faces it learned from, in words.
        fingerprint: of their content.
    """

    key: str
    run: str
    best: Judged
    last: Judged
    at_published: Judged | None
    test: Judged | None
    epochs: int
    seconds: float
    parameters: int
    hardware: str
    date: str
    faces: str
    fingerprint: str

    def to_json(self) -> str:
        """The text of `result.json`."""
        return json.dumps(asdict(self), indent=2, ensure_ascii=False) + "\n"

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """Rebuild from plain values.

        Raises:
            KeyError, TypeError, ValueError: they are something else.
        """

        def judged(name: str) -> Judged | None:
            return None if values[name] is None else Judged.from_dict(values[name])

        return cls(
            **{name: str(values[name]) for name in ("key", "run", "hardware", "date", "faces")},
            best=Judged.from_dict(values["best"]),
            last=Judged.from_dict(values["last"]),
            at_published=judged("at_published"),
            test=judged("test"),
            epochs=int(values["epochs"]),
            seconds=float(values["seconds"]),
            parameters=int(values["parameters"]),
            fingerprint=str(values["fingerprint"]),
        )


def load_kept(key: str) -> KeptReplication | None:
    """Return what came of a variant; None if nothing is kept of it.

    Raises:
        FerError: what is kept cannot be understood, or is of another variant.
    """
    path = paths.replication(key) / RESULT_FILE
    try:
        kept = KeptReplication.from_dict(json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise CorruptRunError(
            f"What is kept of “{key}” cannot be understood ({error}). Remove the folder {path.parent}, or "
            "keep a run again."
        ) from error
    if kept.key != key:
        raise FerError(
            f"The folder {path.parent} holds what came of “{kept.key[:60]}”. Move it to the folder of that "
            "name."
        )
    return kept


def kept_metrics(key: str) -> list[runs.EpochMetrics]:
    """Every epoch of what is kept of a variant; empty if nothing is."""
    return runs.read_metrics(paths.replication(key))
