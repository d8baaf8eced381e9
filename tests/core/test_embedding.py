"""The map of the faces: neighbours stay neighbours, the same faces give the same map, and it is kept."""

import json
from pathlib import Path

import numpy as np
import pytest

from fer import __main__ as command_line
from fer.datasets import Dataset, Split
from fer.datasets.embedding import FaceMap, load_map, make_map, map_path
from fer.emotions import EMOTIONS
from fer.errors import DatasetError, ModelMismatchError, ModelNotFoundError
from fer.figures import (
    chosen_figure,
    face_map_figure,
    groups_by_label,
    groups_by_split,
    groups_by_value,
    groups_by_vote,
)
from tests.conftest import dataset_of
from tests.core import grey_level

MODEL = "seeing"


@pytest.fixture
def model(fer_home: Path) -> str:
    """A model whose features are a face's grey level, and its negative."""
    grey_level.save_model(fer_home / "models" / "pretrained" / MODEL, content=grey_level.WITH_FEATURES)
    return MODEL


def seven_greys(each: int = 12) -> Dataset:
    """`each` faces per emotion, each emotion of one grey; every third face is a test face."""
    labels = [label for label in range(7) for _ in range(each)]
    splits = [Split.TEST if place % 3 == 0 else Split.TRAIN for place in range(len(labels))]
    return dataset_of(labels, splits)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Dataset, FaceMap]:
    """A dataset and its map, made once."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("FER_HOME", str(home))
        grey_level.save_model(home / "models" / "pretrained" / MODEL, content=grey_level.WITH_FEATURES)
        dataset = seven_greys()
        return dataset, make_map(dataset, MODEL)


def test_faces_that_the_model_sees_alike_lie_together(made: tuple[Dataset, FaceMap]) -> None:
    dataset, face_map = made
    distances = np.linalg.norm(face_map.positions[:, None] - face_map.positions[None], axis=2)
    np.fill_diagonal(distances, np.inf)
    nearest = distances.argmin(axis=1)
    assert np.mean(dataset.labels[nearest] == dataset.labels) > 0.9
    assert face_map.facts["neighbours_kept"] > 0.5
    assert face_map.facts["variance_kept"] == pytest.approx(1)


def test_every_face_has_its_place_and_the_models_answer(made: tuple[Dataset, FaceMap]) -> None:
    dataset, face_map = made
    assert face_map.places.tolist() == list(range(len(dataset)))
    assert face_map.positions.shape == (len(dataset), 2)
    assert np.isfinite(face_map.positions).all()
    assert np.array_equal(face_map.answers, dataset.labels)


def test_the_same_faces_give_the_same_map_and_it_is_kept(
    model: str, made: tuple[Dataset, FaceMap], monkeypatch: pytest.MonkeyPatch
) -> None:
    dataset, before = made
    path = map_path(dataset, model)
    assert load_map(path, dataset) is None
    again = make_map(dataset, model)
    assert np.array_equal(again.positions, before.positions)
    monkeypatch.setattr("fer.datasets.embedding._layout", None)  # it would have to be made
    kept = make_map(dataset, model)
    assert np.array_equal(kept.positions, before.positions)
    assert (kept.model, kept.facts) == (model, again.facts)
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_other_faces_or_another_model_have_another_map(model: str, fer_home: Path) -> None:
    dataset = seven_greys()
    paths = {map_path(dataset, model), map_path(dataset, model, 20), map_path(seven_greys(11), model)}
    other = grey_level.WITH_FEATURES.replace(
        grey_level.BIAS.tobytes(), (grey_level.BIAS + np.float32(1)).tobytes()
    )
    grey_level.save_model(fer_home / "models" / "pretrained" / MODEL, content=other)
    assert len(paths | {map_path(dataset, model)}) == 4


def test_a_sample_keeps_each_emotions_share(model: str) -> None:
    dataset = dataset_of([3] * 60 + [1] * 30 + [0] * 10)
    face_map = make_map(dataset, model, sample=20)
    assert len(face_map) == 20
    assert np.bincount(dataset.labels[face_map.places], minlength=7).tolist() == [2, 6, 0, 12, 0, 0, 0]
    assert np.all(np.diff(face_map.places) > 0)


def test_faces_that_are_all_the_same_have_a_map_too(model: str) -> None:
    dataset = dataset_of([0] * 12)
    same = np.repeat(dataset.images[:1], 12, axis=0)
    face_map = make_map(
        Dataset("same", EMOTIONS, same, dataset.labels, dataset.splits, dataset.source), model
    )
    assert np.isfinite(face_map.positions).all()


def test_progress_only_grows_and_ends_near_the_end(model: str) -> None:
    told: list[float] = []
    make_map(seven_greys(), model, lambda fraction, message: told.append(fraction))
    assert told == sorted(told)
    assert len(told) > 20
    assert told[0] < 0.1 and 0.9 < told[-1] <= 1


@pytest.mark.parametrize("sample", [None, 9, 0, -5])
def test_too_few_faces_are_a_sentence(model: str, sample: int | None) -> None:
    dataset = dataset_of([0, 1, 2]) if sample is None else seven_greys()
    with pytest.raises(DatasetError, match=r"at least 10 faces.*larger dataset or sample"):
        make_map(dataset, model, sample=sample)


def test_a_model_without_features_is_a_sentence(fer_home: Path) -> None:
    grey_level.save_model(fer_home / "models" / "pretrained" / "old")
    with pytest.raises(ModelMismatchError, match="probabilities only"):
        make_map(seven_greys(), "old")
    with pytest.raises(ModelNotFoundError, match="nobody"):
        make_map(seven_greys(), "nobody")


@pytest.mark.parametrize(
    "damage", ["cut", "text", "empty", "one byte", "pickled", "other faces", "not a number"]
)
def test_a_damaged_map_is_made_anew(model: str, damage: str) -> None:
    dataset = seven_greys(2)
    path = map_path(dataset, model)
    made = make_map(dataset, model)
    content = path.read_bytes()
    with np.load(path) as kept:
        values = dict(kept)
    match damage:
        case "cut":
            path.write_bytes(content[:400])
        case "text":
            path.write_bytes(b"not a map")
        case "empty":
            path.write_bytes(b"")
        case "one byte":
            packed_how = content.index(b"PK\x01\x02") + 10
            path.write_bytes(content[:packed_how] + b"\x63" + content[packed_how + 1 :])
        case "pickled":
            np.savez(path, **{**values, "positions": np.array([None] * len(dataset))})
        case "other faces":
            np.savez(path, **{**values, "places": values["places"] + 1})
        case _:
            np.savez(path, **{**values, "positions": values["positions"] * np.float32(np.nan)})
    assert load_map(path, dataset) is None
    assert np.array_equal(make_map(dataset, model).positions, made.positions)


def test_the_command_says_where_the_map_is(
    model: str, fer_home: Path, csv_in_data: object, capsys: pytest.CaptureFixture[str]
) -> None:
    name = csv_in_data("few")  # type: ignore[operator]
    assert command_line.main(["map", name, "--model", model, "--sample", "20", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["count"], answer["of"], answer["model"]) == (20, 42, model)
    assert Path(answer["path"]).is_relative_to(fer_home / "data" / "cache" / "maps")
    assert command_line.main(["map", name, "--model", model, "--sample", "3"]) == 2


# ── the figure ───────────────────────────────────────────────────────────────────────────────────


def test_the_figures_traces_hold_each_face_once_in_its_groups_order(made: tuple[Dataset, FaceMap]) -> None:
    dataset, face_map = made
    groups = groups_by_label(dataset, face_map.places)
    figure = face_map_figure(face_map.positions, groups, dataset.rows, ["word"] * len(dataset))
    assert [trace.name for trace in figure.data] == [emotion.capitalize() for emotion in EMOTIONS]
    assert [trace.marker.color for trace in figure.data] == [emotion.color for emotion in EMOTIONS]
    assert all(
        np.array_equal(trace.customdata, g.points) for trace, g in zip(figure.data, groups, strict=True)
    )
    # Two bytes a coordinate still tell who lies where.
    assert {np.asarray(trace.x).dtype for trace in figure.data} == {np.dtype(np.int16)}
    drawn = np.concatenate([trace.x for trace in figure.data]).astype(float)
    truly = face_map.positions[np.concatenate([group.points for group in groups]), 0]
    assert np.corrcoef(drawn, truly)[0, 1] == pytest.approx(1, abs=1e-6)


def test_faces_are_grouped_by_split_answer_vote_and_value() -> None:
    dataset = dataset_of([0, 3, 3, 6], [Split.TRAIN, Split.TRAIN, Split.TEST, Split.TEST])
    places = np.array([1, 2, 3])
    assert [(g.title, g.points.tolist()) for g in groups_by_split(dataset, places)] == [
        ("Train", [0]),
        ("Test", [1, 2]),
    ]
    answers = np.array([3, -1, 0])
    assert [(g.title, g.points.tolist()) for g in groups_by_label(dataset, places, answers)] == [
        ("Angry", [2]),
        ("Happy", [0]),
        ("Another emotion", [1]),
    ]
    votes = np.zeros((4, 10), np.uint8)
    votes[1, 1], votes[2, 9] = 10, 10  # happiness; not a face; nobody voted on the last
    voted = Dataset(
        "voted", EMOTIONS, dataset.images, dataset.labels, dataset.splits, dataset.source, votes=votes
    )
    grouped = {group.title: group.points.tolist() for group in groups_by_vote(voted, places)}
    assert grouped == {"Happiness": [0], "Not a face": [1], "No votes": [2]}
    by_value = groups_by_value(np.array([0.5, np.nan, 2], np.float32))
    assert [(g.title, g.points.tolist()) for g in by_value] == [("Unknown", [1]), ("", [0, 2])]
    figure = face_map_figure(np.eye(3, 2, dtype=np.float32), by_value, dataset.rows, ["a", "b", "c"], "Light")
    assert figure.data[1].marker.color.tolist() == [0.5, 2]
    assert figure.layout.coloraxis.colorbar.title.text == "Light"


def test_the_chosen_are_told_beside_all() -> None:
    counts = dict(zip(EMOTIONS, [0, 0, 0, 3, 1, 0, 0], strict=True))
    figure = chosen_figure(counts, dict.fromkeys(EMOTIONS, 10))
    assert list(figure.data[0].x) == [0, 0, 0, 0.75, 0.25, 0, 0]
    assert list(figure.data[1].x) == pytest.approx([1 / 7] * 7)
