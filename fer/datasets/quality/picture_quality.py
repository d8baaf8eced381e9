"""Picture quality: pictures that are blank, dark, bright, blurred, or of something else than a face."""

import cv2
import numpy as np
from numpy.typing import NDArray

from fer.datasets.quality.chunks import in_chunks
from fer.datasets.quality.finding import FaceMeasures, Findings, QualityIssue, nobody
from fer.datasets.quality.measures import small_greys
from fer.system.progress import Progress, silent

# The thresholds are in absolute units, so that a face is judged alike in every dataset, and were set by
# looking at the genuine FER-2013 in the order of each measure.

# Grey levels of contrast. The flattest of FER-2013's pictures, black, grey or nearly so, have up to 4; the
# fifteenth has 9 and is a face in the dark that can be made out.
BLANK_BELOW = 8.0
# Mean grey level. Below it half of the face is black (three of 1,000 in FER-2013) ...
DARK_BELOW = 40.0
# ... and above it skin is burnt out to the paper's white (three of 1,000).
BRIGHT_ABOVE = 215.0
# Percent, see `FaceMeasures.sharpness`. Up to here nearly all look blurred; beyond 190 most do not.
BLURRED_BELOW = 150.0
# Cosine distance from the average face's outlines. 70 of the 89 pictures of FER-2013 beyond it are no face.
NOT_A_FACE_ABOVE = 0.28
# An average of fewer faces than this says nothing about what a face is.
FEWEST_FACES = 100

_SIDE = 48
_CHUNK = 512


def quality_findings(measures: FaceMeasures) -> dict[QualityIssue, Findings]:
    """Return the blank, dark, bright and blurred faces, worst first.

    A blank picture is only called blank: it has neither light nor edges to judge.
    """
    blank = measures.contrast < BLANK_BELOW
    found = {
        QualityIssue.BLANK: (measures.contrast, blank),
        QualityIssue.DARK: (measures.brightness, ~blank & (measures.brightness < DARK_BELOW)),
        QualityIssue.BRIGHT: (measures.brightness, ~blank & (measures.brightness > BRIGHT_ABOVE)),
        QualityIssue.BLURRED: (measures.sharpness, ~blank & (measures.sharpness < BLURRED_BELOW)),
    }
    return {
        issue: ranked(issue, np.flatnonzero(bad), values, highest_first=issue is QualityIssue.BRIGHT)
        for issue, (values, bad) in found.items()
    }


def not_a_face(images: NDArray[np.uint8], progress: Progress = silent) -> Findings | None:
    """Return the pictures whose outlines are least like the average face's; None for too few to average.

    The score is the cosine distance, 0 to 1, between a picture's histograms of oriented gradients and their
    mean over the dataset. Of the ways tried it best finds the 176 pictures of FER-2013 that most FER+ voters
    call no face (area under the ROC curve 0.92, 73 of the first 100); errors of reconstruction by principal
    components 0.70, distances in the features of mini_XCEPTION 0.72 to 0.91, low contrast 0.57.

    Source:
        Dalal and Triggs (2005), "Histograms of oriented gradients for human detection", CVPR.
    """
    distances = outline_distances(images, progress)
    if distances is None:
        return None
    return ranked(
        QualityIssue.NOT_A_FACE, np.flatnonzero(distances > NOT_A_FACE_ABOVE), distances, highest_first=True
    )


def outline_distances(images: NDArray[np.uint8], progress: Progress = silent) -> NDArray[np.float32] | None:
    """Return each face's distance from the average outlines, (n,); see `not_a_face`."""
    if len(images) < FEWEST_FACES:
        return None
    outlines = outlines_of(images, progress)
    mean = outlines.mean(axis=0)
    length = float(np.linalg.norm(mean))
    if length == 0:  # every picture is flat, and none more than the others
        return np.zeros(len(images), np.float32)
    return np.asarray(1 - outlines @ (mean / length), np.float32)


def outlines_of(images: NDArray[np.uint8], progress: Progress = silent) -> NDArray[np.float32]:
    """Return each face's histograms of oriented gradients, (n, 900) float32 of length 1 (0 if it is flat)."""
    pictures = small_greys(images, _SIDE)
    # 25 blocks of 16×16 pixels, each four cells of 8×8 with nine directions: OpenCV's usual settings.
    descriptor = cv2.HOGDescriptor((_SIDE, _SIDE), (16, 16), (8, 8), (8, 8), 9)
    outlines = np.empty((len(images), descriptor.getDescriptorSize()), np.float32)

    def describe(rows: slice) -> None:
        for row in range(rows.start, rows.stop):
            histograms = np.asarray(descriptor.compute(pictures[row])).ravel()
            outlines[row] = histograms / max(float(np.linalg.norm(histograms)), 1e-6)

    in_chunks(len(images), _CHUNK, describe, progress, "Comparing outlines with the average face's")
    return outlines


def ranked(
    issue: QualityIssue, faces: NDArray[np.intp], values: NDArray[np.float32], *, highest_first: bool
) -> Findings:
    """The findings at `faces`, which have no partner and no suggestion, in the order of their values."""
    scores = values[faces].astype(np.float32)
    order = np.argsort(-scores if highest_first else scores, kind="stable")
    return Findings(issue, faces[order], scores[order], nobody(len(faces)), nobody(len(faces)))
