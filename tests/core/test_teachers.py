"""Which models can teach another, and what is said of those that cannot."""

from pathlib import Path

import pytest

from fer import runs
from fer.config import TrainingConfig
from fer.emotions import EMOTIONS, Emotion
from fer.errors import ConfigError, ModelError, ModelNotFoundError
from fer.runs import DatasetManifest
from fer.training.teachers import Teacher, load_teacher, possible_teachers, require_fit
from tests.core import grey_level


def trained_run(**settings: object) -> runs.Run:
    """A run that has best weights, as far as anybody looks who does not load them."""
    run = runs.create_run(TrainingConfig(**settings))  # type: ignore[arg-type]
    (run.folder / runs.BEST_FILE).write_bytes(b"weights")
    runs.save_manifest(run.folder, DatasetManifest("Squares", EMOTIONS, {}, "abc"))
    return run


def teacher(emotions: tuple[Emotion, ...] = EMOTIONS) -> Teacher:
    return Teacher("elder", TrainingConfig(architecture="tiny_cnn"), emotions, Path("best.keras"))


def test_a_run_teaches_by_its_best_weights_whether_it_was_exported_or_not(fer_home: Path) -> None:
    run = trained_run(architecture="tiny_cnn")
    assert not run.has_model
    assert load_teacher(run.id) == Teacher(run.id, run.config, EMOTIONS, run.folder / runs.BEST_FILE)


def test_a_shipped_model_without_keras_weights_cannot_teach(fer_home: Path) -> None:
    grey_level.save_model(fer_home / "models" / "pretrained" / "grey")
    with pytest.raises(ModelNotFoundError, match="“grey” has no Keras weights"):
        load_teacher("grey")


def test_a_teacher_that_is_gone_is_named(fer_home: Path) -> None:
    with pytest.raises(ModelNotFoundError, match="There is no model “gone”"):
        load_teacher("gone")


def test_a_teacher_must_know_the_same_emotions() -> None:
    with pytest.raises(ModelError, match=r"answers with happy, sad; these faces show angry"):
        require_fit(teacher(emotions=(Emotion.HAPPY, Emotion.SAD)), EMOTIONS)
    require_fit(teacher(emotions=()), EMOTIONS)  # one of an earlier version does not say


def test_every_model_that_can_be_trained_on_is_offered_however_it_sees_a_face(fer_home: Path) -> None:
    for architecture in ("tiny_cnn", "paired_cnn", "block_cnn"):
        grey_level.save_model(trained_run(architecture=architecture).folder)
    grey_level.save_model(fer_home / "models" / "pretrained" / "without_weights")
    offered = {runs.load_run(entry.name).config.architecture for entry in possible_teachers()}
    assert offered == {"tiny_cnn", "paired_cnn", "block_cnn"}


def test_names_are_joined_by_plus_and_each_counts_once() -> None:
    assert TrainingConfig(teacher=" a + b+a+ ").teachers == ("a", "b")
    assert TrainingConfig().teachers == ()
    with pytest.raises(ConfigError, match="may have 5 teachers; received 6"):
        TrainingConfig(teacher="a+b+c+d+e+f")
