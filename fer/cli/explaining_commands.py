"""Explanation command: the class activation map and the occlusion map of one face, as a picture."""

import argparse
from pathlib import Path

import numpy as np
from PIL import Image

from fer.cli import options as shared_options
from fer.cli import terminal
from fer.cli.asking import MODEL_HELP
from fer.cli.commands import Add, Answer
from fer.datasets import load_dataset
from fer.emotions import EMOTIONS, Emotion
from fer.errors import FerError
from fer.evaluation import explanation
from fer.evaluation.explanation.maps import emotion_index
from fer.evaluation.explanation.picture import explanation_picture
from fer.models.inference import load_recognizer
from fer.statistics import percent
from fer.system import files


def explain(options: argparse.Namespace) -> Answer:
    """Which places of one face a model's answer came from, as a picture and in figures."""
    if options.output.suffix.lower() != ".png":
        raise FerError(f"The picture is written as .png; received “{options.output.name}”.")
    recognizer = load_recognizer(options.model)
    dataset = load_dataset(options.data, terminal.show_progress, view=shared_options.view_of(options))
    places = np.flatnonzero(dataset.rows == options.row)
    if not len(places):
        raise FerError(
            f"There is no row {options.row:,} among the faces of {dataset.source.title}. Its rows go from "
            f"{dataset.rows.min():,} to {dataset.rows.max():,}."
        )
    image, label = dataset.images[places[0]], dataset.emotions[dataset.labels[places[0]]]
    occlusion = explanation.occlude(recognizer, image, progress=terminal.show_progress)
    asked = None if options.emotion is None else Emotion(options.emotion)
    index = int(occlusion.before.argmax()) if asked is None else emotion_index(occlusion.emotions, asked)
    emotion = occlusion.emotions[index]
    shown = None
    if recognizer.has_emotion_maps:
        maps = recognizer.emotion_maps(image[np.newaxis])[0]
        shown = explanation.emotion_map(maps, recognizer.emotions, emotion)
    model = recognizer.card.title or recognizer.name
    title = f"{model}: {dataset.source.title}, row {options.row:,}, labelled {label}"
    picture = explanation_picture(image, emotion, shown, occlusion, title)
    files.save(options.output, lambda temporary: Image.fromarray(picture).save(temporary, "PNG"))
    before = float(occlusion.before[index])
    box, covered = occlusion.strongest(emotion)
    result = {
        "model": recognizer.name,
        "row": options.row,
        "label": label,
        "emotion": emotion,
        "probability": before,
        "emotion_map": None if shown is None else shown.values.tolist(),
        "covered_box": list(box),
        "covered_probability": covered,
        "path": str(options.output),
    }
    without = (
        ""
        if shown is not None
        else f"\nIt has no emotion map; “python -m fer reexport {recognizer.name}” adds it."
        if explanation.can_prepare_maps(recognizer)
        else "\nIt has no emotion map: its head does not average over the places of the face."
    )
    return result, (
        f"{title}\n{emotion} {percent(before)}; with the square {box} covered {percent(covered)}{without}\n"
        f"{options.output}"
    )


def add_to(add: Add) -> None:
    """Add the command with its options."""
    sub = add("explain", explain)
    sub.add_argument("model", metavar="MODEL", help=MODEL_HELP)
    sub.add_argument("--data", metavar="DATASET", required=True, help=shared_options.DATASET_HELP)
    sub.add_argument("--row", type=int, metavar="N", required=True, help="of the face in its source, from 0")
    sub.add_argument(
        "--emotion", choices=[str(emotion) for emotion in EMOTIONS], help="default: the one it answers"
    )
    sub.add_argument("--output", type=Path, metavar="FILE", required=True, help="where to; a .png")
    shared_options.add_view(sub)
