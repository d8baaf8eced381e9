"""Hair: hairstyles and headscarves, behind the face and in front of it, and beards."""

import numpy as np
from numpy.typing import ArrayLike

from fer.datasets.synthetic.appearance import Beard, Hairstyle
from fer.datasets.synthetic.geometry import (
    ACROSS,
    ROUND,
    Line,
    between,
    closed,
    curve,
    ellipse,
    ribbon,
    rounded,
)
from fer.datasets.synthetic.head import face_outline
from fer.datasets.synthetic.sketch import Sketch


def draw_hair_behind(sketch: Sketch) -> None:
    """Draw the hair that lies behind the head."""
    tone, width = 255 * sketch["hair"] * 0.82, sketch["head_width"]
    around = np.linspace(0, 2 * np.pi, 122)[None, :-1]
    lobes = 1 + 0.03 * np.abs(np.sin(5.5 * around))
    curls = lobes * (width + 0.25) * np.cos(around), -0.40 + 0.83 * lobes * np.sin(around)
    sketch.fill(curls, tone, 0, only=sketch.has(Hairstyle.CURLY))
    # A cap above, a curtain below whose lower corners are round.
    short = sketch.has(Hairstyle.BOB)
    sine, cosine = np.sin(ROUND), np.cos(ROUND)
    bottom = 1.9 - 1.12 * short
    sketch.fill(
        (
            (width + 0.16 + 0.05 * short * np.maximum(sine, 0))
            * rounded(cosine, np.where(sine > 0, 0.4, 0.85)),
            np.where(sine > 0, bottom * rounded(sine, 0.6), 1.14 * sine),
        ),
        tone,
        0,
        only=sketch.has(Hairstyle.BOB, Hairstyle.LONG),
    )
    sketch.fill(ellipse(0.05 * sketch["parting"], -1.16, 0.27, 0.2), tone, 0, only=sketch.has(Hairstyle.BUN))


def draw_beard(sketch: Sketch) -> None:
    """Draw stubble, a full beard or a moustache."""
    mouth_y, width = sketch.mouth_y, sketch["head_width"]
    tone = 255 * np.minimum(sketch["hair"], 0.75 * sketch["skin"]) * 0.9
    # Along the jaw from ear to ear, and back over the cheeks and above the lip.
    (jaw_x, jaw_y), _ = face_outline(sketch, np.linspace(-1.55, 1.55, 25)[None, :])
    cheek = curve((width * 0.93, 0.05), (0.52, 0.56), (0.34, mouth_y - 0.05))
    lip = curve((0.30, mouth_y - 0.06), (0.12, mouth_y - 0.15), (0.0, mouth_y - 0.12))
    right = np.hstack([cheek[0], np.broadcast_to(lip[0], cheek[0].shape)]), np.hstack([cheek[1], lip[1]])
    there = np.hstack([right[0], -right[0][:, ::-1]]), np.hstack([right[1], right[1][:, ::-1]])
    full = closed((0.985 * jaw_x, 0.985 * jaw_y), (there[0][:, ::-1], there[1][:, ::-1]))
    sketch.soften(
        [(full, 0.26 + 0.54 * sketch.has(Beard.FULL))],
        tone,
        0.028,
        only=sketch.has(Beard.FULL, Beard.STUBBLE),
    )
    moustache = between(
        0.30 * ACROSS,
        mouth_y - 0.15 + 0.10 * np.abs(ACROSS) ** 1.5,
        mouth_y - 0.045 + 0.09 * np.abs(ACROSS) ** 2,
    )
    sketch.soften([(moustache, 0.85)], tone, 0.016, only=sketch.has(Beard.MOUSTACHE))


def draw_hair_in_front(sketch: Sketch) -> None:
    """Draw the hairline with its strands, or the cloth of a headscarf."""
    t, outwards, width, parting = ACROSS, np.abs(ACROSS), sketch["head_width"], sketch["parting"]
    scarf = sketch.has(Hairstyle.HEADSCARF)
    hair = 1 - scarf - sketch.has(Hairstyle.BALD)
    tone = 255 * sketch["hair"]
    # The hairline: level above the forehead, down at the temples, swept from the parting.
    top = sketch.by_hairstyle(-1.13, {Hairstyle.CURLY: -1.16})
    end = sketch.by_hairstyle(0.5, {Hairstyle.SHORT: -0.08, Hairstyle.BUN: -0.12, Hairstyle.CURLY: -0.10})
    beside = sketch.by_hairstyle(0.055, {Hairstyle.BOB: 0.13, Hairstyle.LONG: 0.11})
    sweep = 0.10 * np.tanh(3 * (t - 0.6 * parting)) * np.sign(parting)
    hairline = -0.70 - 0.05 * sketch["age"] + sweep + (end + 0.70) * outwards**6
    arc = np.sin(np.pi / 2 * t)
    outer = (
        (width + beside) * rounded(arc, 0.85),
        top + (end - top) * (1 - np.sqrt(np.maximum(1 - arc**2, 0))),
    )
    inner = 0.97 * width * rounded(t, 0.9), hairline
    forward = 0.22 * (1 - outwards**4)
    sketch.fill(closed(outer, inner), tone, np.hstack([np.zeros_like(forward), forward[:, ::-1]]), only=hair)
    # Light and shade on the strands, as they fall from the parting.
    start = 0.45 * parting
    for shift, shade in ((0.0, np.minimum(tone * 1.25 + 24, 255)), (0.1, tone * 0.66)):
        strands: list[tuple[Line, ArrayLike]] = []
        for reach in np.array([-0.8, -0.5, -0.2, 0.12, 0.42, 0.72]) + shift:
            foot = np.clip(start + reach, -0.48, 0.48)
            bend = start + 0.6 * (foot - start), -1.05
            strand = curve((start, -1.06), bend, (foot, -0.95 + 0.42 * foot**2))
            strands.append((ribbon(strand, 0.034), 0.55))
        sketch.soften(strands, shade, 0.018, only=hair)
    # A headscarf leaves an oval for the face.
    closed_round = np.linspace(0, 2 * np.pi, 41)[None, :]
    cloth = (
        ellipse(0, 0.0, width + 0.15, 1.18, closed_round),
        ellipse(0, 0.13, 0.87 * width, 0.92, closed_round),
    )
    drop = 1.1 * sketch.jaw_drop * np.maximum(np.sin(closed_round), 0)
    cloth = (cloth[0][0], cloth[0][1] + drop), (cloth[1][0], cloth[1][1] + drop)
    depth = np.hstack([np.zeros_like(closed_round), np.full_like(closed_round, 0.2)])
    sketch.fill(closed(*cloth), tone, depth, only=scarf)
    folds: list[tuple[Line, ArrayLike]] = [
        (ribbon(curve((-0.70, -0.50), (-0.35, -1.12), (0.5, -0.94)), 0.03), 0.5),
        (ribbon(curve((-0.66, -0.30), (-0.4, -0.95), (0.3, -0.86)), 0.022), 0.35),
        (ribbon(curve((0.74, -0.30), (0.72, 0.4), (0.45, 0.95)), 0.03), 0.45),
        (ribbon(curve((-0.78, 0.0), (-0.70, 0.55), (-0.40, 1.02)), 0.03), 0.45),
    ]
    sketch.soften(folds, tone * 0.5, 0.014, only=scarf)
