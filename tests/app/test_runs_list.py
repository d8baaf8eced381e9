"""Many runs on the training page: those that wait, the list, the trash, and runs laid over one another."""

import json
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest
from streamlit.testing.v1 import AppTest

from fer import runs
from fer.cli.bench import rehearsal
from fer.config import TrainingConfig
from fer.emotions import EMOTIONS
from fer.runs import DatasetManifest, EpochMetrics, Predictions, Run, RunNotes, RunRecorder, RunStatus
from fer.system import paths, processes
from tests.app.conftest import words

OpenPage = Callable[..., AppTest]


@pytest.fixture(autouse=True)
def begun(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The ids of the runs whose process was started; each counts as alive while this one lives."""
    ids: list[str] = []

    def start(arguments: Sequence[str], log: Path) -> dict[str, Any]:
        ids.append(Path(arguments[1]).name)
        return {"process_id": os.getpid(), "process_created": psutil.Process().create_time()}

    monkeypatch.setattr(processes, "start_module", start)
    return ids


def a_run(name: str, *, accuracy: float = 0.5, notes: RunNotes | None = None, **config: Any) -> Run:
    """A finished run of three epochs."""
    run = runs.create_run(TrainingConfig(name=name, epochs=3, **config))
    recorder = RunRecorder(run.folder)
    for epoch in range(1, 4):
        recorder.record_epoch(EpochMetrics(epoch, 1.0, 0.5, 1.0, accuracy - (3 - epoch) / 10, 1e-3, 20.0))
    recorder.finish(RunStatus.FINISHED)
    if notes is not None:
        runs.save_notes(run.folder, notes)
    return runs.load_run(run.id)


def answer(run: Run, right: int, of: int = 100) -> None:
    """Let the best weights of a run have the first `right` of `of` validation faces right."""
    labels = np.zeros(of, np.intp)
    probabilities = np.eye(7, dtype=np.float32)[(np.arange(of) >= right).astype(int)]
    runs.save_predictions(run.folder, Predictions(np.arange(of), labels, probabilities))
    counts = {"train": (10,) * 7, "validation": (of, *(0,) * 6)}
    runs.save_manifest(run.folder, DatasetManifest("Small", tuple(EMOTIONS), counts, "1"))


def end(run: Run) -> None:
    RunRecorder(run.folder).finish(RunStatus.FINISHED)


def opened(open_page: OpenPage, **state: object) -> AppTest:
    page = open_page("3_training.py", {key.replace("__", "."): value for key, value in state.items()})
    assert not page.exception
    return page


def listed(page: AppTest) -> list[str]:
    """The names of the runs in the list, without the stars."""
    return [str(title).split(" · ")[0].removeprefix("★ ") for title in page.dataframe[0].value["Run"]]


def press(page: AppTest, key: str) -> AppTest:
    page.button(key=key).click().run()
    assert not page.exception
    return page


def has(page: AppTest, key: str) -> bool:
    return any(button.key == key for button in page.button)


def tables(page: AppTest) -> str:
    """The text of the tables that are drawn as HTML."""
    return "\n".join(element.proto.body for element in page.get("html"))


# ── the queue ────────────────────────────────────────────────────────────────────────────────────


def test_runs_that_wait_are_listed_moved_and_taken_out(open_page: OpenPage) -> None:
    runs.submit_run(TrainingConfig(name="at work"))
    second, third = (runs.submit_run(TrainingConfig(name=name)) for name in ("second", "third"))
    page = opened(open_page)
    assert "2 runs wait for their turn" in words(page)
    assert "1. **second** :small[10 epochs]" in words(page)
    assert page.button(key="training.start").label == "Add to the queue"
    assert page.button(key=f"training.queue.keyboard_arrow_up.{second.id}").disabled
    press(page, f"training.queue.keyboard_arrow_up.{third.id}")
    assert [run.name for run in runs.list_queue()] == ["third", "second"]
    assert "1. **third**" in words(page)
    press(page, f"training.queue.cancel.{third.id}")
    assert [run.name for run in runs.list_queue()] == ["second"]
    press(page, f"training.restore.{third.id}")
    assert [run.name for run in runs.list_queue()] == ["third", "second"]


def test_when_each_waiting_run_begins_is_told_from_earlier_ones(open_page: OpenPage) -> None:
    a_run("earlier")  # 20 s an epoch
    runs.submit_run(TrainingConfig(name="at work", epochs=9))
    runs.submit_run(TrainingConfig(name="next", epochs=6))
    page = opened(open_page)
    assert "**next** :small[6 epochs · begins in about 3 min]" in words(page)


def test_whoever_looks_starts_the_next_run_after_the_process_was_killed(
    open_page: OpenPage, begun: list[str]
) -> None:
    first = runs.submit_run(TrainingConfig(name="first"))
    second = runs.submit_run(TrainingConfig(name="second"))
    status = json.loads((first.folder / runs.STATUS_FILE).read_text())
    (first.folder / runs.STATUS_FILE).write_text(json.dumps({**status, "process_created": 0}))
    page = opened(open_page)
    assert begun == [first.id, second.id]
    assert page.subheader[0].value.startswith("second")
    assert "lost" in list(page.dataframe[0].value["Status"])


def test_a_gesture_that_came_too_late_meets_no_other_run(open_page: OpenPage) -> None:
    first, second, third = (runs.submit_run(TrainingConfig(name=name)) for name in ("1", "2", "3"))
    page = opened(open_page)
    end(first)
    runs.start_next()
    press(page, f"training.queue.cancel.{second.id}")
    assert runs.load_run(second.id).is_active
    assert [run.id for run in runs.list_queue()] == [third.id]


def test_an_earlier_run_can_be_looked_at_while_another_trains(open_page: OpenPage) -> None:
    earlier = a_run("earlier")
    runs.submit_run(TrainingConfig(name="at work", epochs=9))
    page = opened(open_page, workshop__run=earlier.id)
    assert page.subheader[0].value.startswith("earlier")
    assert "is training, 0 of 9 epochs done" in words(page)
    press(page, "training.to_active")
    assert page.subheader[0].value.startswith("at work")


# ── the list ─────────────────────────────────────────────────────────────────────────────────────


def test_the_list_is_searched_by_every_word_of_a_run(open_page: OpenPage) -> None:
    a_run("Plain", notes=RunNotes(note="the first of all"))
    a_run("Deep", architecture="four_block_cnn_elu")
    a_run("Starred", notes=RunNotes(starred=True))
    page = opened(open_page)
    assert sorted(listed(page)) == ["Deep", "Plain", "Starred"]
    for text, expected in (
        ("FIRST", ["Plain"]),
        ("built-in", ["Deep", "Plain", "Starred"]),
        ("four-block deep", ["Deep"]),
    ):
        page.text_input(key="training.search").input(text).run()
        assert sorted(listed(page)) == expected, text
    page.text_input(key="training.search").input("nowhere").run()
    assert not page.dataframe
    assert "Change the filter" in words(page)
    page.text_input(key="training.search").input("").run()
    page.toggle(key="training.only_starred").set_value(True).run()
    assert listed(page) == ["Starred"]


def test_the_list_can_be_narrowed_to_a_status(open_page: OpenPage) -> None:
    a_run("Done")
    stopped = a_run("Stopped")
    RunRecorder(stopped.folder).finish(RunStatus.STOPPED)
    page = opened(open_page)
    assert page.button_group(key="training.filter").options == ["finished", "stopped"]
    page.button_group(key="training.filter").set_value(["stopped"]).run()
    assert listed(page) == ["Stopped"]


def test_a_run_is_named_noted_and_starred_and_others_see_it(open_page: OpenPage) -> None:
    run = a_run("Mine")
    page = opened(open_page)
    press(page, f"training.star.{run.id}")
    page.text_input(key=f"training.words.name.{run.id}").input("  *Better* name ")
    page.text_area(key=f"training.words.note.{run.id}").input("A note\nof two lines")
    next(button for button in page.button if button.label == "Keep").click().run()
    assert runs.load_run(run.id).notes == RunNotes("*Better* name", "A note\nof two lines", True)
    assert listed(page) == ["*Better* name"]
    assert r"\*Better\* name" in page.subheader[0].value
    assert r"A note of two lines" in words(page)


def test_the_rehearsal_measures_a_page_with_its_runs(fer_home: Path) -> None:
    times = rehearsal.rehearse_training(15, 5)
    assert len(times["first_ms"]) == 1
    assert len(times["visit_ms"]) > 1
    assert [len(run.metrics()) for run in runs.list_runs()] == [5] * 15
    with pytest.raises(SystemExit, match="empty folder"):
        rehearsal.rehearse_training(3, 5)


# ── deleting ─────────────────────────────────────────────────────────────────────────────────────


def test_a_run_is_deleted_when_asked_twice_and_can_be_taken_back(open_page: OpenPage) -> None:
    kept, run = a_run("Kept"), a_run("Mine")
    page = opened(open_page, workshop__run=run.id)
    press(page, f"training.delete.sure.{run.id}")
    assert [left.id for left in runs.list_runs()] == [kept.id]
    assert page.subheader[0].value.startswith("Kept")
    press(page, f"training.restore.{run.id}")
    assert listed(page) == ["Mine", "Kept"]
    assert page.subheader[0].value.startswith("Mine")


def test_the_trash_can_be_emptied_to_make_room(open_page: OpenPage) -> None:
    a_run("Kept")
    run = a_run("Mine")
    runs.delete_run(run.id)
    page = opened(open_page)
    press(page, "training.empty_trash")
    assert runs.list_deleted() == []
    assert not has(page, "training.empty_trash")
    assert listed(page) == ["Kept"]


def test_the_last_run_can_be_taken_back_too(open_page: OpenPage) -> None:
    run = a_run("Only")
    page = opened(open_page)
    press(page, f"training.delete.sure.{run.id}")
    assert "No run yet" in words(page)
    press(page, f"training.restore.{run.id}")
    assert listed(page) == ["Only"]


def test_a_run_deleted_in_another_tab_is_told_and_offered_back(open_page: OpenPage) -> None:
    other, run = a_run("Other"), a_run("Mine")
    page = opened(open_page, workshop__run=run.id)
    runs.delete_run(run.id)
    page.run()
    assert not page.exception
    assert "is not there any more" in words(page)
    assert page.subheader[0].value.startswith("Other")
    assert other.id in {left.id for left in runs.list_runs()}
    press(page, "training.take_back")
    assert page.subheader[0].value.startswith("Mine")


def test_a_press_on_delete_meets_no_other_run_when_another_tab_was_quicker(open_page: OpenPage) -> None:
    other, run = a_run("Other"), a_run("Mine")
    page = opened(open_page, workshop__run=run.id)
    runs.delete_run(run.id)
    press(page, f"training.delete.sure.{run.id}")
    assert [left.id for left in runs.list_runs()] == [other.id]


def test_ticked_runs_are_deleted_together_but_for_the_one_that_trains(open_page: OpenPage) -> None:
    idle = [a_run("one"), a_run("two")]
    active = runs.submit_run(TrainingConfig(name="at work"))
    page = opened(open_page, training__compared=(*(run.id for run in idle), active.id))
    assert "The one that is training stays" in words(page)
    press(page, "training.delete_several.sure")
    assert [run.id for run in runs.list_runs()] == [active.id]
    assert {run.id for run in runs.list_deleted()} == {run.id for run in idle}


def test_damaged_folders_are_moved_into_the_trash_on_request(open_page: OpenPage) -> None:
    a_run("Whole")
    torn = paths.runs_folder() / "20260101-000000-mini_xception"
    torn.mkdir()
    (torn / runs.CONFIG_FILE).write_text("{ torn")
    (paths.runs_folder() / "queue.json").write_text("{ torn")
    page = opened(open_page)
    assert torn.name in page.warning[0].value
    press(page, "training.delete_damaged")
    assert not torn.exists()
    assert torn.name not in "".join(str(warning.value) for warning in page.warning)
    assert has(page, f"training.restore.{torn.name}")


# ── comparing ────────────────────────────────────────────────────────────────────────────────────


def test_runs_are_compared_by_curves_outcome_faces_and_settings(open_page: OpenPage) -> None:
    plain = a_run("Plain", accuracy=0.4)
    better = a_run("<b>More</b> dropout", accuracy=0.7, dropout=0.3)
    answer(plain, 40)
    answer(better, 70)
    page = opened(open_page, training__compared=(plain.id, better.id))
    assert "2 runs compared" in words(page)
    assert "**B is better than A:** +30.0 points on the same 100 faces" in words(page)
    told = tables(page)
    assert "<th>A</th><td>Plain" in told
    assert "&lt;b&gt;More&lt;/b&gt; dropout" in told
    assert "70.0\u00a0% in epoch 3" in told
    assert "60.4–78.1\u00a0%" in told  # Wilson's interval of 70 of 100
    assert "<tr><th>Dropout</th><td>0</td><td>0.3</td></tr>" in told
    assert "<th>Dropout</th><td class=differs>0</td><td class=differs>0.3</td>" in told
    assert "<th>Batch size</th><td>64</td><td>64</td>" in told


def test_runs_without_answers_to_the_same_faces_are_not_judged(open_page: OpenPage) -> None:
    first, second = a_run("first"), a_run("second")
    answer(first, 40)
    page = opened(open_page, training__compared=(first.id, second.id))
    assert "believe only differences larger than the intervals" in words(page)
    assert "Nothing: they have the same settings" in words(page)
    assert "better than A" not in words(page)


def test_of_very_many_ticked_runs_the_first_are_drawn(open_page: OpenPage) -> None:
    ids = [a_run(f"run {number}").id for number in range(10)]
    page = opened(open_page, training__compared=tuple(ids))
    assert "8 runs compared" in words(page)
    assert "Of the 10 ticked ones the oldest 8" in words(page)


def test_runs_that_have_no_epoch_yet_can_be_compared_by_their_settings(open_page: OpenPage) -> None:
    submitted = [runs.submit_run(TrainingConfig(seed=seed)) for seed in (1, 2)]
    page = opened(open_page, training__compared=tuple(run.id for run in submitted))
    assert "None of them has an epoch behind it yet" in words(page)
    assert "<th>Seed</th><td>1</td><td>2</td>" in tables(page)


def test_unticking_ends_the_comparison(open_page: OpenPage) -> None:
    ids = tuple(a_run(name).id for name in ("one", "two"))
    page = opened(open_page, training__compared=ids)
    press(page, "training.untick")
    assert "runs compared" not in words(page)
