"""Editions: what was mended is kept beside the data, readable, and never mends the wrong face."""

import errno
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fer.datasets import Dataset, editions
from fer.datasets.editions import (
    Edition,
    as_csv,
    create_edition,
    delete_edition,
    edition_path,
    export_edition,
    face_hash,
    import_edition,
    list_damaged_editions,
    list_editions,
    load_edition,
    places_of,
    rename_edition,
    restore_edition,
    text,
    undo,
    undo_last,
)
from fer.emotions import EMOTIONS, Emotion
from fer.errors import EditionError, StorageError
from fer.system import locks, paths
from tests.conftest import PROJECT_ROOT, dataset_of
from tests.corrections import change_of, exclude, relabel

NAME = "small"


@pytest.fixture
def faces() -> Dataset:
    """Fourteen faces, two of each emotion, of a source whose even rows alone could be read."""
    faces = dataset_of([0, 1, 2, 3, 4, 5, 6] * 2, name=NAME)
    return replace(faces, rows=np.arange(14) * 2)


@pytest.fixture
def mended(faces: Dataset) -> Edition:
    """Row 4 left out, rows 0 and 8 relabelled."""
    create_edition(NAME, "Mine")
    exclude(faces, "Mine", [2], "not a face")
    return relabel(faces, "Mine", [4, 0], Emotion.HAPPY, "a clear smile")


def rows(edition: Edition) -> list[int]:
    return [change.row for change in edition.changes]


# ── making and undoing changes ───────────────────────────────────────────────────────────────────


def test_changes_are_kept_oldest_first_with_what_is_worth_knowing(faces: Dataset, mended: Edition) -> None:
    assert load_edition(NAME, "Mine") == mended
    assert rows(mended) == [4, 0, 8]
    left_out, relabelled, _ = mended.changes
    assert (left_out.action, left_out.label, left_out.new_label) == ("exclude", Emotion.FEAR, None)
    assert (relabelled.action, relabelled.label, relabelled.new_label) == (
        "relabel",
        Emotion.ANGRY,
        Emotion.HAPPY,
    )
    assert left_out.face == face_hash(faces.images[2])
    assert relabelled.reason == "a clear smile"
    assert (len(mended), mended.excluded, mended.relabelled) == (3, 1, 2)
    assert change_of(mended, 8) is mended.changes[2]
    assert change_of(mended, 2) is None


def test_a_later_change_of_a_face_takes_the_place_of_the_earlier(faces: Dataset, mended: Edition) -> None:
    again = relabel(faces, "Mine", [2], Emotion.SAD)
    assert rows(again) == [0, 8, 4]
    assert again.excluded == 0
    assert rows(exclude(faces, "Mine", [0, 0], "twice")) == [8, 4, 0]


def test_giving_a_face_its_own_label_puts_it_back_to_how_it_came(faces: Dataset, mended: Edition) -> None:
    assert rows(relabel(faces, "Mine", [0, 1, 2], Emotion.ANGRY)) == [8, 2, 4]


def test_changes_are_undone_one_by_one_or_a_gesture_at_a_time(faces: Dataset, mended: Edition) -> None:
    assert rows(undo(NAME, "Mine", 0)) == [4, 8]
    assert rows(undo(NAME, "Mine", 12)) == [4, 8]
    exclude(faces, "Mine", range(5, 9), "all of a gallery")
    assert rows(undo_last(NAME, "Mine")) == [4, 8]
    assert rows(undo_last(NAME, "Mine")) == [4]
    assert rows(undo_last(NAME, "Mine")) == []
    assert undo_last(NAME, "Mine") == load_edition(NAME, "Mine") == Edition("Mine", NAME)


def test_gestures_in_the_same_millisecond_or_before_a_clock_was_set_back_are_told_apart(
    faces: Dataset, mended: Edition
) -> None:
    path = edition_path(NAME, "Mine")
    path.write_text(path.read_text().replace(mended.changes[-1].at[:4], "2999"))
    for place in range(5, 9):
        exclude(faces, "Mine", [place])
    edition = load_edition(NAME, "Mine")
    moments = [change.at for change in edition.changes]
    assert moments == sorted(moments)
    assert len(set(moments)) == 6
    assert rows(undo_last(NAME, "Mine")) == [4, 0, 8, 10, 12, 14]


def test_an_emotion_that_the_dataset_does_not_know_cannot_be_given() -> None:
    faces = dataset_of([0, 1, 0], emotions=EMOTIONS[:2], name=NAME)
    create_edition(NAME, "Mine")
    with pytest.raises(EditionError, match=r"does not know happy; its emotions are angry, disgust\."):
        relabel(faces, "Mine", [0], Emotion.HAPPY)
    assert load_edition(NAME, "Mine").changes == ()


