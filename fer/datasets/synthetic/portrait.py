"""A face drawn from facial action units: who it is, what its muscles do, how it is turned and lit.

Nothing here knows an emotion. A muscle moves lines of the face by so much; what a set of muscles is
called is `fer.datasets.synthetic.loading`'s affair, as it was for the authors of the coding system.

Lengths are in *head units*: the face is about 2 high, its middle is (0, 0), x to the picture's right,
y down. A point of the face lies on an ellipsoid, so that turning the head shifts the nose against
the ears; `_Sketch.place` is the only way from head units to pixels.

Many faces are sketched at once, in NumPy, and then painted one by one, in OpenCV: the sketch costs
some hundred small array operations, whether for one face or for three hundred.

Source:
    Ekman, P. and Friesen, W. V. (1978), "Facial Action Coding System" (FACS): the units and what
    each of them does to a face. The proportions were chosen by eye.
"""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields
from enum import IntEnum, StrEnum

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

Numbers = NDArray[np.float64]
"""(n, p): one row per face; a single column stands for all p points."""

Line = tuple[Numbers, Numbers]
"""x and y of p points of every face, each (n, p) or broadcast to it, head units."""


class ActionUnit(IntEnum):
    """A visible movement of the face, under its FACS number."""

    INNER_BROW_RAISER = 1
    OUTER_BROW_RAISER = 2
    BROW_LOWERER = 4
    UPPER_LID_RAISER = 5
    CHEEK_RAISER = 6
    LID_TIGHTENER = 7
    NOSE_WRINKLER = 9
    UPPER_LIP_RAISER = 10
    NASOLABIAL_DEEPENER = 11
    LIP_CORNER_PULLER = 12
    LIP_CORNER_DEPRESSOR = 15
    LOWER_LIP_DEPRESSOR = 16
    CHIN_RAISER = 17
    LIP_STRETCHER = 20
    LIP_TIGHTENER = 23
    LIP_PRESSOR = 24
    LIPS_PART = 25
    JAW_DROP = 26
    MOUTH_STRETCH = 27
    BLINK = 45


ActionUnits = Mapping[ActionUnit, float]
"""How strongly each unit acts, 0 (rest) to 1 (FACS intensity E); a unit that is missing rests."""


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


def draw_face(
    appearance: Appearance,
    action_units: ActionUnits,
    size: int = 240,
    *,
    pose: Pose = FACING,
    light: Light = SOFT_LIGHT,
) -> NDArray[np.uint8]:
    """Return one face as a grey picture, (size, size) uint8."""
    return next(draw_faces([appearance], [action_units], size, poses=[pose], lights=[light]))


def draw_faces(
    appearances: Sequence[Appearance],
    action_units: Sequence[ActionUnits],
    size: int,
    *,
    poses: Sequence[Pose],
    lights: Sequence[Light],
) -> Iterator[NDArray[np.uint8]]:
    """Yield one grey picture, (size, size) uint8, for each person with their movements, pose and light.

    It is drawn at twice the size and shrunk by areas, so that a line keeps its weight at 48 pixels.
    """
    sketch = _Sketch(2 * size, appearances, action_units, poses)
    _draw_hair_behind(sketch)
    _draw_body(sketch)
    _draw_head(sketch)
    _draw_beard(sketch)
    _draw_creases(sketch)
    for side in (-1, 1):
        _draw_eye(sketch, side)
    _draw_mouth(sketch)
    _draw_brows(sketch)
    _draw_glasses(sketch)
    _draw_hair_in_front(sketch)

    def finished(face: int) -> NDArray[np.uint8]:
        picture = sketch.paint(face, 255 * lights[face].background)
        small = cv2.resize(picture, (size, size), interpolation=cv2.INTER_AREA)
        return _lit(np.asarray(small, np.uint8), lights[face])

    # OpenCV works outside Python's lock; more than two painters only queue for it.
    with ThreadPoolExecutor(2) as painters:
        yield from painters.map(finished, range(len(lights)))


# The head, an ellipsoid: half its depth, and how far it reaches beyond the outline so that points
# on the outline still have a little depth. Half of what is seen at zoom 1. All in head units.
_DEPTH = 0.62
_MARGIN = 1.12
_VIEW = 1.42
_EYE_Y = -0.12
_BROW_Y = -0.335
_NOSE_Y = 0.24
_MOUTH_Y = 0.53
# Corners are given to OpenCV in sixteenths of a pixel.
_SUBPIXEL_BITS = 4
# Relief is smooth, so it is modelled at this size and stretched over the picture.
_RELIEF_SIZE = 48
# A closed outline's direction, all the way round, also in fewer steps for what is small; a feature's
# place from one end to the other.
_ROUND = np.linspace(0, 2 * np.pi, 49)[None, :-1]
_SMALL_ROUND = np.linspace(0, 2 * np.pi, 21)[None, :-1]
_ACROSS = np.linspace(-1, 1, 23)[None, :]
_ALONG = np.linspace(0, 1, 10)[None, :]


