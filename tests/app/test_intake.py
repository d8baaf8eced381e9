"""The dialog that brings faces of one's own, and the downloads it starts."""

import gzip
import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from fer.config import DatasetView
from fer.datasets import Dataset, downloads, list_datasets, load_dataset
from fer.errors import PartlyBadDatasetError
from fer.system import jobs, paths, processes
from tests.app.conftest import words
from tests.conftest import write_fer_csv

KAGGLE = downloads.SUGGESTIONS[0].address


def button_alone() -> None:
    from pages.parts.dataset import intake

    intake.add_dataset_button()
    intake.arriving_downloads()


def opened_dialog() -> None:
    import streamlit as st

    from pages.parts.dataset import intake

    # A page that runs again as a whole closes a dialog; this one stays open until something came in.
    if not {"workshop.dataset", "dataset.arrived"} & set(st.session_state):
        intake._dialog()


def opened(script: Callable[[], None], **session: object) -> AppTest:
    """A page of nothing but this script, run once."""
    page = AppTest.from_function(script, default_timeout=60)
    for key, value in session.items():
        page.session_state[key.replace("__", ".")] = value
    return page.run()


def dialog(way: str = "Upload") -> AppTest:
    """The open dialog, at one of its ways."""
    return opened(opened_dialog, dataset__way=way)


@pytest.fixture
def table(tmp_path: Path, small_dataset: Dataset) -> bytes:
    """A small FER-2013 CSV."""
    return write_fer_csv(tmp_path / "upload" / "small.csv", small_dataset).read_bytes()


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, list[str]]]:
    """The jobs that were started, none of which runs."""
    seen: list[tuple[str, list[str]]] = []
    monkeypatch.setattr(jobs, "start_job", lambda job, title, arguments: seen.append((job, list(arguments))))
    return seen


def write_job(job_id: str, **files: str) -> None:
    """A job's folder, as its process left it."""
    folder = paths.cache_folder() / "jobs" / job_id
    folder.mkdir(parents=True)
    about = {"title": "Fetching", "started_at": time.time(), **processes.this_process()}
    (folder / "job.json").write_text(json.dumps(about))
    for name, content in files.items():
        (folder / name.replace("_", ".")).write_text(content)


def upload(name: str, content: bytes) -> AppTest:
    page = dialog()
    page.file_uploader(key="dataset.upload").set_value((name, content, "text/csv")).run()
    assert not page.exception
    return page


def test_the_button_opens_the_dialog_with_its_three_ways() -> None:
    page = opened(button_alone)
    assert not page.exception
    assert len(page.file_uploader) == 0
    page.button(key="dataset.bring").click().run()
    assert not page.exception
    assert len(page.file_uploader) == 1
    assert page.button_group(key="dataset.way").options == ["Upload", "Download", "By hand"]


def test_an_uploaded_table_is_put_into_data_and_opened(table: bytes, small_dataset: Dataset) -> None:
    page = upload("small.csv", table)
    assert page.session_state["workshop.dataset"] == "small.csv"
    assert load_dataset("small").counts() == small_dataset.counts()


def test_an_archive_under_any_name_is_taken_and_one_that_cannot_be_unpacked_is_named(table: bytes) -> None:
    page = upload("small", gzip.compress(table))
    assert page.session_state["workshop.dataset"] == "small"
    page = upload("small.7z", b"7z\xbc\xaf\x27\x1c")
    assert "“small.7z” is a 7-Zip archive" in page.error[0].value


def test_what_is_no_dataset_is_told_inside_the_dialog() -> None:
    page = upload("notes.csv", b"a,b\n1,2\n")
    assert len(page.error) == 1
    assert "notes.csv" in page.error[0].value
    assert page.button_group(key="dataset.way").value == "Upload"
    assert [entry.name for entry in list_datasets()] == ["synthetic"]


def test_a_table_with_bad_rows_shows_them_and_offers_the_good_ones(table: bytes) -> None:
    lines = table.decode().splitlines()
    lines[3] = "99" + lines[3][1:]
    page = upload("small.csv", "\n".join(lines).encode())
    assert "small.csv" in page.warning[0].value
    assert len(page.table[0].value) == 1
    assert [entry.name for entry in list_datasets()] == ["synthetic"]
    button = page.button(key="dataset.upload_good")
    assert button.label == "Use the 41 good rows"
    button.click().run()
    assert not page.exception
    assert page.session_state["workshop.dataset"] == "small.csv"
    assert page.session_state["workshop.view"] == DatasetView(skip_bad=True)
    assert len(load_dataset("small", view=DatasetView(skip_bad=True))) == 41


def test_uploaded_votes_are_kept_and_no_dataset() -> None:
    header = "Usage,Image name,neutral,happiness,surprise,sadness,anger,disgust,fear,contempt,unknown,NF"
    page = upload("fer2013new.csv", f"{header}\nTraining,fer0000000.png,10,0,0,0,0,0,0,0,0,0\n".encode())
    assert "votes" in page.session_state["dataset.arrived"]
    assert "workshop.dataset" not in page.session_state
    assert (paths.data_folder() / "fer2013new.csv").exists()


