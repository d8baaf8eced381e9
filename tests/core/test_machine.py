"""What a machine has, and what is free of it."""

import platform
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from fer.system.machine import read_machine
from tests.conftest import PROJECT_ROOT


def test_a_machine_has_cores_memory_and_room() -> None:
    machine = read_machine()
    assert machine.cores >= 1
    assert 0 < machine.free_memory <= machine.memory
    assert machine.free_disk is not None


def test_a_disk_that_tells_nothing_is_none(fer_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: Path) -> None:
        raise PermissionError

    monkeypatch.setattr(shutil, "disk_usage", refuse)
    assert read_machine().free_disk is None
    monkeypatch.undo()
    monkeypatch.setenv("FER_HOME", str(fer_home / "not there"))
    assert read_machine().free_disk is None


ALLOCATING_THREADS = """
import ctypes, sys, threading
from fer.system.machine import limit_malloc_arenas
if sys.argv[1] == "two":
    limit_malloc_arenas()
everyone = threading.Barrier(12)
def work():
    everyone.wait()
    kept = [bytearray(5_000) for _ in range(200)]
    everyone.wait()
threads = [threading.Thread(target=work) for _ in range(12)]
for thread in threads: thread.start()
for thread in threads: thread.join()
libc = ctypes.CDLL(None)
libc.fopen.restype = ctypes.c_void_p
file = ctypes.c_void_p(libc.fopen(sys.argv[2].encode(), b"w"))
libc.malloc_info(0, file)
libc.fclose(file)
print(open(sys.argv[2]).read().count("<heap nr="))
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc opens a pool for each thread")
def test_threads_share_two_pools_of_memory(tmp_path: Path) -> None:
    def pools(mode: str) -> int:
        report = tmp_path / f"{mode}.xml"
        command = [sys.executable, "-c", ALLOCATING_THREADS, mode, str(report)]
        return int(subprocess.run(command, cwd=PROJECT_ROOT, capture_output=True, check=True).stdout)

    assert pools("two") <= 2 < pools("as they come")