@dataclass(frozen=True, slots=True, eq=False)
class _Shape:
    """A polygon of every face: corners (n, p, 2) as OpenCV wants them; tone (n,), below 0 for "not here"."""

    corners: NDArray[np.int32]
    tone: NDArray[np.int_]

    def paint(self, picture: NDArray[np.uint8], face: int, top: int = 0) -> None:
        """Paint it on a picture whose first row is row `top` of the whole."""
        if self.tone[face] >= 0:
            # OpenCV takes the offset, too, in parts of a pixel.
            offset = (0, -top << _SUBPIXEL_BITS)
            cv2.fillPoly(
                picture, [self.corners[face]], int(self.tone[face]), cv2.LINE_AA, _SUBPIXEL_BITS, offset
            )


@dataclass(frozen=True, slots=True, eq=False)
class _SoftShapes:
    """Shapes whose tones are opacities (0 to 255), laid over the picture together in one grey."""

    shapes: list[_Shape]
    tone: NDArray[np.float32]
    blur: NDArray[np.float64]
    rows: NDArray[np.int_]

    def paint(self, picture: NDArray[np.uint8], face: int) -> None:
        shown = [shape for shape in self.shapes if shape.tone[face] >= 0]
        if not shown:
            return
        # Only the rows they touch are worth blending.
        top, bottom = (int(row) for row in self.rows[face])
        part = picture[top:bottom]
        cover = np.zeros_like(part)
        for shape in shown:
            shape.paint(cover, face, top)
        opacity = cv2.GaussianBlur(cover, (0, 0), float(self.blur[face])).astype(np.float32)
        opacity *= np.float32(1 / 255)
        part[:] = part + opacity * (self.tone[face] - part)


@dataclass(frozen=True, slots=True, eq=False)
class _Relief:
    """How much brighter or darker the skin is where it stands out or lies deep.

    Attributes:
        maps: (n, _RELIEF_SIZE, _RELIEF_SIZE), 0 changes nothing, over 2 * _VIEW head units.
        affine: (n, 2, 3), from a map to the picture.
        outline: the skin, in white.
    """

    maps: NDArray[np.float32]
    affine: NDArray[np.float64]
    outline: _Shape

    def paint(self, picture: NDArray[np.uint8], face: int) -> None:
        shade = cv2.warpAffine(
            self.maps[face], self.affine[face], picture.shape[::-1], flags=cv2.INTER_LINEAR
        )
        skin = np.zeros_like(picture)
        self.outline.paint(skin, face)
        shade *= skin
        shade *= np.float32(1 / 255)
        shade += 1
        shade *= picture
        picture[:] = np.minimum(shade, 255)


