"""Vector drawing: polygons, soft shapes and relief of many faces, painted one face at a time.

A point of the face lies on an ellipsoid, so that turning the head shifts the nose against the ears;
`Sketch.place` is the only way from head units to pixels.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from fer.datasets.synthetic.action_units import ActionUnit, ActionUnits
from fer.datasets.synthetic.appearance import Appearance, Beard, Hairstyle, Pose
from fer.datasets.synthetic.geometry import MOUTH_Y, Line, Numbers, ribbon

# The head, an ellipsoid: half its depth, and how far it reaches beyond the outline so that points
# on the outline still have a little depth. Half of what is seen at zoom 1. All in head units.
_DEPTH = 0.62
_MARGIN = 1.12
_VIEW = 1.42
# Corners are given to OpenCV in sixteenths of a pixel.
_SUBPIXEL_BITS = 4
# _Relief is smooth, so it is modelled at this size and stretched over the picture.
_RELIEF_SIZE = 48


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


class Sketch:
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
            if not isinstance(field.default, str)  # a style
        }
        self.skin = 255 * self["skin"]
        self.jaw_drop = 0.21 * self.au(26) + 0.30 * self.au(27)
        self.mouth_y = MOUTH_Y + 0.2 * self.jaw_drop

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
        self.fill(ribbon(line, width), tone, only=only)

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


def _sin_cos(degrees: Numbers) -> tuple[Numbers, Numbers]:
    return np.sin(np.radians(degrees)), np.cos(np.radians(degrees))
