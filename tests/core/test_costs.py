"""What each network costs: the file, the table, the plot. Accuracies come from cards alone."""

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from fer.__main__ import main
from fer.cli.bench import Request, costing, predicting
from fer.cli.bench.costing import measure_costs
from fer.errors import ModelError
from fer.figures.costs import cost_figure, drawn_points
from fer.models.blueprint import load_blueprint
from fer.models.card import MODEL_FILE, ModelCard, load_card
from fer.models.catalog import ARCHITECTURES, architecture
from fer.models.costs import measured as costs_file
from fer.models.costs import table
from fer.models.costs.measured import FACE_COUNTS, MeasuredCosts, NetworkCost, load_costs, save_costs
from fer.models.costs.peers import PEERS
from fer.models.costs.table import (
    BEGIN,
    COSTS,
    END,
    NO_WEIGHTS,
    as_markdown,
    cost_points,
    cost_rows,
)
from fer.statistics import Proportion
from fer.system.machine import processor_name
from tests.conftest import PROJECT_ROOT
from tests.core import grey_level

PAGE = PROJECT_ROOT / "docs" / "reference" / "costs.md"


def shipped_card(home: Path, name: str = "grey", **changes: Any) -> ModelCard:
    """A shipped model's card that tells of FER-2013, without any model."""
    figures = Proportion(2_196, 3_589).to_dict()
    card = ModelCard(
        name=name,
        title=f"The {name} one",
        architecture="tiny_cnn",
        preprocessing=architecture("tiny_cnn").preprocessing,
        parameters=25_199,
        dataset={"title": "FER-2013"},
        validation={**figures, "accuracy": 0.6},
        test=figures,
    )
    card = replace(card, **changes)
    card.save(home / "models" / "pretrained" / name)
    return card


def costs_of(*names: str) -> MeasuredCosts:
    """Made-up costs, each network ten times those of the one before."""
    return MeasuredCosts(
        {
            name: NetworkCost(
                name, 100 * 10**n, 48, 1000 * 10**n, 400 * 10**n, {count: count / 10 for count in FACE_COUNTS}
            )
            for n, name in enumerate(names)
        },
        "2026-01-02",
        "A processor",
        {"Python": "3"},
    )


# ── what is kept ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_every_architecture_was_measured_as_it_is_today(name: str) -> None:
    # Otherwise: python -m fer bench predict --keep
    cost = load_costs().networks[name]
    assert cost.parameters == architecture(name).parameters
    own = architecture(name).preprocessing.image_height
    assert cost.timed or cost.image_size == own
    if cost.image_size == own:
        assert cost.multiply_adds == load_blueprint(name).multiply_adds
    assert cost.file_bytes > cost.parameters
    times = [cost.milliseconds[count] for count in FACE_COUNTS]
    assert 0 < times[0] < times[1] < times[2]


def test_nothing_was_measured_that_is_not_in_the_catalogue() -> None:
    measured = load_costs()
    assert list(measured.networks) == list(ARCHITECTURES)
    assert measured.processor
    assert set(measured.versions) == {"Python", "ai-edge-litert"}


def test_the_file_holds_no_accuracy() -> None:
    assert "accuracy" not in costs_file.COSTS_FILE.read_text()


def test_costs_come_back_as_they_were_saved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(costs_file, "COSTS_FILE", tmp_path / "costs.json")
    costs = costs_of("tiny_cnn", "mini_xception")
    save_costs(costs)
    assert load_costs() == costs


@pytest.mark.parametrize("content", ["", "{}", '{"networks": [{"architecture": "a"}]}', "[1]"])
def test_a_damaged_file_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str) -> None:
    monkeypatch.setattr(costs_file, "COSTS_FILE", tmp_path / "costs.json")
    (tmp_path / "costs.json").write_text(content)
    with pytest.raises(ModelError, match="bench predict --keep"):
        load_costs()


# ── the table ────────────────────────────────────────────────────────────────────────────────────


def test_the_reference_page_tells_what_the_file_and_the_cards_tell(monkeypatch: pytest.MonkeyPatch) -> None:
    # Otherwise: python -m fer costs --write docs/reference/costs.md
    monkeypatch.setenv("FER_HOME", str(PROJECT_ROOT))
    between = PAGE.read_text(encoding="utf-8").partition(BEGIN)[2].partition(END)[0]
    assert between.strip() == as_markdown(load_costs())