class _Sketch:
    """The faces being drawn: their measures as columns, (n, 1), and what is to be painted, back to front."""

    def __init__(
        self,
        size: int,
        appearances: Sequence[Appearance],
        action_units: Sequence[ActionUnits],
        poses: Sequence[Pose],
    ) -> None:
        self._size = size
        self._count = len(appearances)
        self._appearances = appearances
        self._steps: list[_Shape | _SoftShapes | _Relief] = []
        self._units = np.zeros((self._count, max(ActionUnit) + 1))
        for row, units in enumerate(action_units):
            for unit, value in units.items():
                self._units[row, unit] = min(max(value, 0.0), 1.0)
        self._measures = {
            field.name: self._column([getattr(one, field.name) for one in appearances])
            for field in fields(Appearance)
            if not issubclass(_kind(field.name), str)
        }
        self.skin = 255 * self["skin"]
        self.jaw_drop = 0.21 * self.au(26) + 0.30 * self.au(27)
        self.mouth_y = _MOUTH_Y + 0.2 * self.jaw_drop

        self.gaze_x = self._column([pose.gaze_x for pose in poses])
        self.gaze_y = self._column([pose.gaze_y for pose in poses])
        self._sin_yaw, self._cos_yaw = _sin_cos(self._column([pose.yaw_degrees for pose in poses]))
        self._sin_pitch, _ = _sin_cos(self._column([pose.pitch_degrees for pose in poses]))
        sin_roll, cos_roll = _sin_cos(self._column([pose.roll_degrees for pose in poses])[:, 0])
        self._scale = size / 2 / _VIEW * np.array([pose.zoom for pose in poses])
        # From head units to pixels: roll and zoom, (n, 2, 2), then shift, (n, 2).
        self._turn = self._scale[:, None, None] * np.array(
            [[cos_roll, -sin_roll], [sin_roll, cos_roll]]
        ).transpose(2, 0, 1)
        self._origin = size * np.array([[0.5 + pose.shift_x, 0.5 + pose.shift_y] for pose in poses]) - 0.5

    def __getitem__(self, measure: str) -> Numbers:
        """This measure of every person, (n, 1)."""
        return self._measures[measure]

    def au(self, number: int) -> Numbers:
        """How strongly this action unit acts, 0 to 1, (n, 1)."""
        return self._units[:, number, None]

    def strength(self, side: ArrayLike) -> Numbers:
        """How strongly this side of the face moves; 1 is usual."""
        return np.asarray(1 + self["lopsidedness"] * np.asarray(side))

    def has(self, *styles: Hairstyle | Beard) -> Numbers:
        """1 for people with one of these hairstyles or beards, else 0, (n, 1)."""
        return self._column([one.hairstyle in styles or one.beard in styles for one in self._appearances])

    def by_hairstyle(self, otherwise: float, values: Mapping[Hairstyle, float]) -> Numbers:
        """A number that depends on the hairstyle, (n, 1)."""
        return self._column([values.get(one.hairstyle, otherwise) for one in self._appearances])

    def turned(self, line: Line, depth: ArrayLike | None = None) -> Line:
        """Points of the head after yaw and pitch; with `depth` None they lie on the face."""
        x, y = line
        if depth is None:
            inside = 1 - (x / (_MARGIN * self["head_width"])) ** 2 - (y / (_MARGIN * 1.05)) ** 2
            depth = _DEPTH * np.sqrt(np.maximum(inside, 0))
        # A round head that turns keeps its outline: what moves a point is its depth.
        depth = np.asarray(depth)
        return x + depth * (self._sin_yaw + x * (self._cos_yaw - 1)), y + depth * self._sin_pitch

    def place(self, line: Line, depth: ArrayLike | None = None) -> NDArray[np.int32]:
        """Points of the head in the picture, (n, p, 2), as OpenCV's polygons want them."""
        x, y = self.turned(line, depth)
        corners = np.empty((*np.broadcast_shapes(x.shape, y.shape, (self._count, 1)), 2), np.int32)
        # Written out: twice as fast as a product of 2 by 2 matrices.
        for axis in (0, 1):
            by_x, by_y = self._turn[:, axis, :1], self._turn[:, axis, 1:]
            pixels = by_x * x + by_y * y + self._origin[:, axis, None]
            corners[:, :, axis] = np.rint(pixels * (1 << _SUBPIXEL_BITS))
        return corners

    def fill(
        self, line: Line, tone: ArrayLike, depth: ArrayLike | None = None, only: Numbers | None = None
    ) -> None:
        """Fill the polygon inside `line` with a grey of 0 to 255; `only` some people have it."""
        self._steps.append(self._shape(self.place(line, depth), tone, only))

    def stroke(self, line: Line, width: ArrayLike, tone: ArrayLike, only: Numbers | None = None) -> None:
        """Draw a line of `width` head units, which may vary along it."""
        self.fill(_ribbon(line, width), tone, only=only)

    def soften(
        self,
        shapes: Sequence[tuple[Line, ArrayLike]],
        tone: ArrayLike,
        blur: float,
        only: Numbers | None = None,
    ) -> None:
        """Lay soft shapes of one grey over the picture.

        Args:
            shapes: outlines, each with its opacity, 0 (left out) to 1.
            tone: the grey they fade to, 0 to 255.
            blur: standard deviation of their edges, head units.
            only: 1 for those who have them.
        """
        drawn = []
        for line, opacity in shapes:
            strength = np.clip(np.asarray(opacity), 0, 1) * (1 if only is None else only)
            drawn.append(self._shape(self.place(line), 255 * strength, (strength > 0.05).astype(float)))
        tones = np.broadcast_to(tone, (self._count, 1)).astype(np.float32)[:, 0]
        sigma = np.maximum(blur * self._scale, 0.3)
        reach = 4 * sigma + 1
        heights = np.hstack([shape.corners[:, :, 1] for shape in drawn]) / (1 << _SUBPIXEL_BITS)
        rows = np.stack([heights.min(axis=1) - reach, heights.max(axis=1) + reach], axis=1)
        rows = np.clip(rows, (0, 1), (self._size - 1, self._size)).astype(int)
        self._steps.append(_SoftShapes(drawn, tones, sigma, rows))

    def model(
        self, swellings: Sequence[tuple[ArrayLike, ...]], roundness: float, outline: Line, depth: ArrayLike
    ) -> None:
        """Shade the skin inside `outline`.

        Args:
            swellings: x, y, half-width, half-height (head units) and how much brighter the middle is.
            roundness: how much darker the skin is where the head turns away.
            outline: the edge of the face.
            depth: of the outline.
        """
        # (5, n, m): each number of each of m swellings, for every face.
        numbers = np.stack(
            [
                np.hstack([np.broadcast_to(swelling[k], (self._count, 1)) for swelling in swellings])
                for k in range(5)
            ]
        ).astype(float)
        x, y = self.turned((numbers[0], numbers[1]))
        axis = (np.arange(_RELIEF_SIZE) + 0.5) * (2 * _VIEW / _RELIEF_SIZE) - _VIEW
        across = np.exp(-0.5 * ((axis - x[:, :, None]) / numbers[2][:, :, None]) ** 2)
        down = np.exp(-0.5 * ((axis - y[:, :, None]) / numbers[3][:, :, None]) ** 2)
        maps = (down * numbers[4][:, :, None]).transpose(0, 2, 1) @ across
        edge = (axis / self["head_width"][:, :, None]) ** 2 + 0.8 * (axis[:, None] / 1.05) ** 2
        turning = np.clip(edge - 0.25, 0, 1)
        maps -= roundness * turning * np.sqrt(turning)
        linear = self._turn * (2 * _VIEW / _RELIEF_SIZE)
        shift = self._origin - linear @ np.full(2, (_RELIEF_SIZE - 1) / 2)
        self._steps.append(
            _Relief(
                maps.astype(np.float32),
                np.concatenate([linear, shift[:, :, None]], axis=2),
                self._shape(self.place(outline, depth), 255, None),
            )
        )

    def paint(self, face: int, background: float) -> NDArray[np.uint8]:
        """The picture of one face, (size, size) uint8."""
        picture = np.full((self._size, self._size), round(background), np.uint8)
        for step in self._steps:
            step.paint(picture, face)
        return picture

    def _column(self, values: Sequence[float]) -> Numbers:
        return np.array(values, float)[:, None]

    def _shape(self, corners: NDArray[np.int32], tone: ArrayLike, only: ArrayLike | None) -> _Shape:
        greys = np.clip(np.rint(np.asarray(tone, float)), 0, 255)
        tones = np.broadcast_to(greys, (self._count, 1)).astype(int)[:, 0]
        if only is not None:
            tones = np.where(np.broadcast_to(only, (self._count, 1))[:, 0] > 0, tones, -1)
        return _Shape(corners, tones)


