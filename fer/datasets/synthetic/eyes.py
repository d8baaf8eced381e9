"""Eyes: lids, iris and pupil, brows, and glasses."""

import numpy as np
from numpy.typing import ArrayLike

from fer.datasets.synthetic.geometry import (
    ACROSS,
    ALONG,
    BROW_Y,
    EYE_Y,
    SMALL_ROUND,
    Line,
    Numbers,
    between,
    curve,
    ellipse,
    ribbon,
    rounded,
)
from fer.datasets.synthetic.sketch import Sketch


def draw_eye(sketch: Sketch, side: int) -> None:
    """Draw the eye of one side, -1 the picture's left, 1 its right."""
    au, size, skin = sketch.au, sketch["eye_size"], sketch.skin
    squint = au(7) * sketch.strength(side)
    cheek = au(6) * sketch.strength(side)
    above = 0.078 * size * (1 + 0.62 * au(5) - 0.26 * squint - 0.16 * cheek - 0.14 * au(4) - 0.2 * au(9))
    below = 0.046 * size * (1 + 0.2 * au(5) - 0.75 * squint - 0.5 * cheek - 0.45 * au(9))
    above, below = above * (1 - au(45)), np.maximum(below, 0) * (1 - au(45)) + 0.03 * au(45)
    x, half = side * sketch["eye_distance"], 0.158 * size

    def lids(t: Numbers) -> tuple[Numbers, Numbers]:
        """Height of the upper and the lower lid, t from the picture's left corner, -1, to its right, 1."""
        corner = EYE_Y - side * sketch["eye_slant"] * t
        return corner - above * (1 - np.abs(t) ** 2.3), corner + below * (1 - t**2)

    lid_x = x + half * ACROSS
    upper, lower = lids(ACROSS)
    sketch.fill(between(lid_x, upper, lower), np.minimum(242, 150 + 0.5 * skin))
    # What is round is cut by the lids: its points are held between them.
    gaze_x, gaze_y = x + 0.05 * sketch.gaze_x, EYE_Y - 0.008 + 0.025 * sketch.gaze_y
    for share, tone in ((1.0, 52), (0.52, 12)):
        radius = share * 0.076 * np.sqrt(size)
        disc_x, disc_y = ellipse(gaze_x, gaze_y, radius, radius, SMALL_ROUND)
        top, bottom = lids(np.clip((disc_x - x) / half, -1, 1))
        sketch.fill((disc_x, np.clip(disc_y, top, bottom)), tone)
    sketch.fill(
        ellipse(gaze_x - 0.024, np.maximum(gaze_y - 0.028, EYE_Y - above + 0.02), 0.016, 0.016, SMALL_ROUND),
        250,
        only=(above + below > 0.05).astype(float),
    )
    # Upper lashes thicken outwards; the lower lid is a thin line.
    sketch.stroke((lid_x, upper), 0.024 + 0.010 * side * ACROSS, skin * 0.16)
    sketch.stroke((lid_x, lower), 0.010, skin * 0.42)


def draw_brows(sketch: Sketch) -> None:
    """Draw both brows."""
    au, inward, outward = sketch.au, 1 - ALONG, ALONG
    shapes: list[tuple[Line, ArrayLike]] = []
    for side in (-1, 1):
        strength = sketch.strength(side)
        down = au(4) * strength
        x = sketch["eye_distance"] - 0.19 + 0.42 * ALONG - 0.06 * down * inward
        y = BROW_Y - sketch["brow_height"] - sketch["brow_arch"] * np.sin(np.pi * ALONG**1.3) + 0.02 * outward
        y = y - strength * (0.125 * au(1) * inward**1.2 + 0.115 * au(2) * outward**0.8)
        # Knitted brows that are raised too rise at the root: the look of grief and of fear.
        y = (
            y
            + down * (1 - 0.8 * au(1)) * (0.11 * inward + 0.02)
            + 0.05 * au(1) * au(4) * outward * (1 - 0.7 * au(2))
        )
        y = y + 0.045 * au(9) * inward + 0.012 * au(6) * outward
        width = 0.062 * sketch["brow_thickness"] * np.minimum(1, 0.55 + 2.2 * ALONG) * (1 - 0.75 * ALONG**3)
        shapes.append((ribbon((side * x, y), width), 0.92))
    sketch.soften(shapes, 255 * np.minimum(sketch["hair"] * 0.8, 0.5 * sketch["skin"]), 0.010)


def draw_glasses(sketch: Sketch) -> None:
    """Draw the frame of the glasses of those who wear some."""
    worn, distance = sketch["glasses"], sketch["eye_distance"]
    tone = 34
    for side in (-1, 1):
        x = side * (distance + 0.01)
        around = np.linspace(0, 2 * np.pi, 37)[None, :]
        rim = x + 0.225 * rounded(np.cos(around), 0.6), EYE_Y + 0.03 + 0.18 * rounded(np.sin(around), 0.6)
        sketch.stroke(rim, 0.024, tone, only=worn)
        temple = side * sketch["head_width"]
        sketch.stroke(
            curve((x + side * 0.225, EYE_Y), (temple, EYE_Y - 0.02), (temple, EYE_Y - 0.03)),
            0.024,
            tone,
            only=worn,
        )
    inner = distance - 0.215
    sketch.stroke(curve((-inner, EYE_Y), (0, EYE_Y - 0.05), (inner, EYE_Y)), 0.024, tone, only=worn)
