"""Duplicates and near-duplicates: the same pixels, or one photograph cropped, recoloured or mirrored.

How near duplicates are found among 35,887 faces, whose 644 million pairs cannot all be looked at closely:

1. Of pictures that are pixel for pixel the same, one stands for all.
2. Every picture becomes a *sketch*: 12×12 pixels, freed of brightness and contrast, and half-way whitened,
   which takes away what all faces share. Sketches of two photographs hardly correlate; those of two
   versions of one do. All pairs, and all with a mirrored partner, are compared by matrix products.
3. Pairs of similar sketches are compared at 24×24, fine detail only, at 25 shifts against each other.
4. What still looks alike is aligned by an affine warp at 48×48 and compared in its fine detail: where the
   same strand of hair crosses the same wrinkle, it is the same photograph. Pairs that are known to be
   copies of a common third are spared this, the costliest step.
"""

import hashlib
from dataclasses import dataclass
from itertools import product

import cv2
import numpy as np
from numpy.typing import NDArray

from fer.datasets import Split
from fer.datasets.quality.chunks import in_chunks
from fer.datasets.quality.finding import Findings, QualityIssue, nobody
from fer.datasets.quality.measures import small_greys
from fer.system.progress import Progress, part, silent

# Two pictures are the same photograph from this correlation of their aligned detail on. On the genuine
# FER-2013 it lies beyond a valley: of 18,000 pairs aligned, 7,200 reach 0.9, and 100 lie between 0.7 and 0.8.
# Looked at: between 0.6 and 0.7 most are two photographs (of one sitting, or of strangers), between 0.7 and
# 0.8 about a third; of 40 drawn from those between 0.8 and 1 that differ most, 39 were one photograph, often
# with another watermark.
SAME_PHOTOGRAPH = 0.80
# A picture with less contrast than this (grey levels) has no detail to compare.
_FLAT = 8.0

_SKETCH_SIDE, _SKETCH_LENGTH = 12, 48
_SIMILAR_SKETCHES = 0.65
_MOST_SIMILAR = 400_000  # pairs, in a set with thousands of frames of one film; FER-2013 has 300,000
_BLOCK = 1024

_DETAIL_SIDE, _SHIFT = 24, 2
_SIMILAR_DETAIL = 0.78  # finds 94 of 100 copies that 0.62 finds, and aligns a seventh of the pairs
_CHUNK = 2048

_SIDE = 48
_ROUND = 1024
# 30 steps to a precision of 1e-4 find as many of FER-2013's copies, give or take one, and take longer.
_ITERATIONS, _PRECISION = 20, 1e-3
_DETAIL_SIGMA = 2.0


@dataclass(frozen=True, slots=True, eq=False)
class Copies:
    """Which faces show the same picture.

    Attributes:
        originals: (n,) intp, the place of the first face with the very same pixels.
        photographs: (n,) intp, the same number for all faces of one photograph, exact copies and near ones.
        likeness: (n,) float32, the correlation of a face's detail with that of the most similar other picture
            of its photograph, `SAME_PHOTOGRAPH` to 1; 0 without one.
        pairs_compared: how many pairs had similar sketches.
        pairs_aligned: how many pairs were aligned.
    """

    originals: NDArray[np.intp]
    photographs: NDArray[np.intp]
    likeness: NDArray[np.float32]
    pairs_compared: int
    pairs_aligned: int


@dataclass(frozen=True, slots=True, eq=False)
class _Pairs:
    """m pairs of pictures.

    Attributes:
        first, second: (m,) intp.
        mirrored: (m,) bool, the first is to be mirrored.
        scores: (m,) float32.
    """

    first: NDArray[np.intp]
    second: NDArray[np.intp]
    mirrored: NDArray[np.bool_]
    scores: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.first)

    def take(self, which: NDArray[np.intp] | slice) -> "_Pairs":
        return _Pairs(self.first[which], self.second[which], self.mirrored[which], self.scores[which])

    def best(self, count: int) -> "_Pairs":
        """At most `count` of them, the highest scores first."""
        return self.take(np.argsort(-self.scores, kind="stable")[:count])


