"""Synthetic person: who a drawn face is, how the head is turned, and what light falls on it."""

from dataclasses import dataclass
from enum import StrEnum


class Hairstyle(StrEnum):
    """What frames the face."""

    BALD = "bald"
    SHORT = "short"
    CURLY = "curly"
    BOB = "bob"
    LONG = "long"
    BUN = "bun"
    HEADSCARF = "headscarf"


class Beard(StrEnum):
    """What grows on the lower face."""

    NONE = "none"
    STUBBLE = "stubble"
    MOUSTACHE = "moustache"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class Appearance:
    """One person at rest.

    Attributes:
        skin: how light the skin is, 0 to 1.
        hair: how light the hair (or the headscarf) is, 0 to 1.
        hairstyle: what frames the face.
        parting: where the hair falls from, -1 (picture's left) to 1.
        beard: what grows on the lower face.
        glasses: whether glasses are worn.
        age: 0 smooth to 1 lined.
        head_width: half the width of the face, head units.
        jaw: 0 a pointed chin to 1 a square one.
        eye_distance: from the middle to an eye, head units.
        eye_size: 1 is usual.
        eye_slant: outer corners up (positive) or down, head units.
        brow_thickness: 1 is usual.
        brow_height: raises the brows at rest, head units.
        brow_arch: how far the middle of a brow stands above its ends, head units.
        nose_width: 1 is usual.
        nose_length: 1 is usual.
        mouth_width: half the width of the mouth, head units.
        mouth_curve: corners up (positive) or down at rest, head units.
        lip_fullness: 1 is usual.
        lip_tone: lip brightness as a share of the skin's.
        lopsidedness: how much stronger the picture's right side moves than its left, -1 to 1.
        clothes: how light they are, 0 to 1.
    """

    skin: float = 0.74
    hair: float = 0.2
    hairstyle: Hairstyle = Hairstyle.SHORT
    parting: float = 0.4
    beard: Beard = Beard.NONE
    glasses: bool = False
    age: float = 0.1
    head_width: float = 0.74
    jaw: float = 0.5
    eye_distance: float = 0.33
    eye_size: float = 1.0
    eye_slant: float = 0.01
    brow_thickness: float = 1.0
    brow_height: float = 0.0
    brow_arch: float = 0.04
    nose_width: float = 1.0
    nose_length: float = 1.0
    mouth_width: float = 0.25
    mouth_curve: float = 0.0
    lip_fullness: float = 1.0
    lip_tone: float = 0.74
    lopsidedness: float = 0.0
    clothes: float = 0.35


@dataclass(frozen=True, slots=True)
class Pose:
    """How the head stands in the picture.

    Attributes:
        yaw_degrees: turned to the picture's right (positive) or left.
        pitch_degrees: nose down (positive) or up.
        roll_degrees: tilted clockwise as one sees it (positive).
        zoom: 1 shows the whole head with its hair, 1.3 cuts close to the face.
        shift_x: moved to the right, as a share of the picture.
        shift_y: moved down, as a share of the picture.
        gaze_x: eyes to the picture's right, -1 to 1.
        gaze_y: eyes down, -1 to 1.
    """

    yaw_degrees: float = 0.0
    pitch_degrees: float = 0.0
    roll_degrees: float = 0.0
    zoom: float = 1.0
    shift_x: float = 0.0
    shift_y: float = 0.0
    gaze_x: float = 0.0
    gaze_y: float = 0.0


@dataclass(frozen=True, slots=True)
class Light:
    """What falls on the head.

    Attributes:
        from_right: brighter on the picture's right (positive) or left, -1 to 1.
        from_above: brighter above (positive) or below, -1 to 1.
        exposure: 1 is usual; multiplies every brightness.
        contrast: 1 is usual; stretches brightness about middle grey.
        background: how light the wall behind is, 0 to 1.
    """

    from_right: float = -0.15
    from_above: float = 0.15
    exposure: float = 1.0
    contrast: float = 1.0
    background: float = 0.62


FACING = Pose()
SOFT_LIGHT = Light()
