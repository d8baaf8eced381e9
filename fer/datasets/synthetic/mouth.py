"""Mouth: lips, teeth and tongue, pulled and opened by the action units."""

import numpy as np

from fer.datasets.synthetic.geometry import ACROSS, between
from fer.datasets.synthetic.sketch import Sketch


def draw_mouth(sketch: Sketch) -> None:
    """Draw lips, teeth and tongue."""
    au, jaw, skin = sketch.au, sketch.jaw_drop, sketch.skin
    smile, pressed, parted = au(12), np.maximum(au(23), au(24)), au(25)
    t, outwards, bell = ACROSS, np.abs(ACROSS), 1 - ACROSS**2
    half = sketch["mouth_width"] * (
        1 + 0.34 * smile + 0.30 * au(20) - 0.10 * pressed - 0.10 * au(17) - 1.5 * jaw
    )
    corner = (-0.135 * smile + 0.105 * au(15) + 0.02 * au(20)) * sketch.strength(t) - sketch["mouth_curve"]
    lift = 0.075 * au(10) + 0.03 * au(9)
    arch = 0.05 * au(17) + 0.5 * lift + 0.02 * au(15)
    seam = sketch.mouth_y - 0.02 * smile + corner * outwards**1.7 - arch * bell
    # A stretched mouth opens as a slot, a dropped jaw as an oval.
    opening = (1 - outwards ** (2 + 2.5 * au(20))) ** (1 - 0.45 * np.minimum(jaw / 0.15, 1))
    upper_inner = seam - opening * (
        0.022 * parted * (1 + smile) + 0.30 * jaw + 0.45 * lift * np.maximum(parted, 0.15)
    )
    lower_inner = seam + opening * (
        0.055 * parted * (1 + 0.6 * smile + 0.3 * au(20)) + 0.75 * jaw + 0.06 * au(16)
    )
    fullness = (
        sketch["lip_fullness"]
        * (1 - 0.5 * au(23) - 0.62 * au(24)).clip(0.25)
        * (1 - 0.25 * smile)
        * (1 - 0.2 * au(20))
    )
    bow = 1 - 0.22 * np.exp(-((t / 0.16) ** 2))
    upper_outer = upper_inner - (0.062 * fullness * bow * (1 - outwards**2.2) + 0.5 * lift * bell)
    lower_outer = lower_inner + 0.085 * fullness * (1 + 0.15 * au(17)) * bell
    x = half * t
    lip = skin * sketch["lip_tone"]
    sketch.fill(between(x, upper_outer, upper_inner), lip * 0.88)
    sketch.fill(between(x, lower_inner, lower_outer), lip * 1.06)

    gap = lower_inner - upper_inner
    widest = gap.max(axis=1, keepdims=True)
    is_open = (widest > 0.014).astype(float)
    sketch.fill(between(x, upper_inner, lower_inner), 26, only=is_open)
    tongue = np.maximum(upper_inner, lower_inner - 0.42 * widest * np.maximum(1 - (t / 0.8) ** 2, 0))
    sketch.fill(between(x, tongue, lower_inner), 105, only=(jaw > 0.06).astype(float))
    sketch.fill(
        between(x, upper_inner, upper_inner + np.minimum(0.6 * gap, 0.07 - 0.1 * jaw)), 232, only=is_open
    )
    sketch.fill(
        between(x, lower_inner - np.minimum(0.22 * gap, 0.04), lower_inner),
        205,
        only=is_open * (au(16) + au(20) > 0.3),
    )
    sketch.stroke((x, upper_inner), (0.016 + 0.012 * pressed) * (1 - 0.4 * outwards), skin * 0.24)
    for ends in (slice(0, 4), slice(-4, None)):
        sketch.stroke((x[:, ends], seam[:, ends]), 0.020, skin * 0.26, only=(jaw < 0.06).astype(float))