def find_copies(images: NDArray[np.uint8], progress: Progress = silent) -> Copies:
    """Return which faces are copies of each other.

    Args:
        images: (n, h, w, c) uint8, c 1 (grey) or 3 (RGB), of any size; n may be 0.

    Source:
        The alignment maximises the enhanced correlation coefficient: Evangelidis and Psarakis (2008),
        "Parametric image alignment using enhanced correlation coefficient maximization", IEEE TPAMI 30.
    """
    originals = exact_originals(images, part(progress, 0, 0.03))
    places = np.flatnonzero(originals == np.arange(len(images)))
    if len(places) < 2:
        progress(1.0, "Looking for exact copies")
        return Copies(originals, originals, np.zeros(len(images), np.float32), 0, 0)
    pictures = small_greys(images if len(places) == len(images) else images[places], _SIDE)
    pairs = _similar_sketches(pictures, part(progress, 0.03, 0.30))
    compared = len(pairs)
    pairs = _similar_details(pictures, pairs, part(progress, 0.30, 0.50))
    groups, likeness, aligned = _aligned(pictures, pairs, part(progress, 0.50, 1))
    position = np.searchsorted(places, originals)
    return Copies(originals, groups[position], likeness[position], compared, aligned)


def exact_originals(images: NDArray[np.uint8], progress: Progress = silent) -> NDArray[np.intp]:
    """Return for each face the place of the first one with the very same pixels, (n,)."""
    digests = [b""] * len(images)

    def digest(rows: slice) -> None:
        for row in range(rows.start, rows.stop):
            digests[row] = hashlib.blake2b(images[row].tobytes(), digest_size=16).digest()

    in_chunks(len(images), 2 * _CHUNK, digest, progress, "Looking for exact copies")
    first: dict[bytes, int] = {}
    return np.array([first.setdefault(digest, row) for row, digest in enumerate(digests)], np.intp)


# ── near duplicates ──────────────────────────────────────────────────────────────────────────────


def _similar_sketches(pictures: NDArray[np.uint8], progress: Progress) -> _Pairs:
    """The pairs whose sketches correlate, as they are or with the first mirrored."""
    thumbnails = small_greys(pictures[..., None], _SKETCH_SIDE).astype(np.float32)
    plain = _normalised(thumbnails)
    mirrored = _normalised(thumbnails[:, :, ::-1])
    # Second moments, not variances: what every face has in common is a direction like any other.
    # In double precision: what threads round differently would let a pair in today and not tomorrow.
    both = np.concatenate([plain, mirrored]).astype(np.float64)
    moments = both.T @ both / max(len(both), 1)
    values, vectors = np.linalg.eigh(moments)
    values, vectors = values[::-1][:_SKETCH_LENGTH], vectors[:, ::-1][:, :_SKETCH_LENGTH]
    # Whitened half-way (a power of 0.35, not 0.5): of settings tried on shifted, cropped, recompressed and
    # recoloured faces this one missed fewest at the same number of pairs. The hundredth keeps noise small;
    # a few faces do not tell what all faces share, so for them more is added and less is whitened.
    floor = (0.01 + 100 / max(len(plain), 1)) * np.trace(moments) / len(moments) + 1e-12
    whitening = (vectors / (np.maximum(values, 0) + floor) ** 0.35).astype(np.float32)
    sketches, reflections = _unit(plain @ whitening), _unit(mirrored @ whitening)
    flat = pictures.reshape(len(pictures), -1).std(axis=1) < _FLAT
    sketches[flat] = reflections[flat] = 0

    found: list[_Pairs] = []
    threshold = _SIMILAR_SKETCHES
    starts = range(0, len(sketches), _BLOCK)
    for number, start in enumerate(starts):
        for mirror, rows in enumerate((sketches, reflections)):
            likeness = rows[start : start + _BLOCK] @ sketches[start:].T
            where = np.flatnonzero(likeness > threshold)
            first, second = np.divmod(where, likeness.shape[1])
            once = second > first
            first, second, where = first[once] + start, second[once] + start, where[once]
            found.append(_Pairs(first, second, np.full(len(first), bool(mirror)), likeness.ravel()[where]))
        if sum(map(len, found)) > _MOST_SIMILAR:
            found = [_joined(found).best(_MOST_SIMILAR)]
            threshold = float(found[0].scores[-1])
        progress((number + 1) / len(starts), "Comparing every face with every other")
    return _joined(found)


