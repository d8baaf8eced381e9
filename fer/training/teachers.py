"""Teacher models: which models another one can learn from. No Keras here, for the form asks too."""

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from fer import runs
from fer.config import TrainingConfig
from fer.emotions import Emotion
from fer.errors import FerError, ModelError, ModelNotFoundError
from fer.models.card import load_card
from fer.models.inference import ModelEntry, list_models, model_folder
from fer.models.weights import keras_weights
from fer.system import paths


@dataclass(frozen=True, slots=True)
class Teacher:
    """A trained model to learn from.

    Attributes:
        name: a pretrained model's, or a run's id.
        config: the settings that its network is built from.
        emotions: the columns of its answer; empty where nothing says so, and it is the dataset's then.
        weights: its Keras weights.
    """

    name: str
    config: TrainingConfig
    emotions: tuple[Emotion, ...]
    weights: Path


def load_teacher(name: str) -> Teacher:
    """Find a model by its name; its arrays are not read yet.

    Raises:
        ModelNotFoundError: there is no such model, or its Keras weights are gone.
        FerError: its settings cannot be read.
    """
    run_folder = paths.child(paths.runs_folder(), name)
    if (run_folder / runs.BEST_FILE).exists():  # whether it was exported yet does not matter here
        manifest = runs.read_manifest(run_folder)
        emotions = manifest.emotions if manifest else ()
        return Teacher(name, runs.read_config(run_folder), emotions, run_folder / runs.BEST_FILE)
    folder = model_folder(name)
    card, weights = load_card(folder), keras_weights(folder)
    if weights is None:
        raise ModelNotFoundError(
            f"The teacher “{name}” has no Keras weights, so nothing can be learned from it. Choose another "
            "teacher, or train it again."
        )
    return Teacher(name, TrainingConfig.from_dict(dict(card.config)), card.emotions, weights)


def require_fit(teacher: Teacher, emotions: tuple[Emotion, ...]) -> None:
    """Make sure that a teacher can answer for a pupil that knows these emotions.

    How the two see a face may differ: each is shown it in its own way.

    Raises:
        ModelError: it cannot.
    """
    if teacher.emotions and teacher.emotions != emotions:
        raise ModelError(
            f"The teacher “{teacher.name}” answers with {', '.join(teacher.emotions)}; these faces show "
            f"{', '.join(emotions)}. Choose a teacher that was trained on the same emotions."
        )


def possible_teachers() -> list[ModelEntry]:
    """The models that a run could learn from, as far as can be told without its faces."""
    found = []
    for entry in list_models():
        with suppress(FerError):
            load_teacher(entry.name)
            found.append(entry)
    return found