def _kind(measure: str) -> type:
    return type(getattr(Appearance(), measure))


def _sin_cos(degrees: Numbers) -> tuple[Numbers, Numbers]:
    return np.sin(np.radians(degrees)), np.cos(np.radians(degrees))


def _ribbon(line: Line, width: ArrayLike) -> Line:
    """The outline of a stroke along `line`, `width` wide."""
    x, y = np.broadcast_arrays(*line)
    along_x, along_y = np.gradient(x, axis=1), np.gradient(y, axis=1)
    half = np.asarray(width) / 2 / np.maximum(np.hypot(along_x, along_y), 1e-9)
    return _closed((x - along_y * half, y + along_x * half), (x + along_y * half, y - along_x * half))


def _closed(there: Line, back: Line) -> Line:
    """The outline that goes along one line and returns along another."""
    (there_x, there_y), (back_x, back_y) = np.broadcast_arrays(*there), np.broadcast_arrays(*back)
    return _joined(there_x, back_x), _joined(there_y, back_y)


def _joined(there: Numbers, back: Numbers) -> Numbers:
    rows = max(len(there), len(back))
    return np.hstack(
        [
            np.broadcast_to(there, (rows, there.shape[1])),
            np.broadcast_to(back, (rows, back.shape[1]))[:, ::-1],
        ]
    )


def _between(x: Numbers, upper: Numbers, lower: Numbers) -> Line:
    """The outline of what lies between two curves over the same x."""
    return _closed((x, upper), (x, lower))


def _curve(
    start: tuple[ArrayLike, ArrayLike], bend: tuple[ArrayLike, ArrayLike], end: tuple[ArrayLike, ArrayLike]
) -> Line:
    """A smooth line from `start`, drawn towards `bend`, to `end` (a quadratic Bézier)."""
    x, y = (
        (1 - _ALONG) ** 2 * np.asarray(a)
        + 2 * _ALONG * (1 - _ALONG) * np.asarray(b)
        + _ALONG**2 * np.asarray(c)
        for a, b, c in zip(start, bend, end, strict=True)
    )
    return x, y


def _ellipse(
    x: ArrayLike, y: ArrayLike, radius_x: ArrayLike, radius_y: ArrayLike, angles: Numbers = _ROUND
) -> Line:
    return np.asarray(x) + np.asarray(radius_x) * np.cos(angles), np.asarray(y) + np.asarray(
        radius_y
    ) * np.sin(angles)


def _rounded(numbers: Numbers, power: ArrayLike) -> Numbers:
    """`numbers` to a power, keeping their sign: of a sine and a cosine it squares or points a circle."""
    return np.asarray(np.sign(numbers) * np.abs(numbers) ** np.asarray(power))


def _outline(sketch: _Sketch, angles: Numbers) -> tuple[Line, Numbers]:
    """The edge of the face, 0 the chin, and its depth; the chin goes down with the jaw."""
    down = np.maximum(np.cos(angles), 0)
    jaw = sketch["jaw"]
    x = sketch["head_width"] * _rounded(np.sin(angles), np.where(down > 0, 0.78 - 0.16 * jaw, 0.9))
    x = x * (1 - (0.20 - 0.12 * jaw) * down**2)
    y = 0.98 * np.cos(angles) + (0.02 + 0.75 * sketch.jaw_drop) * down
    # The chin stands forward of the ears.
    return (x, y), 0.3 * np.clip(y, 0, 1) ** 2


