"""The built-in dataset: reproducible, fair between splits, a real lesson, never lost to a broken cache."""

import errno
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

from fer.datasets import Split
from fer.datasets.synthetic import loading as drawn
from fer.datasets.synthetic.action_units import ActionUnit
from fer.datasets.synthetic.appearance import Appearance, Beard, Hairstyle, Light, Pose
from fer.datasets.synthetic.portrait import draw_face
from fer.emotions import EMOTIONS, Emotion
from fer.system import files, paths

FEW = {Split.TRAIN: 40, Split.VALIDATION: 14, Split.TEST: 14}


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """`load_synthetic` draws a few faces only."""
    monkeypatch.setattr(drawn, "SIZES", FEW)
    monkeypatch.setattr(drawn, "draw_dataset", lambda progress: _draw(FEW, progress=progress))


_draw = drawn.draw_dataset


def test_the_same_seed_gives_the_same_pixels_and_another_seed_others() -> None:
    first, second, other = _draw(FEW, seed=1), _draw(FEW, seed=1), _draw(FEW, seed=2)
    assert np.array_equal(first.images, second.images)
    assert np.array_equal(first.labels, second.labels)
    assert not np.array_equal(first.images, other.images)


def test_how_faces_are_batched_changes_no_pixel(monkeypatch: pytest.MonkeyPatch) -> None:
    together = _draw(FEW)
    monkeypatch.setattr(drawn, "_BATCH", 9)
    assert np.array_equal(_draw(FEW).images, together.images)


def test_the_splits_have_their_sizes_and_every_emotion() -> None:
    counts = {split: np.bincount(drawn._labels(split, drawn.SIZES[split], 0), minlength=7) for split in Split}
    assert {split: count.sum() for split, count in counts.items()} == drawn.SIZES
    assert counts[Split.TRAIN].max() > 2 * counts[Split.TRAIN].min() > 0
    assert set(counts[Split.VALIDATION]) == set(counts[Split.TEST]) == {100}


def test_nobody_is_seen_in_two_splits() -> None:
    train, validation, test = (set(drawn.people_in(split).tolist()) for split in Split)
    assert not train & validation and not train & test and not validation & test
    assert len(train) == drawn.SIZES[Split.TRAIN] // drawn.FACES_PER_PERSON


def test_progress_rises_to_the_end() -> None:
    told: list[float] = []
    _draw(FEW, progress=lambda fraction, message: told.append(fraction))
    assert told == sorted(told) and told[-1] == 1.0


def test_every_emotion_moves_the_face_in_its_own_way() -> None:
    rng = np.random.default_rng(0)
    patterns = np.zeros((len(EMOTIONS), max(ActionUnit) + 1))
    for row, emotion in enumerate(EMOTIONS):
        for _ in range(60):
            for unit, strength in drawn.random_action_units(emotion, rng).items():
                patterns[row, unit] += strength / 60
    apart = np.linalg.norm(patterns[:, None] - patterns[None], axis=2)
    assert apart[~np.eye(len(EMOTIONS), dtype=bool)].min() > 0.5


def test_logistic_regression_on_raw_pixels_stays_below_70_percent() -> None:
    dataset = _draw({Split.TRAIN: 840, Split.TEST: 210})
    train, test = dataset.only(Split.TRAIN), dataset.only(Split.TEST)
    # Every second pixel each way: as good on so few faces, and four times as fast.
    pixels = [part.images[:, ::2, ::2, 0].reshape(len(part), -1) / 127.5 - 1 for part in (train, test)]
    with threadpool_limits(1):  # many small threads only wait for one another on a busy machine
        model = LogisticRegression(C=0.01, max_iter=400, tol=0.01).fit(pixels[0], train.labels)
    assert 0.2 < model.score(pixels[1], test.labels) < 0.70


@pytest.mark.usefixtures("few")
def test_the_second_load_comes_from_the_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    first = drawn.load_synthetic()
    monkeypatch.setattr(drawn, "draw_dataset", lambda progress: pytest.fail("drawn again"))
    second = drawn.load_synthetic()
    assert np.array_equal(first.images, second.images)
    assert np.array_equal(first.labels, second.labels)
    assert first.counts() == second.counts()
    assert second.name == "synthetic" and "MIT" in second.source.license