def test_every_suggestion_shows_what_it_is_its_size_and_its_licence() -> None:
    text = words(dialog("Download"))
    for suggestion in downloads.SUGGESTIONS:
        for shown in (suggestion.title, suggestion.summary, suggestion.size, suggestion.license):
            assert shown in text
        assert f"[{suggestion.address}]({suggestion.address.url})" in text


def test_a_suggestion_is_fetched_by_the_command_a_learner_can_type(
    started: list[tuple[str, list[str]]],
) -> None:
    page = dialog("Download")
    page.button(key=f"dataset.fetch.{KAGGLE}").click().run()
    assert not page.exception
    assert started == [(downloads.job_id(KAGGLE), ["download", "kaggle:msambare/fer2013"])]
    assert page.session_state["dataset.fetching"] == [downloads.job_id(KAGGLE)]


def test_another_address_can_be_pasted_and_named(started: list[tuple[str, list[str]]]) -> None:
    page = dialog("Download")
    page.text_input(key="dataset.address").set_value("https://huggingface.co/datasets/ann/faces").run()
    page.text_input(key="dataset.address_name").set_value("mine").run()
    page.button(key="dataset.fetch").click().run()
    assert started == [("download-hf-ann-faces", ["download", "hf:ann/faces", "--name", "mine"])]


@pytest.mark.parametrize(("address", "name"), [("fer2013", ""), ("hf:ann/faces", "../elsewhere")])
def test_a_wrong_address_or_name_is_told_inside_the_dialog(
    started: list[tuple[str, list[str]]], address: str, name: str
) -> None:
    page = dialog("Download")
    page.text_input(key="dataset.address").set_value(address).run()
    page.text_input(key="dataset.address_name").set_value(name).run()
    page.button(key="dataset.fetch").click().run()
    assert not page.exception
    assert len(page.error) == 1
    assert started == []
    assert page.button_group(key="dataset.way").value == "Download"


def test_a_download_under_way_is_shown_and_not_offered_again() -> None:
    write_job(downloads.job_id(KAGGLE), progress_json='{"fraction": 0.5, "message": "archive: 30 of 60 MB"}')
    page = opened(button_alone)
    assert "30 of 60 MB" in page.get("progress")[0].proto.text
    assert dialog("Download").button(key=f"dataset.fetch.{KAGGLE}").disabled


def test_a_dataset_that_arrived_is_opened_with_its_licence_told(csv_in_data: Callable[[str], str]) -> None:
    csv_in_data("small")
    brought = {
        "name": "small.csv",
        "title": "Ann's faces",
        "host": "www.kaggle.com",
        "license": "CC0",
        "remarks": ["Its md5 agrees."],
        "is_dataset": True,
    }
    write_job("download-kaggle-ann-faces", result_json=json.dumps(brought))
    page = opened(button_alone, dataset__fetching=["download-kaggle-ann-faces"])
    assert not page.exception
    assert page.session_state["workshop.dataset"] == "small.csv"
    assert "CC0" in page.toast[0].value
    assert "Its md5 agrees." in page.toast[0].value
    assert jobs.read_job("download-kaggle-ann-faces") is None
    assert page.session_state["dataset.fetching"] == []


def test_a_download_that_failed_says_why_until_it_is_closed() -> None:
    write_job("download-kaggle-ann-faces", error_txt="Kaggle has no dataset “ann/faces”.")
    page = opened(button_alone, dataset__fetching=["download-kaggle-ann-faces"])
    assert "Kaggle has no dataset" in page.error[0].value
    page.button(key="job.close.download-kaggle-ann-faces").click().run()
    assert not page.error
    assert jobs.read_job("download-kaggle-ann-faces") is None


def test_by_hand_names_the_folder_and_the_forms_that_are_understood(fer_home: Path) -> None:
    page = dialog("By hand")
    assert page.code[0].value == str(fer_home / "data")
    assert "python -m fer info PATH" in page.code[1].value
    text = words(page)
    for form in ("FER-2013 table", "column per pixel", "Class folders", "Parquet", "archive", "FER+ votes"):
        assert form in text


def bad_rows() -> None:
    from fer.errors import PartlyBadDatasetError
    from pages.parts.dataset import intake

    rows = [(f"row {row}", "value 300") for row in range(80)]
    intake.offer_good_rows(PartlyBadDatasetError("“faces.csv” has 80 bad rows.", 35_880, rows, 80))


def test_a_dataset_with_bad_rows_can_be_opened_without_them() -> None:
    page = opened(bad_rows)
    assert page.warning[0].value == "“faces.csv” has 80 bad rows."
    assert len(page.table[0].value) == PartlyBadDatasetError.SHOWN_BAD_ROWS
    assert "The first 50 of 80" in words(page)
    page.button(key="dataset.good_rows").click().run()
    assert page.session_state["workshop.view"].skip_bad