def _draw_hair_behind(sketch: _Sketch) -> None:
    tone, width = 255 * sketch["hair"] * 0.82, sketch["head_width"]
    around = np.linspace(0, 2 * np.pi, 122)[None, :-1]
    lobes = 1 + 0.03 * np.abs(np.sin(5.5 * around))
    curls = lobes * (width + 0.25) * np.cos(around), -0.40 + 0.83 * lobes * np.sin(around)
    sketch.fill(curls, tone, 0, only=sketch.has(Hairstyle.CURLY))
    # A cap above, a curtain below whose lower corners are round.
    short = sketch.has(Hairstyle.BOB)
    sine, cosine = np.sin(_ROUND), np.cos(_ROUND)
    bottom = 1.9 - 1.12 * short
    sketch.fill(
        (
            (width + 0.16 + 0.05 * short * np.maximum(sine, 0))
            * _rounded(cosine, np.where(sine > 0, 0.4, 0.85)),
            np.where(sine > 0, bottom * _rounded(sine, 0.6), 1.14 * sine),
        ),
        tone,
        0,
        only=sketch.has(Hairstyle.BOB, Hairstyle.LONG),
    )
    sketch.fill(_ellipse(0.05 * sketch["parting"], -1.16, 0.27, 0.2), tone, 0, only=sketch.has(Hairstyle.BUN))


def _draw_body(sketch: _Sketch) -> None:
    scarf = sketch.has(Hairstyle.HEADSCARF)
    neck = 0.56 * sketch["head_width"] * np.array([-1, 1, 1.15, -1.15])
    sketch.fill((neck, np.array([[0.5, 0.5, 1.9, 1.9]])), sketch.skin * 0.66, 0, only=1 - scarf)
    shoulders = 1.16 + 0.62 * np.abs(_ACROSS) ** 2.2
    collar = 0.16 * np.exp(-((_ACROSS / 0.24) ** 2))
    sketch.fill(
        _between(1.9 * _ACROSS, shoulders + collar, np.full_like(_ACROSS, 3.0)), 255 * sketch["clothes"], 0
    )
    tone = 255 * sketch["hair"]
    sketch.fill(_ellipse(0, 1.12, 0.60, 0.36), tone * 0.92, 0, only=scarf)
    sketch.stroke(_curve((-0.52, 1.02), (-0.1, 1.36), (0.56, 1.16)), 0.028, tone * 0.7, only=scarf)


def _draw_head(sketch: _Sketch) -> None:
    """The ears and the face's skin, modelled in relief."""
    au, width = sketch.au, sketch["head_width"]
    shown = 1 - sketch.has(Hairstyle.HEADSCARF, Hairstyle.LONG, Hairstyle.BOB)
    for side in (-1, 1):
        sketch.fill(_ellipse(side * (width + 0.02), 0.0, 0.085, 0.17), sketch.skin * 0.84, 0.05, only=shown)
        sketch.fill(_ellipse(side * (width + 0.03), 0.0, 0.04, 0.10), sketch.skin * 0.64, 0.05, only=shown)
    outline, depth = _outline(sketch, _ROUND)
    sketch.fill(outline, sketch.skin, depth)

    lifted_cheeks = np.maximum(au(12), au(6))
    mouth_y, nose_y, nose_width = sketch.mouth_y, _NOSE_Y * sketch["nose_length"], sketch["nose_width"]
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
            (eye_x, _EYE_Y - 0.03, 0.19, 0.115, -0.25),
            (side * 0.15, _EYE_Y - 0.03, 0.065, 0.10, -0.13),
            (side * 0.13 * nose_width, 0.10, 0.045, 0.16, -0.10),
            (side * 0.44, 0.20 - 0.05 * lifted_cheeks, 0.17, 0.14, 0.10 + 0.10 * lifted_cheeks),
            (eye_x, _EYE_Y - 0.2, 0.17, 0.045, 0.07),
            (side * 0.54, 0.58, 0.15, 0.22, -0.09 - 0.05 * sketch.jaw_drop),
        ]
    sketch.model(swellings, 0.22, outline, depth)


def _draw_beard(sketch: _Sketch) -> None:
    mouth_y, width = sketch.mouth_y, sketch["head_width"]
    tone = 255 * np.minimum(sketch["hair"], 0.75 * sketch["skin"]) * 0.9
    # Along the jaw from ear to ear, and back over the cheeks and above the lip.
    (jaw_x, jaw_y), _ = _outline(sketch, np.linspace(-1.55, 1.55, 25)[None, :])
    cheek = _curve((width * 0.93, 0.05), (0.52, 0.56), (0.34, mouth_y - 0.05))
    lip = _curve((0.30, mouth_y - 0.06), (0.12, mouth_y - 0.15), (0.0, mouth_y - 0.12))
    right = np.hstack([cheek[0], np.broadcast_to(lip[0], cheek[0].shape)]), np.hstack([cheek[1], lip[1]])
    there = np.hstack([right[0], -right[0][:, ::-1]]), np.hstack([right[1], right[1][:, ::-1]])
    full = _closed((0.985 * jaw_x, 0.985 * jaw_y), (there[0][:, ::-1], there[1][:, ::-1]))
    sketch.soften(
        [(full, 0.26 + 0.54 * sketch.has(Beard.FULL))],
        tone,
        0.028,
        only=sketch.has(Beard.FULL, Beard.STUBBLE),
    )
    moustache = _between(
        0.30 * _ACROSS,
        mouth_y - 0.15 + 0.10 * np.abs(_ACROSS) ** 1.5,
        mouth_y - 0.045 + 0.09 * np.abs(_ACROSS) ** 2,
    )
    sketch.soften([(moustache, 0.85)], tone, 0.016, only=sketch.has(Beard.MOUSTACHE))


