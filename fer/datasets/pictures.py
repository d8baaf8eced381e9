"""Image sizes: what a dataset's pictures were before they became faces of one size, or were cut out."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

from fer.emotions import EMOTIONS

MOST_NAMED = 10_000
"""How many of the pictures without a face are named; more names than this nobody reads."""
PHOTOGRAPHS = "These look like whole photographs, in which the face is small; a model learns from faces."
"""What is said of `Pictures.are_photographs`."""
_MOST_SIZES = 20
# The middle one of 200 faces of FER-2013 takes 94 % of its picture's side; of 31 portraits, 22 %.
FACE_FILLS_FROM = 0.7
"""From which `Pictures.face_share` on pictures show a face and little else."""


@dataclass(frozen=True, slots=True)
class FaceCutting:
    """How faces were cut out of whole photographs.

    Attributes:
        detector: its name.
        version: which weights it has.
        side: of a face that was cut out, pixels.
        cut_at: when, UTC, ISO 8601.
        found: pictures in which a face was found, each of which gave its largest.
        several: how many of these show more than one.
        without_count: pictures in which none was found; they are left out.
        without: their names, at most `MOST_NAMED`.
    """

    detector: str
    version: str
    side: int
    cut_at: str
    found: int
    several: int
    without_count: int
    without: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pictures:
    """What the pictures were.

    Attributes:
        sizes: (width, height, how many), the commonest first; the rarest of many are left out.
        face_share: the median side of the largest face, as a share of its picture's shorter side; looked up
            in a few pictures. 0 where nobody looked, or no face was found in most of them.
        cutting: how the faces were cut out; None if the pictures were taken whole.
    """

    sizes: tuple[tuple[int, int, int], ...]
    face_share: float = 0.0
    cutting: FaceCutting | None = None

    @property
    def are_photographs(self) -> bool:
        """Whether they were taken whole, and show far more than a face."""
        return self.cutting is None and 0 < self.face_share < FACE_FILLS_FROM

    @classmethod
    def of(cls, sizes: Counter[tuple[int, int]], face_share: float = 0.0) -> Self:
        """From how many pictures have which (width, height)."""
        commonest = sizes.most_common(_MOST_SIZES)
        return cls(tuple((width, height, count) for (width, height), count in commonest), face_share)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """Rebuild from the values that `asdict` made, or from the JSON of them.

        Raises:
            KeyError, TypeError, ValueError: they are not such values.
        """
        cutting = values["cutting"]
        if cutting is not None:
            cutting = FaceCutting(**{**cutting, "without": tuple(cutting["without"])})
        sizes = tuple((int(width), int(height), int(count)) for width, height, count in values["sizes"])
        return cls(sizes, float(values["face_share"]), cutting)


def joined(parts: Sequence[Pictures | None]) -> Pictures | None:
    """What the pictures of several tables were that are read as one; None if any of them held none."""
    known = [part for part in parts if part is not None]
    if not known or len(known) < len(parts):
        return None
    sizes: Counter[tuple[int, int]] = Counter()
    for part in known:
        sizes.update({(width, height): count for width, height, count in part.sizes})
    cuttings = [part.cutting for part in known if part.cutting is not None]
    cutting = None
    if cuttings:
        cutting = replace(
            cuttings[0],
            found=sum(part.found for part in cuttings),
            several=sum(part.several for part in cuttings),
            without_count=sum(part.without_count for part in cuttings),
            without=tuple(name for part in cuttings for name in part.without)[:MOST_NAMED],
        )
    share = sorted(part.face_share for part in known)[len(known) // 2]
    return replace(Pictures.of(sizes, share), cutting=cutting)


def shape_note(sizes: Counter[tuple[int, int]], width: int, height: int) -> list[str]:
    """The note on how pictures became faces of one size; none if all are square and had it before.

    Args:
        sizes: how many pictures have which (width, height).
        width, height: of the faces they became, pixels.
    """
    if set(sizes) <= {(width, height)}:
        return [] if width == height else [f"The pictures are not square but {width}×{height} pixels."]
    ((w, h), most), others, count = sizes.most_common(1)[0], len(sizes) - 1, sizes.total()
    if not others:
        what = f"Its {count:,} pictures are {w}×{h} pixels"
    elif most > count / 2:
        other = "another size" if others == 1 else f"{others:,} other sizes"
        what = f"{most:,} of its {count:,} pictures are {w}×{h} pixels, the rest of {other}"
    else:
        such_as = "the commonest" if most > 1 else "for example"
        what = f"Its {count:,} pictures have {len(sizes):,} sizes, {such_as} {w}×{h} pixels"
    bent = any(wide * height != high * width for wide, high in sizes)
    kept = " Nothing was squeezed: where the shape differs, the edge is repeated." if bent else ""
    return [f"{what}: scaled to {width}×{height}.{kept}"]


def vanished(before: Iterable[int], after: Iterable[int]) -> list[str]:
    """The note on emotions, indices into `EMOTIONS`, of which no picture is left; none if there are none."""
    gone = [EMOTIONS[label] for label in sorted(set(before) - set(after))]
    return [f"Not one picture of {' and '.join(gone)} could be used." for _ in gone[:1]]
