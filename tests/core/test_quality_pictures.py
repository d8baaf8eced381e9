"""How bright, contrasted and sharp a face is, and which pictures are hardly one."""

import cv2
import numpy as np
import pytest

from fer.datasets import Dataset, Split
from fer.datasets.quality import FaceMeasures, QualityIssue, measure_faces
from fer.datasets.quality.lessons import LESSONS
from fer.datasets.quality.picture_quality import (
    BLANK_BELOW,
    BLURRED_BELOW,
    BRIGHT_ABOVE,
    DARK_BELOW,
    FEWEST_FACES,
    NOT_A_FACE_ABOVE,
    not_a_face,
    outline_distances,
    quality_findings,
)
from fer.datasets.synthetic.loading import draw_dataset


@pytest.fixture(scope="module")
def drawn() -> Dataset:
    return draw_dataset({Split.TRAIN: FEWEST_FACES}, seed=5)


def measures_of(**values: list[float]) -> FaceMeasures:
    """Faces that are fine but for what is given."""
    n = len(next(iter(values.values())))
    usual = {"brightness": [120.0] * n, "contrast": [50.0] * n, "sharpness": [400.0] * n}
    return FaceMeasures(**{name: np.array(each, np.float32) for name, each in (usual | values).items()})


def test_brightness_and_contrast_are_the_mean_and_the_deviation_of_the_pixels(drawn: Dataset) -> None:
    measures = measure_faces(drawn.images)
    pixels = drawn.images.reshape(len(drawn), -1).astype(float)
    assert np.allclose(measures.brightness, pixels.mean(axis=1), atol=1e-3)
    assert np.allclose(measures.contrast, pixels.std(axis=1), atol=1e-3)
    assert all(
        values.dtype == np.float32 and values.shape == (len(drawn),)
        for values in (measures.brightness, measures.contrast, measures.sharpness)
    )


def test_blur_lowers_the_sharpness_of_every_face_and_contrast_hardly_moves_it(drawn: Dataset) -> None:
    images = drawn.images[:20]
    sharp = measure_faces(images).sharpness
    blurred = np.stack([cv2.GaussianBlur(image, (0, 0), 2)[..., None] for image in images])
    assert (measure_faces(blurred).sharpness < sharp / 2).all()
    dim = (images * 0.5).astype(np.uint8)
    assert np.allclose(measure_faces(dim).sharpness, sharp, rtol=0.15)


def test_a_flat_picture_has_neither_contrast_nor_sharpness() -> None:
    measures = measure_faces(np.full((1, 48, 48, 1), 200, np.uint8))
    assert (measures.brightness[0], measures.contrast[0], measures.sharpness[0]) == (200, 0, 0)


def test_a_grey_picture_in_three_channels_measures_the_same(drawn: Dataset) -> None:
    grey, colour = measure_faces(drawn.images[:5]), measure_faces(drawn.images[:5].repeat(3, axis=3))
    for name in ("brightness", "contrast", "sharpness"):
        assert np.array_equal(getattr(grey, name), getattr(colour, name))


def test_no_face_has_no_measure() -> None:
    assert measure_faces(np.empty((0, 48, 48, 1), np.uint8)).brightness.shape == (0,)


def test_each_issue_ranks_the_worst_first() -> None:
    found = quality_findings(measures_of(brightness=[30, 120, 10, 250, 230]))
    assert found[QualityIssue.DARK].faces.tolist() == [2, 0]
    assert found[QualityIssue.DARK].scores.tolist() == [10, 30]
    assert found[QualityIssue.BRIGHT].faces.tolist() == [3, 4]
    assert len(found[QualityIssue.BLANK]) == len(found[QualityIssue.BLURRED]) == 0
    assert quality_findings(measures_of(sharpness=[100, 400, 50]))[QualityIssue.BLURRED].faces.tolist() == [
        2,
        0,
    ]


def test_a_face_on_the_threshold_is_fine() -> None:
    for name, value, issue in (
        ("contrast", BLANK_BELOW, QualityIssue.BLANK),
        ("brightness", DARK_BELOW, QualityIssue.DARK),
        ("brightness", BRIGHT_ABOVE, QualityIssue.BRIGHT),
        ("sharpness", BLURRED_BELOW, QualityIssue.BLURRED),
    ):
        assert len(quality_findings(measures_of(**{name: [value]}))[issue]) == 0


def test_a_blank_picture_is_called_blank_and_nothing_else() -> None:
    found = quality_findings(measures_of(contrast=[1, 50], brightness=[0, 120], sharpness=[0, 400]))
    assert {issue: findings.faces.tolist() for issue, findings in found.items() if len(findings)} == {
        QualityIssue.BLANK: [0]
    }


def test_what_is_no_face_is_farther_from_the_average_outlines_than_any_face(drawn: Dataset) -> None:
    text = np.full((48, 48, 1), 255, np.uint8)
    for line in range(8, 48, 6):
        cv2.putText(text, "not a face", (0, line), cv2.FONT_HERSHEY_PLAIN, 0.5, 0)
    images = np.concatenate([drawn.images, text[None], np.zeros((1, 48, 48, 1), np.uint8)])
    distances = outline_distances(images)
    assert distances is not None
    assert distances[-1] == 1  # no outlines at all
    assert (distances[:-2] < distances[-2]).all()
    findings = not_a_face(images)
    assert findings is not None
    assert findings.faces[0] == len(drawn) + 1
    assert findings.faces.tolist() == np.argsort(-distances)[: len(findings)].tolist()
    assert (findings.scores > NOT_A_FACE_ABOVE).all()


def test_a_few_faces_have_no_average(drawn: Dataset) -> None:
    assert not_a_face(drawn.images[: FEWEST_FACES - 1]) is None


def test_nothing_stands_out_among_flat_pictures() -> None:
    findings = not_a_face(np.zeros((FEWEST_FACES, 48, 48, 1), np.uint8))
    assert findings is not None
    assert len(findings) == 0


def test_every_issue_has_its_lesson_and_its_threshold_in_words() -> None:
    assert set(LESSONS) == set(QualityIssue)
    for lesson in LESSONS.values():
        assert all((lesson.title, lesson.definition, lesson.consequence, lesson.remedy))
        assert lesson.definition.endswith(".")
    assert f"below {DARK_BELOW:.0f}" in LESSONS[QualityIssue.DARK].definition
