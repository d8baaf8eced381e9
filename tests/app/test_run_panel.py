"""The panel of one run: every status, and folders in which something is missing or wrong."""

import json
import shutil
from collections.abc import Callable

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from fer import runs
from fer.emotions import EMOTIONS
from fer.runs import DatasetManifest, Run, RunRecorder, RunStatus
from tests.app.conftest import words
from tests.app.probed_run import VIEWS, a_run, open_panel


def button_keys(page: AppTest) -> set[str]:
    return {str(button.key) for button in page.button}


def progress_text(page: AppTest) -> str:
    return " ".join(str(element.proto.text) for element in page.get("progress"))


# ── every status ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("status", "view"),
    [
        *((status, "curves") for status in RunStatus),
        *((status, view) for status in (RunStatus.RUNNING, RunStatus.FINISHED) for view in VIEWS[1:]),
    ],
)
@pytest.mark.parametrize("epochs_done", [0, 3])
def test_every_status_and_every_view_is_drawn(
    status: RunStatus, view: str, epochs_done: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "start_next", lambda: None)
    run = a_run(status, epochs_done)
    assert run.status is status
    page = open_panel(run, view)
    assert not page.exception
    assert not page.error or status is RunStatus.FAILED
    assert [metric.value for metric in page.metric][:1] == [f"{epochs_done} of 5"]


def test_a_running_run_says_how_fast_it_is_how_long_it_takes_and_can_be_stopped() -> None:
    run = a_run(RunStatus.RUNNING)
    page = open_panel(run)
    assert "Epoch 4 of 5 · 321 images/s · about 2 min left" in progress_text(page)
    assert "best and the last" in page.button(key="training.stop").help
    page.button(key="training.stop").click().run()
    assert runs.load_run(run.id).status is RunStatus.STOPPING
    assert page.button(key="training.stop").disabled
    assert "are being kept" in words(page)


def test_a_waiting_run_says_for_whom_and_at_which_place_and_can_be_taken_out() -> None:
    a_run(RunStatus.RUNNING, name="First *one*")
    a_run(RunStatus.QUEUED, 0)
    run = a_run(RunStatus.QUEUED, 0)
    page = open_panel(run)
    assert "It waits for “First \\*one\\*" in page.info[0].value
    assert "number 2 of 2 in the queue" in page.info[0].value
    page.button(key="training.cancel").click().run()
    assert [waiting.id for waiting in runs.list_queue()] != [run.id]
    assert run.id not in {waiting.id for waiting in runs.list_queue()}


