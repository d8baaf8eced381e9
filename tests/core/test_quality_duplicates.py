"""Copies of a picture: planted in drawn faces, found again, and sorted into what to do without."""

from collections.abc import Callable

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from fer.datasets import Dataset, Split
from fer.datasets.quality import Findings, QualityIssue
from fer.datasets.quality.duplicates import (
    SAME_PHOTOGRAPH,
    copy_facts,
    copy_findings,
    detail_correlation,
    exact_originals,
    find_copies,
)
from fer.datasets.synthetic.loading import draw_dataset

Image = NDArray[np.uint8]
TRAIN, VALIDATION, TEST = Split.TRAIN, Split.VALIDATION, Split.TEST


@pytest.fixture(scope="module")
def drawn() -> Dataset:
    """Faces of many people, no two alike."""
    return draw_dataset({TRAIN: 60}, seed=11)


def warped(image: Image, shift: tuple[float, float] = (0, 0), zoom: float = 1.0) -> Image:
    """The picture moved and enlarged about its middle."""
    middle = 24 * (1 - zoom)
    matrix = np.array([[zoom, 0, shift[0] + middle], [0, zoom, shift[1] + middle]], np.float32)
    moved = cv2.warpAffine(image[..., 0], matrix, (48, 48), borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(moved, np.uint8)[..., None]


def recompressed(image: Image) -> Image:
    encoded = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, 40])[1]
    return np.asarray(cv2.imdecode(encoded, cv2.IMREAD_GRAYSCALE), np.uint8)[..., None]


