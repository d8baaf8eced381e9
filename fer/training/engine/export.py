"""Model export: from the best weights of a run to the LiteRT file that everything else uses."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import keras
import numpy as np
from numpy.typing import NDArray

from fer import runs
from fer.config import TrainingConfig
from fer.datasets import Dataset
from fer.datasets.browsing import portraits
from fer.datasets.views import describe
from fer.errors import ModelError
from fer.models.card import CARD_FILE, INT8_FILE, MODEL_FILE, ModelCard
from fer.models.catalog import EMOTION_MAPS_LAYER, FEATURES_LAYER, architecture, preprocessing_of
from fer.models.inference import Recognizer
from fer.models.temperature import apply_temperature
from fer.runs import RunRecorder, say
from fer.statistics import Proportion
from fer.system import files
from fer.training.batches import validation_faces
from fer.training.engine.network import build_network
from fer.training.engine.validation import Validator

# LiteRT adds in another order than Keras; on trained weights probabilities differed by less than 1e-5.
EXPORT_TOLERANCE = 1e-3


def save_litert(network: keras.Model, path: Path) -> None:
    """Write the network as a `.tflite` file: its probabilities, its last feature map, and its emotion maps.

    The feature map is what layer `FEATURES_LAYER` puts out. The emotion maps, (n, h, w, k), are there where
    the network has an `EMOTION_MAPS_LAYER`. All outputs are made from the same layers by a second model, so
    the network itself neither changes nor trains any slower.

    The network is from `build_network`, with trained weights. An old file stays until the new one is whole.

    Raises:
        StorageError: the file could not be written.
    """
    outputs = [network.outputs[0], network.get_layer(FEATURES_LAYER).output, *emotion_maps_of(network)]
    answering = keras.Model(network.inputs, outputs, name=network.name)
    files.save(path, lambda temporary: answering.export(str(temporary), format="litert", verbose=False))


def save_int8(network: keras.Model, calibration_inputs: NDArray[np.float32], path: Path) -> None:
    """Write the network's probabilities as a `.tflite` file that computes in whole numbers of 8 bits.

    Weights and the values between the layers are int8; input and answer stay float32, so that it is asked as
    any other model. It answers with probabilities alone, in steps of 1/256: maps are looked at closely, and
    deserve better.

    Args:
        network: from `build_network`, with trained weights.
        calibration_inputs: (n, h, w, c) float32, training faces as the network takes them, a few hundred; the
            range of every value between the layers is what they make of it.
        path: where to; an old file stays until the new one is whole.

    Raises:
        StorageError: the file could not be written.
    """
    import tensorflow as tf

    def one_by_one() -> Iterator[list[NDArray[np.float32]]]:
        for face in calibration_inputs:
            yield [face[np.newaxis]]

    answering = keras.Model(network.inputs, [network.outputs[0]], name=network.name)
    files.save(
        path,
        lambda temporary: answering.export(
            str(temporary),
            format="litert",
            verbose=False,
            optimizations=[tf.lite.Optimize.DEFAULT],
            representative_dataset=one_by_one,
            # No float kernel is allowed: what cannot be done in int8 is an error, not a silent exception.
            target_spec={"supported_ops": [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]},
        ),
    )


def emotion_maps_of(network: keras.Model) -> list[keras.KerasTensor]:
    """Return the tensor (n, h, w, k) whose mean over h and w is every emotion's logit; empty without one.

    A convolution before the average gives it as it stands. A Dense after the average gives it when it is
    applied at every place of the features instead, which is a convolution of 1×1 with the same weights: the
    mean of its answers is its answer to the mean.
    """
    try:
        layer = network.get_layer(EMOTION_MAPS_LAYER)
    except ValueError:
        return []
    if len(layer.output.shape) == 4:
        return [layer.output]
    kernel, bias = layer.get_weights()
    pointwise = keras.layers.Conv2D(layer.units, 1)
    maps = pointwise(network.get_layer(FEATURES_LAYER).output)
    pointwise.set_weights([kernel[np.newaxis, np.newaxis], bias])
    return [maps]


def export(recorder: RunRecorder, config: TrainingConfig, dataset: Dataset) -> None:
    """Write `model.tflite` and `card.json` from the best weights of a run, if it has any yet.

    Raises:
        ModelError: the exported model does not answer as the trained one does.
        StorageError: a file could not be written, and not because the disk is full.
    """
    folder = recorder.folder
    best = runs.kept_epoch(runs.read_run(folder))
    if best is None or not (folder / runs.BEST_FILE).exists():
        return
    if keras.backend.backend() != "tensorflow":
        say(
            f"Its best weights are in {runs.BEST_FILE}. Only TensorFlow writes {MODEL_FILE}: where it is "
            f"installed, “python -m fer reexport {folder.name}” does it."
        )
        return
    recorder.stage("Exporting the best weights")
    write_model(folder, config, dataset, recorder.persist)


def write_model(
    folder: Path,
    config: TrainingConfig,
    dataset: Dataset,
    persist: Callable[[Callable[[], object]], object],
    *,
    judge_again: bool = False,
) -> None:
    """Write `model.tflite` and `card.json` from the best weights of the run in `folder`, which has some.

    Args:
        persist: calls what writes a file, and waits for room if it has to.
        judge_again: ask this network about the validation faces rather than believe the run, whose machine
            may compute with fewer digits.

    Raises:
        ModelError: the exported model does not answer as the trained one does.
        StorageError: a file could not be written.
    """
    best = runs.kept_epoch(runs.read_run(folder))
    assert best is not None
    network = build_network(config, len(dataset.emotions))
    network.load_weights(folder / runs.BEST_FILE)
    validation = validation_faces(dataset, config)
    accuracy = best.validation_accuracy
    if judge_again:
        accuracy = Validator(validation, config, preprocessing_of(config)).evaluate(network).accuracy
    title = config.name or f"{architecture(config.architecture).title} on {dataset.source.title}"
    card = ModelCard(
        name=folder.name,
        title=title,
        architecture=config.architecture,
        preprocessing=preprocessing_of(config),
        emotions=dataset.emotions,
        parameters=network.count_params(),
        config=config.as_dict(),
        dataset={
            "name": Path(config.dataset).name,
            "title": dataset.source.title,
            "url": dataset.source.url,
            "license": dataset.source.license,
            **_state_of(folder, config, dataset),
        },
        trained_at=datetime.now(UTC).date().isoformat(),
        validation={
            **Proportion.from_share(accuracy, len(validation)).to_dict(),
            "accuracy": accuracy,
            "epoch": best.epoch,
        },
    )
    # Both beside their places first: an old model must not stay beside a new card where the disk is full.
    with files.aside(folder) as aside:
        persist(lambda: card.save(aside))
        persist(lambda: save_litert(network, aside / MODEL_FILE))
        _require_the_same_answers(aside, network, validation.images[:64])
        # An int8 form of the weights before is another model's now.
        persist(lambda: (folder / INT8_FILE).unlink(missing_ok=True))
        persist(lambda: files.put_in_place(aside, folder, (CARD_FILE, MODEL_FILE)))


def furthest_apart(former: Path, latest: Path, temperature: float = 1.0) -> float:
    """How far two exported models answer from one another at most, on drawn faces and on noise.

    The `former` one's answers are taken at the temperature. Both see faces of the same size.
    """
    before, after = Recognizer(former), Recognizer(latest)
    noise = np.random.default_rng(0).integers(0, 256, (64, *before.preprocessing.input_shape), np.uint8)
    return max(
        float(np.abs(apply_temperature(before.predict(faces), temperature) - after.predict(faces)).max())
        for faces in (noise, portraits())
    )


def apart_from_keras(folder: Path, network: keras.Model, faces: NDArray[np.uint8]) -> float:
    """How far the exported model in `folder` answers from its network at most, on (n, h, w, c) faces."""
    recognizer = Recognizer(folder)
    expected = network.predict_on_batch(recognizer.preprocessing.apply(faces))
    return float(np.abs(recognizer.predict(faces) - expected).max())


def _require_the_same_answers(folder: Path, network: keras.Model, faces: NDArray[np.uint8]) -> None:
    difference = apart_from_keras(folder, network, faces)
    say(f"Exported; LiteRT and Keras differ by at most {difference:.1e}.")
    if not difference < EXPORT_TOLERANCE:
        raise ModelError(
            f"The exported model answers differently from the trained one (by {difference:.3f}); it was "
            "not kept. Please report this with the run's log."
        )


def _state_of(folder: Path, config: TrainingConfig, dataset: Dataset) -> dict[str, object]:
    """What a card says of the state in which the faces were used: plain JSON values."""
    edition = runs.edition_of(folder, config)
    return {
        "state": describe(config.view),
        "edition": edition.name if edition else "",
        "excluded": edition.excluded if edition else 0,
        "relabelled": edition.relabelled if edition else 0,
        "labels": config.view.labels,
        "splits": {split: sum(of_split.values()) for split, of_split in dataset.counts().items()},
        "notes": list(dataset.notes),
    }
