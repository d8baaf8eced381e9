"""What a rerun of a page asks the disk, and what it takes from its caches."""

import os
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from fer.datasets import Dataset
from tests.core import grey_level
from tests.core.test_folders import write_folders

OpenPage = Callable[..., AppTest]


def test_a_rerun_of_the_evaluation_lists_the_pictures_of_class_folders_at_most_once(
    open_page: OpenPage, fer_home: Path, small_dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    grey_level.save_model(fer_home / "models" / "pretrained" / "grey")
    folder = write_folders(fer_home / "data" / "faces", small_dataset)
    of_pictures = {str(picture.parent) for picture in folder.rglob("*.png")}
    for each in [folder, *filter(Path.is_dir, folder.rglob("*"))]:
        os.utime(each, (1e9, 1e9))  # what was written this very moment is looked at again
    page = open_page("4_evaluation.py", {"workshop.dataset": "faces"})
    assert not page.exception
    assert not page.error
    listed: Counter[str] = Counter()
    scandir = os.scandir

    def counted(path: str | Path) -> object:
        listed[str(path)] += 1
        return scandir(path)

    monkeypatch.setattr(os, "scandir", counted)
    page.run()
    assert max((listed[each] for each in of_pictures), default=0) <= 1
    assert listed[str(folder)] > 0  # it was looked at all the same