def test_an_accuracy_is_the_cards_and_changes_with_it(fer_home: Path) -> None:
    costs = load_costs()
    before = {row.entry.name: row for row in cost_rows(costs)}
    assert all(row.accuracy is None for row in before.values())
    assert as_markdown(costs).count(NO_WEIGHTS) == len(ARCHITECTURES)
    shipped_card(fer_home)
    row = next(row for row in cost_rows(costs) if row.entry.name == "tiny_cnn")
    assert row.accuracy is not None
    assert (row.model, str(row.accuracy)) == ("grey", "61.2\u00a0% (59.6–62.8\u00a0%)")
    assert "61.2\u00a0% (59.6–62.8\u00a0%)" in as_markdown(costs)


def test_of_two_models_the_better_on_validation_faces_is_told_of(fer_home: Path) -> None:
    figures = {"interval_95": [0.5, 0.7], "count": 3_589}
    shipped_card(fer_home, "a", validation={**figures, "accuracy": 0.6}, test={**figures, "accuracy": 0.69})
    shipped_card(fer_home, "b", validation={**figures, "accuracy": 0.65}, test={**figures, "accuracy": 0.61})
    row = next(row for row in cost_rows(load_costs()) if row.entry.name == "tiny_cnn")
    assert row.model == "b"


@pytest.mark.parametrize(
    "changes",
    [
        {"dataset": {"title": "Built-in faces"}},
        {"test": None},
        {"test": {"accuracy": 0.9, "interval_95": [0.8, 1.0], "count": 700}},
        {"test": {"accuracy": "much", "interval_95": [0.8, 1.0], "count": 3_589}},
        {"test": {"accuracy": 0.9, "interval_95": 0.8, "count": 3_589}},
    ],
)
def test_what_was_judged_on_other_faces_is_not_compared(fer_home: Path, changes: dict[str, Any]) -> None:
    shipped_card(fer_home, **changes)
    assert all(row.accuracy is None for row in cost_rows(load_costs()))


def test_a_model_without_a_readable_card_is_passed_over(fer_home: Path) -> None:
    shipped_card(fer_home)
    damaged = fer_home / "models" / "pretrained" / "a damaged one"
    damaged.mkdir()
    (damaged / "card.json").write_text("{")
    assert [row.model for row in cost_rows(load_costs()) if row.model] == ["grey"]


def test_an_architecture_that_was_not_measured_keeps_its_row(fer_home: Path) -> None:
    text = as_markdown(costs_of("tiny_cnn"))
    assert text.count("not measured yet") == len(ARCHITECTURES) - 1
    assert len({line.count("|") for line in text.splitlines() if line.startswith("|")}) == 1


def test_the_table_is_put_between_the_marks_and_all_else_stays(tmp_path: Path, fer_home: Path) -> None:
    path = tmp_path / "README.md"
    path.write_text(f"# Before\n{BEGIN}\nold\n{END}\nafter\n")
    assert main(["costs", "--write", str(path)]) == 0
    text = path.read_text()
    assert text.startswith(f"# Before\n{BEGIN}\n| network |")
    assert text.endswith(f"\n{END}\nafter\n")
    assert "old" not in text
    assert main(["costs", "--write", str(path)]) == 0
    assert path.read_text() == text