def test_a_reason_is_one_line_of_bounded_length(faces: Dataset, mended: Edition) -> None:
    reason = exclude(faces, "Mine", [5], "  two\nlines\x00\u202e " + "x" * 500).changes[-1].reason
    assert reason.startswith("two lines xxx")
    assert len(reason) == editions.REASON_CHARACTERS
    assert load_edition(NAME, "Mine").changes[-1].reason == reason


# ── names and places ─────────────────────────────────────────────────────────────────────────────


def test_editions_are_listed_renamed_deleted_and_brought_back(mended: Edition) -> None:
    create_edition(NAME, "another")
    assert [edition.name for edition in list_editions(NAME)] == ["another", "Mine"]
    assert list_editions("other.csv") == []
    renamed = rename_edition(NAME, "Mine", "Ours")
    assert (renamed.name, renamed.changes) == ("Ours", mended.changes)
    assert json.loads(edition_path(NAME, "Ours").read_text())["name"] == "Ours"
    delete_edition(NAME, "Ours")
    assert [edition.name for edition in list_editions(NAME)] == ["another"]
    with pytest.raises(EditionError, match=r"has no edition “Ours”\. There is “another”"):
        delete_edition(NAME, "Ours")
    assert restore_edition(NAME, "Ours").changes == mended.changes
    with pytest.raises(EditionError, match="There is an edition “Ours” already"):
        restore_edition(NAME, "Ours")
    with pytest.raises(EditionError, match="No deleted edition “never”"):
        restore_edition(NAME, "never")


def test_the_one_deleted_last_comes_back_first() -> None:
    for count in (1, 2):
        faces = dataset_of([0, 1, 2], name=NAME)
        create_edition(NAME, "Mine")
        exclude(faces, "Mine", range(count))
        delete_edition(NAME, "Mine")
    assert len(restore_edition(NAME, "Mine")) == 2


def test_a_name_is_taken_whatever_its_capitals_and_nothing_is_lost(mended: Edition) -> None:
    create_edition(NAME, "another")
    for take in (
        lambda: create_edition(NAME, " mine "),
        lambda: rename_edition(NAME, "another", "MINE"),
    ):
        with pytest.raises(EditionError, match="already"):
            take()
    assert load_edition(NAME, "Mine") == mended
    assert rename_edition(NAME, "Mine", "MINE").changes == mended.changes
    assert [edition.name for edition in list_editions(NAME)] == ["another", "MINE"]


@pytest.mark.parametrize("name", ["", "../out", "a/b", ".hidden", "a\x00", "x" * 200, "Ünüsüal"])
def test_a_name_that_cannot_be_a_file_is_refused(name: str, fer_home: Path) -> None:
    with pytest.raises(EditionError, match=r"cannot be the name of an edition|already"):
        create_edition(NAME, name)
    assert not list(fer_home.rglob("*.json"))


def test_a_dataset_finds_its_editions_however_it_is_called(
    csv_in_data: Callable[[str], str], faces: Dataset
) -> None:
    csv_in_data("small")
    create_edition("small.csv", "Mine")
    as_path = str(paths.data_folder() / "small.csv")
    assert list_editions("small")[0].dataset == "small"
    assert [edition.name for edition in list_editions(as_path)] == ["Mine"]
    exclude(replace(faces, name=as_path), "Mine", [3])
    assert rows(load_edition("small.csv", "Mine")) == [6]


def test_a_path_finds_its_editions_from_wherever_it_is_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path / "elsewhere" / "small.csv"
    elsewhere.parent.mkdir()
    elsewhere.touch()
    create_edition(str(elsewhere), "Mine")
    monkeypatch.chdir(tmp_path)
    assert [edition.name for edition in list_editions("elsewhere/small.csv")] == ["Mine"]
    assert list_editions("small.csv") == []
    monkeypatch.chdir(elsewhere.parent)
    assert [edition.name for edition in list_editions("small.csv")] == ["Mine"]


@pytest.mark.parametrize(
    "name",
    ["/elsewhere/small.csv", "/else where/small.csv", "..", "Gesichter für alle", "../../x", "a:b", ""],
)
def test_whatever_a_dataset_is_called_its_editions_stay_inside_and_apart(name: str, fer_home: Path) -> None:
    create_edition("small.csv", "Mine")
    create_edition(name, "Mine")
    files = list(fer_home.rglob("*.json"))
    assert len(files) == 2
    assert {file.parent.parent for file in files} == {paths.editions_folder()}
    assert [edition.dataset for edition in list_editions(name)] == [name]


