"""Every setting with its slider and a one-line lesson."""

from dataclasses import dataclass
from typing import Any

import streamlit as st

from fer.config import HIGHEST, AugmentationConfig, Fill
from pages.parts import state

FILLS: dict[Fill, str] = {"nearest": "Edge", "reflect": "Mirror", "black": "Black"}


@dataclass(frozen=True, slots=True)
class Setting:
    """One slider.

    Attributes:
        title: what stands above it.
        short: how a sheet calls it, a word or two.
        lesson: what a learner should know, one line.
        unit: what follows its value: "%", "°", " px" or nothing.
        scale: what the slider shows for 1 in the config.
        step: of the slider.
    """

    title: str
    short: str
    lesson: str
    unit: str = "%"
    scale: float = 100
    step: float = 1

    def shown(self, value: float) -> float:
        """A config's value as the slider shows it: the nearest of its steps."""
        steps = round(value * self.scale / self.step)
        return int(steps * self.step) if isinstance(self.step, int) else round(steps * self.step, 4)


MOVES = {
    "rotation_degrees": Setting(
        "Rotation", "Rotation", "Turned by up to this much either way: heads tilt.", "°", 1
    ),
    "shift_x_fraction": Setting(
        "Shift across", "Across", "Moved to either side by up to this share of the width: no crop is exact."
    ),
    "shift_y_fraction": Setting(
        "Shift up and down", "Up, down", "The same upwards and downwards; a lost mouth takes the label along."
    ),
    "zoom_in_fraction": Setting("Zoom in", "Zoom in", "Made larger by up to this much: the face comes near."),
    "zoom_out_fraction": Setting(
        "Zoom out",
        "Zoom out",
        "Made smaller: the detector's box was generous. The borders have to be filled.",
    ),
}
LIGHT = {
    "brightness_fraction": Setting(
        "Brightness", "Light", "Up to this share of white added or taken away: rooms differ."
    ),
    "contrast_fraction": Setting(
        "Contrast", "Contrast", "The distance from mid-grey stretched or squeezed by up to this much."
    ),
}
FLAWS = {
    "noise_fraction": Setting(
        "Noise", "Noise", "Grain as from a camera in the dark. A little goes far: fine creases drown first."
    ),
    "blur_pixels": Setting(
        "Blur", "Blur", "Out of focus, or too far away: edges spread over so many pixels.", " px", 1, 0.1
    ),
    "erase_fraction": Setting(
        "Erase",
        "Erased",
        "Half of the faces lose a rectangle of up to this share: a hand, a scarf, a microphone.",
    ),
}
MIXING = {
    "mixup_alpha": Setting(
        "Mixup",
        "Mixup",
        "Two faces blended, and their labels too. Near 0 mostly one of them, at 1 any blend; 0.2 is usual.",
        "",
        1,
        0.05,
    ),
    "cutmix_alpha": Setting(
        "CutMix",
        "CutMix",
        "A rectangle of another face pasted in; the label counts the area. 1 is usual: any size.",
        "",
        1,
        0.05,
    ),
}
SETTINGS = MOVES | LIGHT | FLAWS | MIXING
_FLIPS = {"horizontal_flip": "Mirrored", "vertical_flip": "Upside down"}


def put(config: AugmentationConfig) -> None:
    """Set every widget from a config; a callback, or before the widgets are drawn."""
    state.set_augmentation(config)
    for name in (*_FLIPS, "fill"):
        st.session_state[_key(name)] = getattr(config, name)
    for name, setting in SETTINGS.items():
        st.session_state[_key(name)] = setting.shown(getattr(config, name))


def show() -> AugmentationConfig:
    """Draw the settings; returns what they are at, remembered for the training form."""
    if _key("horizontal_flip") not in st.session_state:
        put(state.augmentation())
    values: dict[str, Any] = {}
    with st.expander("Moves", expanded=True, icon=":material/open_with:"):
        with st.container(gap=None):
            values["horizontal_flip"] = st.toggle("Mirror half of the faces", key=_key("horizontal_flip"))
            st.caption("Left for right: a mirrored smile is still a smile. Twice the faces for nothing.")
        with st.container(gap=None):
            values["vertical_flip"] = st.toggle("Upside down, half of them", key=_key("vertical_flip"))
            if values["vertical_flip"]:
                st.warning(
                    "Nobody smiles upside down: in front of a camera this never happens, and a model that "
                    "has to learn it too learns the rest less well.",
                    icon=":material/warning:",
                )
            else:
                st.caption("Right for cells under a microscope, wrong for faces. Try it and see.")
        values |= _sliders(MOVES)
        values["fill"] = st.segmented_control(
            "What fills the borders",
            list(FILLS),
            required=True,
            format_func=FILLS.__getitem__,
            key=_key("fill"),
        )
        st.caption(
            "A moved face leaves a gap: its edge repeated, a mirror image, or black, which a model can "
            "learn by mistake."
        )
    with st.expander("Light", icon=":material/light_mode:"):
        values |= _sliders(LIGHT)
    with st.expander("Flaws", icon=":material/blur_on:"):
        values |= _sliders(FLAWS)
    with st.expander("Mixing faces", icon=":material/join_inner:"):
        st.caption(
            "These change the label too; see the view **Mixing**. With both on, each batch tosses a coin."
        )
        values |= _sliders(MIXING)
    config = AugmentationConfig(**values)
    state.set_augmentation(config)
    return config


def _sliders(settings: dict[str, Setting]) -> dict[str, float]:
    """Draw some sliders; returns the config's values by name."""
    kept, values = state.augmentation(), {}
    for name, setting in settings.items():
        highest = setting.shown(HIGHEST[name])
        with st.container(gap=None):  # a lesson belongs to its slider
            shown = st.slider(
                setting.title + (f", {setting.unit.strip()}" if setting.unit else ""),
                type(highest)(0),
                highest,
                step=setting.step,
                key=_key(name),
            )
            st.caption(setting.lesson)
        # A run of the command line may have used 12.5 degrees: it stays, until the slider is moved.
        exact = getattr(kept, name)
        values[name] = exact if setting.shown(exact) == shown else float(shown / setting.scale)
    return values


def _key(name: str) -> str:
    return f"augmentation.{name}"
