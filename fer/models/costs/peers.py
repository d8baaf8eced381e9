"""Baselines: what others reached on FER-2013's test faces, to hold our networks against."""

from dataclasses import dataclass

PRIVATE_TEST_FACES = 3_589
"""Faces of FER-2013's PrivateTest split."""


@dataclass(frozen=True, slots=True)
class Peer:
    """Somebody else's network, asked once about each face of PrivateTest.

    Attributes:
        title: what a legend shows.
        accuracy: share of the faces it has right, 0 to 1.
        measured_here: whether we evaluated its published weights ourselves; else it is the authors' figure.
        parameters: all weights; None where that was not published.
        with_flip: the accuracy with the answers to each face and its mirror image averaged; None where that
            is not known.
        source: where it was published.
    """

    title: str
    accuracy: float
    measured_here: bool
    parameters: int | None
    with_flip: float | None
    source: str


_FACE_CLASSIFICATION = (
    "github.com/oarriaga/face_classification, 64×64 pixels; Arriaga, Valdenegro-Toro and Plöger (2017), "
    "arXiv:1710.07557"
)

PEERS = (
    Peer(
        title="fer's mini_XCEPTION",
        accuracy=0.655,
        measured_here=True,
        parameters=58_423,
        with_flip=0.669,
        source=_FACE_CLASSIFICATION,
    ),
    Peer(
        title="big_XCEPTION",
        accuracy=0.668,
        measured_here=True,
        parameters=208_871,
        with_flip=0.676,
        source=_FACE_CLASSIFICATION,
    ),
    Peer(
        title="Kaggle's winner, Tang",
        accuracy=0.7116,
        measured_here=False,
        parameters=None,
        with_flip=None,
        source="Tang (2013), Deep Learning using Linear Support Vector Machines, arXiv:1306.0239",
    ),
    Peer(
        title="VGG, Pramerdorfer",
        accuracy=0.727,
        measured_here=False,
        parameters=1_800_000,
        with_flip=None,
        source="Pramerdorfer and Kampel (2016), Facial Expression Recognition using Convolutional Neural "
        "Networks: State of the Art, arXiv:1612.02903",
    ),
)
