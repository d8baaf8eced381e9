"""Model card: what a model is, how it sees, how good it is, and what it is not for."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from fer.emotions import EMOTIONS, Emotion
from fer.errors import ConfigError, ModelNotFoundError
from fer.models.preprocessing import Preprocessing
from fer.system import files

CARD_FILE = "card.json"
MODEL_FILE = "model.tflite"
INT8_FILE = "model.int8.tflite"
KERAS_FILE = "model.keras"  # the weights of a shipped model
BEST_FILE = "best.keras"  # and those of a run

INTENDED_USE = (
    "For learning how expression recognition works and fails. It reads an expression on a face, not a "
    "feeling. Not for judging pupils, employees or applicants: inferring emotions at work or in education is "
    "forbidden in the European Union, Regulation (EU) 2024/1689, Article 5(1)(f), except for medical or "
    "safety reasons."
)


@dataclass(frozen=True, slots=True)
class ModelCard:
    """`card.json` of a model folder, shipped or trained here.

    Attributes:
        name: the folder's name, which is what commands and pages call the model.
        title: what a list of models shows.
        architecture: a name of `fer.models.catalog`.
        emotions: the columns of the model's output.
        preprocessing: how its input is prepared.
        parameters: all weights, trainable or not.
        config: the `TrainingConfig` it was trained with, as plain values.
        dataset: what the training data is called, where it comes from, its terms; "brought" is True where
            the model was imported, and nobody here knows; cards have said so since the first version.
        trained_at: ISO date of the end of training.
        validation: what the choice of the epoch rests on (accuracy, interval_95, count, epoch).
        test: the one look at the test split (the same, macro_f1 and per_class); None before it.
        weaknesses: known ones, a sentence each.
        intended_use: what it is for, and what it is not for.
        license: of the weights.
        int8: what its int8 form in `model.int8.tflite` was found to be worth (accuracy beside the float
            model's, on how many faces of what); None without one.
        notes: how it was made, in a few words (test-time averaging, weight averaging, …).
    """

    name: str
    title: str
    architecture: str
    preprocessing: Preprocessing
    emotions: tuple[Emotion, ...] = EMOTIONS
    parameters: int = 0
    config: Mapping[str, Any] = field(default_factory=dict)
    dataset: Mapping[str, Any] = field(default_factory=dict)
    trained_at: str = ""
    validation: Mapping[str, Any] | None = None
    test: Mapping[str, Any] | None = None
    weaknesses: tuple[str, ...] = ()
    intended_use: str = ""
    license: str = ""
    notes: str = ""
    int8: Mapping[str, Any] | None = None

    def save(self, folder: Path) -> None:
        """Write `card.json` into `folder` in one step.

        Raises:
            StorageError: it could not be written.
        """
        files.save_text(folder / CARD_FILE, json.dumps(asdict(self), indent=2, ensure_ascii=False) + "\n")


def load_card(folder: Path) -> ModelCard:
    """Read the card of a model folder.

    Raises:
        ModelNotFoundError: there is no card, or it cannot be understood.
    """
    path = folder / CARD_FILE
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
        values["preprocessing"] = Preprocessing.from_dict(values["preprocessing"])
        values["emotions"] = tuple(Emotion(name) for name in values["emotions"])
        values["weaknesses"] = tuple(values.get("weaknesses", ()))
        return ModelCard(**values)
    except FileNotFoundError as error:
        raise ModelNotFoundError(
            f"The model “{folder.name}” has no {CARD_FILE}; its training did not finish or the "
            "folder was moved. Choose another model, or train it again."
        ) from error
    except (OSError, ValueError, TypeError, KeyError, AttributeError, ConfigError) as error:
        raise ModelNotFoundError(
            f"The {CARD_FILE} of the model “{folder.name}” cannot be understood ({error}). "
            "Restore the file, or choose another model."
        ) from error