def _similar_details(pictures: NDArray[np.uint8], pairs: _Pairs, progress: Progress) -> _Pairs:
    """The pairs whose fine detail correlates at the best of some shifts, the most similar first."""
    n, inner = len(pictures), _DETAIL_SIDE - 2 * _SHIFT
    details = np.empty((n, _DETAIL_SIDE, _DETAIL_SIDE), np.float32)
    cores = np.empty((n, inner, inner), np.float32)
    shifts = list(product(range(2 * _SHIFT + 1), repeat=2))
    lengths = np.empty((n, len(shifts)), np.float32)

    def prepare(rows: slice) -> None:
        for row in range(rows.start, rows.stop):
            small = cv2.resize(pictures[row], (_DETAIL_SIDE, _DETAIL_SIDE), interpolation=cv2.INTER_AREA)
            small = small.astype(np.float32)
            details[row] = cv2.GaussianBlur(small, (0, 0), 0.75) - cv2.GaussianBlur(small, (0, 0), 2.5)
        # With cores of mean 0 and length 1, correlating needs of a window only its length around its mean.
        middle = details[rows, _SHIFT:-_SHIFT, _SHIFT:-_SHIFT]
        cores[rows] = _normalised(middle).reshape(middle.shape)
        sums, squares = _integral(details[rows]), _integral(details[rows] ** 2)
        for number, (y, x) in enumerate(shifts):
            below, right = y + inner, x + inner
            total, energy = (
                table[:, below, right] - table[:, y, right] - table[:, below, x] + table[:, y, x]
                for table in (sums, squares)
            )
            lengths[rows, number] = np.sqrt(np.maximum(energy - total**2 / inner**2, 1e-6))

    in_chunks(n, _CHUNK, prepare, part(progress, 0, 0.3), "Comparing similar faces in detail")
    scores = np.full(len(pairs), -1, np.float32)

    def compare(rows: slice) -> None:
        chosen = pairs.take(rows)
        first, second = cores[chosen.first], details[chosen.second]
        first[chosen.mirrored] = first[chosen.mirrored][:, :, ::-1]
        best = scores[rows]
        for number, (y, x) in enumerate(shifts):
            window = second[:, y : y + inner, x : x + inner]
            likeness = np.einsum("nij,nij->n", first, window) / lengths[chosen.second, number]
            np.maximum(best, likeness, out=best)

    in_chunks(len(pairs), _CHUNK, compare, part(progress, 0.3, 1), "Comparing similar faces in detail")
    ranked = _Pairs(pairs.first, pairs.second, pairs.mirrored, scores)
    return ranked.take(np.flatnonzero(scores > _SIMILAR_DETAIL)).best(len(pairs))


