"""Hardware: the cores, memory and disk of the machine a run trains on."""

import ctypes
import platform
import shutil
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import psutil

from fer.system import paths


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


def processor_name() -> str:
    """Return what the processor is called: "Intel(R) Xeon(R) CPU @ 2.50GHz"; its kind where nobody says."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:  # only Linux has it
        lines = []
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(filter(None, named), "") or platform.processor() or platform.machine() or "unknown"


# Of glibc's <malloc.h>; two is enough for both cores.
_M_ARENA_MAX, _ARENAS = -8, 2


@cache
def limit_malloc_arenas() -> None:
    """Let all threads of this process take their memory from two pools, where the C library is glibc.

    By itself it opens a pool for each new thread, up to eight a core, and each keeps what its thread once
    needed. A camera that is started and stopped brings new threads every time: fifty starts left 40 MB behind
    so, and 7 MB with two pools. Elsewhere this does nothing, for nothing needs to be done.
    """
    if platform.libc_ver()[0] == "glibc":
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, _ARENAS)