# ── applying ─────────────────────────────────────────────────────────────────────────────────────


def test_each_change_is_found_at_its_face_wherever_that_lies(faces: Dataset, mended: Edition) -> None:
    assert places_of(faces, mended).tolist() == [2, 0, 4]
    turned = faces.take(np.arange(len(faces))[::-1])
    assert turned.rows[places_of(turned, mended)].tolist() == [4, 0, 8]
    assert len(places_of(faces, Edition("none", NAME))) == 0


def test_another_picture_in_a_row_is_never_mended(faces: Dataset, mended: Edition) -> None:
    images = faces.images.copy()
    images[4, 0, 0] ^= 1
    with pytest.raises(EditionError, match=r"“Mine” changes row 8, but another picture lies there now"):
        places_of(replace(faces, images=images), mended)


@pytest.mark.parametrize("count", [0, 1, 4])
def test_a_row_that_is_not_there_is_named(faces: Dataset, mended: Edition, count: int) -> None:
    with pytest.raises(EditionError, match=r"changes row [48], and “small” has no such row"):
        places_of(faces.take(np.arange(count)), mended)


def test_a_face_is_known_by_its_shape_and_every_pixel() -> None:
    image = np.arange(64, dtype=np.uint8).reshape(8, 8, 1)
    assert face_hash(image) == face_hash(image.copy()) == face_hash(np.asfortranarray(image))
    others = [image.reshape(4, 16, 1), image ^ 1, image.transpose(1, 0, 2)]
    assert len({face_hash(image), *map(face_hash, others)}) == 4


# ── the file ─────────────────────────────────────────────────────────────────────────────────────


def test_the_file_has_a_line_for_each_change_and_a_diff_shows_what_is_new(
    faces: Dataset, mended: Edition
) -> None:
    path = edition_path(NAME, "Mine")
    before = path.read_text().splitlines()
    assert before[:5] == [
        "{",
        '  "format": "fer-edition",',
        '  "version": 1,',
        '  "name": "Mine",',
        '  "dataset": "small",',
    ]
    assert before[6].startswith('    {"row": 4, "action": "exclude", "label": "fear", "new_label": null,')
    exclude(faces, "Mine", [9])
    after = path.read_text().splitlines()
    added = [line for line in after if line.rstrip(",") not in {old.rstrip(",") for old in before}]
    assert len(added) == 1
    assert '"row": 18' in added[0]


DOCUMENT: dict[str, Any] = {
    "format": "fer-edition",
    "version": 1,
    "name": "Mine",
    "dataset": NAME,
    "changes": [
        {
            "row": 4,
            "action": "relabel",
            "label": "fear",
            "new_label": "sad",
            "reason": "",
            "face": "0123456789abcdef",
            "at": "2026-01-01T12:00:00+01:00",
        }
    ],
}


def changed(**values: Any) -> dict[str, Any]:
    """The document, its one change with other values."""
    return {**DOCUMENT, "changes": [{**DOCUMENT["changes"][0], **values}]}


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "line 1 is not JSON"),
        (b'{\n"format": "fer-ed', "line 2 is not JSON"),
        (b"\xff\xfe\x00", "it is not JSON"),
        (b"[" * 100_000, "JSON"),
        (b"[]", "does not begin as an edition does"),
        ({**DOCUMENT, "format": "fer-run"}, "does not begin as an edition does"),
        ({**DOCUMENT, "version": 2}, "version 2, and 1 is known"),
        ({**DOCUMENT, "changes": {}}, "a list of changes"),
        ({**DOCUMENT, "name": 5}, "a name"),
        ({**DOCUMENT, "changes": ["exclude"]}, "change 1: it needs exactly row, action"),
        (changed(extra=1), "exactly row, action"),
        (changed(row=-1), "whole number"),
        (changed(row=True), "whole number"),
        (changed(row=2**40), "whole number"),
        (changed(row=4.0), "whole number"),
        (changed(action="delete"), "neither “exclude” nor “relabel”"),
        (changed(action=["exclude"]), "neither “exclude” nor “relabel”"),
        (changed(label="contempt"), "“contempt” is none of angry"),
        (changed(label={"a": 1}), "is none of angry"),
        (changed(new_label=None), "a new label belongs to “relabel”"),
        (changed(action="exclude"), "a new label belongs to “relabel”"),
        (changed(new_label="fear"), "its new label is the old one"),
        (changed(reason="x" * 201), "one line"),
        (changed(reason="a\nb"), "one line"),
        (changed(reason=None), "one line"),
        (changed(face="0123456789ABCDEF"), "16 hexadecimal digits"),
        (changed(face="../../etc"), "16 hexadecimal digits"),
        (changed(at="yesterday"), "its time"),
        (changed(at="2026-01-01T12:00:00"), "its time"),
        (changed(at="9999-12-31T23:59:59+00:00"), "its time"),
        ({**DOCUMENT, "changes": DOCUMENT["changes"] * 2}, "row 4 is changed twice"),
    ],
)
def test_a_damaged_file_is_told_in_a_sentence_and_left_alone(
    content: bytes | dict[str, Any], why: str, faces: Dataset
) -> None:
    create_edition(NAME, "good")
    path = edition_path(NAME, "bad")
    path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    before = path.read_bytes()
    for attempt in (
        lambda: load_edition(NAME, "bad"),
        lambda: exclude(faces, "bad", [0]),
        lambda: undo_last(NAME, "bad"),
        lambda: rename_edition(NAME, "bad", "better"),
        lambda: import_edition(faces, before),
    ):
        with pytest.raises(EditionError, match=f"cannot be understood: .*{why}"):
            attempt()
    assert path.read_bytes() == before
    assert [edition.name for edition in list_editions(NAME)] == ["good"]
    assert list_damaged_editions(NAME)[0].startswith("The edition “bad” cannot be understood")
    assert sorted(file.name for file in path.parent.glob("[!.]*")) == ["bad.json", "good.json"]


