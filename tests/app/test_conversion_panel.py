"""The panel that writes a dataset in another form, with a bar per emotion."""

import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from fer.cli.commands import parse
from fer.cli.options import view_of
from fer.config import DatasetView, SplitPlan
from fer.datasets import load_dataset
from fer.datasets.convert import convert
from fer.system import jobs, paths, processes
from tests.app.conftest import words

JOB = "convert-small.csv"


def panel() -> None:
    import streamlit as st

    from fer.datasets import load_dataset
    from pages.parts.dataset import conversion

    conversion.conversion_view(load_dataset(st.session_state["workshop.dataset"]))


@pytest.fixture
def opened(csv_in_data: Callable[[str], str]) -> Callable[..., AppTest]:
    """A function that shows the panel for a small CSV, with more of the session if wanted."""
    csv_in_data("small")

    def show(**session: object) -> AppTest:
        page = AppTest.from_function(panel, default_timeout=60)
        page.session_state["workshop.dataset"] = "small.csv"
        for key, value in session.items():
            page.session_state[f"workshop.{key}"] = value
        page.run()
        assert not page.exception
        return page

    return show


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """What the jobs that were started were given; none of them runs."""
    seen: list[list[str]] = []
    monkeypatch.setattr(jobs, "start_job", lambda job, title, arguments: seen.append(list(arguments)))
    return seen


def write_job(**files: str) -> None:
    """The folder of the conversion's job, as its process left it."""
    folder = paths.cache_folder() / "jobs" / JOB
    folder.mkdir(parents=True)
    about = {"title": "Writing small.parquet", "started_at": time.time(), **processes.this_process()}
    (folder / "job.json").write_text(json.dumps(about))
    for name, content in files.items():
        (folder / name.replace("_", ".")).write_text(content)


Opened = Callable[..., AppTest]


@pytest.mark.parametrize(
    ("form", "name"),
    [
        ("folders", "small"),
        ("fer-csv", "small-2.csv"),
        ("wide-csv", "small.wide.csv"),
        ("parquet", "small.parquet"),
    ],
)
def test_each_form_is_written_under_a_name_that_is_free(
    opened: Opened, started: list[list[str]], form: str, name: str
) -> None:
    page = opened()
    page.radio(key="dataset.convert_form").set_value(form).run()
    assert f"data/{name}" in page.code[0].value
    page.button(key="dataset.convert").click().run()
    assert not page.exception
    assert started == [["convert", "small.csv", str(paths.data_folder() / name)]]


def test_a_seed_shuffles_and_the_state_that_is_open_goes_along(
    opened: Opened, started: list[list[str]]
) -> None:
    view = DatasetView("my edition", "majority", SplitPlan(0.2, 0.15, keep_test=False, seed=7), skip_bad=True)
    page = opened(view=view)
    page.button_group(key="dataset.convert_order").set_value("Shuffled").run()
    page.number_input(key="dataset.convert_seed").set_value(3).run()
    assert '--edition "my edition"' in page.code[0].value
    page.button(key="dataset.convert").click().run()
    options = parse(started[0])
    assert view_of(options) == view
    assert (options.seed, options.source) == (3, "small.csv")

    page.checkbox(key="dataset.convert_state").uncheck().run()
    page.button(key="dataset.convert").click().run()
    options = parse(started[1])
    assert view_of(options) == DatasetView(skip_bad=True)


def test_a_dataset_as_it_came_has_no_state_to_choose(opened: Opened) -> None:
    page = opened(view=DatasetView(skip_bad=True))
    assert not page.checkbox
    assert page.code[0].value == "python -m fer convert small.csv data/small --skip-bad"


def test_a_name_that_is_taken_or_leads_elsewhere_is_not_written(
    opened: Opened, started: list[list[str]]
) -> None:
    page = opened()
    page.radio(key="dataset.convert_form").set_value("fer-csv").run()
    page.text_input(key="dataset.convert_name.small.csv.fer-csv").set_value("small").run()
    assert page.button(key="dataset.convert").disabled
    assert "There is a “small.csv” in data already" in words(page)
    page.text_input(key="dataset.convert_name.small.csv.fer-csv").set_value("../small").run()
    page.button(key="dataset.convert").click().run()
    assert "cannot be a file name" in page.error[0].value
    assert started == []


def test_every_emotion_has_a_bar_while_it_is_written(opened: Opened) -> None:
    message = "happy 3 of 6 · angry 6 of 6 · disgust 0 of 1,206"
    write_job(progress_json=json.dumps({"fraction": 0.5, "message": message}))
    page = opened()
    bars = page.get("progress")
    assert [bar.proto.text for bar in bars[1:]] == [
        "Angry · 6 of 6",
        "Disgust · 0 of 1,206",
        "Happy · 3 of 6",
    ]
    assert [bar.proto.value for bar in bars[1:]] == [100, 0, 50]
    assert not page.radio


def test_what_the_work_says_before_the_first_face_is_shown_as_it_is(opened: Opened) -> None:
    write_job(progress_json='{"fraction": 0.05, "message": "Reading small.csv"}')
    page = opened()
    assert "Reading small.csv" in words(page)
    assert len(page.get("progress")) == 1


def test_what_was_written_can_be_opened_and_taken_along(opened: Opened) -> None:
    target = paths.data_folder() / "small.parquet"
    page_before = opened()
    convert(load_dataset("small.csv"), target)
    result = {"target": str(target), "form": "parquet", "count": 42, "lost": ["The votes are not in it."]}
    write_job(result_json=json.dumps(result))
    page = page_before.run()
    assert not page.exception
    text = words(page)
    assert "**small.parquet** is written, with 42 faces" in text
    assert "The votes are not in it." in text
    assert len(page.get("download_button")) == 1
    page.button(key=f"{JOB}.open").click().run()
    assert not page.exception
    assert page.session_state["workshop.dataset"] == "small.parquet"
    assert jobs.read_job(JOB) is None


@pytest.mark.parametrize(
    ("error", "told"), [("The disk is full: …", "The disk is full"), ("", "nothing of it was kept")]
)
def test_a_conversion_that_failed_or_was_stopped_says_so_until_it_is_closed(
    opened: Opened, error: str, told: str
) -> None:
    write_job(error_txt=error)
    page = opened()
    assert told in words(page)
    page.button(key=f"{JOB}.close").click().run()
    assert told not in words(page)
    assert page.radio


def test_a_dataset_elsewhere_is_written_into_data_as_well(
    opened: Opened, started: list[list[str]], tmp_path: Path
) -> None:
    elsewhere = tmp_path / "Ünïcode faces.csv"
    elsewhere.write_bytes((paths.data_folder() / "small.csv").read_bytes())
    page = opened(dataset=str(elsewhere))
    page.button(key="dataset.convert").click().run()
    assert not page.error
    assert started[0][1:] == [str(elsewhere), str(paths.data_folder() / "n-code faces")]