@pytest.mark.usefixtures("few")
@pytest.mark.parametrize("broken", [b"", b"not a zip file", b"PK\x03\x04 cut off", "half", "five faces"])
def test_a_broken_cache_is_drawn_anew(broken: bytes | str) -> None:
    first = drawn.load_synthetic()
    path = next(paths.cache_folder().glob("*.npz"))
    whole = path.read_bytes()
    if broken == "half":
        broken = whole[: len(whole) // 2]
    if isinstance(broken, bytes):
        path.write_bytes(broken)
    else:
        np.savez(path, images=first.images[:5], labels=first.labels[:5], splits=first.splits[:5])
    assert np.array_equal(drawn.load_synthetic().images, first.images)
    assert len(path.read_bytes()) == len(whole)


@pytest.mark.usefixtures("few")
def test_a_full_disk_costs_only_the_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, write: object) -> None:
        raise files.storage_error(path, OSError(errno.ENOSPC, "No space left on device"))

    monkeypatch.setattr(files, "save", full)
    assert len(drawn.load_synthetic()) == sum(FEW.values())
    assert not list(paths.cache_folder().glob("*.npz"))


@pytest.mark.parametrize("size", [48, 131])
def test_a_face_can_be_drawn_at_any_size(size: int) -> None:
    face = draw_face(Appearance(), {}, size)
    assert face.shape == (size, size) and face.dtype == np.uint8
    assert face.std() > 15


BALD = Appearance(hairstyle=Hairstyle.BALD)


@pytest.mark.parametrize(
    "styled",
    [
        *(replace(BALD, hairstyle=style) for style in Hairstyle if style is not Hairstyle.BALD),
        *(replace(BALD, beard=beard) for beard in Beard if beard is not Beard.NONE),
        replace(BALD, glasses=True),
        replace(BALD, age=1.0),
    ],
)
def test_every_style_can_be_seen(styled: Appearance) -> None:
    assert np.abs(draw_face(BALD, {}, 96).astype(int) - draw_face(styled, {}, 96)).max() > 10


@pytest.mark.parametrize("unit", list(ActionUnit))
def test_every_action_unit_can_be_seen(unit: ActionUnit) -> None:
    rest = draw_face(Appearance(), {ActionUnit.LIPS_PART: 0.3}, 96).astype(int)
    acting = draw_face(Appearance(), {ActionUnit.LIPS_PART: 0.3} | {unit: 1.0}, 96)
    assert np.abs(rest - acting).max() > 30


def test_pose_and_light_move_what_they_say() -> None:
    def middle_of_dark(face: NDArray[np.uint8]) -> NDArray[np.float64]:
        return np.argwhere(face < 60).mean(axis=0)

    plain = replace(BALD, clothes=0.9)
    identity_params = middle_of_dark(draw_face(plain, {}, 96))
    assert middle_of_dark(draw_face(plain, {}, 96, pose=Pose(yaw_degrees=15)))[1] > identity_params[1] + 2
    assert middle_of_dark(draw_face(plain, {}, 96, pose=Pose(shift_y=0.1)))[0] > identity_params[0] + 5
    left = draw_face(plain, {}, 96, light=Light(from_right=-0.8, from_above=0))
    assert left[:, :48].mean() > left[:, 48:].mean() + 20


def test_neutral_is_the_face_at_rest() -> None:
    assert drawn.EMOTION_ACTION_UNITS[Emotion.NEUTRAL] == {}
    assert list(drawn.EMOTION_ACTION_UNITS) == list(EMOTIONS)


def test_portraits_are_the_drawings_that_were_kept() -> None:
    """`portraits.png` was drawn by the code in one file; processors may round differently."""
    units = list(ActionUnit)
    drawn_now = [
        draw_face(
            Appearance(
                hairstyle=style, beard=beard, glasses=beard is Beard.NONE, age=0.2 * row, jaw=0.1 * row
            ),
            {unit: 0.7 for unit in units[row::3]},
            64,
            pose=Pose(6 * row - 20, 5 - 2 * row, 3 * row, 1 + 0.04 * row, gaze_x=0.1 * row),
            light=Light(0.1 * row, -0.2, 1.1, 0.9, 0.1 * row),
        )
        for row, (style, beard) in enumerate(zip(Hairstyle, [*Beard, *Beard], strict=False))
    ]
    kept = np.asarray(cv2.imread(str(Path(__file__).with_name("portraits.png")), cv2.IMREAD_GRAYSCALE), int)
    difference = np.abs(np.hstack(drawn_now) - kept)
    assert difference.max() <= 4 and difference.mean() < 0.02
