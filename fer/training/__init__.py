"""The whole of a training run, in a process of its own: `python -m fer.training <run folder>`.

The page and the command line both start exactly this. It reads `config.json`, writes the files that
`fer.runs` describes, stops when the file `stop` appears, and goes on from `last.keras` where that
exists. The code is written against `keras` alone, so another backend can run it; only the export to
LiteRT needs TensorFlow.
"""

import importlib
import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fer.training.engine.export import export, save_litert
    from fer.training.engine.network import build_network, compiled, preprocessing_of
    from fer.training.engine.trainer import Trainer

# The C++ side prints its hardware findings at every start; a learner's log is for what matters.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

_ROOMS = {
    "Trainer": "trainer",
    "build_network": "network",
    "compiled": "network",
    "export": "export",
    "preprocessing_of": "network",
    "save_litert": "export",
}

__all__ = ["Trainer", "build_network", "compiled", "export", "preprocessing_of", "save_litert"]


def __getattr__(name: str) -> Any:
    """Open a heavy room when something of it is asked for: the faces are read while TensorFlow loads."""
    if name not in _ROOMS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.engine.{_ROOMS[name]}"), name)
