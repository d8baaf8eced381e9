"""Where things lie, and names from outside that must not lead elsewhere."""

from pathlib import Path

import pytest

from fer.errors import FerError
from fer.system import paths


def test_everything_lies_in_fer_home(fer_home: Path) -> None:
    assert paths.home() == fer_home
    assert paths.data_folder() == fer_home / "data"
    assert paths.cache_folder() == fer_home / "data" / "cache"
    assert paths.runs_folder() == fer_home / "models" / "runs"
    assert paths.pretrained_folder() == fer_home / "models" / "pretrained"


@pytest.mark.parametrize("value", [None, ""])
def test_without_fer_home_everything_lies_in_the_project(
    monkeypatch: pytest.MonkeyPatch, value: str | None
) -> None:
    monkeypatch.delenv("FER_HOME") if value is None else monkeypatch.setenv("FER_HOME", value)
    assert paths.home() == paths.PROJECT_ROOT
    assert (paths.PROJECT_ROOT / "fer" / "system" / "paths.py").exists()


def test_a_relative_home_means_the_same_place_to_every_process(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FER_HOME", "workshop")
    assert paths.home() == tmp_path / "workshop"


@pytest.mark.parametrize(
    "name", ["fer2013.csv", "mini_xception", "20260101-120000-mini_xception-2", "My faces"]
)
def test_an_ordinary_name_is_a_child(tmp_path: Path, name: str) -> None:
    assert paths.child(tmp_path, name) == tmp_path / name


OUTWARD = ["", ".", "..", "../x", "a/b", "/etc/passwd", "a\\b", "C:x"]
AWKWARD = [".hidden", "-flag", "x.", "x ", "x\n", "x\0", "ünü", "x" * 121]


@pytest.mark.parametrize("name", OUTWARD + AWKWARD)
def test_a_name_that_leads_elsewhere_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(FerError, match="cannot be a file name"):
        paths.child(tmp_path, name)


def test_shipped_models_and_replications_are_found_from_any_home(shipped: Path, fer_home: Path) -> None:
    assert paths.pretrained_models()["small_resnet"] == shipped / "pretrained" / "small_resnet"
    assert paths.replication("s0") == shipped / "replications" / "s0"
    assert paths.is_shipped(paths.replication("s0"))
    assert list(fer_home.iterdir()) == []


def test_the_learners_own_goes_before_what_is_shipped(shipped: Path) -> None:
    own = [paths.pretrained_folder() / "small_resnet", paths.replications_folder() / "s0"]
    for folder in own:
        folder.mkdir(parents=True)
    assert [paths.pretrained_models()["small_resnet"], paths.replication("s0")] == own
    assert not any(map(paths.is_shipped, own))
    assert paths.pretrained_models()["mini_xception"] == shipped / "pretrained" / "mini_xception"


def test_what_is_shipped_is_the_learners_own_where_home_is_the_project(
    shipped: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("FER_HOME")
    assert not paths.is_shipped(paths.pretrained_models()["small_resnet"])
    assert shipped.is_dir()
