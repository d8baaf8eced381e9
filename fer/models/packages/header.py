"""Package header: what a model file says of itself; claims, until they are checked."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

from fer.config import TrainingConfig
from fer.emotions import EMOTIONS, Emotion
from fer.errors import ConfigError, ModelError
from fer.models.catalog import Architecture, architecture, preprocessing_of
from fer.models.preprocessing import Preprocessing

FORMAT, VERSION = "fer-model", 1
_MOST_CHARACTERS = 300


@dataclass(frozen=True, slots=True)
class ModelHeader:
    """The header of a model file.

    Attributes:
        architecture: a name of `fer.models.catalog`.
        emotions: in the order in which the model answers; each once.
        image_size: side of its input in pixels; None for the architecture's own.
        title: what its maker called it.
        claims: what its maker says of it, a sentence or two; nobody has checked it.
        written_with: the version of Keras whose arrays these are.
    """

    architecture: str
    emotions: tuple[Emotion, ...]
    image_size: int | None = None
    title: str = ""
    claims: str = ""
    written_with: str = ""

    @property
    def config(self) -> TrainingConfig:
        """Settings that build its network."""
        return TrainingConfig(architecture=self.architecture, image_size=self.image_size)

    @property
    def preprocessing(self) -> Preprocessing:
        """How it sees a face; the architecture says it, not the file."""
        return preprocessing_of(self.config)

    @property
    def entry(self) -> Architecture:
        """What the catalogue knows of its architecture."""
        return architecture(self.architecture)

    def to_json(self) -> str:
        """The text of the file's header."""
        values = {"format": FORMAT, "version": VERSION, **asdict(self)}
        return json.dumps(values, indent=2, ensure_ascii=False) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read a header from a file that anybody may have made.

        Raises:
            ModelError: it is none, or is of a later version.
            UnknownArchitectureError: the catalogue does not have its architecture.
            ConfigError: its image size is none that can be prepared.
        """
        try:
            values = json.loads(text)
        except (ValueError, RecursionError):
            values = None
        if not isinstance(values, dict) or values.get("format") != FORMAT:
            raise ModelError(
                "The file has no header of a model. Choose a package that was exported, here or in "
                "another workshop."
            )
        if values.get("version") != VERSION:
            raise ModelError(
                f"The model file has version {str(values.get('version'))[:20]!r} of its format; this "
                f"workshop reads version {VERSION}. Update the workshop, or write the file again with this "
                "version."
            )
        entry = architecture(_text(values, "architecture"))
        size = values.get("image_size")
        if size is not None and type(size) is not int:
            raise ConfigError(
                f"The image size in the model file is {size!r:.40}, not a whole number of pixels."
            )
        header = cls(
            architecture=entry.name,
            emotions=_emotions(values.get("emotions")),
            image_size=size,
            title=_text(values, "title") or entry.title,
            claims=_text(values, "claims"),
            written_with=_text(values, "written_with"),
        )
        assert header.preprocessing  # refuses an image size out of range
        return header


def _text(values: Mapping[str, Any], name: str) -> str:
    value = values.get(name, "")
    if not isinstance(value, str) or len(value) > _MOST_CHARACTERS:
        raise ModelError(
            f"“{name}” in the header of the model file must be a text of at most {_MOST_CHARACTERS} "
            "characters. Write the file again."
        )
    return " ".join(value.split())


def _emotions(names: Any) -> tuple[Emotion, ...]:
    known = [str(emotion) for emotion in EMOTIONS]
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise ModelError(
            "The header of the model file does not list the emotions it answers with. Write it again."
        )
    unknown = [name for name in names if name not in known]
    if unknown:
        raise ModelError(
            f"The model answers with “{unknown[0][:40]}”, which is no emotion here. The workshop knows "
            f"{', '.join(known)}."
        )
    if len(set(names)) != len(names) or len(names) < 2:
        raise ModelError(
            "A model answers with at least two emotions, each once; the header lists "
            f"{', '.join(names) or 'none'}."
        )
    return tuple(Emotion(name) for name in names)