CHANGES: dict[str, Callable[[Image], Image]] = {
    "brighter and flatter": lambda image: (image * 0.6 + 70).astype(np.uint8),
    "recompressed": recompressed,
    "shifted": lambda image: warped(image, shift=(2, -1)),
    "cropped": lambda image: warped(image, zoom=1.08),
    "mirrored": lambda image: image[:, ::-1],
    "mirrored, shifted and darker": lambda image: (warped(image, shift=(1, 1))[:, ::-1] * 0.7).astype(
        np.uint8
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_copy_is_the_same_photograph_and_no_other_face_is(drawn: Dataset, change: str) -> None:
    image = drawn.images[7]
    copies = find_copies(np.concatenate([drawn.images, CHANGES[change](image)[None]]))
    group = np.flatnonzero(copies.photographs == copies.photographs[60])
    assert group.tolist() == [7, 60]
    assert copies.likeness[7] == copies.likeness[60] >= SAME_PHOTOGRAPH
    assert copies.originals.tolist() == list(range(61))


def test_drawn_faces_of_their_own_are_no_copies(drawn: Dataset) -> None:
    copies = find_copies(drawn.images)
    assert len(np.unique(copies.photographs)) == 60
    assert not copies.likeness.any()


def test_the_same_pixels_are_exact_copies_of_the_first(drawn: Dataset) -> None:
    images = drawn.images[[0, 1, 0, 2, 1, 0]]
    assert exact_originals(images).tolist() == [0, 1, 0, 3, 1, 0]
    copies = find_copies(images)
    assert copies.photographs[0] == copies.photographs[2] == copies.photographs[5]
    assert copies.photographs[1] == copies.photographs[4] != copies.photographs[3]
    assert not copies.likeness.any()  # the same picture is not another one that is alike


def test_colour_and_size_do_not_hide_a_copy(drawn: Dataset) -> None:
    large = np.stack([cv2.resize(image, (96, 96))[..., None].repeat(3, axis=2) for image in drawn.images])
    brighter = np.clip(large[3].astype(int) + 20, 0, 255).astype(np.uint8)
    copies = find_copies(np.concatenate([large, brighter[None]]))
    assert np.flatnonzero(copies.photographs == copies.photographs[60]).tolist() == [3, 60]


def test_a_copy_of_a_copy_is_in_the_same_group(drawn: Dataset) -> None:
    first = drawn.images[5]
    chain = np.stack([first, warped(first, shift=(2, 0)), warped(first, shift=(4, 0))])
    copies = find_copies(np.concatenate([drawn.images[:5], chain]))
    assert len(set(copies.photographs[5:].tolist())) == 1
    assert len(set(copies.photographs[:6].tolist())) == 6


def test_flat_pictures_are_copies_only_if_every_pixel_is_the_same() -> None:
    images = np.stack([np.full((48, 48, 1), level, np.uint8) for level in (0, 0, 128, 129)])
    copies = find_copies(images)
    assert copies.originals.tolist() == [0, 0, 2, 3]
    assert len(set(copies.photographs.tolist())) == 3


@pytest.mark.parametrize("count", [0, 1, 2])
def test_hardly_any_face_is_no_trouble(drawn: Dataset, count: int) -> None:
    copies = find_copies(drawn.images[:count])
    assert len(set(copies.photographs.tolist())) == count
    assert all(len(found) == 0 for found in copy_findings(copies, drawn.splits[:count]).values())
    assert copy_facts(copies, drawn.labels[:count], drawn.splits[:count])["photograph_copies"] == 0


def test_progress_grows_to_the_end(drawn: Dataset) -> None:
    told: list[float] = []
    find_copies(drawn.images, lambda fraction, _: told.append(fraction))
    assert told == sorted(told)
    assert told[-1] == 1


def test_detail_that_has_nothing_in_common_correlates_little(drawn: Dataset) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (2, 48, 48), dtype=np.uint8)
    assert detail_correlation(noise[0], noise[1]) < 0.3
    assert detail_correlation(drawn.images[0, ..., 0], drawn.images[0, ..., 0]) == pytest.approx(1)
    flat = np.zeros((48, 48), np.uint8)
    assert detail_correlation(flat, flat) == 0


# ── which copies to do without ───────────────────────────────────────────────────────────────────


def found_in(
    drawn: Dataset, images: list[Image], splits: list[Split], labels: list[int] | None = None
) -> tuple[dict[QualityIssue, Findings], dict[str, float]]:
    names = np.array([str(split) for split in splits])
    copies = find_copies(np.stack(images))
    given = np.array(labels if labels is not None else [0] * len(images), np.intp)
    return copy_findings(copies, names), copy_facts(copies, given, names)


def test_a_leak_names_the_training_face_and_keeps_the_test_face(drawn: Dataset) -> None:
    a, b, c, d = drawn.images[:4]
    images = [a, b, c, d, a, warped(b, shift=(1, 1)), c]
    splits = [TRAIN, TRAIN, VALIDATION, TRAIN, TEST, TEST, TEST]
    findings, facts = found_in(drawn, images, splits)
    leak = findings[QualityIssue.LEAK]
    # Train against test first, the same pixels before likeness; then validation against test.
    assert leak.faces.tolist() == [0, 1, 2]
    assert leak.partners.tolist() == [4, 5, 6]
    assert leak.scores[[0, 2]].tolist() == [1, 1]
    assert SAME_PHOTOGRAPH <= leak.scores[1] < 1
    assert (facts["leak_train_test"], facts["leak_train_test_exact"]) == (2, 1)
    assert (facts["leak_validation_test"], facts["leak_train_validation"]) == (1, 0)
    assert (facts["leak_train_in_test"], facts["leak_test_in_train"]) == (2, 2)


def test_without_the_leaking_faces_no_photograph_is_in_two_splits(drawn: Dataset) -> None:
    rng = np.random.default_rng(3)
    images = [
        CHANGES[name](drawn.images[number]) for number in range(8) for name in ("shifted", "recompressed")
    ]
    images += [drawn.images[number] for number in range(8)]
    splits = [[TRAIN, VALIDATION, TEST][number] for number in rng.integers(0, 3, len(images))]
    findings, _ = found_in(drawn, images, splits)
    left = np.setdiff1d(np.arange(len(images)), findings[QualityIssue.LEAK].faces)
    _, facts = found_in(drawn, [images[place] for place in left], [splits[place] for place in left])
    assert [value for name, value in facts.items() if name.startswith("leak_")] != []
    assert not any(value for name, value in facts.items() if name.startswith("leak_"))
    assert all(splits[place] != TEST for place in findings[QualityIssue.LEAK].faces)


def test_without_exact_and_near_duplicates_one_of_each_photograph_is_left(drawn: Dataset) -> None:
    a, b = drawn.images[:2]
    shifted = warped(a, shift=(1, 0))
    images = [a, a, shifted, shifted, b]
    findings, facts = found_in(drawn, images, [TRAIN, TRAIN, TRAIN, VALIDATION, TRAIN])
    exact, near = findings[QualityIssue.EXACT_DUPLICATE], findings[QualityIssue.NEAR_DUPLICATE]
    assert dict(zip(exact.faces.tolist(), exact.partners.tolist(), strict=True)) == {1: 0, 2: 3}
    assert exact.scores.tolist() == [2, 2]
    assert (near.faces.tolist(), near.partners.tolist()) == ([0], [3])
    kept = set(range(5)) - set(exact.faces.tolist()) - set(near.faces.tolist())
    assert kept == {3, 4}
    assert (facts["exact_groups"], facts["exact_faces"], facts["exact_copies"]) == (2, 4, 2)
    assert (facts["near_groups"], facts["near_faces"], facts["photograph_copies"]) == (1, 4, 3)


def test_pictures_that_are_there_most_often_come_first(drawn: Dataset) -> None:
    a, b = drawn.images[:2]
    findings, _ = found_in(drawn, [a, a, b, b, b], [TRAIN] * 5)
    exact = findings[QualityIssue.EXACT_DUPLICATE]
    assert (exact.faces.tolist(), exact.scores.tolist()) == ([3, 4, 1], [3, 3, 2])


def test_copies_that_contradict_each_other_are_counted(drawn: Dataset) -> None:
    a, b, c = drawn.images[:3]
    _, facts = found_in(drawn, [a, a, b, b, c, warped(c, shift=(1, 0))], [TRAIN] * 6, [0, 1, 2, 2, 3, 4])
    assert (facts["exact_conflicting_groups"], facts["exact_conflicting_faces"]) == (1, 2)
    assert (facts["photograph_conflicting_groups"], facts["photograph_conflicting_faces"]) == (2, 4)
