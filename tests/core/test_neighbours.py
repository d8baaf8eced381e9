"""Nearest training faces: against brute force, copies told as such, features kept and made anew."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from fer.config import TrainingConfig
from fer.datasets import Dataset, Split
from fer.datasets.editions import create_edition
from fer.emotions import Emotion
from fer.errors import DatasetError, ModelMismatchError
from fer.evaluation import neighbours
from fer.evaluation.neighbours import detail_correlations, features_path, known_faces, nearest
from fer.models.card import ModelCard, load_card
from fer.models.inference import Recognizer
from fer.system import paths
from fer.training.training_faces import TrainingFaces, training_faces
from tests.conftest import dataset_of
from tests.core import grey_level
from tests.corrections import exclude, relabel

PICTURES = 40


@pytest.fixture
def folder(fer_home: Path) -> Path:
    return grey_level.save_model(
        fer_home / "models" / "pretrained" / "grey", content=grey_level.WITH_FEATURES
    )


@pytest.fixture
def recognizer(folder: Path) -> Recognizer:
    return Recognizer(folder)


def noisy_faces(count: int = PICTURES, size: int = 48) -> Dataset:
    """Faces of which each pixel is drawn, so that no two correlate, half of them to train on."""
    faces = dataset_of([index % 7 for index in range(count)], size=size)
    rng = np.random.default_rng(5)
    images = np.repeat(
        np.repeat(rng.integers(0, 256, (count, 12, 12, 1), dtype=np.uint8), size // 12, axis=1),
        size // 12,
        axis=2,
    )
    splits = np.array([Split.TRAIN if index % 2 == 0 else Split.VALIDATION for index in range(count)], str)
    return replace(faces, images=images, splits=splits)


def taught(dataset: Dataset) -> TrainingFaces:
    places = np.flatnonzero(dataset.splits == Split.TRAIN)
    return TrainingFaces(dataset, places, dataset.labels[places])


def only_kept_file() -> Path:
    (path,) = (paths.cache_folder() / "features").glob("*.npy")
    return path


def light_and_dark(images: NDArray[np.uint8]) -> NDArray[np.float32]:
    """How light each of nine parts of a face is: features by which faces differ, (n, 9)."""
    parts = images.reshape(len(images), 3, 16, 3, 16).mean(axis=(2, 4), dtype=np.float32)
    return parts.reshape(len(images), 9) - 128


def test_the_nearest_are_those_of_brute_force(
    recognizer: Recognizer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recognizer, "features", light_and_dark)
    faces = noisy_faces()
    image = faces.images[1]
    found = nearest(known_faces(recognizer, taught(faces)), recognizer, image, count=5)
    places = np.flatnonzero(faces.splits == Split.TRAIN)
    (own,) = light_and_dark(image[None])
    cosines = np.array(
        [
            float(other @ own / np.linalg.norm(other) / np.linalg.norm(own))
            for other in light_and_dark(faces.images[places])
        ]
    )
    order = np.argsort(-cosines)[:5]
    assert found.places.tolist() == places[order].tolist()
    assert found.labels.tolist() == faces.labels[places[order]].tolist()
    assert found.similarities == pytest.approx(cosines[order], abs=1e-5)
    assert found.similarities[0] < 0.95
    assert not found.are_copies.any()
    assert found.counts(7).sum() == 5


def test_the_very_same_photograph_is_told_as_such_mirrored_or_brighter(recognizer: Recognizer) -> None:
    faces = noisy_faces()
    images = faces.images.copy()
    images[1] = images[0]
    images[3] = images[2][:, ::-1]
    images[5] = np.clip(images[4].astype(int) // 2 + 60, 0, 255)
    faces = replace(faces, images=images)
    known = known_faces(recognizer, taught(faces))
    for place, copy in ((1, 0), (3, 2), (5, 4)):
        found = nearest(known, recognizer, faces.images[place], count=PICTURES)
        assert found.places[found.are_copies].tolist() == [copy]
    assert nearest(known, recognizer, faces.images[1]).similarities[0] == pytest.approx(1, abs=1e-6)


def test_a_training_face_is_not_its_own_neighbour(recognizer: Recognizer) -> None:
    faces = noisy_faces()
    known = known_faces(recognizer, taught(faces))
    assert 0 in nearest(known, recognizer, faces.images[0]).places
    found = nearest(known, recognizer, faces.images[0], but_place=0, count=PICTURES)
    assert 0 not in found.places
    assert len(found) == PICTURES // 2 - 1


def test_a_training_set_of_one_face_leaves_nobody_beside_itself(recognizer: Recognizer) -> None:
    faces = dataset_of([0])
    found = nearest(known_faces(recognizer, taught(faces)), recognizer, faces.images[0], but_place=0)
    assert len(found) == 0
    assert found.correlations.shape == (0,)


def test_what_was_seen_is_kept_and_not_looked_at_again(
    recognizer: Recognizer, monkeypatch: pytest.MonkeyPatch
) -> None:
    faces = taught(noisy_faces())
    assert not features_path(recognizer, faces).exists()
    told: list[str] = []
    first = known_faces(recognizer, faces, lambda fraction, message: told.append(message))
    assert told[0] == f"Looking at training face 1 of {PICTURES // 2}"
    assert features_path(recognizer, faces).exists()

    def refuse(images: NDArray[np.uint8]) -> NDArray[np.float32]:
        raise AssertionError("it looked again")

    monkeypatch.setattr(recognizer, "features", refuse)
    assert np.array_equal(known_faces(recognizer, faces).directions, first.directions)


@pytest.mark.parametrize("damage", [b"", b"not an array", b"half"])
def test_a_damaged_file_is_made_anew(recognizer: Recognizer, damage: bytes) -> None:
    faces = taught(noisy_faces())
    first = known_faces(recognizer, faces)
    path = only_kept_file()
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2] if damage == b"half" else damage)
    assert np.array_equal(known_faces(recognizer, faces).directions, first.directions)
    assert path.read_bytes() == whole


def test_values_that_are_no_numbers_are_not_taken_from_the_disk(recognizer: Recognizer) -> None:
    faces = taught(noisy_faces())
    known_faces(recognizer, faces)
    path = only_kept_file()
    np.save(path, np.full_like(np.load(path), np.nan))
    assert np.isfinite(known_faces(recognizer, faces).directions).all()


def test_another_pixel_or_another_choice_of_faces_is_another_question(recognizer: Recognizer) -> None:
    faces = noisy_faces()
    known_faces(recognizer, taught(faces))
    images = faces.images.copy()
    images[0, 0, 0, 0] ^= 1
    assert not features_path(recognizer, taught(replace(faces, images=images))).exists()
    fewer = taught(faces)
    fewer = replace(fewer, places=fewer.places[1:], labels=fewer.labels[1:])
    assert not features_path(recognizer, fewer).exists()


def test_only_the_last_few_are_kept(recognizer: Recognizer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(neighbours, "_FEATURES", replace(neighbours._FEATURES, most=2))
    faces = taught(noisy_faces())
    for count in (5, 6, 7, 8):
        known_faces(recognizer, replace(faces, places=faces.places[:count], labels=faces.labels[:count]))
    assert len(list((paths.cache_folder() / "features").glob("*"))) == 2


def test_a_model_without_features_says_so(fer_home: Path) -> None:
    recognizer = Recognizer(grey_level.save_model(fer_home / "models" / "pretrained" / "plain"))
    with pytest.raises(ModelMismatchError, match="probabilities only"):
        known_faces(recognizer, taught(noisy_faces()))


def test_features_that_are_no_numbers_are_a_sentence(
    recognizer: Recognizer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recognizer, "features", lambda images: np.full((len(images), 2), np.nan, np.float32))
    with pytest.raises(ModelMismatchError, match="not numbers"):
        known_faces(recognizer, taught(noisy_faces()))
    assert not (paths.cache_folder() / "features").exists()


def test_detail_is_compared_across_sizes_and_colours_and_one_grey_is_like_nothing() -> None:
    faces = noisy_faces(2)
    large = np.repeat(np.repeat(np.repeat(faces.images, 2, axis=1), 2, axis=2), 3, axis=3)
    assert detail_correlations(large[0], faces.images) == pytest.approx([1, 0], abs=0.25)
    # The same light and another photograph: what all portraits share is no likeness.
    light = np.linspace(60, 200, 48)[None, :, None] * np.ones((48, 1, 1))
    two = [np.clip(light + (face - 128.0) * 0.1, 0, 255).astype(np.uint8) for face in faces.images]
    assert np.corrcoef(two[0].ravel(), two[1].ravel())[0, 1] > 0.9
    assert detail_correlations(two[0], np.stack(two)) == pytest.approx([1, 0], abs=0.25)
    flat = grey_level.flat(Emotion.HAPPY)
    other = grey_level.flat(Emotion.SAD)
    assert detail_correlations(flat, np.stack([flat, other])).tolist() == [1, 0]


# ── which faces these are ────────────────────────────────────────────────────────────────────────


def learned_with(folder: Path, title: str, dataset: str = "small.csv", **config: object) -> ModelCard:
    """Write into the model's card that it learned from a dataset with this config."""
    values = TrainingConfig.from_dict({"dataset": dataset, **config}).as_dict()
    replace(load_card(folder), config=values, dataset={"title": title}).save(folder)
    return load_card(folder)


