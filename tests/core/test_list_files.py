"""A list of pictures and labels beside them: found, understood, and nothing outside opened."""

import shutil
import zipfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from fer.config import ImportSettings
from fer.datasets import Dataset, Split, list_datasets, load_dataset, save_upload
from fer.datasets.dataset import VOTE_NAMES
from fer.datasets.readers import list_files
from fer.datasets.readers.list_files import load_listed_pictures
from fer.datasets.registry import load_dataset_as
from fer.errors import (
    DatasetError,
    FerError,
    MalformedDatasetError,
    PartlyBadDatasetError,
    UnlabelledDatasetError,
)
from tests.core.test_name_patterns import write_pictures

WORDS = ("anger", "disgust", "fear", "happiness", "sadness", "surprise", "neutral")
NAMES = [f"face_{number:03d}.png" for number in range(14)]
LABELS = [WORDS[number % 7] for number in range(14)]


def listed(folder: Path, lines: Sequence[str], name: str = "legend.csv", below: str = "images") -> Path:
    """Write `NAMES` into a folder of their own, and a list."""
    write_pictures(folder, [f"{below}/{picture}".lstrip("/") for picture in NAMES])
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def legend(extra: Sequence[str] = ()) -> list[str]:
    """The list of muxspace's facial expressions: words in either case, and a column of persons."""
    rows = (
        f"{100 + n % 3},{name},{label.upper() if n % 2 else label}"
        for n, (name, label) in enumerate(zip(NAMES, LABELS, strict=True))
    )
    return ["user.id,image,emotion", *rows, *extra]


def labels_of(dataset: Dataset) -> list[str]:
    return [dataset.emotions[label] for label in dataset.labels]


@pytest.mark.parametrize("opened", ["", "legend.csv"])
@pytest.mark.parametrize("below", ["images", "", "a/b"])
def test_a_legend_and_its_pictures_are_read(tmp_path: Path, opened: str, below: str) -> None:
    listed(tmp_path, legend(), below=below)

    dataset = load_dataset(str(tmp_path / opened))

    assert np.bincount(dataset.labels).tolist() == [2] * 7
    assert dataset.labels.tolist() == [0, 1, 2, 3, 4, 5, 6] * 2
    assert dataset.images[:, 0, 0, 0].tolist() == list(range(14))
    assert dataset.notes[0] == (
        "Its labels were read from “legend.csv”: pictures in “image”, labels in “emotion”."
    )


def test_a_picture_with_two_labels_is_told_and_contempt_outvotes_nothing(tmp_path: Path) -> None:
    extra = ["101,face_003.png,contempt", "101,face_004.png,ANGRY", "1,face_001.png,disgusted"]
    listed(tmp_path, legend(extra))

    dataset = load_dataset(str(tmp_path))

    assert len(dataset) == 13  # as many say that face 4 is sad as that it is angry
    assert labels_of(dataset)[3] == "happy"
    notes = " ".join(dataset.notes)
    assert "2 pictures have more than one label in the list; the first is “images/face_003.png”" in notes
    assert "Left out: “images/face_004.png” (equally many labels)." in notes


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("list.txt", [f"{name} {n % 7}" for n, name in enumerate(NAMES)]),
        ("list.tsv", ["file\tlabel", *(f"{name}\t{n % 7}.0" for n, name in enumerate(NAMES))]),
        ("list.csv", [f"{label};./images/{name}" for name, label in zip(NAMES, LABELS, strict=True)]),
        ("list.csv", ["path,x", *(f"images\\{name},{WORDS[n % 7]}" for n, name in enumerate(NAMES))]),
        (
            "a/b/list.csv",
            ["Image,Emotion", *(f'"{n.upper()}","{w}"' for n, w in zip(NAMES, LABELS, strict=True))],
        ),
        ("list.csv", ["id,emotion", *(f"{name[:-4]},{w}" for name, w in zip(NAMES, LABELS, strict=True))]),
    ],
    ids=["spaces", "tabs", "label first", "Windows", "in capitals elsewhere", "no endings"],
)
def test_lists_as_people_write_them(tmp_path: Path, name: str, lines: list[str]) -> None:
    listed(tmp_path, lines, name)
    how = ImportSettings(list_file="list.csv", picture_column="id") if "id,emotion" in lines else None

    dataset = load_dataset(str(tmp_path)) if how is None else load_listed_pictures(tmp_path, how=how)

    assert dataset.labels.tolist() == [0, 1, 2, 3, 4, 5, 6] * 2


def test_raf_db_has_its_splits_in_the_names_and_its_own_numbers(tmp_path: Path) -> None:
    names = [f"{split}_{number:05d}" for split in ("train", "test") for number in range(1, 8)]
    write_pictures(tmp_path, [f"Image/aligned/{name}_aligned.jpg" for name in names])
    (tmp_path / "EmoLabel").mkdir()
    lines = [f"{name}.jpg {number % 7 + 1}" for number, name in enumerate(names)]
    (tmp_path / "EmoLabel" / "list_patition_label.txt").write_text("\n".join(lines))

    dataset = load_dataset(str(tmp_path))

    assert labels_of(dataset)[:7] == ["surprise", "fear", "disgust", "happy", "sad", "angry", "neutral"]
    assert (dataset.splits == Split.TEST).sum() == 7
    assert any("RAF-DB" in note for note in dataset.notes)


