"""`fer.models.inference` on a model whose answers are known: grey levels stand for emotions."""

import os
import threading
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from fer.emotions import EMOTIONS, Emotion
from fer.errors import ModelMismatchError, ModelNotFoundError
from fer.models import inference
from fer.models.card import CARD_FILE, INT8_FILE, MODEL_FILE
from fer.models.inference import (
    CHUNK,
    DEFAULT_MODEL,
    DRAWN_FACES_MODEL,
    Recognizer,
    list_models,
    load_recognizer,
    model_folder,
    own_model_folder,
)
from fer.models.preprocessing import Preprocessing
from fer.system import paths
from tests.conftest import PROJECT_ROOT
from tests.core import grey_level


@pytest.fixture
def recognizer(fer_home: Path) -> Recognizer:
    return Recognizer(grey_level.save_model(fer_home / "models" / "pretrained" / "grey"))


@pytest.mark.parametrize("emotion", EMOTIONS)
def test_the_answer_names_what_the_model_was_made_to_see(recognizer: Recognizer, emotion: Emotion) -> None:
    probabilities = recognizer.predict(grey_level.flat(emotion)[None])
    assert probabilities.dtype == np.float32
    assert recognizer.emotions[int(probabilities.argmax())] is emotion
    assert probabilities.sum() == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize("count", [0, 1, 2, 3, CHUNK, CHUNK + 1, 2 * CHUNK + 5])
def test_any_number_of_faces_is_answered_in_their_order(recognizer: Recognizer, count: int) -> None:
    labels = np.random.default_rng(count).integers(0, 7, count)
    images = (
        np.stack([grey_level.flat(EMOTIONS[label]) for label in labels])
        if count
        else np.empty((0, 48, 48, 1), np.uint8)
    )
    probabilities = recognizer.predict(images)
    assert probabilities.shape == (count, 7)
    assert np.array_equal(probabilities.argmax(axis=1), labels)


def test_colour_and_another_size_are_prepared_for_the_model(recognizer: Recognizer) -> None:
    probabilities = recognizer.predict(grey_level.flat(Emotion.SAD, 90, 70, channels=3)[None])
    assert recognizer.emotions[int(probabilities.argmax())] is Emotion.SAD


@pytest.fixture
def seeing(fer_home: Path) -> Recognizer:
    """A model that also answers with a feature map: the grey of each sixth of the face, and its negative."""
    return Recognizer(
        grey_level.save_model(fer_home / "models" / "pretrained" / "seeing", content=grey_level.WITH_FEATURES)
    )


def sixths(*levels: int) -> NDArray[np.uint8]:
    """An image, (48, 48, 1), of three rows of two blocks with these grey levels, (6,)."""
    blocks = np.array(levels, np.uint8).reshape(3, 2)
    return np.repeat(np.repeat(blocks, 16, axis=0), 24, axis=1)[:, :, None]


def test_a_feature_map_keeps_what_was_seen_where(seeing: Recognizer) -> None:
    maps = seeing.feature_maps(np.stack([sixths(0, 51, 102, 153, 204, 255), sixths(255, 0, 0, 0, 0, 0)]))
    assert (maps.shape, maps.dtype) == ((2, 3, 2, 2), np.float32)
    first = np.array([[-1, -0.6], [-0.2, 0.2], [0.6, 1]])
    assert maps[0] == pytest.approx(np.stack([first, -first], axis=2), abs=1e-5)
    assert maps[1, 0, 0].tolist() == pytest.approx([1, -1], abs=1e-5)


@pytest.mark.parametrize("count", [0, 1, CHUNK, 2 * CHUNK + 5])
def test_features_are_the_map_averaged_over_the_face_in_the_order_of_the_faces(
    seeing: Recognizer, count: int
) -> None:
    images = np.random.default_rng(count).integers(0, 256, (count, 48, 48, 1), dtype=np.uint8)
    features = seeing.features(images)
    grey = images.mean(axis=(1, 2)) / 127.5 - 1
    assert (features.shape, features.dtype) == ((count, 2), np.float32)
    assert features == pytest.approx(np.hstack([grey, -grey]), abs=1e-5)
    assert seeing.feature_maps(images).mean(axis=(1, 2)) == pytest.approx(features, abs=1e-6)
    again, probabilities = seeing.predict_with_features(images)
    assert np.array_equal(again, features)
    assert np.array_equal(probabilities, seeing.predict(images))


