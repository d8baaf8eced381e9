"""The training page without a browser and without TensorFlow: its form, and every state a run can be in."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from fer import datasets, runs
from fer.config import DEFAULT_AUGMENTATION, DatasetView, SplitPlan, TrainingConfig
from fer.datasets import load_dataset
from fer.datasets.dataset import VOTE_NAMES
from fer.datasets.editions import create_edition
from fer.errors import StorageError
from fer.runs import BatchMetrics, EpochMetrics, Run, RunRecorder, RunStatus
from fer.system import paths
from tests.conftest import PROJECT_ROOT
from tests.corrections import exclude


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[TrainingConfig]]:
    """The configs the page started; their runs get a folder but no process."""
    configs: list[TrainingConfig] = []

    def submit(config: TrainingConfig) -> Run:
        configs.append(config)
        return runs.create_run(config)

    monkeypatch.setattr(runs, "submit_run", submit)
    yield configs


def open_page(**state: object) -> AppTest:
    page = AppTest.from_file(str(PROJECT_ROOT / "app.py"), default_timeout=60)
    page.switch_page("pages/3_training.py")
    for key, value in state.items():
        page.session_state[key.replace("__", ".")] = value
    return page.run()


def a_run(
    status: RunStatus, epochs_done: int = 3, *, error: str = "", lost: bool = False, **config: object
) -> Run:
    """A run folder as a training process would have left it; active ones are kept alive by this process."""
    run = runs.create_run(TrainingConfig(**{"epochs": 5, "dataset": "small", **config}))  # type: ignore[arg-type]
    recorder = RunRecorder(run.folder)
    recorder.stage("Epoch 1 of 5")
    for epoch in range(1, epochs_done + 1):
        recorder.record_batch(BatchMetrics(epoch, 4, 4, 1.5, 0.4, 321.0, float(epoch)))
        recorder.record_epoch(
            EpochMetrics(epoch, 1.5 / epoch, 0.4 + epoch / 20, 1.6, 0.3 + epoch / 10, 1e-3, 60.0)
        )
        (run.folder / runs.LAST_FILE).touch()
    if lost:
        content = json.loads((run.folder / runs.STATUS_FILE).read_text())
        (run.folder / runs.STATUS_FILE).write_text(json.dumps({**content, "process_created": 0}))
    elif not status.is_active:
        recorder.finish(status, error)
    return runs.load_run(run.id)


def words(page: AppTest) -> str:
    """Everything the page says, in one string."""
    kinds = ("title", "header", "subheader", "markdown", "caption", "success", "info", "warning", "error")
    return "\n".join(str(element.value) for kind in kinds for element in getattr(page, kind))


def has_button(page: AppTest, key: str) -> bool:
    return any(button.key == key for button in page.button)


def test_without_a_run_the_page_offers_the_form_and_says_what_will_come() -> None:
    page = open_page()
    assert not page.exception
    assert "No run yet" in words(page)
    assert page.slider(key="training.epochs").value == 10
    assert page.select_slider(key="training.batch_size").value == 64
    assert page.toggle(key="training.augment").value is True
    assert all(
        widget.help
        for widget in [
            *page.slider,
            *page.select_slider,
            *page.toggle,
            *page.number_input,
            *page.text_input,
            *page.selectbox,
        ]
    )


def test_the_form_becomes_one_config_and_starts_one_run(
    csv_in_data: Callable[[str], str], started: list[TrainingConfig]
) -> None:
    name = f"{csv_in_data('small')}.csv"
    page = open_page()
    page.selectbox(key="training.dataset").select(name)
    page.slider(key="training.epochs").set_value(3)
    page.select_slider(key="training.batch_size").set_value(16)
    page.select_slider(key="training.learning_rate").set_value(3e-3)
    page.number_input(key="training.seed").set_value(7)
    page.text_input(key="training.name").input(" First try ")
    page.toggle(key="training.balance_classes").set_value(True)
    press_start(page)
    assert not page.exception
    assert started == [
        TrainingConfig(
            dataset=name,
            epochs=3,
            batch_size=16,
            learning_rate=3e-3,
            seed=7,
            name="First try",
            balance_classes=True,
            augmentation=DEFAULT_AUGMENTATION,
        )
    ]
    assert "First try" in page.subheader[0].value
    assert "loading TensorFlow" in progress_text(page)
    assert has_button(page, "training.start")
    assert "Add to the queue" in labels(page)


def test_an_edition_and_splits_chosen_here_or_there_go_into_the_run(
    csv_in_data: Callable[[str], str], started: list[TrainingConfig]
) -> None:
    name = f"{csv_in_data('small')}.csv"
    for edition in ("Mine", "Yours"):
        create_edition(name, edition)
    exclude(load_dataset(name), "Mine", [0, 1])
    view = DatasetView(edition="Yours", splits=SplitPlan(0.2))
    page = open_page(workshop__dataset=name, workshop__view=view)
    assert page.selectbox(key="training.edition").value == "Yours"
    assert page.selectbox(key="training.edition").options == ["Original", "Mine", "Yours"]
    assert "20 % of all but the test faces for validation" in words(page)
    page.selectbox(key="training.edition").select("Mine").run()
    page.select_slider(key="training.batch_size").set_value(8)
    press_start(page)
    assert not page.exception
    assert started[0].view == DatasetView(edition="Mine", splits=SplitPlan(0.2))
    run = runs.list_runs()[0]
    edition = runs.edition_of(run.folder, run.config)
    assert edition is not None
    assert edition.excluded == 2
    assert "edition “Mine”, 20 % of all but the test faces" in words(page)
    assert list(page.dataframe[0].value["Faces"]) == ["small.csv · Mine · own splits"]


def test_another_dataset_has_its_own_editions(csv_in_data: Callable[[str], str]) -> None:
    for stem in ("one", "two"):
        create_edition(f"{csv_in_data(stem)}.csv", f"of {stem}")
    page = open_page(workshop__dataset="one.csv", workshop__view=DatasetView(edition="of one"))
    page.selectbox(key="training.dataset").select("two.csv").run()
    assert not page.exception
    assert page.selectbox(key="training.edition").options == ["Original", "of two"]
    assert page.selectbox(key="training.edition").value == ""
    assert page.session_state["workshop.view"] == DatasetView()


def test_an_edition_that_is_gone_is_told_and_not_used(csv_in_data: Callable[[str], str]) -> None:
    csv_in_data("small")
    page = open_page(workshop__dataset="small.csv", workshop__view=DatasetView(edition="Gone"))
    assert not page.exception
    assert "“Gone” cannot be read any more" in page.warning[0].value
    assert page.session_state["workshop.view"] == DatasetView()


def test_the_votes_are_offered_where_there_are_any(
    csv_in_data: Callable[[str], str], monkeypatch: pytest.MonkeyPatch, started: list[TrainingConfig]
) -> None:
    csv_in_data("small")
    assert not open_page(workshop__dataset="small.csv").segmented_control
    # A vote of ten for the label of each face.
    faces = load_dataset("small.csv")
    column = [VOTE_NAMES.index(name) for name in ("anger", "disgust", "fear", "happiness", "sadness")]
    column += [VOTE_NAMES.index("surprise"), VOTE_NAMES.index("neutral")]
    votes = 10 * np.eye(10, dtype=np.uint8)[np.array(column)[faces.labels]]
    monkeypatch.setattr(datasets, "load_dataset", lambda *_, **__: replace(faces, votes=votes))
    st.cache_resource.clear()
    page = open_page(workshop__dataset="small.csv")
    page.segmented_control(key="training.labels").set_value("votes").run()
    page.select_slider(key="training.batch_size").set_value(8)
    press_start(page)
    assert not page.exception
    assert started[0].view == DatasetView(labels="votes")


def test_using_the_settings_of_a_run_again_brings_its_edition_and_splits_back(
    csv_in_data: Callable[[str], str],
) -> None:
    name = f"{csv_in_data('small')}.csv"
    create_edition(name, "Mine")
    view = DatasetView(edition="Mine", splits=SplitPlan(0.25, keep_test=False, seed=3))
    a_run(RunStatus.FINISHED, 5, dataset=name, view=view)
    page = open_page(workshop__dataset=name)
    assert page.selectbox(key="training.edition").value == ""
    page.button(key="training.again").click().run()
    assert not page.exception
    assert page.selectbox(key="training.edition").value == "Mine"
    assert page.session_state["workshop.view"] == view


def test_a_batch_larger_than_the_training_set_is_refused_before_anything_starts(
    csv_in_data: Callable[[str], str], started: list[TrainingConfig]
) -> None:
    name = f"{csv_in_data('small')}.csv"
    page = open_page()
    page.selectbox(key="training.dataset").select(name)
    page.select_slider(key="training.batch_size").set_value(256)
    page.run()
    assert "A batch of 256 faces cannot be drawn from 28 training faces" in page.error[0].value
    assert page.button(key="training.start").disabled
    assert started == []


def test_a_start_pressed_in_a_second_tab_waits_for_its_turn(csv_in_data: Callable[[str], str]) -> None:
    csv_in_data("small")
    page = open_page(workshop__dataset="small.csv")
    page.select_slider(key="training.batch_size").set_value(8).run()
    active = a_run(RunStatus.RUNNING, name="Quicker")
    press_start(page)
    assert not page.exception
    assert page.subheader[0].value == active.title
    assert [run.config.batch_size for run in runs.list_queue()] == [8]
    assert "number 1 in the queue" in page.toast[0].value
    assert "One run waits for its turn" in words(page)


def test_a_full_disk_is_told_and_the_rest_of_the_page_stays(
    csv_in_data: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(config: TrainingConfig) -> Run:
        raise StorageError("The disk is full: “config.json” could not be saved.")

    csv_in_data("small")
    a_run(RunStatus.FINISHED, 5)
    monkeypatch.setattr(runs, "submit_run", full)
    page = open_page(workshop__dataset="small.csv")
    page.select_slider(key="training.batch_size").set_value(8).run()
    press_start(page)
    assert "The disk is full" in page.error[0].value
    assert "All runs" in words(page)


def test_a_running_run_shows_its_speed_and_can_be_stopped() -> None:
    run = a_run(RunStatus.RUNNING)
    page = open_page()
    assert not page.exception
    assert "321 images/s · about 2 min left" in progress_text(page)
    assert [metric.value for metric in page.metric] == ["3 of 5", "60.0\u00a0%", "55.0\u00a0%"]
    page.button(key="training.stop").click().run()
    assert (run.folder / runs.STOP_FILE).exists()
    assert page.button(key="training.stop").disabled


def test_a_finished_run_leads_on_to_evaluation_and_live() -> None:
    run = a_run(RunStatus.FINISHED, 5)
    (run.folder / runs.MODEL_FILE).touch()
    page = open_page()
    assert not page.exception
    assert "Finished after 5 min. Epoch 5 is the model" in page.success[0].value
    assert has_button(page, "training.evaluate")
    assert has_button(page, "training.live")
    assert not has_button(page, "training.resume")


def test_a_lost_run_keeps_its_curves_and_can_be_resumed(monkeypatch: pytest.MonkeyPatch) -> None:
    run = a_run(RunStatus.RUNNING, lost=True)
    resumed: list[str] = []
    monkeypatch.setattr(runs, "resume_run", resumed.append)
    page = open_page()
    assert not page.exception
    assert "gone without a word" in page.warning[0].value
    assert page.metric[0].value == "3 of 5"
    page.button(key="training.resume").click().run()
    assert resumed == [run.id]


def test_a_failed_run_says_why_and_its_settings_can_be_used_again() -> None:
    a_run(RunStatus.FAILED, 0, error="The loss is no longer a number.", learning_rate=0.07, weight_decay=1e-4)
    page = open_page()
    assert page.error[0].value == "The loss is no longer a number."
    page.button(key="training.again").click().run()
    assert not page.exception
    assert page.select_slider(key="training.learning_rate").value == 0.07
    assert page.toggle(key="training.augment").value is False
    assert "weight decay 0.0001" in words(page)


def test_a_stopped_run_without_an_epoch_offers_nothing_to_resume() -> None:
    a_run(RunStatus.STOPPED, 0)
    page = open_page()
    assert "there is no model yet" in page.info[0].value
    assert not has_button(page, "training.resume")


def test_a_damaged_folder_is_named_and_harms_nothing() -> None:
    broken = paths.runs_folder() / "20260101-000000-mini_xception"
    broken.mkdir(parents=True)
    (broken / runs.CONFIG_FILE).write_text("{ torn")
    a_run(RunStatus.FINISHED, 5)
    page = open_page()
    assert not page.exception
    assert broken.name in page.warning[0].value
    assert "Finished" in page.success[0].value


def test_an_earlier_run_can_be_looked_at_while_another_one_trains() -> None:
    earlier = a_run(RunStatus.FINISHED, 5, name="Earlier")
    active = a_run(RunStatus.RUNNING, name="Now")
    page = open_page(workshop__run=earlier.id)
    assert "Earlier" in page.subheader[0].value
    page.button(key="training.to_active").click().run()
    assert page.subheader[0].value == active.title


def test_the_list_names_every_run_newest_first() -> None:
    a_run(RunStatus.FINISHED, 5, name="Older")
    a_run(RunStatus.STOPPED, 2, name="Newer")
    rows = open_page().dataframe[0].value
    assert [title.split(" · ")[0] for title in rows["Run"]] == ["Newer", "Older"]
    assert list(rows["Status"]) == ["stopped", "finished"]
    assert rows["Best validation accuracy"].tolist() == pytest.approx([0.5, 0.8])


def test_a_run_trained_by_another_version_still_shows() -> None:
    run = a_run(RunStatus.FINISHED, 5, dataset=str(Path("/somewhere") / "faces.csv"))
    page = open_page(workshop__run=run.id)
    assert not page.exception
    assert "on faces.csv" in words(page)


def press_start(page: AppTest) -> None:
    page.run()  # the form looks at what was chosen before its button can be pressed
    page.button(key="training.start").click().run()


def labels(page: AppTest) -> list[str]:
    return [button.label for button in page.button]


def progress_text(page: AppTest) -> str:
    return " ".join(str(element.proto.text) for element in page.get("progress"))
