"""Synthetic face: a portrait drawn from facial action units, a person, a pose and a light.

Nothing here knows an emotion. A muscle moves lines of the face by so much; what a set of muscles is
called is `fer.datasets.synthetic.loading`'s affair, as it was for the authors of the coding system.
The proportions were chosen by eye.

Many faces are sketched at once, in NumPy, and then painted one by one, in OpenCV: the sketch costs
some hundred small array operations, whether for one face or for three hundred.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import cv2
import numpy as np
from numpy.typing import NDArray

from fer.datasets.synthetic.action_units import ActionUnits
from fer.datasets.synthetic.appearance import FACING, SOFT_LIGHT, Appearance, Light, Pose
from fer.datasets.synthetic.creases import draw_creases
from fer.datasets.synthetic.eyes import draw_brows, draw_eye, draw_glasses
from fer.datasets.synthetic.hair import draw_beard, draw_hair_behind, draw_hair_in_front
from fer.datasets.synthetic.head import draw_body, draw_head
from fer.datasets.synthetic.mouth import draw_mouth
from fer.datasets.synthetic.sketch import Sketch


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
    sketch = Sketch(2 * size, appearances, action_units, poses)
    draw_hair_behind(sketch)
    draw_body(sketch)
    draw_head(sketch)
    draw_beard(sketch)
    draw_creases(sketch)
    for side in (-1, 1):
        draw_eye(sketch, side)
    draw_mouth(sketch)
    draw_brows(sketch)
    draw_glasses(sketch)
    draw_hair_in_front(sketch)

    def finished(face: int) -> NDArray[np.uint8]:
        picture = sketch.paint(face, 255 * lights[face].background)
        small = cv2.resize(picture, (size, size), interpolation=cv2.INTER_AREA)
        return _lit(np.asarray(small, np.uint8), lights[face])

    # OpenCV works outside Python's lock; more than two painters only queue for it.
    with ThreadPoolExecutor(2) as painters:
        yield from painters.map(finished, range(len(lights)))


def _lit(picture: NDArray[np.uint8], light: Light) -> NDArray[np.uint8]:
    """The picture under this light: a ramp across and down, exposure, contrast."""
    ramp = np.linspace(-1, 1, len(picture), dtype=np.float32)
    brightness = light.exposure * (
        1 + 0.45 * light.from_right * ramp[None, :] - 0.45 * light.from_above * ramp[:, None]
    )
    lit = (picture * brightness - 128) * np.float32(light.contrast) + 128
    return np.clip(lit, 0, 255).astype(np.uint8)