def test_a_waiting_run_begins_where_nobody_else_is_left_to_start_it(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[bool] = []
    monkeypatch.setattr(runs, "start_next", lambda: started.append(True))
    open_panel(a_run(RunStatus.QUEUED, 0))
    assert started


def test_a_paused_run_says_why_and_that_it_goes_on_by_itself() -> None:
    said = open_panel(a_run(RunStatus.PAUSED)).warning[0].value
    assert "goes on by itself" in said
    own = open_panel(a_run(RunStatus.PAUSED, error="The disk of the tests is full.")).warning[0].value
    assert own == "The disk of the tests is full."


@pytest.mark.parametrize("status", [RunStatus.STOPPED, RunStatus.FAILED, RunStatus.LOST])
def test_a_run_that_ended_early_can_be_resumed(status: RunStatus, monkeypatch: pytest.MonkeyPatch) -> None:
    resumed: list[str] = []
    monkeypatch.setattr(runs, "resume_run", resumed.append)
    run = a_run(status)
    open_panel(run).button(key="training.resume").click().run()
    assert resumed == [run.id]


def test_a_finished_run_can_be_trained_for_more_epochs(monkeypatch: pytest.MonkeyPatch) -> None:
    extended: list[tuple[str, int]] = []
    monkeypatch.setattr(runs, "extend_run", lambda run_id, epochs: extended.append((run_id, epochs)))
    run = a_run()
    page = open_panel(run)
    page.number_input(key="training.more_epochs").set_value(7).run()
    button = page.button(key="training.extend")
    assert button.label == "Train 7 more epochs"
    button.click().run()
    assert extended == [(run.id, 7)]
    # Without its last weights there is nothing to go on from.
    (run.folder / runs.LAST_FILE).unlink()
    assert "training.extend" not in button_keys(open_panel(run))


def test_the_next_steps_are_there_once_there_is_a_model() -> None:
    run = a_run()
    assert not {"training.evaluate", "training.live"} & button_keys(open_panel(run))
    (run.folder / runs.MODEL_FILE).touch()
    assert {"training.evaluate", "training.live", "training.again"} <= button_keys(open_panel(run))


def test_the_title_is_the_name_the_learner_gave_it_since() -> None:
    run = a_run(name="Before")
    runs.save_notes(run.folder, runs.RunNotes(name="My _best_ run"))
    assert open_panel(run).subheader[0].value.startswith("My \\_best\\_ run · ")


def test_the_page_settles_when_a_run_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    run = a_run(RunStatus.RUNNING)
    page = open_panel(run)
    RunRecorder(run.folder).finish(RunStatus.FINISHED)
    page.run()
    assert "Finished after 3 min" in page.success[0].value
    assert "training.stop" not in button_keys(page)


# ── what is missing or wrong ─────────────────────────────────────────────────────────────────────


def test_a_run_of_an_earlier_version_says_what_it_did_not_write_down() -> None:
    run = a_run(earlier=True)
    assert "the mean so far" in words(open_panel(run))
    assert "earlier version, which wrote down the accuracy of all faces only" in words(
        open_panel(run, "emotions")
    )
    assert "No faces were watched" in words(open_panel(run, "faces"))
    assert "Processor and memory were not written down" in words(open_panel(run, "machine"))


def test_before_the_first_epoch_each_view_says_what_it_waits_for() -> None:
    run = a_run(RunStatus.RUNNING, 0)
    assert "the first one is not through yet" in words(open_panel(run, "emotions"))
    assert "the first one is not through yet" in words(open_panel(run, "faces"))
    assert "The first step is not through yet" in words(open_panel(run, "machine"))


Damage = Callable[[Run], object]
DAMAGES: dict[str, tuple[Damage, str, str]] = {
    "the metrics are gone": (
        lambda run: (run.folder / runs.METRICS_FILE).unlink(),
        "curves",
        "curves are gone",
    ),
    "the metrics are a folder": (
        lambda run: [(run.folder / runs.METRICS_FILE).unlink(), (run.folder / runs.METRICS_FILE).mkdir()],
        "curves",
        "curves are gone",
    ),
    "the batches are gone": (
        lambda run: (run.folder / runs.BATCHES_FILE).unlink(),
        "machine",
        "Nothing was written down while it trained",
    ),
    "the faces file is torn": (
        lambda run: (run.folder / runs.FACES_FILE).write_text('{"title": "x", "emo'),
        "emotions",
        "faces.json is missing or damaged",
    ),
    "the faces file has other emotions": (
        lambda run: runs.save_manifest(
            run.folder, DatasetManifest("x", EMOTIONS[:3], {"validation": (1, 2)}, "")
        ),
        "emotions",
        "tells of 7 emotions and its faces.json of 3",
    ),
    "the answers are of other emotions": (
        lambda run: runs.save_manifest(run.folder, DatasetManifest("x", EMOTIONS[:3], {}, "")),
        "faces",
        "do not fit the 3 emotions",
    ),
    "the watched faces are damaged": (
        lambda run: (run.folder / runs.PROBES_FILE).write_bytes(b"PK\3\4 torn"),
        "faces",
        "watched.npz or answers.jsonl was damaged",
    ),
    "the watched faces are of other lengths": (
        lambda run: runs.save_probe_samples(
            run.folder, np.arange(11), np.zeros((4, 48, 48, 1), np.uint8), np.zeros(11, np.intp)
        ),
        "faces",
        "watched.npz or answers.jsonl was damaged",
    ),
    "the answers are of another number of faces": (
        lambda run: (run.folder / runs.ANSWERS_FILE).write_text('{"epoch": 1, "probabilities": [[1, 0]]}\n'),
        "faces",
        "There is no answer of the model to show",
    ),
    "the counts are of another number of emotions": (
        lambda run: runs.save_manifest(
            run.folder, DatasetManifest("x", EMOTIONS, {"validation": (1, 2)}, "")
        ),
        "emotions",
        "How many faces there are of each was not written down",
    ),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_folder_is_told_in_a_sentence_and_the_other_views_stay(damage: str) -> None:
    harm, view, sentence = DAMAGES[damage]
    run = a_run()
    harm(run)
    page = open_panel(run, view)
    assert not page.exception
    assert sentence in words(page) + "".join(str(success.value) for success in page.success)
    other = VIEWS[VIEWS.index(view) - 1]
    assert not open_panel(run, other).exception


def test_lines_that_were_torn_or_edited_harm_nothing() -> None:
    run = a_run()
    for name in (runs.METRICS_FILE, runs.BATCHES_FILE, runs.ANSWERS_FILE):
        whole = (run.folder / name).read_text().splitlines()
        edited = [json.dumps({**json.loads(whole[0]), "epoch": "x", "loss": "much", "train_loss": [1]})]
        (run.folder / name).write_text("\n".join([*whole, *edited, "null", whole[0][:30]]))
    for view in VIEWS:
        page = open_panel(run, view)
        assert not page.exception
        assert page.metric[0].value == "3 of 5"


def test_a_run_deleted_while_it_is_shown_is_a_sentence() -> None:
    run = a_run(RunStatus.RUNNING)
    page = open_panel(run)
    shutil.rmtree(run.folder)
    page.run()
    assert not page.exception
    assert "may have been deleted" in page.error[0].value
