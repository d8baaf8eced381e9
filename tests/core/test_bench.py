"""The stopwatch by a clock of our own, and `bench load` on a handful of faces."""

import json
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any
from unittest.mock import MagicMock

import numpy as np
import pytest
from PIL import Image

from fer.cli.bench import SUBJECTS, Request, evaluating, measure
from fer.datasets import Dataset, load_dataset
from fer.errors import DatasetError, DatasetNotFoundError
from fer.evaluation import TTA
from fer.models.inference import Recognizer, model_folder
from fer.system import stopwatch
from fer.system.stopwatch import Measurement, Report
from tests.conftest import write_fer_csv
from tests.core import grey_level


class Clock:
    """A clock that moves only when told to."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def perf_counter(self) -> float:
        return self.seconds

    def takes(self, *milliseconds: float) -> Callable[[], None]:
        """Something that takes so long the first time, the second time, and so on."""
        times = iter(milliseconds)

        def work() -> None:
            self.seconds += next(times) / 1e3

        return work


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(stopwatch, "time", SimpleNamespace(perf_counter=clock.perf_counter))
    return clock


@pytest.fixture
def rivals(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """`fer.cli.bench.rivals`, without the Keras that its other rivals need."""
    monkeypatch.setitem(sys.modules, "keras", MagicMock())
    before = set(sys.modules)
    from fer.cli.bench import rivals

    yield rivals
    # Whoever loads them next shall not get those that were made with the feigned Keras.
    loaded = [name for name in set(sys.modules) - before if name.startswith("fer.")]
    for name in loaded:
        parent, _, child = name.rpartition(".")
        delattr(sys.modules[parent], child)
    for name in loaded:
        del sys.modules[name]


def asked(subject: str, told: list[float] | None = None, **options: Any) -> Report:
    """What a subject measured; the shares of the work that were done are added to `told`."""
    told = [] if told is None else told
    return measure(subject, Request(lambda fraction, _: told.append(fraction), **options))


def test_every_subject_says_what_is_measured_and_finds_its_function() -> None:
    for name, subject in SUBJECTS.items():
        assert subject.measures
        assert subject.rival
        if subject.module != "training":  # which loads TensorFlow's neighbours
            assert callable(getattr(import_module(f"fer.cli.bench.{subject.module}"), f"bench_{name}"))


def test_contestants_take_turns_and_the_progress_is_told() -> None:
    order: list[str] = []
    told: list[float] = []
    contestants = {name: (lambda name=name: order.append(name)) for name in ("ours", "rival")}
    measurements = stopwatch.take_turns(contestants, 3, told.append)
    assert order == ["ours", "rival"] * 4
    assert told == [0.25, 0.5, 0.75, 1]
    assert list(measurements) == ["ours", "rival"]


def test_the_first_round_does_not_count(clock: Clock) -> None:
    times = stopwatch.take_turns({"a": clock.takes(900, 2, 4, 3), "b": clock.takes(5, 8, 8, 8)}, 3)
    assert times["a"].median_ms == pytest.approx(3)
    assert times["a"].p95_ms == pytest.approx(3.9)
    assert times["a"].runs == 3
    assert times["b"].median_ms == pytest.approx(8)


def test_a_ratio_says_how_many_times_longer_the_slower_took() -> None:
    times = {"rival": Measurement(30.0, 40.0, 5), "ours": Measurement(4.0, 5.0, 5)}
    assert stopwatch.ratio(times, "rival", "ours") == {"rival_over_ours": 7.5}


def test_a_report_is_plain_json_with_each_measurement_under_its_name() -> None:
    report = Report({"ours": Measurement(1.23456, 2.0, 5)}, {"rival_over_ours": 7.4999}, "a quiet machine")
    assert json.loads(json.dumps(report.as_dict())) == {
        "ours": {"median_ms": 1.235, "p95_ms": 2.0, "runs": 5},
        "ratios": {"rival_over_ours": 7.5},
    }


def test_the_tutorials_loop_reads_the_same_pixels(
    rivals: ModuleType, tmp_path: Path, small_dataset: Dataset
) -> None:
    path = write_fer_csv(tmp_path / "faces.csv", small_dataset)
    assert np.array_equal(rivals.read_csv_with_a_loop(path), small_dataset.images[..., 0])


def test_brute_force_finds_plain_and_mirrored_copies_but_no_strangers(rivals: ModuleType) -> None:
    faces = np.random.default_rng(0).integers(0, 200, (5, 48, 48), dtype=np.uint8)
    pictures = np.concatenate([faces, faces[:1] + 30, faces[1:2, :, ::-1]])
    assert rivals.same_photographs_by_brute_force(faces) == 0
    assert rivals.same_photographs_by_brute_force(pictures) == 2


def test_loading_is_measured_the_first_time_the_second_and_by_the_loop(
    rivals: ModuleType, tmp_path: Path, small_dataset: Dataset
) -> None:
    told: list[float] = []
    path = write_fer_csv(tmp_path / "faces.csv", small_dataset)
    report = asked("load", told, data=str(path))
    assert list(report.measurements) == ["first_load", "second_load", "int_loop"]
    assert list(report.ratios) == ["int_loop_over_first_load", "int_loop_over_second_load"]
    assert all(value > 0 for value in report.ratios.values())
    assert report.setting == str(path)
    assert told == sorted(told)


def test_a_csv_that_is_not_there_is_a_sentence(rivals: ModuleType, tmp_path: Path) -> None:
    with pytest.raises(DatasetNotFoundError, match=r"no file “nowhere\.csv”"):
        asked("load", data="nowhere.csv")
    with pytest.raises(DatasetNotFoundError):
        asked("load", data=str(tmp_path))


def test_memory_is_told_where_it_was_measured() -> None:
    report = Report({}, {}, "", {"bare_app": 190.04})
    assert report.as_dict() == {"megabytes": {"bare_app": 190.0}, "ratios": {}}


def test_folders_are_measured_the_first_time_the_second_and_by_two_loops(
    rivals: ModuleType, tmp_path: Path, small_dataset: Dataset
) -> None:
    told: list[float] = []
    # load_img is Keras' own; what it does is open a picture with Pillow.
    rivals.keras.utils.load_img = lambda path, **_: Image.open(path)  # type: ignore[attr-defined]
    path = write_fer_csv(tmp_path / "faces.csv", small_dataset)
    report = asked("folders", told, data=str(path))
    assert list(report.measurements) == ["first_load", "second_load", "imread_loop", "load_img_loop"]
    assert all(value > 0 for value in report.ratios.values())
    assert report.setting.startswith("42 JPEGs")
    assert told == sorted(told)


def test_both_loops_read_the_pictures_they_are_given(rivals: ModuleType, tmp_path: Path) -> None:
    image = np.tile(np.arange(48, dtype=np.uint8) * 5, (48, 1))
    (tmp_path / "train" / "happy").mkdir(parents=True)
    Image.fromarray(image).save(tmp_path / "train" / "happy" / "1.jpg", quality=100)
    rivals.keras.utils.load_img = lambda path, **_: Image.open(path)  # type: ignore[attr-defined]
    for read in (rivals.read_folders_with_imread, rivals.read_folders_with_load_img):
        pictures = read(tmp_path)
        assert pictures.shape == (1, 48, 48)
        assert np.abs(pictures[0].astype(int) - image).max() <= 3


def test_a_page_is_measured_in_a_process_of_its_own_with_and_without_a_decoded_copy(
    tmp_path: Path, small_dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    homes: list[Path] = []

    def child(command: list[str], env: dict[str, str], **_: object) -> SimpleNamespace:
        home = Path(env["FER_HOME"])
        assert command[-3:] == ["fer.cli.bench.rehearsal", "dataset", "faces.csv"]
        assert (home / "data" / "faces.csv").read_bytes() == path.read_bytes()
        homes.append(home)
        answer = {"home_mb": [200], "faces_mb": [230 - len(homes)], "views_mb": [300]}
        answer |= {"page_ms": [40, 50, 60], "sheet_ms": [20], "image_ms": [80]}
        return SimpleNamespace(returncode=0, stdout=f"noise\n{json.dumps(answer)}\n", stderr="")

    path = write_fer_csv(tmp_path / "faces.csv", small_dataset)
    monkeypatch.setattr("fer.cli.bench.pages.subprocess.run", child)
    report = asked("page", data=str(path))
    assert report.measurements["whole_page"].median_ms == pytest.approx(50)
    assert report.ratios == {"image_per_face_over_hundred_faces": pytest.approx(4)}
    assert report.megabytes == {
        "bare_app": 200,
        "faces_above_bare_app_first_load": 29,
        "faces_above_bare_app_later_load": 28,
        "views_above_bare_app_first_load": 100,
        "views_above_bare_app_later_load": 100,
    }
    assert homes[0] == homes[1]
    assert not homes[0].exists()


def test_visits_to_the_training_page_are_measured_beside_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    def child(command: list[str], **_: object) -> SimpleNamespace:
        assert command[-3:] == ["-m", "fer.cli.bench.rehearsal", "training"]
        answer = {"first_ms": [900.0], "visit_ms": [100.0, 300.0, 200.0]}
        return SimpleNamespace(returncode=0, stdout=json.dumps(answer), stderr="")

    monkeypatch.setattr("fer.cli.bench.pages.subprocess.run", child)
    report = asked("runs")
    assert report.measurements["visit"].median_ms == pytest.approx(200)
    assert report.ratios == {"first_visit_over_visit": pytest.approx(4.5)}


def test_a_page_that_shows_an_error_is_not_measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "faces.csv"
    path.write_text("nothing")
    failed = SimpleNamespace(returncode=1, stdout="", stderr="a trace\nThe page shows an error: no faces")
    monkeypatch.setattr("fer.cli.bench.pages.subprocess.run", lambda *_, **__: failed)
    with pytest.raises(DatasetError, match="The page shows an error: no faces"):
        asked("page", data=str(path))
    with pytest.raises(DatasetNotFoundError):
        asked("page", data=str(tmp_path))


@pytest.fixture
def judging(
    rivals: ModuleType,
    tmp_path: Path,
    fer_home: Path,
    small_dataset: Dataset,
    monkeypatch: pytest.MonkeyPatch,
) -> Path:
    """A CSV, a model called grey and rivals, small enough for `bench evaluate`."""

    def child(command: list[str], env: dict[str, str], **_: object) -> SimpleNamespace:
        assert command[-4:] == ["fer.cli.bench.rehearsal", "evaluation", "faces.csv", "grey"]
        assert (Path(env["FER_HOME"]) / "models" / "pretrained" / "grey" / "card.json").is_file()
        answer = {"click_ms": [40.0, 60.0, 50.0], "usual_page_ms": [75.0], "whole_page_ms": [90.0]}
        return SimpleNamespace(returncode=0, stdout=json.dumps(answer), stderr="")

    grey_level.save_model(fer_home / "models" / "pretrained" / "grey")
    monkeypatch.setattr("fer.cli.bench.pages.subprocess.run", child)
    monkeypatch.setattr(rivals, "GradCam", lambda *_: lambda face, column: None)
    monkeypatch.setattr(rivals, "untrained_network", lambda *_: MagicMock())
    for name, few in (("_ROUNDS", 2), ("_MAP_ROUNDS", 2), ("_SWEPT", 7), ("_FEW", 7), ("_ONE_BY_ONE", 7)):
        monkeypatch.setattr(evaluating, name, few)
    return write_fer_csv(tmp_path / "small.csv", small_dataset)


def test_judging_is_measured_beside_keras_and_a_usual_page(judging: Path) -> None:
    told: list[float] = []
    report = asked("evaluate", told, data=str(judging), model="grey")
    assert report.measurements["click"].median_ms == pytest.approx(50)
    assert report.ratios["usual_page_over_click"] == pytest.approx(1.5)
    assert report.ratios["limit_of_200_ms_over_click"] == pytest.approx(4)
    assert report.ratios["limit_of_1500_ms_over_evaluate"] > 0
    assert {"model_predict_over_evaluate", "sweep_by_model_predict_from_7_faces_over_sweep"} <= set(
        report.ratios
    )
    assert report.setting.startswith("7 validation faces")
    assert told == sorted(told)


def test_every_evaluation_that_is_measured_begins_from_nothing(
    judging: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    faces: list[int] = []

    def noted(recognizer: Any, images: Any, tta: TTA, progress: object) -> Any:
        faces.append(len(images))
        return recognizer.predict(images)

    monkeypatch.setattr("fer.evaluation.evaluating.predict", noted)
    asked("evaluate", data=str(judging), model="grey")
    # One round that does not count and two that do; those that look up what is kept ask nothing.
    assert faces == [7, 7, 7]


def test_a_rivals_time_is_multiplied_by_the_faces_it_was_spared(
    judging: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock()
    monkeypatch.setattr(evaluating, "time", SimpleNamespace(perf_counter=clock.perf_counter))
    network = SimpleNamespace(predict=lambda *_, **__: clock.takes(10)())
    monkeypatch.setattr(evaluating, "_network", lambda _: network)
    judge = Recognizer(model_folder("grey"))
    times = evaluating._sweeps(judge, load_dataset(str(judging)))
    # Eight kinds at five levels: 40 calls of 10 ms for 7 of 42 faces, and one for each of the 7.
    assert times["sweep_by_model_predict_from_7_faces"].median_ms == pytest.approx(40 * 10 * 6)
    assert times["sweep_by_model_predict_one_face_from_7_faces"].median_ms == pytest.approx(7 * 40 * 10 * 6)
