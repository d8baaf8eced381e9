"""Results that are kept: found by what they depend on, checked, bounded, and never unpickled."""

import io
import json
import os
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fer.errors import DatasetError, FerError, StorageError
from fer.system import files, paths
from fer.system.result_store import ResultStore, load_result

NUMBERS = np.arange(12, dtype=np.float32).reshape(3, 4)
CONTENTS: dict[str, Any] = {
    ".npy": NUMBERS,
    ".npz": {"numbers": NUMBERS, "name": np.array("a name")},
    ".json": {"numbers": NUMBERS.tolist()},
}


def numbers(content: Any) -> list[list[float]]:
    kept = content if isinstance(content, np.ndarray) else content["numbers"]
    return [[float(value) for value in row] for row in kept]


@pytest.fixture(params=CONTENTS)
def store(request: pytest.FixtureRequest) -> ResultStore:
    return ResultStore("things", request.param)


def test_what_is_kept_comes_back_and_is_worked_out_once(store: ResultStore) -> None:
    worked: list[str] = []

    def work() -> Any:
        worked.append("work")
        return CONTENTS[store.suffix]

    path = store.path(store.key("question"))
    assert path.parent == paths.cache_folder() / "things"
    assert load_result(path, numbers) is None
    assert store.once(path, numbers, work) == store.once(path, numbers, work) == NUMBERS.tolist()
    assert load_result(path, numbers) == NUMBERS.tolist()
    assert worked == ["work"]
    assert [each.name for each in path.parent.iterdir()] == [path.name]


@pytest.mark.parametrize("damage", [b"", b"junk", b"\x80\x04K\x01.", b"[1, 2]", b"half"])
def test_a_damaged_file_counts_as_none_and_is_made_anew(store: ResultStore, damage: bytes) -> None:
    path = store.path("key")
    store.save(path, CONTENTS[store.suffix])
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2] if damage == b"half" else damage)
    assert load_result(path, numbers) is None
    assert store.once(path, numbers, lambda: CONTENTS[store.suffix]) == NUMBERS.tolist()
    assert load_result(path, numbers) == NUMBERS.tolist()


@pytest.mark.parametrize("error", [ValueError, KeyError, TypeError, AttributeError, DatasetError])
def test_what_cannot_be_right_counts_as_none(store: ResultStore, error: type[Exception]) -> None:
    path = store.path("key")
    store.save(path, CONTENTS[store.suffix])

    def refuse(content: Any) -> None:
        raise error("not so")

    assert load_result(path, refuse) is None


def test_objects_are_neither_saved_nor_unpickled() -> None:
    store = ResultStore("things", ".npy")
    with pytest.raises(ValueError, match=r"[Oo]bject"):
        store.save(store.path("key"), np.array([object()]))
    content = io.BytesIO()
    np.save(content, np.array([{"a": 1}], object), allow_pickle=True)
    path = store.path("pickled")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.getvalue())
    assert load_result(path, lambda array: array) is None


@pytest.mark.parametrize("claimed", [(10**15,), (3, 5)])
def test_a_file_that_claims_more_than_it_holds_counts_as_none(claimed: tuple[int, ...]) -> None:
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(header, {"descr": "<f4", "fortran_order": False, "shape": claimed})
    content = header.getvalue() + NUMBERS.tobytes()
    for suffix in (".npy", ".npz"):
        store = ResultStore("things", suffix)
        path = store.path("claims")
        path.parent.mkdir(parents=True, exist_ok=True)
        if suffix == ".npy":
            path.write_bytes(content)
        else:
            with zipfile.ZipFile(path, "w") as archive:
                archive.writestr("numbers.npy", content)
        assert load_result(path, numbers) is None


def test_a_small_file_that_unfolds_to_a_large_one_counts_as_none() -> None:
    store = ResultStore("things", ".npz")
    path = store.path("unfolds")
    path.parent.mkdir(parents=True)
    np.savez_compressed(path, numbers=np.zeros((1000, 1000)))
    assert load_result(path, numbers) is None


def test_a_key_changes_with_everything_a_result_depends_on() -> None:
    store = ResultStore("things", ".npy")
    keys = [
        store.key("model", [3, 4], arrays=[NUMBERS]),
        store.key("another", [3, 4], arrays=[NUMBERS]),
        store.key("model", [4, 3], arrays=[NUMBERS]),
        store.key("model", [3, 4], arrays=[NUMBERS + 1]),
        replace(store, version=2).key("model", [3, 4], arrays=[NUMBERS]),
    ]
    assert len(set(keys)) == len(keys)
    assert keys[0] == store.key("model", (3, 4), arrays=iter([NUMBERS[:1], NUMBERS[1:]]))
    assert {len(key) for key in keys} == {32}
    assert len(replace(store, digest_bytes=12).key()) == 24
    # So that what an earlier version kept is found again.
    assert store.key("f", [1, 2], None) == "b36f94a304651532b9547460a3f4ad29"


def test_only_so_many_are_kept_those_written_last(store: ResultStore) -> None:
    store = replace(store, most=2)
    for number, key in enumerate("abc"):
        store.save(store.path(key), CONTENTS[store.suffix])
        os.utime(store.path(key), (number, number))
    other = store.path("b").with_suffix(".other")
    other.write_text("of somebody else")
    store.save(store.path("d"), CONTENTS[store.suffix])
    assert sorted(path.stem for path in store.path("d").parent.glob(f"*{store.suffix}")) == ["c", "d"]
    assert other.exists()


def test_a_full_disk_costs_only_the_next_visits_time(
    store: ResultStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, write: Callable[[Path], object]) -> None:
        raise StorageError("The disk is full.")

    monkeypatch.setattr(files, "save", full)
    path = store.path("key")
    assert store.once(path, numbers, lambda: CONTENTS[store.suffix]) == NUMBERS.tolist()
    assert not path.exists()
    with pytest.raises(StorageError):
        store.save(path, CONTENTS[store.suffix])


def test_a_key_cannot_leave_the_cache(store: ResultStore) -> None:
    with pytest.raises(FerError, match="file name"):
        store.path("../../elsewhere")


def test_json_is_text_that_a_person_can_read() -> None:
    store = ResultStore("things", ".json")
    store.save(store.path("key"), {"a": 1})
    assert json.loads(store.path("key").read_text()) == {"a": 1}
