"""Live inference: from a frame to what it shows, for the camera, pictures and video files alike.

It knows arrays only: no video library and no web page.
"""

from fer.live.history import LiveHistory, PersonHistory
from fer.live.meter import LiveFigures
from fer.live.reading import NOBODY_FOUND, SMALLEST_FACE_PIXELS, FrozenFrame, LiveReading, RecognizedFace
from fer.live.recognizer import LiveRecognizer, recognize_faces
from fer.live.settings import MODE_FRAMES, SMOOTHING_SECONDS, STILL, LiveSettings, Smoothing
