"""Numbers as labels: each published numbering, what is guessed, what is said, and what was chosen."""

from collections.abc import Callable, Mapping
from pathlib import Path

import cv2
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from fer.__main__ import main
from fer.config import AS_IT_CAME, DatasetView, ImportSettings
from fer.datasets import Dataset, editions, load_dataset
from fer.datasets.import_settings import load_import_settings
from fer.datasets.readers.folders import listing_fingerprint, load_folders
from fer.datasets.readers.numbering import NUMBERINGS, read_labels
from fer.datasets.readers.parquet import load_parquet
from fer.datasets.readers.tables import load_tables
from fer.datasets.readers.wide_csv import load_csv
from fer.datasets.registry import load_dataset_as, place_of_dataset, read_dataset
from fer.emotions import EMOTIONS, Emotion
from fer.errors import MalformedDatasetError, PartlyBadDatasetError
from tests.conftest import dataset_of
from tests.corrections import relabel

RAF_DB = ("surprise", "fear", "disgust", "happy", "sad", "angry", "neutral")


def emotions_of(numbers: range, **how: object) -> list[str | None]:
    """What each of these numbers is read as, each on a hundred faces; "" for one that is left out."""
    meanings = read_labels({str(number): 100 for number in numbers}, ImportSettings(**how)).meanings  # type: ignore[arg-type]
    return [None if label is None else "" if label < 0 else EMOTIONS[label] for label in meanings.values()]


@pytest.mark.parametrize(
    ("numbers", "emotions"),
    [
        (range(7), [*EMOTIONS]),
        (range(8), [*EMOTIONS, ""]),
        (range(1, 8), [*RAF_DB]),
        (range(1, 9), [*RAF_DB, None]),
        (range(11), ["neutral", "happy", "sad", "surprise", "fear", "disgust", "angry", "", "", "", ""]),
        (range(1, 7), [*EMOTIONS[1:]]),
    ],
)
def test_a_numbering_is_guessed_from_the_numbers_there_are(
    numbers: range, emotions: list[str | None]
) -> None:
    assert emotions_of(numbers) == emotions


@pytest.mark.parametrize(
    ("numbering", "numbers", "emotions"),
    [
        ("raf-db", range(1, 8), [*RAF_DB]),
        ("affectnet", range(8), ["neutral", "happy", "sad", "surprise", "fear", "disgust", "angry", ""]),
        ("fer-plus", range(8), ["neutral", "happy", "surprise", "sad", "angry", "disgust", "fear", ""]),
        ("alphabetical", range(7), ["angry", "disgust", "fear", "happy", "neutral", "sad", "surprise"]),
    ],
)
def test_a_chosen_numbering_is_the_published_one(numbering: str, numbers: range, emotions: list[str]) -> None:
    assert emotions_of(numbers, numbering=numbering) == emotions


def test_every_numbering_has_each_of_our_emotions_once() -> None:
    for encoding in NUMBERINGS.values():
        named = [emotion for emotion in encoding.values() if emotion is not None]
        assert sorted(named) == sorted(EMOTIONS)


def test_one_slip_of_the_pen_does_not_change_a_numbering() -> None:
    labels = {str(number): 1000 for number in range(1, 7)} | {"7": 1}
    assert read_labels(labels).meanings["1"] == EMOTIONS.index(Emotion.DISGUST)


@pytest.mark.parametrize(
    ("counts", "first", "said"),
    [
        ((4953, 547, 5121, 8989, 6077, 4002, 6198), "angry", ""),  # FER-2013 itself
        ((4953, 547, 5121, 8989, 6198, 6077, 4002), "angry", "FER-2013's numbers of faces"),
        ((1290, 281, 717, 4772, 1982, 705, 2524), "surprise", "RAF-DB's numbers of faces"),
        ((680, 1185, 478, 329, 74, 160, 162), "neutral", "RAF-DB's numbers of faces"),
    ],
)
def test_the_numbers_of_faces_prove_a_published_dataset(
    counts: tuple[int, ...], first: str, said: str
) -> None:
    reading = read_labels({str(number): count for number, count in enumerate(counts)})
    assert EMOTIONS[reading.meanings["0"] or 0] == first
    assert [said in note for note in reading.notes] == ([True] if said else [])


