"""Bad rows of a CSV file: what is said of the only one among good ones, and that it can be left out."""

from pathlib import Path

import pytest

from fer.datasets import Dataset
from fer.datasets.readers.wide_csv import load_csv
from fer.errors import PartlyBadDatasetError
from tests.conftest import notes_beside_numbering


def load(path: Path, text: str | bytes, *, skip_bad: bool = False) -> Dataset:
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return load_csv(path, skip_bad=skip_bad)


def leave_out_the_bad_row(path: Path, text: str, place: str, reason: str) -> Dataset:
    """Load three rows, of which the one at `place` is bad for that reason; returns the two that are left."""
    with pytest.raises(PartlyBadDatasetError) as caught:
        load(path, text)
    loaded = load(path, text, skip_bad=True)

    said = str(caught.value)
    assert said.startswith(f"“{path.name}”, {place}: ")
    assert "It is the only bad row; the other 2 can be used without it." in said
    assert reason in said
    assert (caught.value.good, caught.value.bad_count) == (2, 1)
    [(where, why)] = caught.value.bad
    assert where == place
    assert reason in why
    assert loaded.rows.tolist() == [0, 2]
    [note] = notes_beside_numbering(loaded)
    assert note.startswith(f"1 of its 3 rows is bad and left out: {place}: ")
    assert reason in note
    return loaded
