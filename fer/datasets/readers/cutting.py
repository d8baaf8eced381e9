"""Face cropping: the largest face of each whole photograph, found and cut out when the dataset is read."""

import hashlib
import shutil
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from errno import ENOSPC
from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from fer.datasets.pictures import FACE_FILLS_FROM, MOST_NAMED, FaceCutting, Pictures
from fer.datasets.readers.vocabulary import quoted
from fer.detection import DEFAULT_DETECTOR, Face, FaceDetector, build_detector, crop_faces, detector_entry
from fer.detection.crops import shrunk
from fer.errors import FaceDetectorError
from fer.images import decode_rgb
from fer.system import files, paths
from fer.system.result_store import ResultStore, load_result

# A face is sought in a copy of this side, so that the work is bounded; small faces nobody wants here.
_LONGEST_SIDE = 1280
# Enlarged to a training face, less than this is a blur.
_SMALLEST_FACE = 24
# What was cut out is kept while the work goes on, because the work may be stopped.
_CUTS = ResultStore("cuts", ".npz", most=8)
_KEEP_SECONDS = 30
_DIGEST_BYTES = 16
# That many take half a gigabyte of memory.
_MOST_KEPT = 200_000


class Cut(NamedTuple):
    """What one picture gave.

    Attributes:
        face: (side, side) uint8, the largest; None if none was found.
        size: (width, height) of the picture.
        faces: how many were found.
        share: the side of the largest as a share of the picture's shorter side; 0 if none was found.
    """

    face: NDArray[np.uint8] | None
    size: tuple[int, int]
    faces: int
    share: float


class FaceCutter:
    """Cuts the largest face out of a picture; safe to call from several threads, none of which waits."""

    def __init__(self, side: int) -> None:
        """Load the default detector.

        Another does not stand in for it: what is cut out stays, and would be another dataset on each machine.

        Args:
            side: of a face, pixels.

        Raises:
            FaceDetectorError: it cannot be had here.
        """
        if sentence := detector_entry(DEFAULT_DETECTOR).missing():
            raise FaceDetectorError(f"Faces cannot be cut out. {sentence}")
        self.side = side
        self._own = threading.local()

    def cut(self, content: bytes, name: str) -> Cut:
        """Return the largest face in an encoded picture, grey.

        Raises:
            PictureError: it cannot be decoded.
        """
        picture = np.asarray(cv2.cvtColor(decode_rgb(content, name), cv2.COLOR_RGB2BGR), np.uint8)
        height, width = picture.shape[:2]
        searched, shrunk_by = shrunk(picture, _LONGEST_SIDE)
        faces = [_enlarged(face, shrunk_by) for face in self._detector().detect(searched)]
        faces = [face for face in faces if _side(face) >= _SMALLEST_FACE]
        if not faces:
            return Cut(None, (width, height), 0, 0.0)
        crop = crop_faces(picture, faces[:1], self.side, self.side)[0]
        grey = np.asarray(cv2.cvtColor(crop, cv2.COLOR_RGB2GRAY), np.uint8)
        return Cut(grey, (width, height), len(faces), _side(faces[0]) / min(width, height))

    def _detector(self) -> FaceDetector:
        detector: FaceDetector | None = getattr(self._own, "detector", None)
        if detector is None:
            detector = self._own.detector = build_detector(DEFAULT_DETECTOR)
        return detector

    def told(self, found: int, several: int, without: Sequence[str]) -> FaceCutting:
        """What is remembered of the cutting; see `FaceCutting`."""
        return FaceCutting(
            detector=DEFAULT_DETECTOR,
            version=detector_entry(DEFAULT_DETECTOR).version,
            side=self.side,
            cut_at=datetime.now(UTC).isoformat(timespec="seconds"),
            found=found,
            several=several,
            without_count=len(without),
            without=tuple(without[:MOST_NAMED]),
        )