def test_the_notes_say_how_numbers_were_read_and_nothing_of_words() -> None:
    assert read_labels({"happy": 3, "contempt": 1}).notes == ()
    for numbers, said in ((range(7), "assumption"), (range(8), "AffectNet"), (range(1, 7), "RAF-DB")):
        [note] = read_labels({str(number): 9 for number in numbers}).notes
        assert note.startswith("Its numbers were read as FER-2013's: 0 angry, 1 disgust, ")
        assert said in note.partition(".")[2]
        assert len(note) < 300


def test_a_mapping_goes_before_numbers_and_words_and_is_said() -> None:
    how = ImportSettings(mapping=(("3.0", "neutral"), ("HAPPY", "sad"), ("smug", ""), ("9", "fear")))
    reading = read_labels({"3": 2, "happy": 1, "smug": 4, "0": 5}, how)
    assert reading.meanings == {"3": 6, "happy": 4, "smug": -1, "0": 0}
    assert "“3” is neutral, “happy” is sad, “smug” is left out (faces: 4)." in reading.notes[-1]
    assert "“9”, which no face has" in reading.notes[-1]


def test_a_mapping_that_leaves_one_emotion_is_refused() -> None:
    how = ImportSettings(mapping=(("a", "happy"), ("b", "happy"), ("c", "")))
    with pytest.raises(MalformedDatasetError, match="would be happy"):
        read_labels({"a": 1, "b": 2, "c": 3}, how)
    assert read_labels({"a": 1, "c": 3}, how).meanings == {"a": 3, "c": -1}


def test_a_million_hostile_labels_stay_a_short_answer() -> None:
    reading = read_labels({f"\x1b[31m<b>{number}" * 40: 1 for number in range(20_000)} | {"1": 1})
    assert len(reading.source_labels) <= 200
    assert len(reading.advice) < 1000
    assert all(label.text.isprintable() and len(label.text) <= 100 for label in reading.source_labels)


# ── numbered folders ─────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def numbered(tmp_path: Path) -> Callable[[dict[str, int]], Path]:
    """A function that writes class folders: their names, and which emotion's drawn faces lie in each."""

    def write(folders: dict[str, int]) -> Path:
        root = tmp_path / "faces"
        for name, label in folders.items():
            for split in ("train", "test"):
                folder = root / "DATASET" / split / name
                folder.mkdir(parents=True)
                for row, image in enumerate(dataset_of([label] * 3).images):
                    cv2.imwrite(str(folder / f"{split}{row}.png"), image)
        return root

    return write


def levels(dataset: Dataset) -> dict[str, int]:
    """Which emotion's grey level the faces of each label have."""
    return {
        emotion: round(float(np.mean(dataset.images[dataset.labels == label])) / 255 * 7 - 0.5)
        for label, emotion in enumerate(dataset.emotions)
    }


def test_folders_1_to_7_are_read_as_raf_db(numbered: Callable[[dict[str, int]], Path]) -> None:
    root = numbered({str(n): EMOTIONS.index(Emotion(e)) for n, e in enumerate(RAF_DB, start=1)})
    dataset = load_folders(root)
    assert levels(dataset) == {emotion: label for label, emotion in enumerate(EMOTIONS)}
    assert "as RAF-DB's: 1 surprise" in dataset.notes[-1]
    assert [label.count for label in dataset.source_labels] == [6] * 7


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("classes.txt", "0 sad\n1 happy\n2 contempt\n"),
        ("classes.csv", "id,name\n0,sad\n1,happy\n2,contempt\n"),
        ("labels.txt", "sad\nhappy\ncontempt"),
        ("class_names.json", '{"0": "sad", "1": "happy", "2": "contempt"}'),
        ("class_to_idx.json", '{"sad": 0, "happy": 1, "contempt": 2}'),
    ],
)
def test_a_list_of_classes_names_the_numbers(
    numbered: Callable[[dict[str, int]], Path], name: str, text: str
) -> None:
    root = numbered({"0": 4, "1": 3, "2": 0})
    before = listing_fingerprint(root)
    (root / "DATASET" / name).write_text(text, encoding="utf-8")
    dataset = load_folders(root)
    assert levels(dataset) == {"sad": 4, "happy": 3}
    assert "list of classes" in dataset.notes[-1]
    assert listing_fingerprint(root) != before


