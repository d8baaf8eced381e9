"""Station 2: how one face becomes many, with the very dice and the very code that training uses."""

import numpy as np
import streamlit as st

from fer import augmentation
from fer.augmentation import AugmentationDraw
from fer.config import DEFAULT_AUGMENTATION, AugmentationConfig
from fer.datasets import Dataset, Split
from fer.datasets.browsing import rows_of
from pages.parts import caches, face_sheet, masthead, notices, phrases, pickers, state

DRAWS = 23  # with the original before them, whole rows of 8, 6 or 4
BATCH = 12

PRESETS = {
    "None": AugmentationConfig(),
    # The settings of face_classification's mini_XCEPTION (Arriaga et al., 2017).
    "Gentle": DEFAULT_AUGMENTATION,
    # The settings of many a notebook on FER-2013.
    "Strong": AugmentationConfig(
        horizontal_flip=True,
        rotation_degrees=20,
        shift_x_fraction=0.2,
        shift_y_fraction=0.2,
        zoom_in_fraction=0.2,
        zoom_out_fraction=0.2,
    ),
}

# Session key of the slider, what it says, its highest value, and what a learner should know.
SLIDERS = {
    "rotation_degrees": ("Rotation, degrees", 45, "Turned by up to this much, either way."),
    "shift_x_fraction": ("Shift across, % of the side", 50, "Moved by up to this much to either side."),
    "shift_y_fraction": ("Shift up and down, % of the side", 50, "Moved by up to this much up or down."),
    "zoom_in_fraction": ("Zoom in, %", 50, "Made larger by up to this much."),
    "zoom_out_fraction": ("Zoom out, %", 50, "Made smaller by up to this much."),
    "brightness_fraction": ("Brightness, %", 50, "Up to this share of full white added or taken away."),
    "contrast_fraction": (
        "Contrast, %",
        90,
        "The distance from mid-grey stretched or squeezed by up to this much.",
    ),
    "erase_fraction": ("Erase, % of the area", 50, "Half of the faces lose a rectangle of up to this size."),
}


def put(config: AugmentationConfig) -> None:
    """Set every slider from a config; a callback, so it runs before the sliders are drawn."""
    st.session_state["augmentation.horizontal_flip"] = config.horizontal_flip
    for name in SLIDERS:
        value: float = getattr(config, name)
        st.session_state[f"augmentation.{name}"] = round(value if name == "rotation_degrees" else 100 * value)


def next_number(key: str) -> None:
    """Count a number field up by one."""
    st.session_state[key] += 1


def in_words(dice: AugmentationDraw, index: int) -> str:
    """Say what was drawn for one face."""
    words = [
        f"turned {dice.rotation_degrees[index]:+.0f}°",
        f"moved {100 * dice.shift_x_fraction[index]:+.0f}% right",
        f"{100 * dice.shift_y_fraction[index]:+.0f}% down",
        f"zoom × {dice.zoom[index]:.2f}",
    ]
    return ", ".join((["mirrored"] if dice.flipped[index] else []) + words)


def in_short(dice: AugmentationDraw, index: int) -> str:
    """The dice that show most, as they fit under a face."""
    turned = f"{round(dice.rotation_degrees[index]):+d}°".replace("-", "\N{MINUS SIGN}")
    return f"{turned} ×{dice.zoom[index]:.2f}" + (" ⇄" if dice.flipped[index] else "")


def captions_of(dataset: Dataset, rows: np.ndarray) -> list[face_sheet.Caption]:
    """The label under each face."""
    emotions = [dataset.emotions[dataset.labels[row]] for row in rows]
    return [
        face_sheet.Caption(emotion.capitalize(), emotion.color, f"row {row}: {emotion}")
        for row, emotion in zip(rows, emotions, strict=True)
    ]


masthead.show(
    "Augmentation",
    "A mirrored smile is still a smile. Small changes turn one face into many, so that a "
    "model learns the expression and not the photograph.",
    station=2,
)

if "augmentation.horizontal_flip" not in st.session_state:
    put(state.augmentation())

