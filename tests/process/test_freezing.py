"""Two phases: what learns in which, across a stop between them, and with ImageNet's weights or without them.

All of it is measured by one child process, which loads TensorFlow once. ImageNet's files cannot be fetched
here: Keras' way to a file is replaced by one to weights drawn for the purpose.
"""

import json
import os
import sys
import tempfile
from contextlib import redirect_stdout
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest import mock

import pytest

from fer import runs
from fer.config import TrainingConfig
from fer.datasets import Split
from fer.errors import FerError
from tests.conftest import dataset_of
from tests.process.conftest import found_by_child

if TYPE_CHECKING:
    from fer.training.engine.trainer import Trainer

# Of the tiny network the third convolution, with all that follows it.
TWO_PHASES = TrainingConfig(
    architecture="tiny_cnn",
    epochs=4,
    batch_size=10,
    learning_rate=0.01,
    head_epochs=2,
    fine_tune_from="conv2d_2",
    weight_averaging=0.9,
    seed=3,
)
# Its rate and its end go by what the other of the two would usually go by.
WATCHED = replace(
    TWO_PHASES,
    epochs=6,
    head_epochs=0,
    schedule="plateau",
    plateau_factor=0.5,
    plateau_patience=1,
    plateau_monitor="validation_accuracy",
    early_stopping_patience=4,
    early_stopping_monitor="validation_loss",
)
IMAGENET = TrainingConfig(
    architecture="efficientnet_b2", initial_weights="imagenet", epochs=1, batch_size=7, image_size=32
)
pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="module")
def found() -> dict[str, Any]:
    """What `measure` found, in a process of its own."""
    return found_by_child("tests.process.test_freezing")


def test_first_only_the_head_moves_then_the_end_of_the_backbone_too(found: dict[str, Any]) -> None:
    assert found["moved"]["head"] == {"head": True, "late": False, "early": False}
    assert found["moved"]["fine-tuning"] == {"head": True, "late": True, "early": False}


def test_a_layer_that_does_not_learn_keeps_the_means_that_it_has_gathered(found: dict[str, Any]) -> None:
    assert found["means moved"] == {"head": False, "fine-tuning": True}


def test_the_optimizer_is_new_where_fine_tuning_begins_and_the_rate_is_its_share(
    found: dict[str, Any],
) -> None:
    steps = found["steps an epoch"]
    assert found["optimizer's steps"] == [steps, 2 * steps, steps, 2 * steps]
    assert found["rates"] == pytest.approx([0.01, 0.01, 0.001, 0.001])


@pytest.mark.parametrize("stopped_after", ["1", "2", "3"])
def test_a_run_that_was_stopped_in_either_phase_or_between_them_comes_to_the_same_end(
    found: dict[str, Any], stopped_after: str
) -> None:
    assert found["resumed"][stopped_after] == {"epochs done": int(stopped_after), "difference": 0.0}


def test_a_run_whose_plateaus_and_end_go_by_what_was_chosen_comes_to_the_same_end_when_it_is_stopped(
    found: dict[str, Any],
) -> None:
    whole, resumed = found["watched"]["whole"], found["watched"]["resumed"]
    assert resumed == {"epochs done": 2, "difference": 0.0, "rates": whole}
    assert whole[0] == WATCHED.learning_rate
    assert all(after in (before, pytest.approx(before / 2)) for before, after in pairwise(whole))
    assert whole[-1] < whole[0]


def test_a_subset_is_judged_in_proportion_unless_its_run_began_when_all_faces_judged(
    found: dict[str, Any],
) -> None:
    assert found["subset"]["judged"] == [140, 210]
    assert "Judged by 140 of 210 validation faces" in found["subset"]["said"]
    assert found["subset"]["went on"] == [1, 2]
    assert "have changed since this run began" in found["subset"]["refused"]


def test_patience_does_not_end_a_run_before_fine_tuning(found: dict[str, Any]) -> None:
    assert found["epochs with a patience of one"] >= TWO_PHASES.head_epochs + 1


def test_a_layer_that_is_not_there_is_said(found: dict[str, Any]) -> None:
    assert "has no layer “block9” to be fine-tuned from" in found["no such layer"]


def test_the_backbone_begins_with_the_weights_of_the_file(found: dict[str, Any]) -> None:
    assert found["imagenet"]["asked for"] == "efficientnetb2_notop.h5"
    assert found["imagenet"]["differences"] == 0.0
    assert found["imagenet"]["differences before"] > 0.0
    assert found["imagenet"]["normalization"] == pytest.approx([0.4, 0.5, 0.6])


def test_without_a_network_nothing_is_trained_and_it_is_said_what_to_do(found: dict[str, Any]) -> None:
    said = found["offline"]["said"]
    assert "efficientnetb2_notop.h5" in said
    assert found["offline"]["folder"] in said
    assert "Nothing was trained. Connect this machine to the internet once, put that file into" in said
    assert found["offline"]["unchanged"]
    assert runs.STATUS_FILE in found["offline"]["files"]
    assert not {runs.LAST_FILE, runs.BEST_FILE, runs.METRICS_FILE} & set(found["offline"]["files"])