def test_a_list_in_each_split_with_a_column_for_each_emotion(tmp_path: Path) -> None:
    for split in ("train", "valid", "test"):
        write_pictures(tmp_path / split, NAMES[:3])
        rows = [f"{name}, {int(n == 0)}, {int(n == 1)}, {int(n == 2)}" for n, name in enumerate(NAMES[:3])]
        (tmp_path / split / "_classes.csv").write_text("\n".join(["filename, anger, contempt, happy", *rows]))

    dataset = load_dataset(str(tmp_path))

    assert labels_of(dataset) == ["angry", "happy"] * 3
    assert {str(split) for split in dataset.splits} == {"train", "validation", "test"}
    assert any("1 of “contempt”" in note or "3 of “contempt”" in note for note in dataset.notes)


def test_votes_of_ten_people_count_for_the_emotion_with_most(tmp_path: Path) -> None:
    rows = [f"Training,{NAMES[0]},6,4,0,0,0,0,0,0,0,0", f"PrivateTest,{NAMES[1]},1,9,0,0,0,0,0,0,0,0"]
    rows.append(f"Training,{NAMES[2]},5,5,0,0,0,0,0,0,0,0")
    listed(tmp_path, [f"Usage,Image name,{','.join(VOTE_NAMES)}", *rows], "fer2013new.csv")

    dataset = load_dataset(str(tmp_path))

    assert labels_of(dataset) == ["neutral", "happy"]
    assert dataset.splits.tolist() == ["train", "test"]
    assert any("no emotion has most votes" in note for note in dataset.notes)


def test_what_is_not_used_is_counted_by_reason_and_nothing_outside_is_opened(tmp_path: Path) -> None:
    folder = listed(tmp_path / "inside", legend())
    write_pictures(tmp_path, ["secret.png", "face_999.png"])
    (folder / "images" / "link.png").symlink_to(tmp_path / "secret.png")
    (folder / "more").symlink_to(tmp_path)
    extra = ["1,../secret.png,happy", f"1,{tmp_path}/secret.png,happy", "1,C:\\secret.png,happy"]
    extra += ["1,link.png,happy", "1,face_999.png,happy", "1,,happy", "1,face_003.png,", "short"]
    (folder / "legend.csv").write_text("\n".join(legend(extra)).replace("face_000.png", "x.png"))

    dataset = load_dataset(str(folder))

    assert len(dataset) == 13
    assert sorted(note for note in dataset.notes if note.startswith("Left out")) == [
        "Left out: “../secret.png” and 2 more (outside the folder).",
        "Left out: “face_003.png” and 2 more (a row of the list without a picture or a label).",
        "Left out: “face_999.png” and 2 more (in the list, but not there).",
        "Left out: “images/face_000.png” (not in the list).",
        "Left out: “images/link.png” and 1 more (a link, which is not followed).",
    ]


def test_of_several_lists_the_larger_is_read_and_the_other_is_told(tmp_path: Path) -> None:
    listed(tmp_path, legend())
    (tmp_path / "few.csv").write_text("\n".join(legend()[:4]))

    dataset = load_dataset(str(tmp_path))

    assert len(dataset) == 14
    assert "Left out: “few.csv” (another list, which was not read)." in dataset.notes


def test_of_two_pictures_of_one_name_the_one_meant_is_taken(tmp_path: Path) -> None:
    write_pictures(tmp_path, ["a/1.png", "b/1.png", "b/2.png"])
    (tmp_path / "list.csv").write_text("image,emotion\na/1.png,happy\nb/1.png,sad\n1.png,fear\n2.png,fear\n")

    dataset = load_dataset(str(tmp_path))

    assert labels_of(dataset) == ["happy", "sad", "fear"]
    assert any("several have this name" in note for note in dataset.notes)


def test_columns_can_be_chosen_and_are_remembered(fer_home: Path) -> None:
    rows = [f"{name},{WORDS[n % 7]},{WORDS[(n + 1) % 7]}" for n, name in enumerate(NAMES)]
    listed(fer_home / "data" / "mine", ["image,first,second", *rows], "both.csv")

    assert [entry.kind for entry in list_datasets()] == ["built-in", "not understood"]
    with pytest.raises(MalformedDatasetError, match=r"“both\.csv”.*--label-column"):
        load_dataset("mine")
    how = ImportSettings(list_file="both.csv", label_column="second")
    assert labels_of(load_dataset_as("mine", how))[:2] == ["disgust", "fear"]
    assert labels_of(load_dataset("mine"))[:2] == ["disgust", "fear"]
    assert (
        labels_of(load_dataset_as("mine", ImportSettings(list_file="both.csv", label_column="2")))[0]
        == "angry"
    )
    with pytest.raises(DatasetError, match=r"no column “third”\. Choose one of “image”, “first”, “second”"):
        load_dataset_as("mine", ImportSettings(list_file="both.csv", label_column="third"))
    with pytest.raises(DatasetError, match=r"no list “none\.csv”.*“both\.csv”"):
        load_dataset_as("mine", ImportSettings(list_file="none.csv"))