def test_a_second_output_changes_no_answer(recognizer: Recognizer, seeing: Recognizer) -> None:
    images = np.stack([grey_level.flat(emotion) for emotion in EMOTIONS])
    assert seeing.has_features
    assert seeing.predict(images) == pytest.approx(recognizer.predict(images), abs=1e-5)


def test_a_model_exported_without_its_feature_map_predicts_and_says_what_it_lacks(
    recognizer: Recognizer,
) -> None:
    images = grey_level.flat(Emotion.FEAR)[None]
    assert not recognizer.has_features
    assert recognizer.predict(images).argmax() == EMOTIONS.index(Emotion.FEAR)
    for ask in (recognizer.features, recognizer.feature_maps, recognizer.predict_with_features):
        with pytest.raises(ModelMismatchError, match=r"probabilities only.*Train it again"):
            ask(images)


@pytest.fixture
def mapping(fer_home: Path) -> Recognizer:
    """A model that also answers with a map for each emotion: the logit of each sixth of the face."""
    return Recognizer(
        grey_level.save_model(fer_home / "models" / "pretrained" / "mapping", content=grey_level.WITH_MAPS)
    )


def logits_of(grey: NDArray[np.float64]) -> NDArray[np.float64]:
    """What the model makes of places of this grey, -1 to 1; a last axis of seven is added."""
    levels = -1 + 2 * (np.arange(7) + 0.5) / 7
    return 120 * levels * grey[..., np.newaxis] - 60 * levels**2


def test_an_emotion_map_says_what_each_place_added(mapping: Recognizer) -> None:
    maps = mapping.emotion_maps(np.stack([sixths(0, 51, 102, 153, 204, 255), sixths(255, 0, 0, 0, 0, 0)]))
    assert (maps.shape, maps.dtype) == ((2, 3, 2, 7), np.float32)
    assert maps[0] == pytest.approx(logits_of(np.array([[-1, -0.6], [-0.2, 0.2], [0.6, 1]])), abs=1e-3)
    assert maps[1, 0, 0] == pytest.approx(logits_of(np.array(1.0)), abs=1e-3)


@pytest.mark.parametrize("count", [0, 1, CHUNK, 2 * CHUNK + 5])
def test_the_mean_of_an_emotion_map_is_the_logit_up_to_what_softmax_forgets(
    mapping: Recognizer, count: int
) -> None:
    images = np.random.default_rng(count).integers(60, 196, (count, 48, 48, 1), dtype=np.uint8)
    maps, probabilities = mapping.predict_with_maps(images)
    assert maps.shape == (count, 3, 2, 7)
    logits = maps.mean(axis=(1, 2))
    powers = np.exp(logits - logits.max(axis=1, keepdims=True, initial=-np.inf))
    assert probabilities == pytest.approx(powers / powers.sum(axis=1, keepdims=True), abs=1e-5)
    assert np.array_equal(maps, mapping.emotion_maps(images))
    assert np.array_equal(probabilities, mapping.predict(images))


def test_a_coloured_face_of_another_size_has_the_same_maps(mapping: Recognizer) -> None:
    large = np.repeat(np.repeat(sixths(0, 51, 102, 153, 204, 255), 2, axis=0), 2, axis=1)
    colored = np.repeat(large, 3, axis=2)
    maps = mapping.emotion_maps(np.stack([colored]))
    assert maps[0] == pytest.approx(mapping.emotion_maps(sixths(0, 51, 102, 153, 204, 255)[None])[0], abs=1)


def test_outputs_are_told_apart_by_what_they_are(
    recognizer: Recognizer, seeing: Recognizer, mapping: Recognizer
) -> None:
    assert [model.has_features for model in (recognizer, seeing, mapping)] == [False, True, True]
    assert [model.has_emotion_maps for model in (recognizer, seeing, mapping)] == [False, False, True]
    images = sixths(0, 51, 102, 153, 204, 255)[None]
    assert np.array_equal(mapping.features(images), seeing.features(images))
    for ask in (seeing.emotion_maps, seeing.predict_with_maps):
        with pytest.raises(ModelMismatchError, match="python -m fer reexport seeing"):
            ask(images)


