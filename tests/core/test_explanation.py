"""Maps of places on models whose answers are known: grey levels stand for emotions, sixths for places."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from fer.__main__ import main
from fer.datasets import Split
from fer.emotions import EMOTIONS, Emotion
from fer.errors import FerError, ModelNotFoundError
from fer.evaluation import explanation
from fer.evaluation.explanation import BY_ITSELF, THE_OTHERS, emotion_map, enlarged, occlude, read_map
from fer.evaluation.explanation.filters import filter_words
from fer.evaluation.explanation.layers import LayerReader
from fer.evaluation.explanation.overlay import overlay_svg
from fer.evaluation.explanation.picture import overlaid
from fer.evaluation.explanation.shading import OPPOSES, SUPPORTS, grey_pictures, signed_pictures
from fer.models.inference import Recognizer
from tests.conftest import PROJECT_ROOT, dataset_of, write_fer_csv
from tests.core import grey_level

HAPPY, SAD = EMOTIONS.index(Emotion.HAPPY), EMOTIONS.index(Emotion.SAD)
SHIPPED = PROJECT_ROOT / "models" / "pretrained" / "mini_xception"


@pytest.fixture
def mapping(fer_home: Path) -> Recognizer:
    """A model that names the grey level, with a map for each emotion."""
    return Recognizer(
        grey_level.save_model(fer_home / "models" / "pretrained" / "mapping", content=grey_level.WITH_MAPS)
    )


def random_maps(seed: int = 0) -> NDArray[np.float32]:
    return np.random.default_rng(seed).normal(size=(3, 3, 7)).astype(np.float32)


# ── emotion maps ─────────────────────────────────────────────────────────────────────────────────


def test_a_map_against_one_other_emotion_adds_up_to_the_logarithm_of_their_odds(mapping: Recognizer) -> None:
    image = np.random.default_rng(0).integers(90, 160, (48, 48, 1), dtype=np.uint8)
    maps, probabilities = mapping.predict_with_maps(image[None])
    shown = emotion_map(maps[0], EMOTIONS, Emotion.HAPPY, Emotion.SAD)
    odds = np.log(probabilities[0, HAPPY] / probabilities[0, SAD])
    assert shown.total == pytest.approx(float(odds), abs=1e-3)


def test_comparisons_forget_what_is_added_to_all_emotions_alike() -> None:
    maps, common = random_maps(), random_maps(1)[:, :, :1]
    for against in (THE_OTHERS, Emotion.SAD):
        plain = emotion_map(maps, EMOTIONS, Emotion.HAPPY, against).values
        shifted = emotion_map(maps + common, EMOTIONS, Emotion.HAPPY, against).values
        assert shifted == pytest.approx(plain, abs=1e-6)
    by_itself = emotion_map(maps + common, EMOTIONS, Emotion.HAPPY, BY_ITSELF).values
    assert by_itself == pytest.approx(maps[:, :, HAPPY] + common[:, :, 0])


def test_the_others_are_all_but_the_emotion() -> None:
    maps = random_maps()
    shown = emotion_map(maps, EMOTIONS, Emotion.HAPPY).values
    assert shown == pytest.approx(maps[:, :, HAPPY] - np.delete(maps, HAPPY, axis=2).mean(axis=2), abs=1e-6)


def test_an_emotion_the_model_does_not_know_is_a_sentence() -> None:
    with pytest.raises(FerError, match=r"does not know “sad”\. It knows angry, happy"):
        emotion_map(random_maps()[:, :, :2], (Emotion.ANGRY, Emotion.HAPPY), Emotion.SAD)
    with pytest.raises(FerError, match="compared with itself"):
        emotion_map(random_maps(), EMOTIONS, Emotion.SAD, Emotion.SAD)


@pytest.mark.parametrize("size", [(48, 48), (30, 90), (224, 224)])
def test_an_enlarged_map_keeps_its_bounds_and_the_middles_of_its_places(size: tuple[int, int]) -> None:
    values = random_maps()[:, :, 0]
    large = enlarged(values, *size)
    assert large.shape == size
    assert large.min() >= values.min() and large.max() <= values.max()
    row, column = np.unravel_index(values.argmax(), values.shape)
    middle = large[int((row + 0.5) * size[0] / 3), int((column + 0.5) * size[1] / 3)]
    assert middle == pytest.approx(values.max(), abs=0.12)


# ── occlusion ────────────────────────────────────────────────────────────────────────────────────


class LooksAtOnePlace:
    """Is as sure of "happy" as the middle of one place is bright, and of "sad" otherwise."""

    emotions = EMOTIONS

    def __init__(self, row: int, column: int) -> None:
        self.place = slice(row, row + 8), slice(column, column + 8)

    def predict(self, images: NDArray[np.uint8]) -> NDArray[np.float32]:
        answers = np.zeros((len(images), 7), np.float32)
        answers[:, HAPPY] = images[:, *self.place].mean(axis=(1, 2, 3)) / 255
        answers[:, SAD] = 1 - answers[:, HAPPY]
        return answers


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize(("row", "column"), [(4, 4), (32, 20), (36, 36)])
def test_the_patch_that_matters_is_found(row: int, column: int, channels: int) -> None:
    image = np.full((48, 48, channels), 30, np.uint8)
    image[row : row + 8, column : column + 8] = 250
    told: list[float] = []
    found = occlude(
        LooksAtOnePlace(row, column),  # type: ignore[arg-type]
        image,
        progress=lambda fraction, _: told.append(fraction),
    )
    (left, top, right, bottom), remaining = found.strongest(Emotion.HAPPY)
    assert left <= column and column + 8 <= right and top <= row and row + 8 <= bottom
    # Covered with the mean of the face, of which the bright place is a small part.
    assert remaining == pytest.approx(np.rint(image[..., 0].mean()) / 255, abs=1e-3)
    assert found.before[HAPPY] == pytest.approx(250 / 255, abs=1e-3)
    spread = found.map(Emotion.HAPPY)
    assert spread.shape == (48, 48)
    assert spread[row + 4, column + 4] > 0.8
    assert spread[(row + 24) % 48, (column + 24) % 48] == pytest.approx(0, abs=1e-6)
    assert found.map(Emotion.SAD) == pytest.approx(-spread, abs=1e-5)
    assert told[-1] == 1


def test_patches_reach_every_edge_and_follow_the_shares() -> None:
    image = np.zeros((60, 48, 1), np.uint8)
    found = occlude(LooksAtOnePlace(0, 0), image, patch=1 / 3, stride=1 / 6)  # type: ignore[arg-type]
    assert (found.patch, found.size) == ((20, 16), (60, 48))
    assert found.tops.tolist() == [0, 10, 20, 30, 40]
    assert found.lefts.tolist() == [0, 8, 16, 24, 32]
    assert found.after.shape == (5, 5, 7)
    whole = occlude(LooksAtOnePlace(0, 0), image, patch=1)  # type: ignore[arg-type]
    assert whole.after.shape == (1, 1, 7)
    for wrong in (0, -0.1, 1.1):
        with pytest.raises(FerError, match="is a share"):
            occlude(LooksAtOnePlace(0, 0), image, patch=wrong)  # type: ignore[arg-type]


def test_the_shipped_model_is_covered_in_the_order_of_the_places() -> None:
    shipped = Recognizer(SHIPPED)
    image = np.random.default_rng(0).integers(0, 256, (48, 48, 1), dtype=np.uint8)
    found = occlude(shipped, image)
    covered = image.copy()
    top, left = int(found.tops[3]), int(found.lefts[7])
    covered[top : top + 12, left : left + 12] = int(np.rint(image.mean()))
    assert found.after[3, 7] == pytest.approx(shipped.predict(covered[None])[0], abs=1e-5)
    assert found.before == pytest.approx(shipped.predict(image[None])[0], abs=1e-6)


# ── in words and as pictures ─────────────────────────────────────────────────────────────────────


def test_a_map_is_read_where_it_is_strongest_and_not_below_what_counts() -> None:
    values = np.zeros((6, 6), np.float32)
    values[4:, 2:4], values[0, 0] = 2, -4
    reading = read_map(values, 0.5)
    assert reading.supports is not None and reading.opposes is not None
    assert (reading.supports.third, reading.supports.side, reading.supports.value) == (
        "lower third",
        "middle",
        2,
    )
    assert "mouth" in reading.supports.usually
    assert (reading.opposes.third, reading.opposes.side, reading.opposes.value) == ("upper third", "left", -1)
    assert read_map(values, 1.5).opposes is None
    assert read_map(np.zeros((3, 3), np.float32), 0.1) == explanation.Reading(None, None)


def test_a_drawing_shows_every_place_with_its_sign_and_breaks_lines_around_what_opposes() -> None:
    image = np.full((48, 48, 1), 120, np.uint8)
    values = np.array([[2.0, 0.1, 0.0], [0.1, 0.1, 0.1], [0.0, 0.1, -2.0]], np.float32)
    places = overlay_svg(image, values, 0.5, as_places=True, box=(0, 0, 12, 12))
    assert re.findall(r">([+−]\d\.\d)<", places)[::8] == ["+2.0", "−2.0"]
    assert len(re.findall("<text", places)) == 9
    smoothed = overlay_svg(image, values, 0.5)
    assert "<text" not in smoothed
    dashed = re.findall(r"<polygon[^>]*stroke-dasharray[^>]*>", smoothed)
    assert len(dashed) == len(re.findall("<polygon", smoothed)) / 2 > 0
    # Weak maps stay pale: the full colour stands for no less than `least`.
    assert "<polygon" not in overlay_svg(image, values / 100, 0.5)


def test_colours_lie_where_the_map_says() -> None:
    face = np.full((90, 90, 3), 128, np.uint8)
    drawn = overlaid(face, np.array([[1.0, 0.0], [0.0, -1.0]], np.float32), 0.5)
    supported, opposed = drawn[8, 8].astype(int), drawn[80, 80].astype(int)
    assert np.abs(supported - SUPPORTS).sum() < np.abs(supported - OPPOSES).sum()
    assert np.abs(opposed - OPPOSES).sum() < np.abs(opposed - SUPPORTS).sum()


def test_pictures_of_maps_share_one_scale() -> None:
    maps = np.stack([np.full((4, 4), 1.0), np.full((4, 4), 0.5), np.zeros((4, 4))]).astype(np.float32)
    assert grey_pictures(maps)[:, 0, 0, 0].tolist() == [255, 127, 0]
    signed = signed_pictures(maps - 0.5)
    assert tuple(signed[0, 0, 0]) == SUPPORTS and tuple(signed[2, 0, 0]) == OPPOSES
    assert grey_pictures(np.zeros((0, 4, 4), np.float32)).shape == (0, 4, 4, 3)


@pytest.mark.parametrize(
    ("kernel", "words"),
    [
        (np.ones((3, 3)), "brightness"),
        ([[1, 1, 1], [0, 0, 0], [-1, -1, -1]], "light above dark"),
        ([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]], "light right of dark"),
        ([[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]], "a light spot"),
        ([[-1, 2, -1], [-1, 2, -1], [-1, 2, -1]], "a light upright line"),
        ([[1, -1, 1], [-1, 1, -1], [1, -1, 1]], "a mixture"),
        (np.zeros((3, 3)), "nothing"),
    ],
)
def test_a_filter_is_called_after_what_it_looks_for(kernel: object, words: str) -> None:
    assert filter_words(np.array(kernel, np.float32)[:, :, np.newaxis]) == words


# ── layer by layer ───────────────────────────────────────────────────────────────────────────────


def test_the_layers_end_in_the_models_own_maps() -> None:
    image = np.random.default_rng(0).integers(0, 256, (60, 70, 3), dtype=np.uint8)
    reader, shipped = LayerReader(SHIPPED), Recognizer(SHIPPED)
    layers = reader.read(image)
    assert [layer.number for layer in layers] == list(range(1, len(layers) + 1))
    assert (layers[0].kind, layers[0].maps.shape) == ("Convolution 3×3, then ReLU", (62, 62, 8))
    kinds = {layer.kind.partition(",")[0] for layer in layers}
    assert {"Depthwise convolution 3×3", "Convolution 1×1", "Pooling", "Addition of the shortcut"} <= kinds
    assert layers[-1].emotions == EMOTIONS
    assert layers[-1].maps == pytest.approx(shipped.emotion_maps(image[None])[0], abs=1e-3)
    features = next(layer for layer in layers if layer.maps.shape == (4, 4, 128) and "Addition" in layer.kind)
    assert features.maps == pytest.approx(shipped.feature_maps(image[None])[0], abs=1e-3)
    assert not any(layer.emotions for layer in layers[:-1])


def test_the_first_filters_make_the_first_maps() -> None:
    reader = LayerReader(SHIPPED)
    image = np.random.default_rng(1).integers(0, 256, Recognizer(SHIPPED).preprocessing.input_shape, np.uint8)
    filters, first = reader.first_filters(), reader.read(image)[0]
    assert filters is not None and filters.shape == (8, 3, 3, 1)
    inputs = image[:, :, 0] / 127.5 - 1
    windows = np.lib.stride_tricks.sliding_window_view(inputs, (3, 3))
    sums = np.einsum("yxij,kij->yxk", windows, filters[..., 0])
    # What is missing is the shift of each filter, the same at every place, and ReLU.
    alive = first.maps > 0
    for channel in range(8):
        shift = (first.maps - sums)[..., channel][alive[..., channel]]
        assert np.ptp(shift) < 1e-3 if len(shift) else True


def test_maps_that_say_nothing_of_a_face_are_counted_and_come_last() -> None:
    flat = np.full((48, 48, 1), 128, np.uint8)
    assert LayerReader(SHIPPED).read(flat)[0].silent == 8
    noise = np.random.default_rng(0).integers(0, 256, (48, 48, 1), dtype=np.uint8)
    layer = LayerReader(SHIPPED).read(noise)[0]
    spread = layer.maps.std(axis=(0, 1))[layer.strongest(5)]
    assert len(spread) == 5 and np.all(np.diff(spread) <= 0)


def test_a_model_without_convolutions_has_no_filters_and_a_damaged_one_is_a_sentence(tmp_path: Path) -> None:
    folder = grey_level.save_model(tmp_path / "plain")
    reader = LayerReader(folder)
    assert reader.first_filters() is None
    assert reader.read(grey_level.flat(Emotion.SAD)) == ()
    grey_level.save_model(tmp_path / "damaged", content=b"not a model")
    with pytest.raises(ModelNotFoundError, match="damaged"):
        LayerReader(tmp_path / "damaged")


# ── what could be prepared, and the command ──────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("content", "architecture", "weights", "expected"),
    [
        (grey_level.WITH_FEATURES, "tiny_cnn", "model.keras", True),
        (grey_level.WITH_FEATURES, "tiny_cnn", "best.keras", True),
        (grey_level.WITH_FEATURES, "tiny_cnn", "", False),
        (grey_level.WITH_FEATURES, "paired_cnn", "model.keras", False),
        (grey_level.WITH_FEATURES, "unheard_of", "model.keras", False),
        (grey_level.WITH_MAPS, "tiny_cnn", "model.keras", False),
    ],
)
def test_maps_can_be_prepared_where_weights_are_and_the_architecture_has_them(
    fer_home: Path, content: bytes, architecture: str, weights: str, expected: bool
) -> None:
    folder = grey_level.save_model(
        fer_home / "models" / "pretrained" / "model", content=content, architecture=architecture
    )
    if weights:
        (folder / weights).write_bytes(b"")
    assert explanation.can_prepare_maps(Recognizer(folder)) is expected


@pytest.fixture
def small_csv(tmp_path: Path) -> str:
    write_fer_csv(tmp_path / "small.csv", dataset_of(range(7), [Split.TEST] * 7))
    return str(tmp_path / "small.csv")


def test_the_command_draws_one_face_explained(
    mapping: Recognizer, small_csv: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "explained.png"
    arguments = ["explain", mapping.name, "--data", small_csv, "--row", "5", "--output", str(output)]
    assert main([*arguments, "--emotion", "sad", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["emotion"], told["row"], np.shape(told["emotion_map"])) == ("sad", 5, (3, 2))
    with Image.open(output) as picture:
        assert picture.width > 900
    assert main([*arguments]) == 0
    assert "labelled" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (["--row", "99999999"], "There is no row 99,999,999"),
        (["--output", "picture.jpg"], "written as .png; received “picture.jpg”"),
    ],
)
def test_a_face_that_is_not_there_is_a_sentence(
    mapping: Recognizer,
    small_csv: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    changes: list[str],
    said: str,
) -> None:
    output = str(tmp_path / "explained.png")
    arguments = ["explain", mapping.name, "--data", small_csv, "--row", "5", "--output", output, *changes]
    assert main(arguments) == 2
    assert said in capsys.readouterr().err
    assert not Path(output).exists()


def test_a_model_without_maps_is_explained_without_them(
    fer_home: Path, small_csv: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    grey_level.save_model(fer_home / "models" / "pretrained" / "flat", architecture="paired_cnn")
    output = tmp_path / "explained.png"
    assert main(["explain", "flat", "--data", small_csv, "--row", "5", "--output", str(output)]) == 0
    assert "no emotion map: its head does not average" in capsys.readouterr().out
    assert output.exists()
