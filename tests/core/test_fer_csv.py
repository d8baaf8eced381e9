"""The FER-2013 CSV: the same numbers as a plain loop reads, and a sentence for whatever is not one."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from fer.datasets import Dataset, Split, fer_csv
from fer.datasets.fer_csv import load_fer_csv
from fer.emotions import EMOTIONS
from fer.errors import MalformedDatasetError
from tests.conftest import write_fer_csv

SIDE = 8
PIXELS = " ".join(str(value * 4 % 256) for value in range(SIDE * SIDE))
HEADER = "emotion,pixels,Usage"


def naive(text: str) -> NDArray[np.uint8]:
    """The pixels as the plain loop reads them: the meaning that the fast way must keep."""
    rows = [line.split(",") for line in text.split("\n")[1:] if line.strip()]
    return np.array([[int(pixel) for pixel in row[1].strip('" \t\r').split()] for row in rows], np.uint8)


def load(path: Path, text: str | bytes) -> Dataset:
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return load_fer_csv(path)


def with_pixels(pixels: str) -> str:
    return f"{HEADER}\n0,{PIXELS},Training\n0,{pixels},Training\n"


def test_every_pixel_label_and_split_comes_back(tmp_path: Path, small_dataset: Dataset) -> None:
    loaded = load_fer_csv(write_fer_csv(tmp_path / "faces.csv", small_dataset))

    np.testing.assert_array_equal(loaded.images, small_dataset.images)
    np.testing.assert_array_equal(loaded.labels, small_dataset.labels)
    np.testing.assert_array_equal(loaded.splits, small_dataset.splits)
    assert loaded.emotions == EMOTIONS


@pytest.mark.parametrize("block_bytes", [500, 9000, 2**18])
def test_faces_keep_their_order_wherever_the_file_is_cut(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, small_dataset: Dataset, block_bytes: int
) -> None:
    monkeypatch.setattr(fer_csv, "_BLOCK_BYTES", block_bytes)

    loaded = load_fer_csv(write_fer_csv(tmp_path / "faces.csv", small_dataset))

    np.testing.assert_array_equal(loaded.images, small_dataset.images)


def test_all_numbers_from_0_to_255_are_read_whatever_stands_before_them(tmp_path: Path) -> None:
    values = [255, 0, 9, 10, 99, 100, 199, 200, 249, 250, 25, 5, 255, 255, 1, 0] * 4
    written = " ".join(map(str, values))

    loaded = load(tmp_path / "faces.csv", f"{HEADER}\n3,{written},Training\n3,{written[:-1]}7,Training\n")

    assert loaded.images[0].ravel().tolist() == values
    assert loaded.images[1].ravel().tolist() == [*values[:-1], 7]


@pytest.mark.parametrize(
    "text",
    [
        f"\ufeff{HEADER}\n4,{PIXELS},PublicTest\n",
        f"{HEADER}\r\n4,{PIXELS},PublicTest\r\n",
        f'"emotion","pixels","Usage"\n"4","{PIXELS}","PublicTest"\n',
        f"emotion, Usage, pixels\n4,PublicTest,{PIXELS}\n",
        f"{HEADER}\n4,{PIXELS},PublicTest",
        f"{HEADER}\n\n4,{PIXELS},PublicTest\n\n\n",
        f"index,emotion,pixels,Usage,comment\n1,sad, {PIXELS} ,PublicTest,blurred\n",
    ],
    ids=["byte order mark", "Windows", "quotes", "other order", "no line end", "blank lines", "more columns"],
)
def test_the_ways_in_which_programs_save_a_csv_make_no_difference(tmp_path: Path, text: str) -> None:
    loaded = load(tmp_path / "faces.csv", text)

    assert loaded.images[0].ravel().tolist() == [int(pixel) for pixel in PIXELS.split()]
    assert (loaded.labels.tolist(), loaded.splits.tolist()) == ([4], [Split.VALIDATION])


@pytest.mark.parametrize(
    ("pixels", "reason"),
    [
        (PIXELS.rsplit(" ", 1)[0], "63 are there"),
        (PIXELS + " 1", "65 are there"),
        ("", "0 are there"),
        (PIXELS.replace("252", "256"), "“256”"),
        (PIXELS.replace("252", "300"), "“300”"),
        (PIXELS.replace("252", "1252"), "“1252”"),
        (PIXELS.replace("252", "99999999999999999999"), "“99999999999999999999”"),
        (PIXELS.replace("252", "-1"), "“-1”"),
        (PIXELS.replace("252", "1e20"), "“1e20”"),
        (PIXELS.replace("252", "2.5"), "“2.5”"),
        (PIXELS.replace("252", "dark"), "“dark”"),
        (PIXELS.replace("252", "²5"), "²5"),
    ],
)
def test_pixels_that_are_not_bytes_are_refused_with_their_row(
    tmp_path: Path, pixels: str, reason: str
) -> None:
    with pytest.raises(MalformedDatasetError, match=r"“faces\.csv”, row 2 \(line 3\): ") as caught:
        load(tmp_path / "faces.csv", with_pixels(pixels))
    assert reason in str(caught.value)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (f"7,{PIXELS},Training", "“7” is none of 0 to 6"),
        (f"bored,{PIXELS},Training", "“bored” is none of 0 to 6"),
        (f",{PIXELS},Training", "“” is none of 0 to 6"),
        (f"1,{PIXELS},Holiday", "“Holiday” is none of Training, PublicTest, PrivateTest"),
        (f"1,{PIXELS}", "3 columns were expected and 2 are there"),
        (f"1,{PIXELS},Training,", "3 columns were expected and 4 are there"),
    ],
)
def test_a_line_of_another_form_is_refused_with_its_row(tmp_path: Path, line: str, reason: str) -> None:
    with pytest.raises(MalformedDatasetError, match=r"row 2 \(line 3\)") as caught:
        load(tmp_path / "faces.csv", f"{HEADER}\n0,{PIXELS},Training\n{line}\n")
    assert reason in str(caught.value)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "is empty"),
        (f"{HEADER}\n".encode(), "not one face"),
        (f"{HEADER}\n".encode("utf-16"), "UTF-16"),
        (b"emotion,Usage\n1,Training\n", "must begin with the columns"),
        (f"0,{PIXELS},Training\n".encode(), "must begin with the columns"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "must begin with the columns"),
        (f"{HEADER}\n0,1 2 3,Training\n".encode(), "3 pixels do not make a square"),
        (f"{HEADER}\n0,Training\n".encode(), "3 columns were expected and 2 are there"),
    ],
)
def test_a_file_that_is_no_fer_csv_is_refused_in_a_sentence(
    tmp_path: Path, content: bytes, reason: str
) -> None:
    with pytest.raises(MalformedDatasetError) as caught:
        load(tmp_path / "faces.csv", content)
    assert "“faces.csv”" in str(caught.value)
    assert reason in str(caught.value)


def test_the_first_of_several_bad_lines_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fer_csv, "_BLOCK_BYTES", 100)
    lines = [f"0,{PIXELS},Training"] * 50
    lines[17] = lines[40] = f"9,{PIXELS},Training"

    with pytest.raises(MalformedDatasetError, match=r"row 18 \(line 19\)"):
        load(tmp_path / "faces.csv", "\n".join([HEADER, *lines]))


def test_without_a_usage_column_each_emotion_is_divided_80_10_10_as_the_title_says(tmp_path: Path) -> None:
    text = "\n".join(["emotion,pixels", *(f"{label},{PIXELS}" for label in range(7) for _ in range(20))])

    loaded = load(tmp_path / "faces.csv", text)
    again = load(tmp_path / "faces.csv", text)

    for split, count in {Split.TRAIN: 16, Split.VALIDATION: 2, Split.TEST: 2}.items():
        assert set(loaded.counts()[split].values()) == {count}
    np.testing.assert_array_equal(loaded.splits, again.splits)
    assert "a tenth each" in loaded.source.title


GOOD = "\n".join([HEADER, *(f"{label},{PIXELS},Training" for label in range(3))]) + "\n"


@settings(
    max_examples=200,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    place=st.integers(0, len(GOOD) - 1),
    removed=st.integers(0, 3),
    added=st.text('0159 ,-+._\n\r\t"ex²\0', max_size=4),
)
def test_whatever_happens_to_a_file_it_is_read_as_the_plain_loop_does_or_refused(
    tmp_path: Path, place: int, removed: int, added: str
) -> None:
    text = GOOD[:place] + added + GOOD[place + removed :]
    try:
        loaded = load(tmp_path / "faces.csv", text)
    except MalformedDatasetError as error:
        assert "faces.csv" in str(error)
        assert "\n" not in str(error)
    else:
        np.testing.assert_array_equal(loaded.images.reshape(len(loaded), -1), naive(text))
