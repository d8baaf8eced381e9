"""What others published beside ours, on the training page."""

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from fer import runs
from fer.evaluation.replication.comparison import comparisons
from fer.evaluation.replication.kept import RESULT_FILE, Judged, keep
from fer.evaluation.replication.recipes import VARIANTS, variant
from fer.evaluation.replication.table import row_of
from fer.runs import queue as queue_module
from fer.system import paths
from tests.app.conftest import words
from tests.conftest import write_fer_csv
from tests.core.test_replication import kept_of
from tests.core.test_replication_table import enough, finished_row

OpenPage = Callable[..., AppTest]
PAGE = "3_training.py"


def opened(open_page: OpenPage) -> AppTest:
    page = open_page(PAGE)
    page.button(key="training.replications").click().run()
    assert not page.exception
    return page


def keep_by_hand(key: str, accuracy: float, **changes: object) -> None:
    folder = paths.replications_folder() / key
    folder.mkdir(parents=True)
    (folder / RESULT_FILE).write_text(kept_of(key, accuracy, **changes).to_json())


def test_before_any_run_the_panel_says_so_and_shows_what_was_published(open_page: OpenPage) -> None:
    page = opened(open_page)
    recipes = len({row.variant.key for row in comparisons()})
    assert f"0 of {recipes} recipes were repeated so far" in words(page)
    assert "Published 67.76 % (S0, Table 1" in words(page)
    (chart,) = [c for c in page.get("plotly_chart") if "published" in c.proto.spec]
    assert "ours, 95\\u00a0% interval" not in chart.proto.spec


def test_what_is_kept_is_told_with_its_verdict_and_why(open_page: OpenPage) -> None:
    keep_by_hand("s0", 0.6, at_published=Judged.of(0.58, 3_589, 50))
    keep_by_hand("s4", 0.66)
    page = opened(open_page)
    said = words(page)
    assert "2 of " in said
    assert "Not reproduced: 9.8 points below" in said
    assert "ours 58.00 %" in said
    assert "chosen by these very faces, had 60.00 %" in said
    assert "Their figure is of another division of the faces" in said
    (chart,) = [c for c in page.get("plotly_chart") if "published" in c.proto.spec]
    assert "ours, 95\\u00a0% interval" in chart.proto.spec


def test_each_row_fills_the_form_with_its_recipe(open_page: OpenPage) -> None:
    rows = comparisons()
    number = next(n for n, row in enumerate(rows) if row.variant.key == "s0+double_softmax")
    page = opened(open_page)
    page.button(key=f"training.replicate.{number}").click().run()
    assert not page.exception
    config = page.session_state["workshop.training"]
    assert config == variant("s0+double_softmax").config(config.dataset)
    assert "recipes were repeated so far" not in words(page.run())
    assert {row.variant.key for row in rows} == {each.key for each in VARIANTS}


def test_a_damaged_result_leaves_the_panel_standing(open_page: OpenPage) -> None:
    (paths.replications_folder() / "s0").mkdir(parents=True)
    (paths.replications_folder() / "s0" / RESULT_FILE).write_text("{")
    said = words(opened(open_page))
    assert "0 of " in said
    assert "Cannot be read" in said
    assert "or keep a run again" in said


def test_a_kept_table_is_shown_first_with_what_it_was_trained_on(open_page: OpenPage, fer_home: Path) -> None:
    run = finished_row(64, [0.3] * 49 + [0.665] + [0.3] * 50)
    keep(run.id, row_of(run.id), "a desk")
    page = open_page(PAGE)
    page.button(key="training.replications").click().run()
    page.segmented_control(key="training.replications_shown").set_value("S0's table")
    page.button(key="training.replications").click().run()
    assert not page.exception
    (chart,) = [
        c
        for c in page.get("plotly_chart")
        if "S0: 66.31\\u00a0%" in c.proto.spec and "reproduced" in c.proto.spec
    ]
    assert "66.5\\u00a0%" in chart.proto.spec
    assert "trained on a desk" in words(page)
    assert not [button for button in page.button if button.key == "training.table_start"]
    page.segmented_control(key="training.table_size").set_value("Train it here")
    page.button(key="training.replications").click().run()
    assert "0 of 8 cells are full" in words(page)  # of the learner's own dataset


def test_the_table_stands_beside_the_recipes_and_starts_its_runs(
    open_page: OpenPage, monkeypatch: pytest.MonkeyPatch, fer_home: Path
) -> None:
    monkeypatch.setattr(queue_module, "_start_first", lambda: None)
    write_fer_csv(fer_home / "data" / "faces.csv", enough())
    page = open_page(PAGE, {"workshop.dataset": "faces.csv"})
    page.button(key="training.replications").click().run()
    page.segmented_control(key="training.replications_shown").set_value("S0's table")
    page.button(key="training.replications").click().run()
    assert not page.exception
    assert "0 of 8 cells are full" in words(page)
    (chart,) = [c for c in page.get("plotly_chart") if "S0: 67.76\\u00a0%" in c.proto.spec]
    assert "not begun" in chart.proto.spec
    page.segmented_control(key="training.table_size").set_value("A small version")
    page.button(key="training.replications").click().run()
    assert "A small version of S0's Table 1: 4 epochs on 2,000 faces; not to be compared" in words(page)
    page.run()  # as when a run of the table ends: the window stays
    assert "A small version of S0's Table 1: 4 epochs" in words(page)
    page.button(key="training.table_start").click().run()
    assert not page.exception
    waiting = runs.list_queue()
    assert [run.config.batch_size for run in waiting] == [32, 64, 128, 256]
    assert {(run.config.epochs, run.config.subset) for run in waiting} == {(4, 2_000)}
    assert "How long it will take is known after the first epoch" in words(page)
    page.button(key="training.table_stop").click().run()
    assert not page.exception
    assert runs.list_queue() == []
