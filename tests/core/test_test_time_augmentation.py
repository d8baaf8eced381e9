"""Several looks at one face: what they show, and that their answers are averaged."""

import numpy as np
import pytest
from numpy.typing import NDArray

from fer.emotions import EMOTIONS
from fer.evaluation import TTA
from fer.evaluation.test_time_augmentation import looks_at, predict


class Reader:
    """A model whose answer is what it was shown: the grey of the upper left pixel is its belief in angry."""

    name = "reader"
    emotions = EMOTIONS

    def __init__(self) -> None:
        self.shown = 0

    def predict(self, images: NDArray[np.uint8]) -> NDArray[np.float32]:
        self.shown += len(images)
        answers = np.zeros((len(images), 7), np.float32)
        answers[:, 0] = images[:, 0, 0, 0] / 255
        answers[:, 1] = 1 - answers[:, 0]
        return answers


@pytest.mark.parametrize("tta", list(TTA))
@pytest.mark.parametrize("channels", [1, 3])
def test_every_look_is_as_large_as_the_face(tta: TTA, channels: int) -> None:
    images = np.random.default_rng(0).integers(0, 256, (3, 48, 40, channels), np.uint8)
    looks = list(looks_at(images, tta))
    assert len(looks) == {TTA.NONE: 1, TTA.FLIP: 2, TTA.TEN_CROP: 10}[tta]
    assert {(look.shape, look.dtype) for look in looks} == {(images.shape, np.dtype(np.uint8))}


def test_a_flip_mirrors_left_and_right_only() -> None:
    image = np.arange(6, dtype=np.uint8).reshape(1, 2, 3, 1)
    as_it_is, mirrored = looks_at(image, TTA.FLIP)
    np.testing.assert_array_equal(as_it_is, image)
    np.testing.assert_array_equal(mirrored[0, :, :, 0], [[2, 1, 0], [5, 4, 3]])


def test_ten_crops_are_four_corners_and_the_centre_each_mirrored_too() -> None:
    # Grey grows to the right and downwards: where a crop begins is then its first pixel.
    rows, columns = np.mgrid[0:48, 0:48]
    image = (2 * rows + 3 * columns).astype(np.uint8)[None, :, :, None]
    looks = list(looks_at(image, TTA.TEN_CROP))
    begins = [int(look[0, 0, 0, 0]) for look in looks[::2]]
    assert begins == [0, 3 * 4, 2 * 4, 5 * 4, 5 * 2]  # 44 of 48 pixels: corners are 4 pixels apart
    for look, mirrored in zip(looks[::2], looks[1::2], strict=True):
        np.testing.assert_array_equal(mirrored, look[:, :, ::-1])


def test_answers_are_the_mean_over_the_looks() -> None:
    images = np.zeros((2, 48, 48, 1), np.uint8)
    images[:, :, :24] = 255  # bright on the left: the mirror image is dark there
    model = Reader()
    once = predict(model, images)  # type: ignore[arg-type]
    twice = predict(model, images, TTA.FLIP)  # type: ignore[arg-type]
    np.testing.assert_allclose(once[:, 0], 1)
    np.testing.assert_allclose(twice[:, 0], 0.5)
    assert model.shown == 2 + 4


def test_no_faces_give_no_answers() -> None:
    assert predict(Reader(), np.zeros((0, 48, 48, 1), np.uint8), TTA.TEN_CROP).shape == (0, 7)  # type: ignore[arg-type]


def test_each_way_is_named_where_a_figure_stands() -> None:
    assert len({tta.phrase for tta in TTA}) == len(TTA)
    assert "ten crops" in TTA.TEN_CROP.phrase
