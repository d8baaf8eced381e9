"""What a machine has, and what is free of it."""

import shutil
from pathlib import Path

import pytest

from fer.machine import read_machine


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