# ── in the child process ─────────────────────────────────────────────────────────────────────────


def measure() -> dict[str, Any]:
    """Everything the tests above ask for, as plain JSON values."""
    from fer.training.engine.network import repeatable

    repeatable()
    with tempfile.TemporaryDirectory() as home, mock.patch.dict(os.environ, {"FER_HOME": home}):
        return {
            **phases(Path(home)),
            "resumed": {str(after): resumed(Path(home), after) for after in (1, 2, 3)},
            "watched": watched(Path(home)),
            "subset": of_a_subset(),
            "epochs with a patience of one": patient(),
            "no such layer": refused(),
            "imagenet": begun_with_imagenet(Path(home)),
            "offline": begun_offline(Path(home)),
        }


def trainer_in(folder: Path, config: TrainingConfig) -> "Trainer":
    """A trainer of the run in `folder` on 21 drawn faces, three batches an epoch."""
    import keras

    from fer.training.engine.trainer import Trainer

    keras.backend.clear_session()  # so that layers have the names of a process that trains one network
    faces = dataset_of([*range(7)] * 4, [Split.TRAIN] * 21 + [Split.VALIDATION] * 7)
    return Trainer(config, faces, runs.RunRecorder(folder))


def arrays_of(trainer: "Trainer") -> list[Any]:
    """All weights of its network but what dropout is drawn from."""
    return [weight.copy() for weight in trainer.network.get_weights()]


def greatest_difference(some: list[Any], others: list[Any]) -> float:
    """Over all arrays of two lists of them."""
    import numpy as np

    return max(float(np.abs(one - other).max()) for one, other in zip(some, others, strict=True))


def phases(home: Path) -> dict[str, Any]:
    """Which weights moved in which phase, and how the optimizer went along; its end is kept."""
    import numpy as np

    parts = {"head": "emotion_maps", "late": "conv2d_3", "early": "conv2d_1"}
    trainer = trainer_in(runs.create_run(TWO_PHASES).folder, TWO_PHASES)
    metrics = trainer.begin()
    seen: list[dict[str, Any]] = []
    steps: list[int] = []

    def look() -> None:
        layers = {part: trainer.network.get_layer(name) for part, name in parts.items()}
        kernels = {part: layer.get_weights()[0] for part, layer in layers.items()}
        means = trainer.network.get_layer("batch_normalization_3").moving_mean.numpy()
        seen.append({**kernels, "means": means})
        steps.append(int(trainer._trainee.optimizer.iterations))

    look()
    keep = trainer._keep

    def keep_and_look(*arguments: Any, **options: Any) -> None:
        keep(*arguments, **options)
        look()

    with mock.patch.object(trainer, "_keep", keep_and_look):
        trainer.run(metrics)
    np.savez(home / "end.npz", *arrays_of(trainer))
    ends = {"head": (0, 2), "fine-tuning": (2, 4)}

    def moved(part: str, phase: str) -> bool:
        before, after = ends[phase]
        return bool((seen[before][part] != seen[after][part]).any())

    return {
        "moved": {phase: {part: moved(part, phase) for part in parts} for phase in ends},
        "means moved": {phase: moved("means", phase) for phase in ends},
        "steps an epoch": len(trainer.batches),
        "optimizer's steps": steps[1:],
        "rates": [row.learning_rate for row in metrics],
    }


def resumed(home: Path, after: int, config: TrainingConfig = TWO_PHASES) -> dict[str, Any]:
    """Stop after an epoch, go on in a new trainer, and compare with the run that was never stopped."""
    import numpy as np

    folder = runs.create_run(config).folder
    first = trainer_in(folder, config)
    metrics = first.begin()
    with mock.patch.object(first.recorder, "stop_requested", lambda: len(metrics) == after):
        first.run(metrics)
    second = trainer_in(folder, config)
    metrics = second.begin()
    done = len(metrics)
    second.run(metrics)
    with np.load(home / "end.npz") as end:
        expected = [end[name] for name in end.files]
    return {
        "epochs done": done,
        "difference": greatest_difference(arrays_of(second), expected),
        **({} if config is TWO_PHASES else {"rates": [row.learning_rate for row in metrics]}),
    }


def watched(home: Path) -> dict[str, Any]:
    """The rates of a whole run that goes by what was chosen, and one that was stopped compared with it."""
    import numpy as np

    trainer = trainer_in(runs.create_run(WATCHED).folder, WATCHED)
    metrics = trainer.begin()
    trainer.run(metrics)
    np.savez(home / "end.npz", *arrays_of(trainer))
    return {"whole": [row.learning_rate for row in metrics], "resumed": resumed(home, 2, WATCHED)}


