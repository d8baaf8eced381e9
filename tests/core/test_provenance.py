"""Where a dataset came from: written down once, believed as long as the files are the same."""

import json
from pathlib import Path

import pytest

from fer.datasets.provenance import (
    FileRecord,
    Provenance,
    forget_provenance,
    load_provenance,
    save_provenance,
    source_of,
)
from fer.errors import FerError
from fer.system import paths


def provenance_of(name: str, *files: FileRecord) -> Provenance:
    """What might be known of a dataset with these files."""
    return Provenance(
        name=name,
        host="huggingface.co",
        id="ann/faces",
        revision="0123",
        title="Ann's faces",
        url="https://huggingface.co/datasets/ann/faces",
        license="cc-by-4.0",
        citation="Ann (2020)",
        fetched_at="2026-01-01T00:00:00+00:00",
        files=files,
        remarks=("Its sha256 agrees.",),
    )


@pytest.fixture
def table(fer_home: Path) -> Path:
    """A file of three bytes in data/."""
    path = fer_home / "data" / "faces.csv"
    path.parent.mkdir()
    path.write_bytes(b"abc")
    return path


def test_what_is_known_is_there_again_as_it_was_saved(table: Path) -> None:
    known = provenance_of("faces.csv", FileRecord("faces.csv", 3, "ba78", "sha256"))
    save_provenance(known)
    assert load_provenance("faces.csv") == known
    assert known.bytes == 3
    source = source_of("faces.csv")
    assert source is not None
    assert (source.title, source.license, source.citation) == ("Ann's faces", "cc-by-4.0", "Ann (2020)")


def test_a_file_of_another_size_is_not_what_was_fetched(table: Path) -> None:
    save_provenance(provenance_of("faces.csv", FileRecord("faces.csv", 3, "ba78")))
    table.write_bytes(b"abcd")
    assert load_provenance("faces.csv") is None
    assert source_of("faces.csv") is None


def test_a_folder_is_believed_while_all_of_its_files_are_there(fer_home: Path) -> None:
    folder = fer_home / "data" / "faces"
    folder.mkdir(parents=True)
    (folder / "train.parquet").write_bytes(b"abc")
    (folder / "test.parquet").write_bytes(b"de")
    known = provenance_of("faces", FileRecord("train.parquet", 3, "a"), FileRecord("test.parquet", 2, "b"))
    save_provenance(known)
    assert load_provenance("faces") == known
    (folder / "test.parquet").unlink()
    assert load_provenance("faces") is None


def test_nothing_is_known_of_what_was_never_fetched_or_forgotten(table: Path) -> None:
    assert source_of("faces.csv") is None
    assert source_of("synthetic") is None
    assert source_of("../elsewhere") is None
    assert source_of("Ünïcode.csv") is None
    save_provenance(provenance_of("faces.csv", FileRecord("faces.csv", 3, "ba78")))
    forget_provenance("faces.csv")
    forget_provenance("faces.csv")
    assert source_of("faces.csv") is None


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"{}", b'{"name": "faces.csv"}', b"\xff\xfe", b'{"files": [1]}', b'"text"'],
)
def test_a_damaged_record_is_as_good_as_none(table: Path, content: bytes) -> None:
    save_provenance(provenance_of("faces.csv", FileRecord("faces.csv", 3, "ba78")))
    (paths.data_folder() / "provenance" / "faces.csv.json").write_bytes(content)
    assert load_provenance("faces.csv") is None


def test_a_record_is_a_file_that_a_person_can_read(table: Path) -> None:
    save_provenance(provenance_of("faces.csv", FileRecord("faces.csv", 3, "ba78", "sha256")))
    values = json.loads((paths.data_folder() / "provenance" / "faces.csv.json").read_text(encoding="utf-8"))
    assert values["license"] == "cc-by-4.0"
    assert values["files"][0] == {"path": "faces.csv", "bytes": 3, "sha256": "ba78", "checked": "sha256"}


def test_a_record_cannot_be_saved_outside_its_folder() -> None:
    with pytest.raises(FerError):
        save_provenance(provenance_of("../elsewhere"))