@pytest.mark.parametrize(
    "text", ["", "0 angry\n1 xyz\n", "train/0.png,3\n", "[" * 9000, "x" * 20_000, "0 sad"]
)
def test_what_is_no_list_of_classes_is_none(numbered: Callable[[dict[str, int]], Path], text: str) -> None:
    root = numbered({"0": 0, "1": 1})
    for name in ("labels.csv", "classes.json"):
        (root / name).write_text(text, encoding="utf-8")
    assert levels(load_folders(root)) == {"angry": 0, "disgust": 1}


def test_a_number_without_a_meaning_is_refused_with_the_choice(
    numbered: Callable[[dict[str, int]], Path],
) -> None:
    root = numbered({str(number): number - 1 for number in range(1, 8)} | {"8": 6})
    with pytest.raises(PartlyBadDatasetError, match="nothing in its numbering"):
        load_folders(root)
    dataset = load_folders(root, how=ImportSettings("raf-db", mapping=(("8", ""),)))
    assert len(dataset) == 42


# ── tables ───────────────────────────────────────────────────────────────────────────────────────


def write_numbered(path: Path, numbers: list[int], levels_of: Mapping[int, int]) -> Path:
    """Write a table of drawn faces, each with a number and the grey level of the emotion it stands for."""
    dataset = dataset_of([levels_of[number] for number in numbers], size=8)
    rows = [
        f"{number},{' '.join(map(str, image.ravel()))}"
        for number, image in zip(numbers, dataset.images, strict=True)
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(["label,pixels", *rows]) + "\n", encoding="utf-8")
    return path


RAF_DB_LEVELS = {number: EMOTIONS.index(Emotion(emotion)) for number, emotion in enumerate(RAF_DB, start=1)}


def test_a_table_of_1_to_7_is_read_as_raf_db(tmp_path: Path) -> None:
    path = write_numbered(tmp_path / "faces.csv", [*range(1, 8)] * 3, RAF_DB_LEVELS)
    dataset = load_csv(path)
    assert levels(dataset) == {emotion: label for label, emotion in enumerate(EMOTIONS)}
    assert "as RAF-DB's" in dataset.notes[-1]


def test_all_tables_of_a_folder_are_read_as_the_largest(tmp_path: Path) -> None:
    write_numbered(tmp_path / "train.csv", [*range(1, 8)] * 3, RAF_DB_LEVELS)
    write_numbered(tmp_path / "test.csv", [1, 2, 3, 4, 5, 6], RAF_DB_LEVELS)  # alone they would be FER-2013's
    dataset = load_tables(tmp_path)
    assert levels(dataset) == {emotion: label for label, emotion in enumerate(EMOTIONS)}
    assert sum("Its numbers were read" in note for note in dataset.notes) == 1
    assert [label.count for label in dataset.source_labels] == [4] * 6 + [3]


@pytest.mark.parametrize("named", [False, True])
def test_a_parquet_table_is_read_by_its_numbers_or_by_the_names_it_has_for_them(
    tmp_path: Path, named: bool
) -> None:
    numbers = [*range(1, 8)] * 3
    images = dataset_of([RAF_DB_LEVELS[number] for number in numbers]).images
    table = pa.table(
        {"image": [cv2.imencode(".png", image)[1].tobytes() for image in images], "label": numbers}
    )
    if named:
        table = table.replace_schema_metadata(
            {
                "classes": "0=none "
                + " ".join(f"{number}={emotion}" for number, emotion in enumerate(RAF_DB, start=1))
            }
        )
    pq.write_table(table, tmp_path / "faces.parquet")
    dataset = load_parquet(tmp_path / "faces.parquet")
    assert levels(dataset) == {emotion: label for label, emotion in enumerate(EMOTIONS)}
    assert any("as RAF-DB's" in note for note in dataset.notes) is not named


