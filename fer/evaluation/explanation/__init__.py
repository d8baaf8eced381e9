"""Explainability (XAI): which places of a face an answer came from, and what each layer makes of it.

    maps        how much each place raised an emotion, from the model itself; exact, where its head averages
    occlusion   how an answer changes when a place is covered; of any model
    reading     either of them in words
    layers      what each layer makes of a face, and the filters of the first
    picture     all of it as one picture

Everything here reads the `.tflite`; no TensorFlow.
"""

from fer.evaluation.explanation.maps import (
    BY_ITSELF,
    THE_OTHERS,
    Against,
    EmotionMap,
    can_prepare_maps,
    emotion_map,
    enlarged,
)
from fer.evaluation.explanation.occlusion import Occlusion, occlude
from fer.evaluation.explanation.reading import Reading, read_map