def _draw_creases(sketch: _Sketch) -> None:
    """What is soft and dark: the folds that muscles and years make, and the nose."""
    au, age = sketch.au, sketch["age"]
    mouth_y, mouth_width, nose_width = sketch.mouth_y, sketch["mouth_width"], sketch["nose_width"]
    nose_y = _NOSE_Y * sketch["nose_length"]
    lifted = 0.05 * np.maximum(au(9), 0.6 * au(10))
    shapes: list[tuple[Line, ArrayLike]] = []

    def crease(line: Line, width: float, opacity: ArrayLike) -> None:
        shapes.append((_ribbon(line, width * np.sin(np.pi * (0.08 + 0.84 * _ALONG))), opacity))

    for row in range(3):
        y = -0.55 - 0.09 * row
        crease(
            _curve((-0.36, y + 0.03), (0, y - 0.05 - 0.03 * au(1)), (0.36, y + 0.03)),
            0.022,
            0.50 * np.maximum(au(1), au(2)) - 0.09 * row + 0.16 * age,
        )
    crease(_curve((-0.11, mouth_y + 0.235), (0, mouth_y + 0.19), (0.11, mouth_y + 0.235)), 0.03, 0.5 * au(17))
    crease(_curve((-0.05, nose_y + 0.065), (0, nose_y + 0.095), (0.05, nose_y + 0.065)), 0.018, 0.45)
    for side in (-1, 1):
        # Between the brows, across the bridge of the nose.
        crease(
            _curve((side * 0.05, -0.20), (side * 0.045, -0.30), (side * 0.075, -0.42)),
            0.026,
            0.75 * au(4) + 0.08 * age,
        )
        for row in range(3):
            y = -0.16 + 0.075 * row
            crease(
                _curve((0, y - 0.02), (side * 0.06, y - 0.01), (side * 0.10, y + 0.05)), 0.024, 0.7 * au(9)
            )
        # From the wing of the nose round the mouth, and below its corner.
        out = 0.05 * au(12) + 0.03 * au(20)
        crease(
            _curve(
                (side * 0.17 * nose_width, nose_y - 0.03 - lifted),
                (side * (0.33 + out), nose_y + 0.02 - lifted),
                (side * (mouth_width + 0.10 + out), mouth_y - 0.03 - 0.04 * au(12)),
            ),
            0.030,
            0.12 + 0.42 * au(12) + 0.36 * au(10) + 0.30 * au(9) + 0.45 * au(11) + 0.2 * age,
        )
        crease(
            _curve(
                (side * (mouth_width + 0.04), mouth_y + 0.08),
                (side * (mouth_width + 0.07), mouth_y + 0.14),
                (side * (mouth_width + 0.05), mouth_y + 0.21),
            ),
            0.024,
            0.45 * au(15) + 0.1 * age,
        )
        # Under the eye, beside it, and the fold of its upper lid.
        eye_x = side * sketch["eye_distance"]
        crease(
            _curve(
                (eye_x - side * 0.13, _EYE_Y + 0.07),
                (eye_x, _EYE_Y + 0.155 - 0.03 * au(6)),
                (eye_x + side * 0.15, _EYE_Y + 0.05),
            ),
            0.026,
            0.12 + 0.5 * au(6) + 0.45 * au(7) + 0.2 * age,
        )
        for row in range(3):
            x, y = eye_x + side * 0.19, _EYE_Y - 0.03 + 0.04 * row
            crease(
                _curve(
                    (x, y), (x + side * 0.05, y - 0.02 + 0.02 * row), (x + side * 0.10, y - 0.05 + 0.05 * row)
                ),
                0.018,
                0.6 * au(6) + 0.12 * age,
            )
        lid_y = _EYE_Y - 0.078 * sketch["eye_size"] * (1 + 0.6 * au(5) - 0.25 * au(7) - 0.6 * au(45))
        crease(
            _curve((eye_x - 0.15, lid_y + 0.03), (eye_x, lid_y - 0.09), (eye_x + 0.15, lid_y + 0.03)),
            0.020,
            0.5 * (1 - 0.6 * au(5)),
        )
        # The wing of the nose and its nostril.
        wing_x = side * 0.135 * nose_width * (1 + 0.18 * au(9) + 0.08 * au(12))
        crease(
            _curve(
                (wing_x * 0.85, nose_y - 0.10 - lifted),
                (wing_x * 1.35, nose_y - 0.02 - lifted),
                (wing_x * 0.85, nose_y + 0.05 - lifted),
            ),
            0.028,
            0.45,
        )
        shapes.append(
            (_ellipse(wing_x * 0.5, nose_y + 0.055 - 0.7 * lifted, 0.036, 0.019, _SMALL_ROUND), 0.75)
        )
    sketch.soften(shapes, sketch.skin * 0.34, 0.010)


