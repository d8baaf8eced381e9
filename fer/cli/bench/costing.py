"""Latency benchmark: every architecture of the catalogue timed in one run, in turns."""

import json
import platform
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import numpy as np

from fer.errors import ModelError
from fer.models.blueprint import load_blueprint
from fer.models.card import MODEL_FILE
from fer.models.catalog import ARCHITECTURES
from fer.models.costs.measured import FACE_COUNTS, MeasuredCosts, NetworkCost
from fer.models.costs.table import shipped_cards
from fer.models.inference import Recognizer
from fer.models.preprocessing import Preprocessing
from fer.system import machine, paths
from fer.system.progress import Progress, silent
from fer.system.stopwatch import Measurement, take_turns

_ROUNDS = 25
# Shares of the whole time: exporting the networks that have no weights; the rest is timing.
_EXPORTING = 0.4


def measure_costs(names: Sequence[str] = tuple(ARCHITECTURES), progress: Progress = silent) -> MeasuredCosts:
    """Time each architecture with 1, 4 and 16 faces: the shipped model, or one with random weights.

    Raises:
        ModelError: a network could not be exported, or its blueprint is missing.
    """
    shipped = {name: folder for name in names if (folder := _shipped_folder(name))}
    with tempfile.TemporaryDirectory() as aside:
        untrained = [name for name in names if name not in shipped]
        if untrained:
            progress(0, f"Exporting {len(untrained)} networks with random weights")
            _child("fer.cli.bench.untrained", aside, *untrained)
        folders = {name: shipped.get(name, Path(aside) / name) for name in names}
        recognizers = {name: Recognizer(folder) for name, folder in folders.items()}
        sizes = {name: (folder / MODEL_FILE).stat().st_size for name, folder in folders.items()}
    multiply_adds = {
        name: _multiply_adds(name, one.preprocessing)
        if name in shipped
        else load_blueprint(name).multiply_adds
        for name, one in recognizers.items()
    }
    times: dict[int, dict[str, Measurement]] = {}
    for number, count in enumerate(FACE_COUNTS):
        start = _EXPORTING + (1 - _EXPORTING) * number / len(FACE_COUNTS)

        def tell(fraction: float, count: int = count, start: float = start) -> None:
            share = (1 - _EXPORTING) / len(FACE_COUNTS)
            progress(start + share * fraction, f"Timing every network with {count} face(s)")

        times[count] = _timed(recognizers, count, tell)
    return MeasuredCosts(
        {
            name: NetworkCost(
                architecture=name,
                parameters=recognizers[name].card.parameters,
                image_size=recognizers[name].preprocessing.image_height,
                multiply_adds=multiply_adds[name],
                file_bytes=sizes[name],
                milliseconds={count: round(times[count][name].median_ms, 3) for count in FACE_COUNTS},
                timed=shipped[name].name if name in shipped else "",
            )
            for name in names
        },
        measured_on=datetime.now(UTC).date().isoformat(),
        processor=machine.processor_name(),
        versions={"Python": platform.python_version(), "ai-edge-litert": version("ai-edge-litert")},
    )


def _timed(
    recognizers: Mapping[str, Recognizer], count: int, tell: Callable[[float], object]
) -> dict[str, Measurement]:
    """One call of each network about so many faces of its own size, in turns."""

    def asking(recognizer: Recognizer) -> Callable[[], object]:
        shape = (count, *recognizer.preprocessing.input_shape)
        faces = np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)
        return lambda: recognizer.predict(faces)

    return take_turns({name: asking(one) for name, one in recognizers.items()}, _ROUNDS, tell)


def _shipped_folder(name: str) -> Path | None:
    """The folder of a shipped model of this architecture, whatever its input size; None without one."""
    folders = (folder for folder, card in shipped_cards().items() if card.architecture == name)
    return next((folder for folder in folders if (folder / MODEL_FILE).exists()), None)


def _multiply_adds(name: str, preprocessing: Preprocessing) -> int:
    """What one face of a model's input size costs its architecture."""
    if preprocessing.input_shape == ARCHITECTURES[name].preprocessing.input_shape:
        return load_blueprint(name).multiply_adds
    said = _child("fer", "blueprint", name, "--size", str(preprocessing.image_height), "--json")
    return int(json.loads(said)["multiply_adds"])


def _child(*command: str) -> str:
    """What a module says that needs TensorFlow, in a process of its own; this one shall not load it."""
    child = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=paths.PROJECT_ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if child.returncode:
        said = child.stderr.strip().rpartition("\n")[2]
        raise ModelError(f"A network could not be built to be measured: {said}")
    return child.stdout