with st.container(horizontal=True, vertical_alignment="bottom"):
    with notices.shown():
        entry = pickers.choose_dataset("augmentation.dataset")
    view = st.segmented_control(
        "Show", ["One face", "A batch"], default="One face", required=True, key="augmentation.view"
    )
    number_place, seed_place, button_place = (
        st.container(width=130),
        st.container(width=135),
        st.container(width=140),
    )

with notices.shown(), notices.working() as progress:
    dataset = caches.dataset(entry.name, progress)
rows = rows_of(dataset, Split.TRAIN, shuffle_seed=0)
if len(rows) == 0:
    rows = rows_of(dataset, shuffle_seed=0)

number = number_place.number_input(
    "Face", 1, len(rows), 1, key="augmentation.face", help="The training faces in a shuffled order."
)
seed = seed_place.number_input(
    "Seed of the dice",
    0,
    2**31 - 1,
    0,
    key="augmentation.seed",
    help="The same seed and the same settings always draw the same changes.",
)
button_place.button(
    "Draw again",
    icon=":material/casino:",
    type="primary",
    on_click=next_number,
    args=("augmentation.seed",),
    key="augmentation.draw",
)

# The sheet comes first, so that on a phone it stays in sight while the sliders under it are moved.
sheet, controls = st.columns([2, 1], gap="large")
with controls:
    with st.container(horizontal=True, gap="small"):
        for title, preset in PRESETS.items():
            st.button(
                title,
                on_click=put,
                args=(preset,),
                key=f"augmentation.preset.{title}",
                help=phrases.augmentation(preset).capitalize() + ".",
            )
    flip = st.toggle(
        "Mirror half of the faces",
        key="augmentation.horizontal_flip",
        help="Left and right only: nobody smiles upside down.",
    )
    values = {
        name: st.slider(title, 0, highest, step=1, key=f"augmentation.{name}", help=explanation)
        for name, (title, highest, explanation) in SLIDERS.items()
    }

config = AugmentationConfig(
    horizontal_flip=flip,
    **{name: float(value) if name == "rotation_degrees" else value / 100 for name, value in values.items()},
)
state.set_augmentation(config)

with sheet:
    rng = np.random.default_rng(seed)
    if view == "One face":
        chosen = rows[[number - 1]]
        dice = augmentation.draw(config, DRAWS, rng)
        drawn = augmentation.apply(np.repeat(dataset.images[chosen], DRAWS, axis=0), dice)
        original = dataset.emotions[dataset.labels[chosen[0]]]
        face_sheet.show(
            np.concatenate([dataset.images[chosen], drawn]),
            [
                face_sheet.Caption(
                    "original", original.color, f"row {chosen[0]}: {original}, unchanged", chosen=True
                )
            ]
            + [face_sheet.Caption(in_short(dice, i), description=in_words(dice, i)) for i in range(DRAWS)],
            key="augmentation.sheet",
            side="4.7rem",
        )
        st.caption(
            f"Row {chosen[0]:,} of “{entry.title}”, labelled {original}, and {DRAWS} draws of it: how far "
            "each is turned, how much it is zoomed, and ⇄ where it is mirrored."
        )
    else:
        chosen = np.take(rows, range(number - 1, number - 1 + BATCH), mode="wrap")
        dice = augmentation.draw(config, BATCH, rng)
        st.caption("As they are")
        face_sheet.show(
            dataset.images[chosen], captions_of(dataset, chosen), key="augmentation.before", side="4.7rem"
        )
        st.caption("As the model could meet them")
        face_sheet.show(
            augmentation.apply(dataset.images[chosen], dice),
            [face_sheet.Caption(in_short(dice, i), description=in_words(dice, i)) for i in range(BATCH)],
            key="augmentation.after",
            side="4.7rem",
        )

    with st.container(
        border=True, horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"
    ):
        st.markdown(
            f"**Training will use:** {phrases.augmentation(config)}.  \n"
            "Could you still name every face above? If not, neither can the model.",
            width="content",
        )
        notices.link("pages/3_training.py", "Train with these")
