"""Child processes: started so that they outlive the page, and known again later.

`multiprocessing` would run the page again in the child; a plain `python -m fer…` is clean, and it is
a command that a learner can type.
"""

import os
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil

from fer.system import paths

# The lowest priority there is: whoever starts something goes on using the pages, and the camera.
_POLITE = 19 if os.name == "posix" else psutil.BELOW_NORMAL_PRIORITY_CLASS  # type: ignore[attr-defined]


def start_module(
    arguments: Sequence[str], log: Path, environment: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Start `python -m <arguments>` at the lowest priority, in a session of its own.

    Args:
        arguments: the module and what it is given, for example ("fer.training", "models/runs/1").
        log: takes everything it prints, behind what is there.
        environment: added to this process's own.

    Returns:
        Its `process_id` and `process_created`, which `is_alive` takes; plain JSON values.

    Raises:
        OSError: the log cannot be written, or no process can be started.
    """
    flags = 0 if os.name == "posix" else subprocess.CREATE_NEW_PROCESS_GROUP  # type: ignore[attr-defined]
    with log.open("ab") as output:
        process = subprocess.Popen(  # not waited for: it outlives the page that started it
            [sys.executable, "-m", *arguments],
            cwd=paths.PROJECT_ROOT,
            env={
                **os.environ,
                "PYTHONUNBUFFERED": "1",
                "FER_HOME": str(paths.home()),
                **(environment or {}),
            },
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            creationflags=flags,
        )
    # Reap it when it ends: a process nobody waits for stays in the table as a zombie.
    threading.Thread(target=process.wait, name=f"wait-{process.pid}", daemon=True).start()
    try:
        started = psutil.Process(process.pid)
        started.nice(_POLITE)
        return {"process_id": process.pid, "process_created": started.create_time()}
    except psutil.NoSuchProcess:  # over already: as good as gone
        return {"process_id": process.pid, "process_created": 0.0}


def this_process() -> dict[str, Any]:
    """Our own `process_id` and `process_created`."""
    return {"process_id": os.getpid(), "process_created": psutil.Process().create_time()}


def yield_to_other_threads() -> None:
    """Let the calling thread go last where several want a core; on Linux, where each has a priority."""
    if sys.platform == "linux":
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 10)


def memory_megabytes() -> float:
    """The memory this process has in the machine's RAM, in millions of bytes."""
    return float(psutil.Process().memory_info().rss / 1e6)


def is_alive(values: Mapping[str, Any]) -> bool:
    """Whether the process of these `process_id` and `process_created` is still at work.

    A number can be given to a new process; the moment of its birth cannot.
    """
    try:
        process = psutil.Process(values["process_id"])
        same = abs(process.create_time() - float(values.get("process_created", 0))) < 2
        return same and process.status() != psutil.STATUS_ZOMBIE
    except (psutil.Error, KeyError, ValueError, TypeError):
        return False