def test_maps_that_do_not_add_up_to_the_answer_are_not_called_emotion_maps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A feature map may happen to be as deep as there are emotions. No file here is, so none may add up.
    monkeypatch.setattr(inference, "MAPS_TOLERANCE", 0.0)
    stranger = Recognizer(grey_level.save_model(tmp_path / "stranger", content=grey_level.WITH_MAPS))
    assert not stranger.has_emotion_maps
    assert stranger.features(grey_level.flat(Emotion.SAD)[None]).shape == (1, 2)


def test_the_shipped_model_gives_its_features_and_maps_that_add_up_to_its_answer() -> None:
    shipped = Recognizer(PROJECT_ROOT / "models" / "pretrained" / "mini_xception")
    images = np.random.default_rng(0).integers(0, 256, (3, 48, 48, 1), dtype=np.uint8)
    assert shipped.features(images).shape == (3, 128)
    assert shipped.feature_maps(images).shape == (3, 4, 4, 128)
    maps, probabilities = shipped.predict_with_maps(images)
    assert maps.shape == (3, 4, 4, 7)
    surplus = np.log(probabilities) - maps.mean(axis=(1, 2))
    assert np.ptp(surplus, axis=1) == pytest.approx(0, abs=1e-4)


def test_many_threads_get_their_own_answers(recognizer: Recognizer) -> None:
    wrong: list[int] = []

    def ask(label: int) -> None:
        images = np.stack([grey_level.flat(EMOTIONS[label])] * (label + 1))
        for _ in range(50):
            if not np.all(recognizer.predict(images).argmax(axis=1) == label):
                wrong.append(label)

    threads = [threading.Thread(target=ask, args=(label,)) for label in range(7)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


@pytest.mark.parametrize(
    ("preprocessing", "emotions", "said"),
    [
        (Preprocessing(64, 64), EMOTIONS, "48×48×1 of float32, but its card.json says 64×64×1"),
        (Preprocessing(channels=3), EMOTIONS, "card.json says 48×48×3"),
        (Preprocessing(), EMOTIONS[:6], "card.json names 6 emotions"),
    ],
)
def test_a_card_of_another_model_is_noticed(
    tmp_path: Path, preprocessing: Preprocessing, emotions: tuple[Emotion, ...], said: str
) -> None:
    folder = grey_level.save_model(tmp_path / "mixed", preprocessing=preprocessing, emotions=emotions)
    with pytest.raises(ModelMismatchError, match=said):
        Recognizer(folder)


@pytest.mark.parametrize("poison", [np.nan, np.inf])
def test_a_model_whose_training_diverged_is_refused(tmp_path: Path, poison: float) -> None:
    assert grey_level.CONTENT.count(grey_level.BIAS.tobytes()) == 1
    content = grey_level.CONTENT.replace(grey_level.BIAS.tobytes(), np.full(7, poison, np.float32).tobytes())
    with pytest.raises(ModelMismatchError, match="not probabilities"):
        Recognizer(grey_level.save_model(tmp_path / "diverged", content=content))


@pytest.mark.parametrize(
    "content",
    [b"", b"not a model", grey_level.CONTENT[:700], grey_level.CONTENT[:-64]],
    ids=["empty", "text", "half", "cut short"],
)
def test_a_damaged_model_file_is_a_sentence(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(ModelNotFoundError, match="damaged"):
        Recognizer(grey_level.save_model(tmp_path / "damaged", content=content))


def test_a_model_without_its_files_is_a_sentence(tmp_path: Path) -> None:
    folder = grey_level.save_model(tmp_path / "gone")
    (folder / MODEL_FILE).unlink()
    with pytest.raises(ModelNotFoundError, match="training did not finish"):
        Recognizer(folder)
    (folder / CARD_FILE).unlink()
    with pytest.raises(ModelNotFoundError, match=r"no card\.json"):
        Recognizer(folder)


def test_the_int8_form_is_asked_when_it_is_asked_for(tmp_path: Path) -> None:
    folder = grey_level.save_model(tmp_path / "grey", content=grey_level.WITH_FEATURES)
    with pytest.raises(ModelNotFoundError, match="python -m fer quantize grey"):
        Recognizer(folder, precision="int8")
    (folder / INT8_FILE).write_bytes(grey_level.CONTENT)  # any model of that shape
    exact, whole = Recognizer(folder), Recognizer(folder, precision="int8")
    assert (exact.precision, whole.precision) == ("float32", "int8")
    assert exact.fingerprint != whole.fingerprint
    assert exact.has_features
    assert not whole.has_features
    faces = np.stack([grey_level.flat(emotion) for emotion in EMOTIONS])
    assert list(whole.predict(faces).argmax(axis=1)) == list(range(7))
    with pytest.raises(ModelMismatchError, match="int8 form of “grey” answers with probabilities only"):
        whole.features(faces)
    (folder / INT8_FILE).write_bytes(b"nothing")
    with pytest.raises(ModelNotFoundError, match=r"The model\.int8\.tflite of .* cannot be read"):
        Recognizer(folder, precision="int8")
    assert list(Recognizer(folder).predict(faces).argmax(axis=1)) == list(range(7))


def test_models_are_found_by_name_the_shipped_ones_first_and_runs_newest_first(fer_home: Path) -> None:
    for name in ("b_net", "a_net"):
        grey_level.save_model(fer_home / "models" / "pretrained" / name)
    for age, name in enumerate(("run-new", "run-old")):
        path = grey_level.save_model(fer_home / "models" / "runs" / name) / MODEL_FILE
        os.utime(path, (1_000_000 - age, 1_000_000 - age))
    (fer_home / "models" / "runs" / "run-unfinished").mkdir()
    entries = list_models()
    assert [(entry.name, entry.kind) for entry in entries] == [
        ("a_net", "pretrained"),
        ("b_net", "pretrained"),
        ("run-new", "run"),
        ("run-old", "run"),
    ]
    assert entries[0].title == "Grey level a_net"
    assert load_recognizer("run-old").name == "run-old"


def test_a_damaged_card_keeps_its_model_in_the_list(fer_home: Path) -> None:
    folder = grey_level.save_model(fer_home / "models" / "runs" / "scratched")
    (folder / CARD_FILE).write_text("{")
    assert [entry.title for entry in list_models()] == ["scratched (damaged)"]


@pytest.mark.parametrize("name", ["nobody", "../../etc", "", "a/b", "." * 3])
def test_an_unknown_name_is_a_sentence_with_the_known_ones(recognizer: Recognizer, name: str) -> None:
    with pytest.raises(ModelNotFoundError):
        load_recognizer(name)
    with pytest.raises(ModelNotFoundError, match="models here are: grey"):
        load_recognizer("nobody")


def test_no_keras_and_no_tensorflow_stand_behind_it() -> None:
    source = Path(inference.__file__).read_text(encoding="utf-8")
    assert "import keras" not in source and "import tensorflow" not in source


@pytest.mark.usefixtures("shipped")
def test_shipped_models_are_listed_and_found_from_an_empty_home(fer_home: Path) -> None:
    assert [entry.name for entry in list_models()] == [
        DEFAULT_MODEL,
        "half_resnet18",
        "mini_xception",
        DRAWN_FACES_MODEL,
    ]
    assert {entry.kind for entry in list_models()} == {"pretrained"}
    assert load_recognizer(DEFAULT_MODEL).card.name == DEFAULT_MODEL
    assert list(fer_home.iterdir()) == []


@pytest.mark.usefixtures("shipped")
@pytest.mark.parametrize("folder", ["pretrained", "brought", "runs"])
def test_the_learners_own_model_goes_before_a_shipped_one_of_its_name(fer_home: Path, folder: str) -> None:
    own = grey_level.save_model(fer_home / "models" / folder / DEFAULT_MODEL)
    assert model_folder(DEFAULT_MODEL) == own
    assert [entry.name for entry in list_models()].count(DEFAULT_MODEL) == 1


def test_a_shipped_model_that_is_to_be_changed_is_copied_into_the_home(shipped: Path) -> None:
    own = own_model_folder("mini_xception")
    assert own == paths.pretrained_folder() / "mini_xception" == model_folder("mini_xception")
    there = shipped / "pretrained" / "mini_xception"
    assert (own / "card.json").read_bytes() == (there / "card.json").read_bytes()
    assert own_model_folder("mini_xception") == own