def _draw_eye(sketch: _Sketch, side: int) -> None:
    au, size, skin = sketch.au, sketch["eye_size"], sketch.skin
    squint = au(7) * sketch.strength(side)
    cheek = au(6) * sketch.strength(side)
    above = 0.078 * size * (1 + 0.62 * au(5) - 0.26 * squint - 0.16 * cheek - 0.14 * au(4) - 0.2 * au(9))
    below = 0.046 * size * (1 + 0.2 * au(5) - 0.75 * squint - 0.5 * cheek - 0.45 * au(9))
    above, below = above * (1 - au(45)), np.maximum(below, 0) * (1 - au(45)) + 0.03 * au(45)
    x, half = side * sketch["eye_distance"], 0.158 * size

    def lids(t: Numbers) -> tuple[Numbers, Numbers]:
        """Height of the upper and the lower lid, t from the picture's left corner, -1, to its right, 1."""
        corner = _EYE_Y - side * sketch["eye_slant"] * t
        return corner - above * (1 - np.abs(t) ** 2.3), corner + below * (1 - t**2)

    lid_x = x + half * _ACROSS
    upper, lower = lids(_ACROSS)
    sketch.fill(_between(lid_x, upper, lower), np.minimum(242, 150 + 0.5 * skin))
    # What is round is cut by the lids: its points are held between them.
    gaze_x, gaze_y = x + 0.05 * sketch.gaze_x, _EYE_Y - 0.008 + 0.025 * sketch.gaze_y
    for share, tone in ((1.0, 52), (0.52, 12)):
        radius = share * 0.076 * np.sqrt(size)
        disc_x, disc_y = _ellipse(gaze_x, gaze_y, radius, radius, _SMALL_ROUND)
        top, bottom = lids(np.clip((disc_x - x) / half, -1, 1))
        sketch.fill((disc_x, np.clip(disc_y, top, bottom)), tone)
    sketch.fill(
        _ellipse(
            gaze_x - 0.024, np.maximum(gaze_y - 0.028, _EYE_Y - above + 0.02), 0.016, 0.016, _SMALL_ROUND
        ),
        250,
        only=(above + below > 0.05).astype(float),
    )
    # Upper lashes thicken outwards; the lower lid is a thin line.
    sketch.stroke((lid_x, upper), 0.024 + 0.010 * side * _ACROSS, skin * 0.16)
    sketch.stroke((lid_x, lower), 0.010, skin * 0.42)


def _draw_brows(sketch: _Sketch) -> None:
    au, inward, outward = sketch.au, 1 - _ALONG, _ALONG
    shapes: list[tuple[Line, ArrayLike]] = []
    for side in (-1, 1):
        strength = sketch.strength(side)
        down = au(4) * strength
        x = sketch["eye_distance"] - 0.19 + 0.42 * _ALONG - 0.06 * down * inward
        y = (
            _BROW_Y
            - sketch["brow_height"]
            - sketch["brow_arch"] * np.sin(np.pi * _ALONG**1.3)
            + 0.02 * outward
        )
        y = y - strength * (0.125 * au(1) * inward**1.2 + 0.115 * au(2) * outward**0.8)
        # Knitted brows that are raised too rise at the root: the look of grief and of fear.
        y = (
            y
            + down * (1 - 0.8 * au(1)) * (0.11 * inward + 0.02)
            + 0.05 * au(1) * au(4) * outward * (1 - 0.7 * au(2))
        )
        y = y + 0.045 * au(9) * inward + 0.012 * au(6) * outward
        width = 0.062 * sketch["brow_thickness"] * np.minimum(1, 0.55 + 2.2 * _ALONG) * (1 - 0.75 * _ALONG**3)
        shapes.append((_ribbon((side * x, y), width), 0.92))
    sketch.soften(shapes, 255 * np.minimum(sketch["hair"] * 0.8, 0.5 * sketch["skin"]), 0.010)


def _draw_mouth(sketch: _Sketch) -> None:
    au, jaw, skin = sketch.au, sketch.jaw_drop, sketch.skin
    smile, pressed, parted = au(12), np.maximum(au(23), au(24)), au(25)
    t, outwards, bell = _ACROSS, np.abs(_ACROSS), 1 - _ACROSS**2
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
    sketch.fill(_between(x, upper_outer, upper_inner), lip * 0.88)
    sketch.fill(_between(x, lower_inner, lower_outer), lip * 1.06)

    gap = lower_inner - upper_inner
    widest = gap.max(axis=1, keepdims=True)
    is_open = (widest > 0.014).astype(float)
    sketch.fill(_between(x, upper_inner, lower_inner), 26, only=is_open)
    tongue = np.maximum(upper_inner, lower_inner - 0.42 * widest * np.maximum(1 - (t / 0.8) ** 2, 0))
    sketch.fill(_between(x, tongue, lower_inner), 105, only=(jaw > 0.06).astype(float))
    sketch.fill(
        _between(x, upper_inner, upper_inner + np.minimum(0.6 * gap, 0.07 - 0.1 * jaw)), 232, only=is_open
    )
    sketch.fill(
        _between(x, lower_inner - np.minimum(0.22 * gap, 0.04), lower_inner),
        205,
        only=is_open * (au(16) + au(20) > 0.3),
    )
    sketch.stroke((x, upper_inner), (0.016 + 0.012 * pressed) * (1 - 0.4 * outwards), skin * 0.24)
    for ends in (slice(0, 4), slice(-4, None)):
        sketch.stroke((x[:, ends], seam[:, ends]), 0.020, skin * 0.26, only=(jaw < 0.06).astype(float))


