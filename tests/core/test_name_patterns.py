"""Labels in file names: JAFFE's, KDEF's, words for emotions, and a pattern of the learner's own."""

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import pytest

from fer.config import ImportSettings
from fer.datasets import load_dataset
from fer.datasets.import_settings import save_import_settings
from fer.datasets.readers.name_patterns import guess_pattern, label_finder, load_named_pictures
from fer.emotions import EMOTIONS
from fer.errors import DatasetError, MalformedDatasetError, PartlyBadDatasetError

JAFFE = ("AN", "DI", "FE", "HA", "SA", "SU", "NE")
KDEF = ("AN", "DI", "AF", "HA", "SA", "SU", "NE")


def write_pictures(folder: Path, places: Sequence[str]) -> Path:
    """Write small grey pictures; the first is black, and each that follows is lighter."""
    for number, place in enumerate(places):
        (folder / place).parent.mkdir(parents=True, exist_ok=True)
        content = cv2.imencode(".png", np.full((48, 48), number, np.uint8))[1].tobytes()
        (folder / place).write_bytes(content)
    return folder


def jaffe() -> list[str]:
    return [f"{'KLMNTUY'[n % 7]}A.{JAFFE[n % 7]}{n % 3 + 1}.{n + 1}.tiff" for n in range(28)]


def kdef() -> list[str]:
    return [f"AF{n:02d}/AF{n:02d}{code}S.JPG" for n in range(1, 5) for code in KDEF]


def test_jaffe_is_read_by_its_names_and_says_so(tmp_path: Path) -> None:
    write_pictures(tmp_path / "jaffe", jaffe())

    dataset = load_dataset(str(tmp_path / "jaffe"))

    assert dataset.emotions == EMOTIONS
    assert np.bincount(dataset.labels).tolist() == [4] * 7
    assert dataset.notes[0] == (
        "Its labels were read from its file names, as in JAFFE's: “KA.AN1.1.tiff” has “AN” (angry)."
    )


def test_what_lies_beside_pictures_with_labels_in_their_names_is_counted(tmp_path: Path) -> None:
    write_pictures(tmp_path, [*jaffe(), "portrait.png", ".hidden.png"])
    (tmp_path / "terms of use.pdf").write_bytes(b"%PDF")
    first = load_dataset(str(tmp_path)).notes
    (tmp_path / "jaffe.zip").write_bytes(b"PK")

    assert [note for note in load_dataset(str(tmp_path)).notes if "Left out" in note] == [
        "Left out: “jaffe.zip” (an archive, which was not unpacked).",
        "Left out: “terms of use.pdf” (neither a picture nor a list, by its ending).",
        "Left out: “portrait.png” (no label in its name).",
    ]
    assert len(first) < len(load_dataset(str(tmp_path)).notes)


def test_kdef_is_read_from_its_folders_of_persons_where_af_is_afraid(tmp_path: Path) -> None:
    write_pictures(tmp_path, kdef())

    dataset = load_dataset(str(tmp_path))

    assert np.bincount(dataset.labels).tolist() == [4] * 7
    names = sorted(Path(place).name for place in kdef())
    assert [KDEF[label] for label in dataset.labels] == [name[4:6] for name in names]


def test_two_collections_in_one_folder_are_both_read(tmp_path: Path) -> None:
    write_pictures(tmp_path, [*jaffe(), *kdef()])

    dataset = load_dataset(str(tmp_path))

    assert len(dataset) == 56
    assert "as in JAFFE's or as in KDEF's:" in dataset.notes[0]


