"""Importing and exporting a model on the evaluation page: nothing there, refused, imported, removed."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from fer.models.card import load_card
from fer.models.packages import imported_models
from fer.system import jobs, paths
from fer.system.jobs import Job, JobStatus
from tests.app.conftest import words
from tests.conftest import PROJECT_ROOT
from tests.core import grey_level
from tests.core.test_packages import packed

OpenPage = Callable[..., AppTest]
PAGE = "4_evaluation.py"
UPLOAD = "evaluation.package"


@pytest.fixture
def session(csv_in_data: Callable[[str], str]) -> dict[str, object]:
    """One with few faces: whatever model is there is judged on them."""
    return {"workshop.dataset": f"{csv_in_data('small')}.csv"}


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The arguments of the jobs that the page starts; none of them runs."""
    arguments: list[list[str]] = []

    def start(job_id: str, title: str, given: list[str]) -> Job:
        arguments.append(given)
        return Job(job_id, title, JobStatus.RUNNING)

    monkeypatch.setattr(jobs, "start_job", start)
    return arguments


def test_where_there_is_no_model_one_can_be_brought(open_page: OpenPage, session: dict[str, object]) -> None:
    page = open_page(PAGE, session)
    assert not page.exception
    assert "No model yet" in words(page)
    assert page.file_uploader(key=UPLOAD).label.startswith(
        "A file that ends in .fer-model.zip, at most 200 MB"
    )


def test_a_file_says_what_it_is_before_it_is_brought_in(
    open_page: OpenPage, started: list[list[str]], session: dict[str, object]
) -> None:
    page = open_page(PAGE, session)
    content = packed({"title": "Anna's net", "claims": "99% of all faces."})
    page.file_uploader(key=UPLOAD).set_value(("annas.fer-model.zip", content, "application/zip")).run()
    assert not page.exception
    assert "Anna's net** · Tiny CNN, 25,199 weights, answers with angry" in words(page)
    assert "Its maker says: 99% of all faces." in words(page)
    page.button(key="evaluation.import").click().run()
    ((command, path),) = started
    assert command == "import-package"
    assert Path(path).read_bytes() == content
    assert Path(path).is_relative_to(paths.cache_folder())


def test_a_file_that_is_no_model_is_refused_with_a_sentence(
    open_page: OpenPage, session: dict[str, object]
) -> None:
    page = open_page(PAGE, session)
    page.file_uploader(key=UPLOAD).set_value(("evil.zip", b"PK nothing", "application/zip")).run()
    assert not page.exception
    assert "The file is not a model of this workshop" in page.error[0].value
    assert not [button for button in page.button if button.key == "evaluation.import"]


def test_what_a_hostile_file_calls_its_parts_is_no_markdown(
    open_page: OpenPage, session: dict[str, object]
) -> None:
    page = open_page(PAGE, session)
    content = packed(others=[("[win](http://evil)", b"")])
    page.file_uploader(key=UPLOAD).set_value(("evil.zip", content, "application/zip")).run()
    assert r"\[win\](http" in page.error[0].value


def test_beside_the_figures_of_a_brought_model_stands_that_nobody_knows_what_it_saw(
    open_page: OpenPage, session: dict[str, object]
) -> None:
    folder = grey_level.save_model(paths.imported_models_folder() / "net")
    replace(load_card(folder), dataset={"brought": True}).save(folder)
    page = open_page(PAGE, session)
    assert not page.exception
    assert "what it learned from is not known here" in " ".join(warning.value for warning in page.warning)


def test_what_was_brought_is_chosen_and_can_be_removed(
    open_page: OpenPage, fer_home: Path, session: dict[str, object]
) -> None:
    grey_level.save_model(paths.imported_models_folder() / "net")
    page = open_page(PAGE, session)
    assert page.multiselect(key="evaluation.models").value == ["net"]
    page.button(key="evaluation.remove_imported").click().run()
    assert not page.exception
    assert imported_models() == []
    assert "No model yet" in words(page)


def test_a_model_is_taken_along_as_a_file(
    open_page: OpenPage, fer_home: Path, session: dict[str, object]
) -> None:
    (fer_home / "models").mkdir(exist_ok=True)
    (fer_home / "models" / "pretrained").symlink_to(PROJECT_ROOT / "models" / "pretrained")
    page = open_page(PAGE, session)
    page.button(key="evaluation.prepare_model").click().run()
    assert not page.exception
    assert [
        button.label for button in page.get("download_button") if "Download the package" in button.proto.label
    ] == ["Download the package · 1.8 MB"]


def test_one_without_weights_to_take_along_says_so(
    open_page: OpenPage, fer_home: Path, session: dict[str, object]
) -> None:
    grey_level.save_model(fer_home / "models" / "pretrained" / "grey")
    page = open_page(PAGE, session)
    page.button(key="evaluation.prepare_model").click().run()
    assert not page.exception
    assert "“grey” has no Keras weights to export" in " ".join(error.value for error in page.error)
