"""Everything that is kept between reruns and shared by all sessions, and nothing else.

Files change under a running workshop, so each cached twin is keyed by what was asked for *and* by
when its files were last written. Values are shared: nobody writes to them.
"""

from pages.parts.caches.explanation import emotion_maps, face_answer, layer_maps, occlusion
from pages.parts.caches.faces import (
    character,
    dataset,
    face_map,
    face_map_path,
    fingerprint,
    first_batch,
    inspected,
    measures,
    portraits,
    qualities,
)
from pages.parts.caches.live import film, former_stream, recognized_picture, stream
from pages.parts.caches.models import (
    answers,
    evaluate,
    faces_in_picture,
    judged_faces,
    recognizer,
)
from pages.parts.caches.neighbours import known_faces, known_faces_are_kept, training_faces
from pages.parts.caches.robustness import face_along, sweep, sweep_path, swept_faces
from pages.parts.caches.runs import (
    outcome,
    predictions,
    probe_samples,
    run_curves,
    run_history,
    run_summaries,
    run_summary,
)
from pages.parts.caches.scores import scores
from pages.parts.caches.temperatures import fitted_temperature, load_temperature

__all__ = [
    "answers",
    "character",
    "dataset",
    "emotion_maps",
    "evaluate",
    "face_along",
    "face_answer",
    "face_map",
    "face_map_path",
    "faces_in_picture",
    "film",
    "fingerprint",
    "first_batch",
    "fitted_temperature",
    "former_stream",
    "inspected",
    "judged_faces",
    "known_faces",
    "known_faces_are_kept",
    "layer_maps",
    "load_temperature",
    "measures",
    "occlusion",
    "outcome",
    "portraits",
    "predictions",
    "probe_samples",
    "qualities",
    "recognized_picture",
    "recognizer",
    "run_curves",
    "run_history",
    "run_summaries",
    "run_summary",
    "scores",
    "stream",
    "sweep",
    "sweep_path",
    "swept_faces",
    "training_faces",
]
