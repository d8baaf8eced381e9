"""Handing a file of `data/` to the browser, and no other."""

from pathlib import Path

import pytest

from fer.datasets import takeaway
from fer.errors import DatasetError


@pytest.fixture
def table(fer_home: Path) -> Path:
    """A small file in data/."""
    path = fer_home / "data" / "faces.csv"
    path.parent.mkdir()
    path.write_bytes(b"abc")
    return path


def test_a_small_file_of_data_can_be_taken(table: Path) -> None:
    assert takeaway.can_be_taken(table)
    assert takeaway.content_of(table) == b"abc"


def test_a_file_elsewhere_a_link_to_one_a_folder_and_a_large_file_cannot(
    table: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path / "secret.csv"
    elsewhere.write_bytes(b"abc")
    link = table.parent / "link.csv"
    link.symlink_to(elsewhere)
    for path in (
        elsewhere,
        link,
        table.parent,
        table.parent / "gone.csv",
        table.parent / ".." / ".." / "secret.csv",
    ):
        assert not takeaway.can_be_taken(path)
        with pytest.raises(DatasetError, match="Copy the file"):
            takeaway.content_of(path)
    monkeypatch.setattr(takeaway, "MAX_BYTES", 2)
    assert not takeaway.can_be_taken(table)
