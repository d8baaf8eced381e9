"""Head: the outline of the face, the skin in relief, ears, neck and shoulders."""

import numpy as np
from numpy.typing import ArrayLike

from fer.datasets.synthetic.appearance import Hairstyle
from fer.datasets.synthetic.geometry import (
    ACROSS,
    EYE_Y,
    NOSE_Y,
    ROUND,
    Line,
    Numbers,
    between,
    curve,
    ellipse,
    rounded,
)
from fer.datasets.synthetic.sketch import Sketch


def face_outline(sketch: Sketch, angles: Numbers) -> tuple[Line, Numbers]:
    """The edge of the face, 0 the chin, and its depth; the chin goes down with the jaw."""
    down = np.maximum(np.cos(angles), 0)
    jaw = sketch["jaw"]
    x = sketch["head_width"] * rounded(np.sin(angles), np.where(down > 0, 0.78 - 0.16 * jaw, 0.9))
    x = x * (1 - (0.20 - 0.12 * jaw) * down**2)
    y = 0.98 * np.cos(angles) + (0.02 + 0.75 * sketch.jaw_drop) * down
    # The chin stands forward of the ears.
    return (x, y), 0.3 * np.clip(y, 0, 1) ** 2


def draw_body(sketch: Sketch) -> None:
    """Draw neck, shoulders and clothes."""
    scarf = sketch.has(Hairstyle.HEADSCARF)
    neck = 0.56 * sketch["head_width"] * np.array([-1, 1, 1.15, -1.15])
    sketch.fill((neck, np.array([[0.5, 0.5, 1.9, 1.9]])), sketch.skin * 0.66, 0, only=1 - scarf)
    shoulders = 1.16 + 0.62 * np.abs(ACROSS) ** 2.2
    collar = 0.16 * np.exp(-((ACROSS / 0.24) ** 2))
    sketch.fill(
        between(1.9 * ACROSS, shoulders + collar, np.full_like(ACROSS, 3.0)), 255 * sketch["clothes"], 0
    )
    tone = 255 * sketch["hair"]
    sketch.fill(ellipse(0, 1.12, 0.60, 0.36), tone * 0.92, 0, only=scarf)
    sketch.stroke(curve((-0.52, 1.02), (-0.1, 1.36), (0.56, 1.16)), 0.028, tone * 0.7, only=scarf)


def draw_head(sketch: Sketch) -> None:
    """The ears and the face's skin, modelled in relief."""
    au, width = sketch.au, sketch["head_width"]
    shown = 1 - sketch.has(Hairstyle.HEADSCARF, Hairstyle.LONG, Hairstyle.BOB)
    for side in (-1, 1):
        sketch.fill(ellipse(side * (width + 0.02), 0.0, 0.085, 0.17), sketch.skin * 0.84, 0.05, only=shown)
        sketch.fill(ellipse(side * (width + 0.03), 0.0, 0.04, 0.10), sketch.skin * 0.64, 0.05, only=shown)
    outline, depth = face_outline(sketch, ROUND)
    sketch.fill(outline, sketch.skin, depth)

    lifted_cheeks = np.maximum(au(12), au(6))
    mouth_y, nose_y, nose_width = sketch.mouth_y, NOSE_Y * sketch["nose_length"], sketch["nose_width"]
    chin_y = mouth_y + 0.75 * sketch.jaw_drop
    swellings: list[tuple[ArrayLike, ...]] = [
        (0, -0.62, 0.42, 0.20, 0.10),
        (0, 0.02, 0.055, 0.22, 0.15),
        (0, nose_y - 0.02, 0.08, 0.07, 0.10),
        (0, nose_y + 0.12, 0.12 * nose_width, 0.05, -0.17),
        (0, chin_y + 0.20, 0.17, 0.055, -0.16 - 0.10 * au(17)),
        (0, chin_y + 0.33 - 0.04 * au(17), 0.14, 0.09, 0.09 + 0.10 * au(17)),
        (0, -0.28, 0.10, 0.09, -0.06 - 0.16 * np.maximum(au(4), 0.6 * au(9))),
    ]
    for side in (-1, 1):
        eye_x = side * sketch["eye_distance"]
        swellings += [
            (eye_x, EYE_Y - 0.03, 0.19, 0.115, -0.25),
            (side * 0.15, EYE_Y - 0.03, 0.065, 0.10, -0.13),
            (side * 0.13 * nose_width, 0.10, 0.045, 0.16, -0.10),
            (side * 0.44, 0.20 - 0.05 * lifted_cheeks, 0.17, 0.14, 0.10 + 0.10 * lifted_cheeks),
            (eye_x, EYE_Y - 0.2, 0.17, 0.045, 0.07),
            (side * 0.54, 0.58, 0.15, 0.22, -0.09 - 0.05 * sketch.jaw_drop),
        ]
    sketch.model(swellings, 0.22, outline, depth)
