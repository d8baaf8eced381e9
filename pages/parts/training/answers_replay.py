"""Prediction replay: faces with a model's changing answers, and a slider over the epochs.

All epochs are in the browser, so a replay asks nothing of the server and does not blink.
"""

from collections.abc import Sequence

import numpy as np

from fer.emotions import Emotion
from fer.runs import ProbeSamples
from pages.parts import components, face_sheet

# A slider of a telephone has no more places, and all of them travel with every refresh.
_MOST_EPOCHS = 150

_component = components.component(__file__, '<div class="replay"></div>', "elements.js")


def show(watched: ProbeSamples, emotions: Sequence[Emotion], key: str, run_id: str) -> None:
    """Show the faces as the model saw them after each epoch; the newest until somebody moves the slider.

    Args:
        watched: the faces and the answers.
        emotions: the k classes, in the order of the probabilities.
        key: the component's key.
        run_id: whose faces they are; of another run the newest epoch is shown again.
    """
    kept = _kept(len(watched.epochs))
    probabilities = np.nan_to_num(watched.probabilities[kept])
    best = probabilities.argmax(axis=2)
    percents = np.clip(np.rint(100 * probabilities.max(axis=2)), 0, 100).astype(int)
    epochs = watched.epochs[kept].tolist()
    _component(
        key=key,
        data={
            "run": run_id,
            "stamp": f"{len(watched.epochs)}.{epochs[-1]}",
            "faces": [
                {"picture": face_sheet.data_url(image), "label": int(label)}
                for image, label in zip(watched.images, watched.labels, strict=True)
            ],
            "emotions": [{"name": str(emotion), "color": emotion.color} for emotion in emotions],
            "epochs": epochs,
            "answers": best.tolist(),
            "percents": percents.tolist(),
        },
    )


def _kept(count: int) -> list[int]:
    """Which of so many epochs are shown: all, or evenly many with the first and the newest."""
    step = -(-count // _MOST_EPOCHS) or 1
    return sorted({*range(0, count, step), count - 1})
