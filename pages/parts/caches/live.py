"""Live cache: one session's camera, pictures and films, because somebody's face is nobody else's business."""

import cv2
import numpy as np
from numpy.typing import NDArray

from fer import images, live
from fer.detection import FaceDetector, build_detector
from fer.live import LiveRecognizer, LiveSettings, RecognizedFace
from fer.live.choice import LiveChoice
from fer.live.drawing import DrawingStyle
from fer.live.streaming import Stream
from fer.live.video import FilmInfo, films, probe_film
from fer.live.video.films import Film
from fer.models import inference
from fer.models.inference import Recognizer
from fer.system import machine
from pages.parts._compat import UploadedFile
from pages.parts.caches.models import recognizer
from pages.parts.caches.policy import freeze_gc, kept


def stream(choice: LiveChoice) -> Stream:
    """Return this session's camera, which reads its next frame as was chosen.

    It stays the same while the session lasts, so that a running camera follows every choice at once. Its
    interpreters are its own: two viewers neither wait for one another nor mix their faces.

    Raises:
        FerError: a model or the face detector cannot be loaded; then it goes on as it was.
    """
    own = _own_recognizer(choice.model)
    second = None if choice.other is None else _own_recognizer(choice.other)
    session = former_stream() or Stream(LiveRecognizer(own, choice.settings), DrawingStyle())
    session.live.configure(choice.settings)
    session.live.use(own, second)
    session.style = choice.style
    _former()["stream"] = session
    freeze_gc()
    return session


def former_stream() -> Stream | None:
    """Return this session's camera as it is; None before its first."""
    return _former().get("stream")


@kept(8, scope="session")
def recognized_picture(
    model: str, other: str | None, content: bytes, name: str, settings: LiveSettings
) -> tuple[NDArray[np.uint8], tuple[RecognizedFace, ...]]:
    """Return a picture file's pixels, (h, w, 3) BGR, and what was recognised in it, largest face first.

    Args:
        model: the model's name.
        other: a second model's, which reads the same faces.
        content: the file's bytes.
        name: what an error calls the picture.
        settings: what of them concerns a single picture.

    Raises:
        FerError: the file is no picture, or a model or the face detector cannot be used.
    """
    image_bgr = np.asarray(cv2.cvtColor(images.decode_rgb(content, name), cv2.COLOR_RGB2BGR), np.uint8)
    second = None if other is None else recognizer(other)
    detector = _detector(settings.detector, settings.score_threshold)
    faces = live.recognize_faces(image_bgr, detector, recognizer(model), settings, second)
    return image_bgr, faces


@kept(2, scope="session", spinner="Looking into the film")
def film(file: UploadedFile) -> tuple[Film, FilmInfo, NDArray[np.uint8]]:
    """Return an uploaded film, what is in it, and its first frame, (h, w, 3) RGB; looked into once.

    Nothing of it is written anywhere.

    Raises:
        VideoError: it is none that can be read.
    """
    content = file.getvalue()
    return films.film_of(content, file.name), *probe_film(content, file.name)


@kept(4, scope="session")
def _own_recognizer(model: str) -> Recognizer:
    # Two threads halve the time for a frame with several faces.
    return Recognizer(inference.model_folder(model), threads=min(2, machine.read_machine().cores))


@kept(None, scope="session")
def _former() -> dict[str, Stream]:
    return {}


@kept(4)
def _detector(name: str, score_threshold: float | None) -> FaceDetector:
    return build_detector(name, score_threshold=score_threshold)
