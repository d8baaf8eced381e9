"""The panel of one run: every status, every view, and folders in which something is missing or wrong."""

import json
import os
import shutil
from collections.abc import Callable
from typing import Any

import numpy as np
import psutil
import pytest
from streamlit.testing.v1 import AppTest

from fer import figures, machine, runs
from fer.config import AugmentationConfig, TrainingConfig
from fer.datasets import Dataset, Split
from fer.emotions import EMOTIONS
from fer.runs import BatchMetrics, EpochMetrics, Run, RunRecorder, RunStatus, TrainedOn, WatchedFaces
from pages.parts import caches, live_chart
from pages.parts.training import answers_replay, diagnosis_panel
from tests.app.conftest import words
from tests.conftest import dataset_of

VIEWS = ("curves", "emotions", "faces", "machine", "log", "settings")
NAN = float("nan")


def script() -> None:
    import streamlit as st

    from fer import runs
    from pages.parts import notices
    from pages.parts.training import run_panel

    with notices.shown():
        run = runs.load_run(st.session_state["run"])
    run_panel.show(run)


def open_panel(run: Run, view: str = "curves", **state: object) -> AppTest:
    page = AppTest.from_function(script, default_timeout=60)
    page.session_state["run"] = run.id
    page.session_state["run.view"] = view
    for key, value in state.items():
        page.session_state[key.replace("__", ".")] = value
    return page.run()


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> dict[str, dict[str, Any]]:
    """What the panel's charts were given, by their keys; AppTest knows no components."""
    charts: dict[str, dict[str, Any]] = {}

    def draw(figure: object, key: str, **details: Any) -> None:
        charts[key] = {"figure": figure, **details}

    monkeypatch.setattr(live_chart, "show", draw)
    return charts


@pytest.fixture
def replayed(monkeypatch: pytest.MonkeyPatch) -> list[WatchedFaces]:
    """The watched faces that were shown."""
    shown: list[WatchedFaces] = []
    monkeypatch.setattr(answers_replay, "show", lambda watched, *_, **__: shown.append(watched))
    return shown


def watched_dataset() -> Dataset:
    return dataset_of([label for label in range(7) for _ in range(3)], [Split.VALIDATION] * 21)


def a_run(
    status: RunStatus = RunStatus.FINISHED,
    epochs_done: int = 3,
    *,
    error: str = "",
    earlier: bool = False,
    **config: object,
) -> Run:
    """A run folder as a training process leaves it; `earlier` as a process of an earlier version did."""
    run = runs.create_run(TrainingConfig(**{"epochs": 5, **config}))  # type: ignore[arg-type]
    recorder = RunRecorder(run.folder)
    recorder.stage(f"Epoch {epochs_done + 1} of 5")
    faces = watched_dataset()
    if not earlier:
        counts = {"train": (9,) * 7, "validation": (3,) * 7}
        runs.save_trained_on(run.folder, TrainedOn("Small", EMOTIONS, counts, "abc"))
        rows = np.arange(0, 21, 2)
        runs.save_watched(run.folder, rows, faces.images[rows], faces.labels[rows])
    for epoch in range(1, epochs_done + 1):
        lately = () if earlier else (1.4, 0.42, 1e-3, 80.0, 900.0)
        recorder.record_batch(BatchMetrics(epoch, 4, 4, 1.5, 0.4, 321.0, float(epoch), *lately))
        shares = () if earlier else tuple(0.1 * index + epoch / 20 for index in range(7))
        accuracy = 0.3 + epoch / 10
        recorder.record_epoch(
            EpochMetrics(epoch, 1.5 / epoch, 0.4 + epoch / 20, 1.6, accuracy, 1e-3, 60.0, shares)
        )
        if not earlier:
            runs.record_answers(run.folder, epoch, np.full((11, 7), 1 / 7, np.float32))
        (run.folder / runs.LAST_FILE).touch()
    if status in (RunStatus.PAUSED, RunStatus.STARTING, RunStatus.QUEUED):
        set_status(run, status=status, error=error, **({"process_id": None} if not status.is_active else {}))
    elif status is RunStatus.STOPPING:
        (run.folder / runs.STOP_FILE).touch()
    elif status is RunStatus.LOST:
        set_status(run, process_created=0)
    elif not status.is_active:
        recorder.finish(status, error)
    return runs.load_run(run.id)


def set_status(run: Run, **changes: object) -> None:
    path = run.folder / runs.STATUS_FILE
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


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


# ── the views ────────────────────────────────────────────────────────────────────────────────────