def test_an_archive_with_a_list_is_read_and_uploaded(tmp_path: Path, fer_home: Path) -> None:
    folder = listed(tmp_path / "zipped", legend())
    with zipfile.ZipFile(tmp_path / "faces.zip", "w") as archive:
        for path in sorted(folder.rglob("*.*")):
            archive.write(path, path.relative_to(tmp_path))

    save_upload("faces.zip", (tmp_path / "faces.zip").read_bytes())

    assert load_dataset("faces").labels.tolist() == [0, 1, 2, 3, 4, 5, 6] * 2


def test_an_uploaded_archive_stays_whose_labels_must_be_said(tmp_path: Path) -> None:
    folder = write_pictures(
        tmp_path / "coded", [f"p{n}-{code}.png" for n in range(4) for code in ("ha", "sa")]
    )
    with zipfile.ZipFile(tmp_path / "coded.zip", "w") as archive:
        for path in sorted(folder.iterdir()):
            archive.write(path, f"coded/{path.name}")

    entry = save_upload("coded.zip", (tmp_path / "coded.zip").read_bytes())

    with pytest.raises(UnlabelledDatasetError, match=r"“coded\.zip” holds pictures.*“p\d-[hs]a\.png”"):
        load_dataset(entry.name)
    assert len(load_dataset_as(entry.name, ImportSettings(name_pattern="*-{emotion}"))) == 8


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([f"1,../{name},happy" for name in NAMES], "outside the folder"),
        ([f"1,{name[:-4]}x.png,sad" for name in NAMES], "in the list, but not there"),
    ],
)
def test_a_list_of_which_no_row_can_be_used_says_why(tmp_path: Path, rows: list[str], reason: str) -> None:
    rows[0] = rows[0].replace("happy", "fear").replace("sad", "fear")
    listed(tmp_path, ["user.id,image,emotion", *rows])

    with pytest.raises(MalformedDatasetError, match=f"Not one row.*{reason}") as caught:
        load_dataset(str(tmp_path))
    assert len(str(caught.value)) < 300


def test_a_list_without_its_pictures_says_what_to_do(tmp_path: Path, fer_home: Path) -> None:
    (tmp_path / "legend.csv").write_text("\n".join(legend()))

    with pytest.raises(MalformedDatasetError, match="no picture lies beside it"):
        load_dataset(str(tmp_path / "legend.csv"))
    with pytest.raises(MalformedDatasetError, match="no picture lies beside it"):
        save_upload("legend.csv", (tmp_path / "legend.csv").read_bytes())
    (fer_home / "data").mkdir(exist_ok=True)
    shutil.copy(tmp_path / "legend.csv", fer_home / "data")
    assert list_datasets()[-1].kind == "not understood"
    with pytest.raises(MalformedDatasetError, match="into one folder in data"):
        load_dataset("legend")


def test_a_label_that_names_no_emotion_is_a_bad_picture_unless_it_is_mapped(tmp_path: Path) -> None:
    listed(tmp_path, [line.replace("anger", "grumpy") for line in legend()])

    with pytest.raises(PartlyBadDatasetError, match="has the label “grumpy”"):
        load_dataset(str(tmp_path))
    mapped = ImportSettings(mapping=(("grumpy", "angry"),))
    assert labels_of(load_dataset_as(str(tmp_path), mapped))[0] == "angry"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\0" * 5000,
        b"x" * 200_000 + b".png",
        b'"' * 3000 + b".png,happy",
        b"\xff\xfea.png",
        b"a.png,happy\n",
    ],
    ids=["empty", "zeros", "one line", "quotes", "half of UTF-16", "one row"],
)
def test_a_damaged_list_is_a_sentence(tmp_path: Path, content: bytes) -> None:
    listed(tmp_path, [])
    (tmp_path / "legend.csv").write_bytes(content)

    with pytest.raises(FerError) as caught:
        load_listed_pictures(tmp_path, how=ImportSettings(list_file="legend.csv"))
    assert len(str(caught.value)) < 300
    assert "\0" not in str(caught.value)


def test_a_list_has_an_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    listed(tmp_path, legend())
    monkeypatch.setattr(list_files, "_MOST_ROWS", 10)
    with pytest.raises(MalformedDatasetError, match="more than 10 rows"):
        load_dataset(str(tmp_path))


def test_a_list_that_was_changed_is_read_anew(fer_home: Path) -> None:
    folder = listed(fer_home / "data" / "mine", legend())
    assert labels_of(load_dataset("mine"))[0] == "angry"

    (folder / "legend.csv").write_text("\n".join(legend()).replace("face_000.png,anger", "face_000.png,fear"))

    assert labels_of(load_dataset("mine"))[0] == "fear"