@pytest.mark.parametrize(
    ("names", "pattern"),
    [
        (["happy_001.jpg", "sad_001.jpg"], "word"),
        (["001_Happy.png", "002_contempt.png", "003-fearful.png"], "word"),
        (["Rafd090_01_Caucasian_female_angry_frontal.jpg", "Rafd090_01_Caucasian_male_sad_left.jpg"], "word"),
        (["1001_DFA_ANG_XX.png", "1001_DFA_HAP_XX.png"], "word"),
        (["HappyFace01.png", "SadFace01.png"], "word"),
        (["happy_1.jpg", "happy_2.jpg"], ""),  # nothing to tell apart
        (["happy_or_sad.jpg", "sad_then_angry.jpg"], ""),
        (["IMG_0001.jpg", "IMG_0002.jpg"], ""),
        (["san_diego_1.jpg", "hanne_2.jpg"], ""),
        ([], ""),
    ],
)
def test_a_pattern_is_guessed_from_names(names: list[str], pattern: str) -> None:
    assert guess_pattern(names) == pattern


def test_nine_names_of_ten_are_enough_and_eight_are_not() -> None:
    others = [f"IMG_{n}.jpg" for n in range(20)]
    assert guess_pattern([*jaffe()[:18], *others[:2]]) == "jaffe"
    assert guess_pattern([*jaffe()[:17], *others[:3]]) == ""


@pytest.mark.parametrize(
    ("pattern", "name", "label"),
    [
        ("*.{emotion:2}*", "KA.AN1.39", "AN"),
        ("????{emotion:2}S", "AF01ANS", "AN"),
        ("????{emotion:2}S", "AF01ANHL", None),  # another view
        ("*-*-{emotion}-*", "03-01-06-01-02", "06"),
        ("*_{emotion}", "img_001_3", None),
        ("*_*_{emotion}", "img_001_3", "3"),
        ("*{emotion}", "001happy", "happy"),
        ("*_emo_{emotion}*", "a_b_emo_sad7", "sad"),
        ("{EMOTION}*", "x", DatasetError),
        ("*", "x", DatasetError),
        ("{emotion}{emotion}", "x", DatasetError),
        ("*?{emotion}", "x", DatasetError),
        ("(a+)+{emotion}", "(a+)+sad", "sad"),  # no regular expression
        ("word", "a_sad_face", "sad"),
    ],
)
def test_a_pattern_of_ones_own(pattern: str, name: str, label: object) -> None:
    if label is DatasetError:
        with pytest.raises(DatasetError, match=r"\{emotion\}|\*") as caught:
            label_finder(pattern)
        assert len(str(caught.value)) < 300
    else:
        assert label_finder(pattern)[1](name) == label


def test_no_pattern_is_kept_busy_by_a_name() -> None:
    find = label_finder("*a" * 60 + "{emotion}b")[1]
    assert find("a" * 255) is None


def test_names_without_a_label_are_counted_and_unknown_labels_are_bad(tmp_path: Path) -> None:
    write_pictures(tmp_path, ["a_happy.png", "b_sad.png", "c_zzz.png", "other.png"])
    how = ImportSettings(name_pattern="*_{emotion}")

    with pytest.raises(PartlyBadDatasetError, match=r"“c_zzz\.png” has the label “zzz”"):
        load_named_pictures(tmp_path, how=how)
    dataset = load_named_pictures(tmp_path, skip_bad=True, how=how)

    assert len(dataset) == 2
    assert "Left out: “other.png” (no label in its name)." in dataset.notes


def test_what_was_chosen_goes_before_the_folders_names(tmp_path: Path) -> None:
    write_pictures(tmp_path, ["happy/x_sad.png", "sad/y_happy.png"])
    save_import_settings(tmp_path, ImportSettings(name_pattern="*_{emotion}"))

    dataset = load_dataset(str(tmp_path))

    assert [dataset.emotions[label] for label in dataset.labels] == ["sad", "happy"]


def test_a_folder_whose_labels_are_nowhere_says_the_real_reason(tmp_path: Path) -> None:
    write_pictures(tmp_path / "holiday", ["day1/IMG_0001.jpg", "day2/IMG_0002.jpg"])

    with pytest.raises(
        MalformedDatasetError, match=r"nothing says what they show.*--names or --list"
    ) as caught:
        load_dataset(str(tmp_path / "holiday"))

    assert len(str(caught.value)) < 300
