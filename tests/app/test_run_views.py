"""The views of a run's panel: what each shows, what is kept between looks, and what the browser is sent."""

import json
from typing import Any

import numpy as np
import psutil
import pytest

from fer import figures, runs
from fer.config import AugmentationConfig
from fer.emotions import EMOTIONS
from fer.runs import BatchMetrics, ProbeSamples, RunRecorder, RunStatus
from pages.parts import caches, live_chart
from pages.parts.training import answers_replay, diagnosis_panel
from tests.app.conftest import words
from tests.app.probed_run import a_run, open_panel, watched_dataset

NAN = float("nan")


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> dict[str, dict[str, Any]]:
    """What the panel's charts were given, by their keys; AppTest knows no components."""
    charts: dict[str, dict[str, Any]] = {}

    def draw(figure: object, key: str, **details: Any) -> None:
        charts[key] = {"figure": figure, **details}

    monkeypatch.setattr(live_chart, "draw_chart", draw)
    return charts


@pytest.fixture
def replayed(monkeypatch: pytest.MonkeyPatch) -> list[ProbeSamples]:
    """The watched faces that were shown."""
    shown: list[ProbeSamples] = []
    monkeypatch.setattr(answers_replay, "show", lambda watched, *_, **__: shown.append(watched))
    return shown


def test_the_curves_come_with_figures_beside_them_and_words_for_a_screen_reader(
    drawn: dict[str, dict[str, Any]],
) -> None:
    open_panel(a_run())
    assert list(drawn) == ["run.accuracy", "run.loss", "run.learning_rate"]
    training, validation = drawn["run.accuracy"]["readings"]
    assert (training.name, validation.name) == ("training", "validation")
    assert (validation.now, validation.least, validation.most) == pytest.approx((0.6, 0.4, 0.6))
    assert drawn["run.accuracy"]["reading_format"](0.6) == "60.0\u00a0%"
    assert "Best validation accuracy 60.0\u00a0%, in epoch 3" in drawn["run.accuracy"]["description"]


def test_what_was_diagnosed_is_marked_on_the_curves(
    drawn: dict[str, dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    from fer.runs import diagnosis
    from fer.runs.diagnosis import Evidence, Finding, FindingKind

    evidence = (Evidence("loss", 2, 3, "it rises"), Evidence("classes", 1, 3, "disgust is never said"))
    finding = Finding(FindingKind.OVERFITTING, "It learns by heart", "So.", evidence, ())
    monkeypatch.setattr(diagnosis, "diagnose", lambda *_: (finding,))
    seen: list[tuple[Finding, ...]] = []
    monkeypatch.setattr(diagnosis_panel, "show", lambda run, findings: seen.append(findings))
    run = a_run()
    open_panel(run)
    assert "it rises" in [note.text for note in drawn["run.loss"]["figure"].layout.annotations]
    assert "it rises" in drawn["run.loss"]["description"]
    assert seen == [(finding,)]
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
    assert page.metric[1].value == "50.0\u00a0%"


def test_each_emotion_is_told_with_its_number_of_faces(drawn: dict[str, dict[str, Any]]) -> None:
    page = open_panel(a_run(), "emotions")
    assert "**neutral** best (75\u00a0%) and **angry** least (15\u00a0%)" in words(page)
    assert "disgust 25\u00a0%" in drawn["run.emotions"]["description"]
    notes = drawn["run.emotions"]["narrow"].layout.annotations
    assert "<b>disgust</b><br>25\u00a0% of 3" in {note.text for note in notes}


def test_the_watched_faces_are_shown_with_every_answer(replayed: list[ProbeSamples]) -> None:
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


def test_the_settings_are_a_table_in_which_the_unusual_stands_out() -> None:
    config = {"dropout": 0.3, "loss": "focal", "augmentation": AugmentationConfig(rotation_degrees=12.0)}
    run = a_run(**config)
    page = open_panel(run, "settings")
    rows = {row["Setting"]: row for row in page.table[0].value.to_dict("records")}
    assert rows["Dropout"] == {"Setting": "Dropout", "This run": "**0.3**", "Usual": "0"}
    assert rows["Loss"]["This run"] == "**Focal**"
    assert rows["Augmentation: rotation"]["This run"] == "**12°**"
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
    live_chart.draw_chart(figure, "k", revision="a run", description="Loss.", readings=[reading])
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
    watched = ProbeSamples(
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