def _aligned(
    pictures: NDArray[np.uint8], pairs: _Pairs, progress: Progress
) -> tuple[NDArray[np.intp], NDArray[np.float32], int]:
    """The group of each picture, its likeness to the most similar other one, and how many were aligned."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    n = len(pictures)
    groups = np.arange(n)
    likeness = np.zeros(n, np.float32)
    linked: list[tuple[int, int]] = []
    waiting, aligned = pairs, 0
    while len(waiting):
        batch, waiting = waiting.take(slice(_ROUND)), waiting.take(slice(_ROUND, None))
        scores = np.zeros(len(batch), np.float32)

        def align(rows: slice, batch: _Pairs = batch, scores: NDArray[np.float32] = scores) -> None:
            for row in range(rows.start, rows.stop):
                first = pictures[batch.first[row]]
                if batch.mirrored[row]:
                    first = np.ascontiguousarray(first[:, ::-1])
                scores[row] = detail_correlation(first, pictures[batch.second[row]])

        in_chunks(len(batch), 64, align, silent, "")
        aligned += len(batch)
        same = np.flatnonzero(scores >= SAME_PHOTOGRAPH)
        for places in (batch.first, batch.second):
            np.maximum.at(likeness, places[same], scores[same])
        linked += zip(batch.first[same].tolist(), batch.second[same].tolist(), strict=True)
        if linked:
            rows, columns = np.array(linked).T
            edges = coo_array((np.ones(len(linked), np.int8), (rows, columns)), shape=(n, n))
            groups = np.asarray(connected_components(edges, directed=False)[1], np.intp)
            # Copies of a common third need not be compared with each other.
            waiting = waiting.take(np.flatnonzero(groups[waiting.first] != groups[waiting.second]))
        progress(aligned / (aligned + len(waiting)), "Aligning pairs that look alike")
    progress(1.0, "Aligning pairs that look alike")
    return groups, likeness, aligned


def detail_correlation(first: NDArray[np.uint8], second: NDArray[np.uint8]) -> float:
    """Return how well the fine detail of two grey pictures of one size agrees once they are aligned.

    1 for the same photograph, whatever its brightness and contrast, if at least half of it is in both; for
    different ones mostly below 0.5; 0 if they cannot be aligned.
    """
    warp = np.eye(2, 3, dtype=np.float32)
    criteria = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, _ITERATIONS, _PRECISION)
    try:
        _, warp = cv2.findTransformECC(first, second, warp, cv2.MOTION_AFFINE, criteria, None, 3)  # type: ignore[call-overload]  # stubs: a mask may be left out
    except cv2.error:  # it does not converge: the two have nothing in common
        return 0.0
    height, width = first.shape
    inverse = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    moved = cv2.warpAffine(second, warp, (width, height), flags=inverse, borderMode=cv2.BORDER_REPLICATE)
    shared = cv2.warpAffine(np.ones_like(second), warp, (width, height), flags=inverse) > 0
    if shared.mean() < 0.5:
        return 0.0
    a, b = _detail(first)[shared], _detail(np.asarray(moved, np.uint8))[shared]
    a, b = a - a.mean(), b - b.mean()
    length = float(np.linalg.norm(a) * np.linalg.norm(b))
    return float(a @ b) / length if length > 1e-6 else 0.0


def _detail(picture: NDArray[np.uint8]) -> NDArray[np.float32]:
    values = picture.astype(np.float32)
    return np.asarray(values - cv2.GaussianBlur(values, (0, 0), _DETAIL_SIGMA), np.float32)


def _normalised(pictures: NDArray[np.float32]) -> NDArray[np.float32]:
    """Each picture as a vector of mean 0 and length 1 (0 if it is flat)."""
    vectors = pictures.reshape(len(pictures), -1)
    return _unit(vectors - vectors.mean(axis=1, keepdims=True))


def _unit(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-6), np.float32)


def _integral(pictures: NDArray[np.float32]) -> NDArray[np.float64]:
    """The sum of all values above and left of each corner of a pixel."""
    padded = np.pad(pictures.astype(np.float64), ((0, 0), (1, 0), (1, 0)))
    return np.asarray(padded.cumsum(axis=1).cumsum(axis=2), np.float64)


def _joined(parts: list[_Pairs]) -> _Pairs:
    nothing = _Pairs(np.empty(0, np.intp), np.empty(0, np.intp), np.empty(0, bool), np.empty(0, np.float32))
    names = ("first", "second", "mirrored", "scores")
    return _Pairs(*(np.concatenate([getattr(pairs, name) for pairs in (nothing, *parts)]) for name in names))


# ── what copies mean for a dataset ───────────────────────────────────────────────────────────────


def copy_findings(copies: Copies, splits: NDArray[np.str_]) -> dict[QualityIssue, Findings]:
    """Return the faces to do without: leaks, exact duplicates and near ones.

    Of all copies one is kept and is in no finding: one of the test split if there is one, else of the
    validation split, else the first. So the official test stays complete, and what goes is training data.

    - A *leak* is every face whose photograph is also in a split that judges it: training faces that are
      in test or validation, validation faces that are in test. Scores: 1 for the same pixels, else likeness.
      First train against test, then validation against test, then train against validation.
    - An *exact duplicate* is every face but the kept one with the same pixels. Scores: how many there are.
    - A *near duplicate* is the kept one of each set of the same pixels, if another picture of its photograph
      is kept. Scores: its likeness to the most similar one.
    """
    n = len(splits)
    places = np.arange(n)
    ranks = split_ranks(splits)
    order = np.lexsort((places, ranks))
    kept_exact = _first_of(copies.originals, order)
    kept = _first_of(copies.photographs, order)

    spare = np.flatnonzero(kept_exact != places)
    counts = np.bincount(copies.originals, minlength=n)[copies.originals].astype(np.float32)
    spare = spare[np.lexsort((spare, copies.originals[spare], -counts[spare]))]
    exact = _findings(QualityIssue.EXACT_DUPLICATE, spare, counts, kept_exact)

    near = np.flatnonzero((kept_exact == places) & (kept != places))
    near = near[np.argsort(-copies.likeness[near], kind="stable")]

    leaking = np.flatnonzero(ranks[kept] < ranks)
    same_pixels = ranks[kept_exact] < ranks
    partners = np.where(same_pixels, kept_exact, kept)
    scores = np.where(same_pixels, 1, copies.likeness).astype(np.float32)
    urgency = np.array([[0, 1, 0], [0, 0, 2], [0, 0, 0]])[ranks[partners], ranks]
    leaking = leaking[np.lexsort((leaking, -scores[leaking], urgency[leaking]))]
    return {
        QualityIssue.LEAK: _findings(QualityIssue.LEAK, leaking, scores, partners),
        QualityIssue.EXACT_DUPLICATE: exact,
        QualityIssue.NEAR_DUPLICATE: _findings(QualityIssue.NEAR_DUPLICATE, near, copies.likeness, kept),
    }


def copy_facts(copies: Copies, labels: NDArray[np.intp], splits: NDArray[np.str_]) -> dict[str, float]:
    """Return how many copies there are, how many contradict each other, and how many cross each two splits.

    `leak_train_test` counts photographs that are in both splits, `leak_train_test_exact` those with the same
    pixels in both; `leak_test_in_train` counts the test faces whose photograph is in train.
    """
    facts: dict[str, float] = {"pairs_compared": copies.pairs_compared, "pairs_aligned": copies.pairs_aligned}
    for name, groups in (("exact", copies.originals), ("photograph", copies.photographs)):
        sizes = np.bincount(groups)
        several = np.flatnonzero(sizes > 1)
        conflicting = _distinct(groups, labels) > 1
        facts[f"{name}_groups"] = len(several)
        facts[f"{name}_faces"] = int(sizes[several].sum())
        facts[f"{name}_copies"] = int((sizes[several] - 1).sum())
        facts[f"{name}_conflicting_groups"] = int(conflicting.sum())
        facts[f"{name}_conflicting_faces"] = int(sizes[np.flatnonzero(conflicting)].sum())
    pictures = _distinct(copies.photographs, copies.originals)
    facts["near_groups"] = int((pictures > 1).sum())
    facts["near_faces"] = int((pictures[copies.photographs] > 1).sum())
    present = [split for split in Split if (splits == split).any()]
    for position, a in enumerate(present):
        for b in present[position + 1 :]:
            for suffix, groups in (("", copies.photographs), ("_exact", copies.originals)):
                in_both = np.intersect1d(groups[splits == a], groups[splits == b])
                facts[f"leak_{a}_{b}{suffix}"] = len(in_both)
                for own, other in ((a, b), (b, a)):
                    members = np.isin(groups[splits == own], in_both)
                    facts[f"leak_{own}_in_{other}{suffix}"] = int(members.sum())
    return facts


def split_ranks(splits: NDArray[np.str_]) -> NDArray[np.intp]:
    """Return 0 for each face of the test split, 1 for validation, 2 for train, (n,).

    Of several copies the first is kept: the one that judges, so that a test set stays what others report on.
    """
    ranks = np.zeros(len(splits), np.intp)
    for rank, split in enumerate((Split.TEST, Split.VALIDATION, Split.TRAIN)):
        ranks[splits == split] = rank
    return ranks


def _first_of(groups: NDArray[np.intp], order: NDArray[np.intp]) -> NDArray[np.intp]:
    """For each face the member of its group that comes first in `order`."""
    found = np.full(int(groups.max(initial=-1)) + 1, -1, np.intp)
    found[groups[order[::-1]]] = order[::-1]  # the last that is written is the first in order
    return found[groups]


def _distinct(groups: NDArray[np.intp], values: NDArray[np.intp]) -> NDArray[np.intp]:
    """How many different values the faces of each group have, by the group's number."""
    pairs = np.unique(np.stack([groups, values]), axis=1)
    return np.bincount(pairs[0])


def _findings(
    issue: QualityIssue, faces: NDArray[np.intp], scores: NDArray[np.float32], partners: NDArray[np.intp]
) -> Findings:
    """The findings at `faces`, whose scores and partners are those of all n faces."""
    return Findings(issue, faces, scores[faces].astype(np.float32), partners[faces], nobody(len(faces)))