def test_the_curves_come_with_figures_beside_them_and_words_for_a_screen_reader(
    drawn: dict[str, dict[str, Any]],
) -> None:
    open_panel(a_run())
    assert list(drawn) == ["run.accuracy", "run.loss", "run.learning_rate"]
    training, validation = drawn["run.accuracy"]["readings"]
    assert (training.name, validation.name) == ("training", "validation")
    assert (validation.now, validation.least, validation.most) == pytest.approx((0.6, 0.4, 0.6))
    assert drawn["run.accuracy"]["reading_format"](0.6) == "60.0%"
    assert "Best validation accuracy 60.0%, in epoch 3" in drawn["run.accuracy"]["description"]


def test_what_was_diagnosed_is_marked_on_the_curves(
    drawn: dict[str, dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    from fer import diagnosis
    from fer.diagnosis import Evidence, Finding, FindingKind

    evidence = (Evidence("loss", 2, 3, "it rises"), Evidence("classes", 1, 3, "disgust is never said"))
    finding = Finding(FindingKind.OVERFITTING, "It learns by heart", "So.", evidence, ())
    monkeypatch.setattr(diagnosis, "diagnose", lambda *_: (finding,))
    seen: list[int] = []
    monkeypatch.setattr(diagnosis_panel, "show", lambda run, metrics, batches: seen.append(len(metrics)))
    run = a_run()
    open_panel(run)
    assert "it rises" in [note.text for note in drawn["run.loss"]["figure"].layout.annotations]
    assert "it rises" in drawn["run.loss"]["description"]
    assert seen == [3]
    page = open_panel(run, "emotions")
    assert drawn["run.emotions"]["figure"].layout.shapes
    assert "Disgust is never said." in words(page)


def test_a_loss_that_is_no_number_is_told_in_words(drawn: dict[str, dict[str, Any]]) -> None:
    run = a_run(RunStatus.FAILED, 2, error="The loss is no longer a number.")
    recorder_lines = run.folder / runs.METRICS_FILE
    row = json.loads(recorder_lines.read_text().splitlines()[-1])
    with recorder_lines.open("a") as lines:
        for epoch, loss in ((3, NAN), (4, float("inf"))):
            changed = {**row, "epoch": epoch, "train_loss": loss, "validation_loss": loss}
            lines.write(json.dumps({**changed, "validation_accuracy": NAN}) + "\n")
    page = open_panel(run)
    assert not page.exception
    assert "In epochs 3 and 4 a loss was no number" in page.warning[0].value
    assert list(drawn["run.loss"]["figure"].data[2].y) == [1.6, 1.6, None, None]
    assert page.metric[1].value == "50.0%"


def test_each_emotion_is_told_with_its_number_of_faces(drawn: dict[str, dict[str, Any]]) -> None:
    page = open_panel(a_run(), "emotions")
    assert "**neutral** best (75%) and **angry** least (15%)" in words(page)
    assert "disgust 25%" in drawn["run.emotions"]["description"]
    notes = drawn["run.emotions"]["narrow"].layout.annotations
    assert "<b>disgust</b><br>25% of 3" in {note.text for note in notes}


def test_the_watched_faces_are_shown_with_every_answer(replayed: list[WatchedFaces]) -> None:
    page = open_panel(a_run(), "faces")
    assert replayed[0].epochs.tolist() == [1, 2, 3]
    assert "never trains on" in words(page)


def test_the_machine_is_told_with_what_it_has_left(
    drawn: dict[str, dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    page = open_panel(a_run(), "machine")
    assert page.metric[3].value == str(psutil.cpu_count())
    assert page.metric[5].value.endswith(" GB")
    assert [reading.now for reading in drawn["run.machine"]["readings"]] == [321.0, 80.0, 0.9]
    assert machine.read_machine().free_memory > 0


def test_the_settings_are_a_table_in_which_the_unusual_stands_out() -> None:
    config = {"dropout": 0.3, "loss": "focal", "augmentation": AugmentationConfig(rotation_degrees=12.0)}
    run = a_run(**config)
    page = open_panel(run, "settings")
    rows = {row["Setting"]: row for row in page.table[0].value.to_dict("records")}
    assert rows["Dropout"] == {"Setting": "Dropout", "This run": "**0.3**", "Usual": "0"}
    assert rows["Loss"]["This run"] == "**Focal**"
    assert rows["Augmentation: rotation, degrees"]["This run"] == "**12**"
    assert rows["Early stopping"] == {"Setting": "Early stopping", "This run": "never", "Usual": ""}
    page.toggle(key="run.settings_changed").set_value(True).run()
    assert len(page.table[0].value) == 4  # the epochs too
    assert page.get("download_button")
    assert "no logs for TensorBoard" in words(page)
    (run.folder / runs.TENSORBOARD_FOLDER).mkdir()
    assert (
        f'tensorboard --logdir "{run.folder / runs.TENSORBOARD_FOLDER}"'
        in open_panel(run, "settings").code[0].value
    )


def test_the_log_is_there() -> None:
    run = a_run()
    (run.folder / runs.LOG_FILE).write_text("Something was said.\n")
    assert open_panel(run, "log").code[0].value == "Something was said."


def test_the_chosen_view_stays_through_a_refresh() -> None:
    page = open_panel(a_run(RunStatus.RUNNING))
    page.segmented_control(key="run.view").set_value("settings").run()
    page.run()
    assert page.segmented_control(key="run.view").value == "settings"
    assert page.table


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
        lambda run: runs.save_trained_on(
            run.folder, TrainedOn("x", EMOTIONS[:3], {"validation": (1, 2)}, "")
        ),
        "emotions",
        "tells of 7 emotions and its faces.json of 3",
    ),
    "the answers are of other emotions": (
        lambda run: runs.save_trained_on(run.folder, TrainedOn("x", EMOTIONS[:3], {}, "")),
        "faces",
        "do not fit the 3 emotions",
    ),
    "the watched faces are damaged": (
        lambda run: (run.folder / runs.WATCHED_FILE).write_bytes(b"PK\3\4 torn"),
        "faces",
        "watched.npz or answers.jsonl was damaged",
    ),
    "the watched faces are of other lengths": (
        lambda run: runs.save_watched(
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
        lambda run: runs.save_trained_on(run.folder, TrainedOn("x", EMOTIONS, {"validation": (1, 2)}, "")),
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


# ── what is kept and what is sent ────────────────────────────────────────────────────────────────


def test_the_curves_of_a_run_are_read_on_and_not_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    run = a_run(RunStatus.RUNNING)
    assert len(caches.run_curves(run).metrics) == 3
    parsed: list[int] = []
    parse = runs.curves.parse_rows  # type: ignore[attr-defined]
    monkeypatch.setattr(
        "fer.runs.curves.parse_rows", lambda lines, kind: parsed.append(len(lines)) or parse(lines, kind)
    )
    RunRecorder(run.folder).record_batch(BatchMetrics(4, 1, 4, 1.5, 0.4, 321.0, 9.0))
    assert caches.run_curves(run).batches[-1].epoch == 4
    assert sum(parsed) == 1


def test_a_chart_keeps_its_zoom_by_the_run_and_carries_no_template(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[dict[str, Any]] = []
    monkeypatch.setattr(live_chart, "_component", lambda *, key, data: sent.append(data))
    figure = figures.curves_figure([], [], 5, "loss")
    reading = figures.Reading("training", "#8a8f98", None, 0.5, 1.25)
    live_chart.show(figure, "k", revision="a run", description="Loss.", readings=[reading])
    assert sent[0]["layout"]["uirevision"] == "a run"
    assert sent[0]["readings"] == [
        {"name": "training", "color": "#8a8f98", "now": "–", "least": "0.500", "most": "1.250"}
    ]
    assert sent[0]["narrow"] is None
    assert len(json.dumps(sent[0])) < 4_000


def test_a_replay_carries_all_faces_and_no_more_epochs_than_a_slider_has_places(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sent: list[dict[str, Any]] = []
    monkeypatch.setattr(answers_replay, "_component", lambda *, key, data: sent.append(data))
    faces = watched_dataset()
    rows = np.arange(16)
    count = 1000
    probabilities = np.zeros((count, 16, 7), np.float32)
    probabilities[:, :, 3] = 0.756
    probabilities[:, 0, :] = NAN
    watched = WatchedFaces(
        rows, faces.images[rows], faces.labels[rows], np.arange(1, count + 1), probabilities
    )
    answers_replay.show(watched, EMOTIONS, "k", "a run")
    data = sent[0]
    assert (data["epochs"][0], data["epochs"][-1]) == (1, count)
    assert len(data["epochs"]) == len(data["answers"]) <= 151
    assert (data["answers"][-1][1], data["percents"][-1][1]) == (3, 76)
    assert [face["label"] for face in data["faces"]] == faces.labels[rows].tolist()
    assert data["emotions"][3] == {"name": "happy", "color": EMOTIONS[3].color}
    json.dumps(data, allow_nan=False)


def test_one_look_each_second_leaves_no_file_open() -> None:
    run = a_run(RunStatus.RUNNING)
    open_panel(run)
    before = psutil.Process(os.getpid()).num_fds() if os.name == "posix" else 0
    for _ in range(3):
        open_panel(run)
    assert os.name != "posix" or psutil.Process(os.getpid()).num_fds() <= before + 2
