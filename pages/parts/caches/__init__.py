"""Streamlit caches: everything that is kept between reruns; `policy` says by what, where and how long."""

from pages.parts.caches.evaluation import (
    evaluate,
    fitted_temperature,
    judged_faces,
    known_faces,
    known_faces_are_kept,
    load_temperature,
    numbering_doubt,
    scores,
    severity_scan,
    sweep,
    sweep_path,
    swept_faces,
    training_faces,
)
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
    uncut,
)
from pages.parts.caches.live import film, former_stream, recognized_picture, stream
from pages.parts.caches.models import answers, faces_in_picture, recognizer
from pages.parts.caches.runs import (
    outcome,
    predictions,
    probe_samples,
    run_curves,
    run_history,
    run_summaries,
    run_summary,
)