def _draw_glasses(sketch: _Sketch) -> None:
    worn, distance = sketch["glasses"], sketch["eye_distance"]
    tone = 34
    for side in (-1, 1):
        x = side * (distance + 0.01)
        around = np.linspace(0, 2 * np.pi, 37)[None, :]
        rim = x + 0.225 * _rounded(np.cos(around), 0.6), _EYE_Y + 0.03 + 0.18 * _rounded(np.sin(around), 0.6)
        sketch.stroke(rim, 0.024, tone, only=worn)
        temple = side * sketch["head_width"]
        sketch.stroke(
            _curve((x + side * 0.225, _EYE_Y), (temple, _EYE_Y - 0.02), (temple, _EYE_Y - 0.03)),
            0.024,
            tone,
            only=worn,
        )
    inner = distance - 0.215
    sketch.stroke(_curve((-inner, _EYE_Y), (0, _EYE_Y - 0.05), (inner, _EYE_Y)), 0.024, tone, only=worn)


def _draw_hair_in_front(sketch: _Sketch) -> None:
    t, outwards, width, parting = _ACROSS, np.abs(_ACROSS), sketch["head_width"], sketch["parting"]
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
        (width + beside) * _rounded(arc, 0.85),
        top + (end - top) * (1 - np.sqrt(np.maximum(1 - arc**2, 0))),
    )
    inner = 0.97 * width * _rounded(t, 0.9), hairline
    forward = 0.22 * (1 - outwards**4)
    sketch.fill(_closed(outer, inner), tone, np.hstack([np.zeros_like(forward), forward[:, ::-1]]), only=hair)
    # Light and shade on the strands, as they fall from the parting.
    start = 0.45 * parting
    for shift, shade in ((0.0, np.minimum(tone * 1.25 + 24, 255)), (0.1, tone * 0.66)):
        strands: list[tuple[Line, ArrayLike]] = []
        for reach in np.array([-0.8, -0.5, -0.2, 0.12, 0.42, 0.72]) + shift:
            foot = np.clip(start + reach, -0.48, 0.48)
            strands.append(
                (
                    _ribbon(
                        _curve(
                            (start, -1.06),
                            (start + 0.6 * (foot - start), -1.05),
                            (foot, -0.95 + 0.42 * foot**2),
                        ),
                        0.034,
                    ),
                    0.55,
                )
            )
        sketch.soften(strands, shade, 0.018, only=hair)
    # A headscarf leaves an oval for the face.
    closed_round = np.linspace(0, 2 * np.pi, 41)[None, :]
    cloth = (
        _ellipse(0, 0.0, width + 0.15, 1.18, closed_round),
        _ellipse(0, 0.13, 0.87 * width, 0.92, closed_round),
    )
    drop = 1.1 * sketch.jaw_drop * np.maximum(np.sin(closed_round), 0)
    cloth = (cloth[0][0], cloth[0][1] + drop), (cloth[1][0], cloth[1][1] + drop)
    depth = np.hstack([np.zeros_like(closed_round), np.full_like(closed_round, 0.2)])
    sketch.fill(_closed(*cloth), tone, depth, only=scarf)
    folds: list[tuple[Line, ArrayLike]] = [
        (_ribbon(_curve((-0.70, -0.50), (-0.35, -1.12), (0.5, -0.94)), 0.03), 0.5),
        (_ribbon(_curve((-0.66, -0.30), (-0.4, -0.95), (0.3, -0.86)), 0.022), 0.35),
        (_ribbon(_curve((0.74, -0.30), (0.72, 0.4), (0.45, 0.95)), 0.03), 0.45),
        (_ribbon(_curve((-0.78, 0.0), (-0.70, 0.55), (-0.40, 1.02)), 0.03), 0.45),
    ]
    sketch.soften(folds, tone * 0.5, 0.014, only=scarf)


def _lit(picture: NDArray[np.uint8], light: Light) -> NDArray[np.uint8]:
    """The picture under this light: a ramp across and down, exposure, contrast."""
    ramp = np.linspace(-1, 1, len(picture), dtype=np.float32)
    brightness = light.exposure * (
        1 + 0.45 * light.from_right * ramp[None, :] - 0.45 * light.from_above * ramp[:, None]
    )
    lit = (picture * brightness - 128) * np.float32(light.contrast) + 128
    return np.clip(lit, 0, 255).astype(np.uint8)