class CutStore:
    """What was cut out of a dataset's pictures before, found again by their bytes.

    Cutting that was stopped goes on, and a new picture or another meaning of a label costs no search of the
    others.
    """

    def __init__(self, dataset: str, cutter: FaceCutter) -> None:
        """Read what is kept.

        Args:
            dataset: its name; another dataset of that name does no harm.
            cutter: what cuts the rest.
        """
        self._cutter = cutter
        version = detector_entry(DEFAULT_DETECTOR).version
        self._path = _CUTS.path(_CUTS.key(dataset, cutter.side, version))
        self._cuts: dict[bytes, Cut] = load_result(self._path, _unpacked) or {}
        self._kept, self._kept_at = len(self._cuts), time.monotonic()

    def cut(self, content: bytes, name: str) -> Cut:
        """Return what `FaceCutter.cut` does; safe to call from several threads."""
        digest = hashlib.blake2b(content, digest_size=_DIGEST_BYTES).digest()
        cut = self._cuts.get(digest)
        if cut is None:
            cut = self._cutter.cut(content, name)
            if len(self._cuts) < _MOST_KEPT:
                self._cuts[digest] = cut
        return cut

    def keep(self, at_once: bool = False) -> None:
        """Save what there is, if something is new; now and then, or else at once."""
        new = len(self._cuts) - self._kept
        # All of it is written each time, so not for a few.
        if new and (at_once or (time.monotonic() - self._kept_at > _KEEP_SECONDS and new > self._kept / 10)):
            cuts = dict(self._cuts)
            _CUTS.keep(self._path, _packed(cuts, self._cutter.side))
            self._kept, self._kept_at = len(cuts), time.monotonic()


def _packed(cuts: Mapping[bytes, Cut], side: int) -> dict[str, NDArray[Any]]:
    faces = np.zeros((len(cuts), side, side), np.uint8)
    for face, cut in zip(faces, cuts.values(), strict=True):
        if cut.face is not None:
            face[:] = cut.face
    about = np.array([(*cut.size, cut.faces, cut.share) for cut in cuts.values()], np.float64)
    digests = np.frombuffer(b"".join(cuts), np.uint8).reshape(-1, _DIGEST_BYTES)
    return {"digests": digests, "faces": faces, "about": about}


def _unpacked(arrays: Mapping[str, NDArray[Any]]) -> dict[bytes, Cut]:
    digests, faces, about = arrays["digests"], arrays["faces"], arrays["about"].tolist()
    return {
        digest.tobytes(): Cut(face if count else None, (int(width), int(height)), int(count), share)
        for digest, face, (width, height, count, share) in zip(digests, faces, about, strict=True)
    }


def require_room(count: int, side: int) -> None:
    """Refuse what could not be kept, before it is worked on for an hour.

    Raises:
        DiskFullError: `count` faces do not fit onto the disk.
    """
    place = paths.cache_folder()
    with suppress(OSError):  # a disk that does not say how full it is
        place.mkdir(parents=True, exist_ok=True)
        if shutil.disk_usage(place).free < count * side**2:
            raise files.storage_error(place / "the faces", OSError(ENOSPC, "full"))


@contextmanager
def one_thread_each() -> Iterator[None]:
    """Let OpenCV use one thread per call, because each core cuts its own picture."""
    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        yield
    finally:
        cv2.setNumThreads(threads)


def cutting_notes(pictures: Pictures) -> list[str]:
    """What was cut out, and what was left out because nobody was found, as sentences for `Dataset.notes`."""
    cutting = pictures.cutting
    if cutting is None:
        return []
    title, count = detector_entry(cutting.detector).title, cutting.found + cutting.without_count
    notes = [
        f"{title} cut the largest face out of {cutting.found:,} of {count:,} pictures, at "
        f"{cutting.side}×{cutting.side}, on {cutting.cut_at[:10]}."
        + (f" In {cutting.several:,} it found more than one face." if cutting.several else "")
    ]
    if cutting.without_count:
        first, others = quoted(cutting.without[0]), cutting.without_count - 1
        where = f"{first} and {others:,} more, which are" if others else f"{first}, which is"
        notes.append(f"No face was found in {where} left out.")
    if pictures.face_share >= FACE_FILLS_FROM:
        notes.append(
            "The faces filled their pictures before. If they had been cut out already, leave them whole."
        )
    return notes


def _side(face: Face) -> int:
    left, top, right, bottom = face.box
    return max(right - left, bottom - top)


def _enlarged(face: Face, factor: float) -> Face:
    left, top, right, bottom = (round(edge * factor) for edge in face.box)
    return replace(face, box=(left, top, right, bottom))