@pytest.mark.parametrize("content", ["nothing", BEGIN, f"{END}\n{BEGIN}", None])
def test_a_file_without_marks_is_refused(
    tmp_path: Path, content: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "README.md"
    if content is not None:
        path.write_text(content)
    assert main(["costs", "--write", str(path)]) == 2
    assert "README.md" in capsys.readouterr().err


# ── the plot ─────────────────────────────────────────────────────────────────────────────────────


def names(figure: Any) -> list[str]:
    return [trace.name for trace in figure.data]


def test_measured_and_published_peers_are_told_apart(fer_home: Path) -> None:
    traces = [trace for trace in cost_figure(cost_points(load_costs())).data if "%" in trace.name]
    symbols = {
        words: {trace.marker.symbol for trace in traces if trace.name.endswith(words)}
        for words in ("measured", "published")
    }
    assert symbols["measured"] and symbols["published"]
    assert symbols["measured"] & symbols["published"] == set()
    known = [peer for peer in PEERS if peer.parameters is not None]
    assert len(traces) == len(known)


def test_a_point_stands_at_its_cost_and_accuracy_with_its_interval(fer_home: Path) -> None:
    shipped_card(fer_home)
    figure = cost_figure(cost_points(load_costs()))
    trace = next(trace for trace in figure.data if "shipped" in trace.name and "%" in trace.name)
    assert trace.x[0] == pytest.approx(25_199)
    low, high = Proportion(2_196, 3_589).interval_95
    assert trace.y[0] == 2_196 / 3_589
    assert trace.error_y.array[0] == pytest.approx(high - trace.y[0])
    assert trace.error_y.arrayminus[0] == pytest.approx(trace.y[0] - low)
    assert figure.layout.xaxis.type == "log"
    assert [note.text for note in figure.layout.annotations] == [
        f"<b>{trace.name.split()[0]}</b>" for trace in figure.data if "%" in trace.name
    ]


@pytest.mark.parametrize("cost", COSTS)
def test_what_lacks_a_cost_is_left_out_and_said_so(fer_home: Path, cost: Any) -> None:
    shipped_card(fer_home)
    points = cost_points(load_costs())
    drawn, left_out = drawn_points(points, cost)
    assert {point.kind for point in left_out} == (
        {"published"} if cost == "parameters" else {"published", "measured peer"}
    )
    assert len(drawn) + len(left_out) == len(PEERS) + 1
    assert sum("%" in name for name in names(cost_figure(points, cost))) == len(drawn)


def test_networks_at_one_place_are_drawn_side_by_side(fer_home: Path) -> None:
    entry = architecture("mini_xception")  # a peer has as many parameters
    shipped_card(
        fer_home, architecture=entry.name, preprocessing=entry.preprocessing, parameters=entry.parameters
    )
    points = cost_points(load_costs())
    assert [p.costs.get("parameters") for p in points if p.accuracy].count(58_423) == 2
    places = [trace.x[0] for trace in cost_figure(points).data if "%" in trace.name]
    assert len(set(places)) == len(places)


def test_architectures_without_weights_are_strokes_on_the_floor(fer_home: Path) -> None:
    shipped_card(fer_home)
    figure = cost_figure(cost_points(load_costs()), chosen="small_resnet")
    strokes = figure.data[-1]
    assert strokes.name == "no weights shipped"
    assert len(strokes.x) == len(ARCHITECTURES) - 1
    assert {y < 0.5958 for y in strokes.y} == {True}
    assert [line.x0 for line in figure.layout.shapes] == [architecture("small_resnet").parameters]


def test_of_a_learners_runs_the_best_of_each_architecture_is_shown(fer_home: Path) -> None:
    card = shipped_card(fer_home)
    shutil.rmtree(fer_home / "models")
    figures = {"interval_95": [0.5, 0.7], "count": 3_589}
    runs = [
        replace(card, title=title, test=None, validation={**figures, "accuracy": accuracy})
        for title, accuracy in (("worse", 0.5), ("best", 0.6), ("other", 0.4))
    ]
    voted = replace(runs[1], title="voted", config={"view": {"labels": "majority"}})
    elsewhere = replace(runs[1], title="drawn", dataset={"title": "Built-in faces"})
    shown = [p for p in cost_points(load_costs(), [*runs, voted, elsewhere]) if p.kind == "run"]
    assert [point.title for point in shown] == ["best"]
    assert shown[0].accuracy is not None
    assert shown[0].accuracy.split == "PublicTest"
    assert any(name.endswith("yours, PublicTest") for name in names(cost_figure(shown)))


def test_a_run_at_another_size_is_known_by_its_parameters_alone(fer_home: Path) -> None:
    card = shipped_card(fer_home)
    larger = replace(card, preprocessing=replace(card.preprocessing, image_height=64, image_width=64))
    (point,) = (p for p in cost_points(load_costs(), [larger]) if p.kind == "run")
    assert point.costs == {"parameters": 25_199}


def test_a_title_cannot_reach_into_the_figure(fer_home: Path) -> None:
    card = shipped_card(fer_home)
    shown = [
        p for p in cost_points(load_costs(), [replace(card, title="<a href='x'>%{y}")]) if p.kind == "run"
    ]
    (trace,) = cost_figure(shown).data
    assert "<a" not in trace.name + trace.hovertemplate
    assert "%{" not in trace.name + trace.hovertemplate


def test_without_any_network_there_is_an_empty_plot() -> None:
    assert not cost_figure([]).data


# ── measuring ────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def exported(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Which networks would have been exported by a child; each gets the grey-level model instead."""
    asked: list[str] = []

    def child(command: list[str], **_: object) -> SimpleNamespace:
        assert command[1:3] == ["-m", "fer.cli.bench.untrained"]
        for name in command[4:]:
            grey_level.save_model(Path(command[3]) / name)
            asked.append(name)
        return SimpleNamespace(returncode=0, stdout="", stderr="")

    monkeypatch.setattr(costing.subprocess, "run", child)
    monkeypatch.setattr(costing, "_ROUNDS", 2)
    return asked


def test_every_network_is_timed_and_a_shipped_one_as_it_is_shipped(
    exported: list[str], fer_home: Path
) -> None:
    folder = grey_level.save_model(fer_home / "models" / "pretrained" / "shipped one")
    replace(load_card(folder), parameters=58_423).save(folder)
    told: list[float] = []
    costs = measure_costs(progress=lambda fraction, _: told.append(fraction))
    assert list(costs.networks) == list(ARCHITECTURES)
    assert exported == [name for name in ARCHITECTURES if name != "mini_xception"]
    mine = costs.networks["mini_xception"]
    assert (mine.timed, mine.parameters) == ("shipped one", 58_423)
    assert mine.file_bytes == (folder / MODEL_FILE).stat().st_size
    assert costs.networks["tiny_cnn"].timed == ""
    assert all(set(cost.milliseconds) == set(FACE_COUNTS) for cost in costs.networks.values())
    assert costs.processor == processor_name() != ""
    assert told == sorted(told)
    assert 0 < told[-1] <= 1


def test_a_shipped_model_is_timed_at_its_own_size_and_its_work_counted_there(
    fer_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shipped = PROJECT_ROOT / "models" / "pretrained" / "mini_xception"
    shutil.copytree(shipped, fer_home / "models" / "pretrained" / "mini_xception")
    monkeypatch.setattr(costing, "_ROUNDS", 2)
    cost = measure_costs(["mini_xception"]).networks["mini_xception"]
    assert (cost.timed, cost.image_size) == ("mini_xception", 64)
    # Its layers see nearly (64 / 48)² = 1.8 times as many places; without padding, a little more than that.
    assert 1.8 < cost.multiply_adds / load_blueprint("mini_xception").multiply_adds < 2.1


def test_a_cost_at_another_size_than_the_shipped_models_is_not_told_of_it(fer_home: Path) -> None:
    shipped_card(fer_home)
    costs = costs_of("tiny_cnn")
    other = replace(costs, networks={"tiny_cnn": replace(costs.networks["tiny_cnn"], image_size=64)})
    told = {row.entry.name: (row.cost, row.accuracy is not None) for row in table.cost_rows(other)}
    assert told["tiny_cnn"] == (None, True)
    told = {row.entry.name: row.cost is not None for row in table.cost_rows(costs)}
    assert told["tiny_cnn"]


def test_an_export_that_fails_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    failed = SimpleNamespace(returncode=1, stderr="a trace\nMemoryError: no room")
    monkeypatch.setattr(costing.subprocess, "run", lambda *_, **__: failed)
    with pytest.raises(ModelError, match="MemoryError: no room"):
        measure_costs(["tiny_cnn"])


def test_the_bench_keeps_what_it_measured_only_when_asked(
    exported: list[str], fer_home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    import sys
    from unittest.mock import MagicMock

    grey_level.save_model(fer_home / "models" / "pretrained" / "grey")
    monkeypatch.setitem(sys.modules, "fer.cli.bench.rivals", MagicMock())
    monkeypatch.setattr(costs_file, "COSTS_FILE", tmp_path / "costs.json")
    report = predicting.bench_predict(Request(model="grey"))
    assert not (tmp_path / "costs.json").exists()
    assert [row["network"] for row in json.loads(json.dumps(report.as_dict()))["rows"]] == list(ARCHITECTURES)
    assert report.ratios["model_predict_16_over_litert_16"] > 0
    kept = predicting.bench_predict(Request(model="grey", keep=True))
    assert list(load_costs().networks) == list(ARCHITECTURES)
    assert str(tmp_path) in kept.remarks[0]


# ── typed ────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def fer(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """A function that types a command; its status, output and errors."""

    def typed(*arguments: str) -> tuple[int, str, str]:
        status = main(arguments)
        said = capsys.readouterr()
        return status, said.out, said.err

    return typed


def test_the_command_tells_costs_and_accuracies(
    fer: Callable[..., tuple[int, str, str]], fer_home: Path, tmp_path: Path
) -> None:
    shipped_card(fer_home)
    status, out, _ = fer("costs", "--json")
    networks = {row["name"]: row for row in json.loads(out)["networks"]}
    assert status == 0
    assert networks["tiny_cnn"]["accuracy"] == 2_196 / 3_589
    assert networks["mini_xception"]["accuracy"] is None
    assert networks["mini_xception"]["milliseconds"].keys() == {"1", "4", "16"}
    (tmp_path / "R.md").write_text(f"{BEGIN}\n{END}")
    status, out, _ = fer("costs", "--write", str(tmp_path / "R.md"))
    assert "61.2\u00a0% (59.6–62.8\u00a0%)" in out
    assert table.as_markdown(load_costs()) in (tmp_path / "R.md").read_text()


def test_only_the_bench_that_keeps_something_can_be_told_to_keep(
    fer: Callable[..., tuple[int, str, str]],
) -> None:
    status, _, err = fer("bench", "load", "--keep")
    assert status == 2
    assert "Only “bench predict” has something to keep" in err