def test_a_file_beyond_all_measure_is_not_even_parsed(
    faces: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(text, "_MAX_BYTES", 100)
    with pytest.raises(EditionError, match="larger than"):
        import_edition(faces, b" " * 101)


def test_a_file_written_by_hand_may_have_its_changes_in_any_order(faces: Dataset) -> None:
    create_edition(NAME, "Mine")
    [first] = changed(at="2026-01-01T12:00:00+01:00")["changes"]
    [second] = changed(row=6, at="2026-01-01T11:00:00.000+00:00", label="happy")["changes"]
    [third] = changed(row=2, at="2026-01-01T10:00:00Z", label="disgust")["changes"]
    path = edition_path(NAME, "Mine")
    path.write_text(
        "\ufeff" + json.dumps({**DOCUMENT, "name": "something else", "changes": [first, second, third]})
    )
    edition = load_edition(NAME, "Mine")
    assert edition.name == "Mine"
    assert rows(edition) == [2, 4, 6]


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=30)
    | st.sampled_from(list(Emotion)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(where=st.sampled_from([*DOCUMENT, *DOCUMENT["changes"][0]]), value=JSON)
def test_whatever_a_value_is_replaced_by_the_file_is_read_or_refused(
    where: str, value: Any, fer_home: Path
) -> None:
    path = fer_home / "any.json"
    path.write_text(
        json.dumps({**DOCUMENT, where: value} if where in DOCUMENT else changed(**{where: value}))
    )
    try:
        edition = editions.read_edition(path, NAME)
    except EditionError as error:
        assert "cannot be understood" in str(error)
    else:
        path.write_bytes(export_edition(edition))
        assert editions.read_edition(path, NAME) == edition


# ── taking along ─────────────────────────────────────────────────────────────────────────────────


def test_an_exported_edition_finds_its_faces_in_another_order_and_keeps_both(
    faces: Dataset, mended: Edition
) -> None:
    turned = replace(faces.take(np.arange(len(faces))[::-1]), rows=np.arange(len(faces)), name="turned")
    imported = import_edition(turned, export_edition(mended))
    assert (imported.name, imported.dataset) == ("Mine", "turned")
    assert rows(imported) == [11, 13, 9]
    assert [change.face for change in imported.changes] == [change.face for change in mended.changes]
    assert load_edition("turned", "Mine") == imported
    assert len(places_of(turned, imported)) == 3
    again = import_edition(turned, export_edition(mended))
    assert (again.name, again.changes) == ("Mine 2", imported.changes)
    assert load_edition(NAME, "Mine") == mended


def test_copies_of_one_picture_are_told_apart_by_row_then_by_label(faces: Dataset) -> None:
    twins = faces.take(np.array([0, 0, 0, 1]))
    twins = replace(twins, labels=np.array([0, 2, 0, 1]), rows=np.arange(4))
    create_edition(NAME, "Mine")
    edition = relabel(twins, "Mine", [1, 2], Emotion.SAD)
    assert rows(import_edition(twins, export_edition(edition))) == [1, 2]
    # Elsewhere the copy that was called fear lies in the last row.
    moved = replace(twins, labels=np.array([0, 0, 1, 2]), images=twins.images[[0, 3, 3, 0]])
    imported = import_edition(moved, export_edition(edition))
    assert {change.label: change.row for change in imported.changes} == {Emotion.FEAR: 3, Emotion.ANGRY: 0}


def test_an_edition_of_other_faces_is_refused_and_leaves_nothing(faces: Dataset, mended: Edition) -> None:
    others = replace(dataset_of([0, 1, 2], seed=9), name="others")
    with pytest.raises(EditionError, match=r"in row [048] is in no row of “others”"):
        import_edition(others, export_edition(mended))
    fewer = replace(dataset_of([0, 1], emotions=EMOTIONS[:3], name="fewer"), images=faces.images[[0, 2]])
    edition = replace(mended, changes=mended.changes[1:2])
    with pytest.raises(EditionError, match="gives the label happy, and “fewer” knows only"):
        import_edition(fewer, export_edition(edition))
    assert list_editions("others") == list_editions("fewer") == []


@pytest.mark.parametrize(
    ("name", "kept"), [("../../evil", "evil"), ("Ü", "Imported"), ("", "Imported"), ("a" * 300, "a" * 60)]
)
def test_an_imported_name_is_made_fit(name: str, kept: str, faces: Dataset, mended: Edition) -> None:
    assert import_edition(faces, export_edition(replace(mended, name=name))).name == kept


def test_the_table_is_sorted_by_row_and_computes_nothing(faces: Dataset, mended: Edition) -> None:
    edition = exclude(faces, "Mine", [1], '=cmd|"/c calc"')
    assert as_csv(edition).splitlines() == [
        "row,action,label,new_label,reason",
        "0,relabel,angry,happy,a clear smile",
        """2,exclude,disgust,,"'=cmd|""/c calc""\"""",
        "4,exclude,fear,,not a face",
        "8,relabel,sad,happy,a clear smile",
    ]


# ── two at once, and a full disk ─────────────────────────────────────────────────────────────────


def test_two_tabs_at_once_lose_no_change(faces: Dataset) -> None:
    create_edition(NAME, "Mine")
    tabs = [
        threading.Thread(target=lambda places=places: [exclude(faces, "Mine", [place]) for place in places])
        for places in (range(0, 14, 2), range(1, 14, 2))
    ]
    for tab in tabs:
        tab.start()
    for tab in tabs:
        tab.join()
    assert sorted(rows(load_edition(NAME, "Mine"))) == faces.rows.tolist()


def test_two_processes_at_once_lose_no_change(faces: Dataset) -> None:
    create_edition(NAME, "Mine")
    script = (
        "from tests.conftest import dataset_of; from tests.corrections import exclude\n"
        f"faces = dataset_of([0] * 40, name={NAME!r})\n"
        "print('ready', flush=True); input()\n"
        "for place in range(20, 40): exclude(faces, 'Mine', [place])"
    )
    ours = dataset_of([0] * 40, name=NAME)
    with subprocess.Popen(
        [sys.executable, "-c", script],
        cwd=PROJECT_ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as other:
        assert other.stdout is not None
        assert other.stdin is not None
        assert other.stdout.readline() == "ready\n"
        other.stdin.write("\n")
        other.stdin.flush()
        for place in range(20):
            exclude(ours, "Mine", [place])
        assert other.wait() == 0
    assert sorted(rows(load_edition(NAME, "Mine"))) == list(range(40))


def test_a_process_that_holds_the_editions_too_long_is_told_of(
    faces: Dataset, mended: Edition, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as context, locks.locked(edition_path(NAME, "Mine").parent):
        context.setattr(locks, "_LOCK_SECONDS", 0.0)
        # Another thread, as a process would: in this one the lock itself refuses to be asked for twice.
        with (
            ThreadPoolExecutor(1) as other,
            pytest.raises(StorageError, match="Another process has been changing"),
        ):
            other.submit(exclude, faces, "Mine", [5]).result()
    assert load_edition(NAME, "Mine") == mended


def test_a_full_disk_leaves_the_edition_as_it_was(
    faces: Dataset, mended: Edition, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as context:
        context.setattr(os, "fsync", full)
        with pytest.raises(StorageError, match="disk is full"):
            exclude(faces, "Mine", [5])
    assert load_edition(NAME, "Mine") == mended
    assert sorted(file.name for file in edition_path(NAME, "Mine").parent.iterdir()) == [".lock", "Mine.json"]