def test_the_faces_are_those_the_card_says_it_learned_from(folder: Path, small_dataset: Dataset) -> None:
    create_edition(small_dataset.name, "Mine")
    exclude(small_dataset, "Mine", [0])
    relabel(small_dataset, "Mine", [1], Emotion.SAD)
    title, name = small_dataset.source.title, small_dataset.name
    card = learned_with(folder, title, name, view={"edition": "Mine"})
    found = training_faces(card, folder, small_dataset)
    assert found.doubt == ""
    assert 0 not in found.places
    assert len(found) == 27
    assert small_dataset.emotions[found.labels[found.places.tolist().index(1)]] is Emotion.SAD
    assert not (folder / "edition.json").exists()  # nothing is written into a model that was shipped


def test_a_subset_is_the_one_that_was_drawn(folder: Path, small_dataset: Dataset) -> None:
    card = learned_with(folder, small_dataset.source.title, subset=7, seed=4)
    found = training_faces(card, folder, small_dataset)
    drawn = small_dataset.only(Split.TRAIN).subset(7, 4)
    assert found.places.tolist() == drawn.rows.tolist()


@pytest.mark.parametrize(
    ("title", "view", "said"),
    [
        ("Drawn faces", {}, "learned from Drawn faces"),
        ("A few noisy squares", {"edition": "Gone"}, "cannot be had any more"),
        ("A few noisy squares", {"labels": "majority"}, "cannot be had any more"),
    ],
)
def test_what_it_did_not_learn_from_is_said_to_be_so(
    folder: Path, small_dataset: Dataset, title: str, view: dict[str, str], said: str
) -> None:
    found = training_faces(learned_with(folder, title, view=view), folder, small_dataset)
    assert said in found.doubt
    assert found.places.tolist() == np.flatnonzero(small_dataset.splits == Split.TRAIN).tolist()


def test_a_card_that_says_nothing_leaves_a_doubt(folder: Path, small_dataset: Dataset) -> None:
    assert "does not say" in training_faces(load_card(folder), folder, small_dataset).doubt


def test_a_dataset_without_training_faces_is_a_sentence(folder: Path) -> None:
    faces = dataset_of([0, 1], [Split.TEST, Split.TEST])
    with pytest.raises(DatasetError, match="no face in its train split"):
        training_faces(load_card(folder), folder, faces)