def of_a_subset() -> dict[str, Any]:
    """How many faces judge a run of a subset, new or of an earlier version; whether the latter goes on."""
    import io

    from fer.training.engine.trainer import Trainer

    config = TrainingConfig(architecture="tiny_cnn", epochs=2, batch_size=10, subset=21)
    faces = dataset_of([*range(7)] * 60, [Split.TRAIN] * 210 + [Split.VALIDATION] * 210)

    def trainer_of(folder: Path) -> "Trainer":
        return Trainer(runs.read_config(folder), faces, runs.RunRecorder(folder))

    new, old = (runs.create_run(config).folder for _ in range(2))
    values = config.as_dict()
    del values["whole_validation"]  # as an earlier version wrote it
    (old / runs.CONFIG_FILE).write_text(json.dumps(values))
    first = trainer_of(old)
    metrics = first.begin()
    with mock.patch.object(first.recorder, "stop_requested", lambda: len(metrics) == 1):
        first.run(metrics)
    second = trainer_of(old)
    metrics = second.begin()
    second.run(metrics)
    with redirect_stdout(io.StringIO()) as said:
        judged = trainer_of(new)
        judged.begin()
    (old / runs.CONFIG_FILE).write_text(config.to_json())
    refused = ""
    try:
        trainer_of(old).begin()
    except FerError as error:
        refused = str(error)
    return {
        "judged": [len(each.validator.faces) for each in (judged, second)],
        "said": said.getvalue(),
        "went on": [row.epoch for row in metrics],
        "refused": refused,
    }


def patient() -> int:
    """How many epochs a run has that hardly learns and is stopped early after one without a gain."""
    config = replace(TWO_PHASES, early_stopping_patience=1, learning_rate=1e-9)
    trainer = trainer_in(runs.create_run(TWO_PHASES).folder, config)
    metrics = trainer.begin()
    trainer.run(metrics)
    return len(metrics)


def refused() -> str:
    """What is said of a layer that is not there."""
    try:
        trainer_in(runs.create_run(TWO_PHASES).folder, replace(TWO_PHASES, fine_tune_from="block9"))
    except FerError as error:
        return str(error)
    return ""


def begun_with_imagenet(home: Path) -> dict[str, Any]:
    """A network that begins with a file of drawn weights, beside that file."""
    import keras
    import numpy as np
    from keras.src.utils import file_utils

    from fer.models.architectures import efficientnet_b2
    from fer.training.engine.freezing import backbone_of

    rng = np.random.default_rng(0)
    drawn = efficientnet_b2.backbone((32, 32, 3))
    for layer in drawn.layers:
        if isinstance(layer, keras.layers.Normalization):
            layer.set_weights([np.array([0.4, 0.5, 0.6]), np.array([0.2, 0.3, 0.4]), np.array(5)])
        else:
            layer.set_weights([rng.uniform(0.5, 1, weight.shape) for weight in layer.get_weights()])
    path = home / "drawn.weights.h5"
    drawn.save_weights(path)
    trainer = trainer_in(runs.create_run(TWO_PHASES).folder, IMAGENET)
    weighted = [layer for layer in backbone_of(trainer.network) if layer.weights]

    def difference() -> float:
        given = [layer for layer in drawn.layers if layer.weights]
        assert len(given) == len(weighted)
        return max(
            greatest_difference(one.get_weights(), other.get_weights())
            for one, other in zip(given, weighted, strict=True)
        )

    before = difference()
    asked: list[str] = []

    def get_file(name: str, *_: Any, **__: Any) -> str:
        asked.append(name)
        return str(path)

    with mock.patch.object(file_utils, "get_file", get_file):
        trainer.begin()
    return {
        "asked for": asked[0],
        "differences before": before,
        "differences": difference(),
        "normalization": trainer.network.get_layer("normalization").mean.numpy().ravel().tolist(),
    }


def begun_offline(home: Path) -> dict[str, Any]:
    """What is said, and left, where Keras can neither find nor fetch its file."""
    import keras.src.utils.file_utils
    import numpy as np

    folder = home / "keras"
    folder.mkdir()

    def urlretrieve(*_: Any) -> None:
        raise keras.src.utils.file_utils.urllib.error.URLError("no route to host")

    trainer = trainer_in(runs.create_run(TWO_PHASES).folder, IMAGENET)
    before = arrays_of(trainer)
    said = ""
    with (
        mock.patch.dict(os.environ, {"KERAS_HOME": str(folder)}),
        mock.patch.object(keras.src.utils.file_utils, "urlretrieve", urlretrieve),
    ):
        try:
            trainer.begin()
        except FerError as error:
            said = str(error)
    return {
        "said": said,
        "folder": str(folder / "models"),
        "unchanged": all(map(np.array_equal, before, arrays_of(trainer))),
        "files": sorted(path.name for path in trainer.folder.iterdir()),
    }


if __name__ == "__main__":
    with redirect_stdout(sys.stderr):
        answers = measure()
    print(json.dumps(answers))