# ── chosen, remembered ───────────────────────────────────────────────────────────────────────────


def labels_of(name: str, view: DatasetView = AS_IT_CAME) -> list[str]:
    dataset = load_dataset(name, view=view)
    return [dataset.emotions[label] for label in dataset.labels]


def test_the_command_chooses_remembers_and_forgets(
    csv_in_data: Callable[[str], str], capsys: pytest.CaptureFixture[str]
) -> None:
    name = csv_in_data("faces")
    before = labels_of(name)
    assert main(["import", name, "--numbering", "affectnet", "--map", "6="]) == 0
    said = capsys.readouterr().out
    assert "Its numbers were read as AffectNet's: 0 neutral" in said
    assert "“6” is left out (faces: 6)" in said
    assert (
        labels_of(name)
        == ["neutral"] * 6 + ["happy"] * 6 + ["sad"] * 6 + ["surprise"] * 6 + ["fear"] * 6 + ["disgust"] * 6
    )
    assert main(["import", name, "--map", "6=neutral"]) == 0
    assert labels_of(name)[-1] == "neutral"
    assert main(["import", name, "--forget"]) == 0
    assert labels_of(name) == before


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--numbering", "raf-db"], "nothing in its numbering"),
        (["--map", "0=bored"], "must be one of"),
        (["--map", "=happy"], "without a label"),
        ([f"--map={number}=happy" for number in range(7)], "would be happy"),
        ([f"--map={number}=" for number in range(7)], "none of the seven emotions"),
    ],
)
def test_a_choice_that_cannot_be_is_refused_and_the_former_stays(
    csv_in_data: Callable[[str], str], capsys: pytest.CaptureFixture[str], options: list[str], said: str
) -> None:
    name = csv_in_data("faces")
    assert main(["import", name, "--numbering", "alphabetical"]) == 0
    capsys.readouterr()
    assert main(["import", name, *options]) == 2
    error = capsys.readouterr().err
    assert said in error
    assert len(error) < 400
    assert load_import_settings(place_of_dataset(name)) == ImportSettings("alphabetical")


def test_an_edition_keeps_its_corrections_when_the_numbering_changes(
    csv_in_data: Callable[[str], str],
) -> None:
    name = csv_in_data("faces")
    editions.create_edition(name, "mine")
    relabel(load_dataset(name), "mine", [0], Emotion.SAD)
    load_dataset_as(name, ImportSettings("affectnet"))
    assert labels_of(name)[0] == "neutral"
    assert labels_of(name, DatasetView(edition="mine"))[0] == "sad"


@pytest.mark.parametrize("form", ["folders", "csv", "tables", "parquet"])
def test_a_refusal_names_the_labels_that_mean_nothing(
    tmp_path: Path, numbered: Callable[[dict[str, int]], Path], form: str
) -> None:
    places = dict(RAF_DB_LEVELS) | {8: 0, 9: 0}
    root = tmp_path / "faces"
    if form == "folders":
        numbered({str(number): level for number, level in places.items()})
    elif form == "parquet":
        picture = cv2.imencode(".png", dataset_of([0]).images[0])[1].tobytes()
        root.mkdir()
        pq.write_table(pa.table({"image": [picture] * 9, "label": [*places]}), root / "faces.parquet")
    else:
        write_numbered(root / "train.csv", [*places], places)
    path = next(root.iterdir()) if form in ("csv", "parquet") else root
    with pytest.raises(PartlyBadDatasetError, match="“8”, “9” mean nothing in its numbering") as caught:
        read_dataset(path)
    assert sorted(caught.value.unknown_labels) == ["8", "9"]
    assert len(str(caught.value)) < 350
