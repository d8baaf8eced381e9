"""Live options: which models read the faces, how, and how it is drawn."""

from dataclasses import dataclass, field

from fer.live import LiveSettings
from fer.live.drawing import DrawingStyle


@dataclass(frozen=True, slots=True)
class LiveChoice:
    """The learner's choice.

    Attributes:
        model: the name of the model.
        other: the name of a second one that reads the same faces; None without one.
        settings: how faces are found, read and held steady.
        style: what is drawn.
    """

    model: str
    other: str | None = None
    settings: LiveSettings = field(default_factory=LiveSettings)
    style: DrawingStyle = field(default_factory=DrawingStyle)
