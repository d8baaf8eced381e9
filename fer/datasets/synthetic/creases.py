"""Facial creases: the soft dark folds that muscles and years make, and the nose."""

import numpy as np
from numpy.typing import ArrayLike

from fer.datasets.synthetic.geometry import (
    ALONG,
    EYE_Y,
    NOSE_Y,
    SMALL_ROUND,
    Line,
    Numbers,
    curve,
    ellipse,
    ribbon,
)
from fer.datasets.synthetic.sketch import Sketch

Crease = tuple[Line, ArrayLike]
"""An outline and its opacity, 0 to 1."""


def draw_creases(sketch: Sketch) -> None:
    """Draw forehead, chin and nose, then what lies on either side."""
    # How far a wrinkled nose or a raised lip lifts the wings of the nose.
    lifted = 0.05 * np.maximum(sketch.au(9), 0.6 * sketch.au(10))
    creases = _middle(sketch)
    for side in (-1, 1):
        creases += _frown(sketch, side)
        creases += _beside_mouth(sketch, side, lifted)
        creases += _around_eye(sketch, side)
        creases += _wing_of_nose(sketch, side, lifted)
    sketch.soften(creases, sketch.skin * 0.34, 0.010)


def _crease(line: Line, width: float, opacity: ArrayLike) -> Crease:
    return ribbon(line, width * np.sin(np.pi * (0.08 + 0.84 * ALONG))), opacity


def _nose_y(sketch: Sketch) -> Numbers:
    return NOSE_Y * sketch["nose_length"]


def _middle(sketch: Sketch) -> list[Crease]:
    au, mouth_y, nose_y = sketch.au, sketch.mouth_y, _nose_y(sketch)
    forehead = [
        _crease(
            curve((-0.36, y + 0.03), (0, y - 0.05 - 0.03 * au(1)), (0.36, y + 0.03)),
            0.022,
            0.50 * np.maximum(au(1), au(2)) - 0.09 * row + 0.16 * sketch["age"],
        )
        for row, y in enumerate((-0.55, -0.55 - 0.09, -0.55 - 0.09 * 2))
    ]
    chin = curve((-0.11, mouth_y + 0.235), (0, mouth_y + 0.19), (0.11, mouth_y + 0.235))
    tip = curve((-0.05, nose_y + 0.065), (0, nose_y + 0.095), (0.05, nose_y + 0.065))
    return [*forehead, _crease(chin, 0.03, 0.5 * au(17)), _crease(tip, 0.018, 0.45)]


def _frown(sketch: Sketch, side: int) -> list[Crease]:
    """Between the brows, across the bridge of the nose."""
    frown = curve((side * 0.05, -0.20), (side * 0.045, -0.30), (side * 0.075, -0.42))
    bridge = [
        curve((0, y - 0.02), (side * 0.06, y - 0.01), (side * 0.10, y + 0.05))
        for y in (-0.16, -0.16 + 0.075, -0.16 + 0.075 * 2)
    ]
    return [
        _crease(frown, 0.026, 0.75 * sketch.au(4) + 0.08 * sketch["age"]),
        *(_crease(line, 0.024, 0.7 * sketch.au(9)) for line in bridge),
    ]


def _beside_mouth(sketch: Sketch, side: int, lifted: Numbers) -> list[Crease]:
    """From the wing of the nose round the mouth (the nasolabial fold), and below its corner."""
    au, age, nose_y = sketch.au, sketch["age"], _nose_y(sketch)
    mouth_y, mouth_width = sketch.mouth_y, sketch["mouth_width"]
    out = 0.05 * au(12) + 0.03 * au(20)
    nasolabial = curve(
        (side * 0.17 * sketch["nose_width"], nose_y - 0.03 - lifted),
        (side * (0.33 + out), nose_y + 0.02 - lifted),
        (side * (mouth_width + 0.10 + out), mouth_y - 0.03 - 0.04 * au(12)),
    )
    corner = curve(
        (side * (mouth_width + 0.04), mouth_y + 0.08),
        (side * (mouth_width + 0.07), mouth_y + 0.14),
        (side * (mouth_width + 0.05), mouth_y + 0.21),
    )
    depth = 0.12 + 0.42 * au(12) + 0.36 * au(10) + 0.30 * au(9) + 0.45 * au(11) + 0.2 * age
    return [_crease(nasolabial, 0.030, depth), _crease(corner, 0.024, 0.45 * au(15) + 0.1 * age)]


def _around_eye(sketch: Sketch, side: int) -> list[Crease]:
    """Under the eye, beside it, and the fold of its upper lid."""
    au, age = sketch.au, sketch["age"]
    eye_x = side * sketch["eye_distance"]
    under = curve(
        (eye_x - side * 0.13, EYE_Y + 0.07),
        (eye_x, EYE_Y + 0.155 - 0.03 * au(6)),
        (eye_x + side * 0.15, EYE_Y + 0.05),
    )
    x = eye_x + side * 0.19
    crows_feet = [
        curve((x, y), (x + side * 0.05, y - 0.02 + 0.02 * row), (x + side * 0.10, y - 0.05 + 0.05 * row))
        for row, y in enumerate((EYE_Y - 0.03, EYE_Y - 0.03 + 0.04, EYE_Y - 0.03 + 0.04 * 2))
    ]
    lid_y = EYE_Y - 0.078 * sketch["eye_size"] * (1 + 0.6 * au(5) - 0.25 * au(7) - 0.6 * au(45))
    lid = curve((eye_x - 0.15, lid_y + 0.03), (eye_x, lid_y - 0.09), (eye_x + 0.15, lid_y + 0.03))
    return [
        _crease(under, 0.026, 0.12 + 0.5 * au(6) + 0.45 * au(7) + 0.2 * age),
        *(_crease(line, 0.018, 0.6 * au(6) + 0.12 * age) for line in crows_feet),
        _crease(lid, 0.020, 0.5 * (1 - 0.6 * au(5))),
    ]


def _wing_of_nose(sketch: Sketch, side: int, lifted: Numbers) -> list[Crease]:
    """The wing of the nose and its nostril."""
    au, nose_y = sketch.au, _nose_y(sketch)
    x = side * 0.135 * sketch["nose_width"] * (1 + 0.18 * au(9) + 0.08 * au(12))
    wing = curve(
        (x * 0.85, nose_y - 0.10 - lifted),
        (x * 1.35, nose_y - 0.02 - lifted),
        (x * 0.85, nose_y + 0.05 - lifted),
    )
    nostril = ellipse(x * 0.5, nose_y + 0.055 - 0.7 * lifted, 0.036, 0.019, SMALL_ROUND)
    return [_crease(wing, 0.028, 0.45), (nostril, 0.75)]
