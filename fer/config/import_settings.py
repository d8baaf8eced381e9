"""Import settings: how a dataset that does not explain itself is read, chosen once and remembered with it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal, Self, get_args

from fer.config import checks
from fer.emotions import EMOTIONS
from fer.errors import ConfigError

Numbering = Literal["guessed", "fer-2013", "raf-db", "affectnet", "fer-plus", "alphabetical"]
LEFT_OUT = ""
"""What a label is mapped to when its faces are left out."""
MOST_MAPPED = 1_000
CUT_SIDE = 48
"""The usual side of a face that is cut out of a photograph, as FER-2013's faces have it."""
CUT_SIDES = (24, 224)
LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class ImportSettings(checks.Settings):
    """How the labels and pictures of one dataset are read.

    Attributes:
        numbering: which emotion a number stands for, where labels are numbers.
        name_pattern: where a label stands in a picture's name; empty where it does not, or is guessed.
        list_file: the list of pictures and labels beside them, by its place; empty where there is none, or
            it is guessed. It and `name_pattern` exclude each other.
        picture_column, label_column, split_column: the columns of that list, by their names or by their
            numbers from 1; empty where they are guessed.
        mapping: what single labels stand for, as (label, emotion) pairs; `LEFT_OUT` leaves its faces out. It
            goes before `numbering` and before what a word means.
        cut_faces: the side in pixels of the faces that are cut out of photographs; 0 takes pictures whole.
    """

    numbering: Numbering = "guessed"
    mapping: tuple[tuple[str, str], ...] = ()
    cut_faces: int = 0
    name_pattern: str = ""
    list_file: str = ""
    picture_column: str = ""
    label_column: str = ""
    split_column: str = ""

    def __post_init__(self) -> None:
        checks.one_of("numbering", self.numbering, get_args(Numbering))
        if self.cut_faces:
            checks.between("side of a face", self.cut_faces, *CUT_SIDES)
        if len(self.mapping) > MOST_MAPPED:
            raise ConfigError(
                f"At most {MOST_MAPPED:,} labels can be mapped; received {len(self.mapping):,}."
            )
        for name in ("name_pattern", "list_file", "picture_column", "label_column", "split_column"):
            if len(getattr(self, name)) > LONGEST_NAME:
                title = name.replace("_", " ").capitalize()
                raise ConfigError(f"{title} may have {LONGEST_NAME} characters. Shorten it.")
        if self.name_pattern and self.list_file:
            raise ConfigError(
                "Labels are in the names of the pictures or in a list beside them. Choose one of the two."
            )
        for _, emotion in self.mapping:
            checks.one_of("mapped emotion", emotion, (*EMOTIONS, LEFT_OUT))

    def with_names(self, pattern: str) -> "ImportSettings":
        """These settings with the labels in the pictures' names; an empty pattern guesses where they are."""
        return replace(self.with_list(""), name_pattern=pattern)

    def with_list(self, file: str, picture: str = "", label: str = "", split: str = "") -> "ImportSettings":
        """These settings with the labels in a list, in these columns; an empty text guesses each."""
        return replace(
            self,
            name_pattern="",
            list_file=file,
            picture_column=picture,
            label_column=label,
            split_column=split,
        )

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """Rebuild from `as_dict`'s values, or from the JSON made of them; see `Settings.from_dict`."""
        try:
            pairs = tuple((str(label), str(emotion)) for label, emotion in values.get("mapping", ()))
        except (AttributeError, TypeError, ValueError) as error:
            raise ConfigError("A mapping must be pairs of a label and an emotion. Choose it anew.") from error
        others = {name: value for name, value in values.items() if name != "mapping"}
        # Called by name: with slots, `super()` does not find the class that the decorator made anew.
        settings: Self = checks.Settings.from_dict.__func__(cls, others)  # type: ignore[attr-defined]
        return replace(settings, mapping=pairs)


AS_GUESSED = ImportSettings()
"""The import settings of a dataset for which nothing was chosen."""
