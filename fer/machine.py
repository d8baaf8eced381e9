"""The machine a run trains on: what there is of it, and what is free."""

import shutil
from dataclasses import dataclass

import psutil

from fer import paths


@dataclass(frozen=True, slots=True)
class Machine:
    """What a machine has, in bytes where it is room.

    Attributes:
        cores: processors that work at once.
        memory: all there is.
        free_memory: what programs can still take.
        free_disk: where runs are kept; None where nothing can be told of it.
    """

    cores: int
    memory: int
    free_memory: int
    free_disk: int | None


def read_machine() -> Machine:
    """Return what this machine has at the moment."""
    memory = psutil.virtual_memory()
    folder = next((place for place in (paths.runs_folder(), paths.home()) if place.is_dir()), None)
    try:
        free_disk = shutil.disk_usage(folder).free if folder else None
    except OSError:
        free_disk = None
    return Machine(psutil.cpu_count() or 1, int(memory.total), int(memory.available), free_disk)
