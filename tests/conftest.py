"""What every test gets: a home of its own, and builders of small values."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from fer.datasets import Dataset, Source, Split
from fer.emotions import EMOTIONS, Emotion

PROJECT_ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(autouse=True, scope="session")
def empty_installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """An installation that ships no models and no replications, so that a test lists what it made itself."""
    folder = tmp_path_factory.mktemp("ships nothing")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FER_SHIPPED", str(folder))
        yield folder


@pytest.fixture
def shipped(monkeypatch: pytest.MonkeyPatch) -> Path:
    """What the project ships, found from the test's empty home as on a learner's machine."""
    monkeypatch.delenv("FER_SHIPPED")
    return PROJECT_ROOT / "models"


@pytest.fixture(autouse=True)
def fer_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty `FER_HOME`, so that no test sees the learner's data or leaves anything behind."""
    home = tmp_path / "fer_home"
    home.mkdir()
    monkeypatch.setenv("FER_HOME", str(home))
    yield home


def dataset_of(
    labels: Sequence[int],
    splits: Sequence[Split] | None = None,
    *,
    emotions: Sequence[Emotion] = EMOTIONS,
    size: int = 48,
    seed: int = 0,
    name: str = "small",
) -> Dataset:
    """A `Dataset` with these labels, in these splits (all training faces by default).

    Each label has a brightness of its own under a little noise, so that a model could learn it.
    """
    rng = np.random.default_rng(seed)
    levels = (255 * (np.arange(len(emotions)) + 0.5) / len(emotions))[np.asarray(labels, int)]
    noise = rng.normal(0, 8, (len(labels), size, size, 1))
    return Dataset(
        name=name,
        emotions=tuple(emotions),
        images=np.clip(levels[:, None, None, None] + noise, 0, 255).astype(np.uint8),
        labels=np.asarray(labels, np.intp),
        splits=np.asarray(list(splits) if splits is not None else [Split.TRAIN] * len(labels), str),
        source=Source("A few noisy squares", license="public domain"),
    )


def notes_beside_numbering(dataset: Dataset) -> tuple[str, ...]:
    """The notes of a dataset but the one on how its numbers were read, which all numbered ones have."""
    return tuple(note for note in dataset.notes if not note.startswith("Its numbers were read"))


@pytest.fixture
def small_dataset() -> Dataset:
    """Seven emotions, six faces each: four to train on, one to validate, one to test."""
    splits = [Split.TRAIN] * 4 + [Split.VALIDATION, Split.TEST]
    return dataset_of([label for label in range(7) for _ in splits], splits * 7)


def write_fer_csv(path: Path, dataset: Dataset) -> Path:
    """Write `dataset` as fer2013.csv is written: emotion, pixels, Usage."""
    usage = {Split.TRAIN: "Training", Split.VALIDATION: "PublicTest", Split.TEST: "PrivateTest"}
    lines = ["emotion,pixels,Usage"]
    for image, label, split in zip(dataset.images, dataset.labels, dataset.splits, strict=True):
        lines.append(f"{label},{' '.join(map(str, image.ravel()))},{usage[Split(str(split))]}")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def csv_in_data(fer_home: Path, small_dataset: Dataset) -> Callable[[str], str]:
    """A function that puts a small FER-2013 CSV into `data/`, called without its suffix."""

    def put(stem: str = "small") -> str:
        write_fer_csv(fer_home / "data" / f"{stem}.csv", small_dataset)
        return stem

    return put
