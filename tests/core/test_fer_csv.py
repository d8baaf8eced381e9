"""The FER-2013 CSV: the same numbers as a plain loop reads, and a sentence for whatever is not one."""

import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fer.datasets import Dataset, Split
from fer.datasets.readers.csv_faces import blocks, reading
from fer.datasets.readers.wide_csv import load_csv
from fer.emotions import EMOTIONS
from fer.errors import FerError, MalformedDatasetError, PartlyBadDatasetError
from tests.conftest import notes_beside_numbering, write_fer_csv
from tests.core.csv_rows import leave_out_the_bad_row, load

SIDE = 8
PIXELS = " ".join(str(value * 4 % 256) for value in range(SIDE * SIDE))
HEADER = "emotion,pixels,Usage"
GOOD_LINE = f"0,{PIXELS},Training"
# For properties that write a file in each example.
properties = settings(
    max_examples=100,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def plain_loop(text: str) -> dict[int, list[int]]:
    """The pixels of each row that a plain loop can read: the meaning that the fast way must keep."""
    rows = [line for line in text.split("\n")[1:] if line.strip('" \t\r,;')]
    read = {}
    for row, line in enumerate(rows):
        fields = [field.strip('" \t\r') for field in line.split(",")]
        if len(fields) != 3:
            continue
        numbers = [number for number in re.split("[ \t]", fields[1]) if number]
        numbers = [re.sub(r"(?<=\d)\.0*$", "", number) for number in numbers]
        if all(number.isascii() and number.isdecimal() and len(number) < 4 for number in numbers):
            pixels = [int(number) for number in numbers]
            if len(pixels) == SIDE * SIDE and max(pixels) < 256:
                read[row] = pixels
    return read


def test_every_pixel_label_and_split_comes_back(tmp_path: Path, small_dataset: Dataset) -> None:
    loaded = load_csv(write_fer_csv(tmp_path / "faces.csv", small_dataset))

    np.testing.assert_array_equal(loaded.images, small_dataset.images)
    np.testing.assert_array_equal(loaded.labels, small_dataset.labels)
    np.testing.assert_array_equal(loaded.splits, small_dataset.splits)
    assert loaded.emotions == EMOTIONS
    assert loaded.rows.tolist() == list(range(len(small_dataset)))
    assert notes_beside_numbering(loaded) == ()


@pytest.mark.parametrize("block_bytes", [500, 9000, 2**18])
def test_faces_keep_their_order_wherever_the_file_is_cut(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, small_dataset: Dataset, block_bytes: int
) -> None:
    monkeypatch.setattr(blocks, "_BLOCK_BYTES", block_bytes)

    loaded = load_csv(write_fer_csv(tmp_path / "faces.csv", small_dataset))

    np.testing.assert_array_equal(loaded.images, small_dataset.images)
    np.testing.assert_array_equal(loaded.rows, small_dataset.rows)


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
        f"{HEADER}\r4,{PIXELS},PublicTest\r",
        f'"emotion","pixels","Usage"\n"4","{PIXELS}","PublicTest"\n',
        f"emotion, Usage, pixels\n4,PublicTest,{PIXELS}\n",
        f"emotion;pixels;Usage\n4;{PIXELS};PublicTest\n",
        f"emotion\tpixels\tUsage\n4\t{PIXELS}\tPublicTest\n",
        f"{HEADER}\n4,{PIXELS},PublicTest",
        f"{HEADER}\n\n4,{PIXELS},PublicTest\n  \n,,\n\n",
        f"index,emotion,pixels,Usage,comment\n1,sad, {PIXELS} ,PublicTest,blurred\n",
        f'emotion,comment,pixels,Usage\n4,"dark, and blurred","{PIXELS}",PublicTest\n',
        f"label,pixels,split\nsadness,{PIXELS},val\n",
    ],
    ids=[
        "byte order mark",
        "Windows",
        "old Mac",
        "quotes",
        "other order and spaces in the names",
        "semicolons",
        "tabs",
        "no line end",
        "blank lines",
        "more columns",
        "commas in quotes",
        "other names",
    ],
)
def test_the_ways_in_which_programs_save_a_csv_make_no_difference(tmp_path: Path, text: str) -> None:
    loaded = load(tmp_path / "faces.csv", text)

    assert loaded.images[0].ravel().tolist() == [int(pixel) for pixel in PIXELS.split()]
    assert (loaded.labels.tolist(), loaded.splits.tolist()) == ([4], [Split.VALIDATION])


def bad_pixel(text: str) -> str:
    return f"0,{PIXELS.replace('252', text)},Training"


BAD_LINES = {
    "a pixel is missing": (f"0,{PIXELS.rsplit(' ', 1)[0]},Training", "63 are there"),
    "a pixel too many": (f"0,{PIXELS} 1,Training", "65 are there"),
    "no pixels": ("0,,Training", "0 are there"),
    "256": (bad_pixel("256"), "“256”"),
    "300": (bad_pixel("300"), "the pixel “300”, number 64, is no whole number from 0 to 255"),
    "1252": (bad_pixel("1252"), "“1252”"),
    "twenty digits": (bad_pixel("99999999999999999999"), "“99999999999999999999”"),
    "-1": (bad_pixel("-1"), "“-1”"),
    "−1": (bad_pixel("−1"), "“−1”"),
    "1e20": (bad_pixel("1e20"), "“1e20”"),
    "256.0": (bad_pixel("256.0"), "“256”"),
    "nan": (bad_pixel("nan"), "“nan”"),
    "letters": (bad_pixel("dark"), "“dark”"),
    "another script's digits": (bad_pixel("²5"), "²5"),
    "a zero byte": (bad_pixel("2\0"), "“2?”"),
    "label 11": (f"11,{PIXELS},Training", "the label “11” names no emotion"),
    "label -1": (f"-1,{PIXELS},Training", "the label “-1” names no emotion"),
    "no emotion's name": (f"bored,{PIXELS},Training", "“bored” names no emotion"),
    "no label": (f",{PIXELS},Training", "“” names no emotion"),
    "an endless label": (f"{'sad' * 1000},{PIXELS},Training", "…” names no emotion"),
    "no such split": (f"1,{PIXELS},Holiday", "“Holiday” is none of Training, PublicTest, PrivateTest"),
    "a column is missing": (f"1,{PIXELS}", "3 columns were expected and 2 are there"),
    "a column too many": (f"1,{PIXELS},Training,", "3 columns were expected and 4 are there"),
    "an endless line": (f"1,{PIXELS},{'x' * 2**21}", "the line is longer than a face can be"),
}


@pytest.mark.parametrize(("line", "reason"), BAD_LINES.values(), ids=BAD_LINES)
def test_a_bad_row_among_good_ones_is_named_and_can_be_left_out(
    tmp_path: Path, line: str, reason: str
) -> None:
    text = f"{HEADER}\n{GOOD_LINE}\n\n{line}\n{GOOD_LINE}\n"

    loaded = leave_out_the_bad_row(tmp_path / "faces.csv", text, "row 2 (line 4)", reason)

    assert loaded.images[1].ravel().tolist() == [int(pixel) for pixel in PIXELS.split()]


@pytest.mark.parametrize("line", [bad for bad, _ in BAD_LINES.values()], ids=BAD_LINES)
def test_where_no_row_is_good_nothing_is_offered(tmp_path: Path, line: str) -> None:
    for skip_bad in (False, True):
        with pytest.raises(MalformedDatasetError, match=r"“faces\.csv”") as caught:
            load(tmp_path / "faces.csv", f"{HEADER}\n{line}\n{line}\n", skip_bad=skip_bad)
        assert not isinstance(caught.value, PartlyBadDatasetError)


def test_many_bad_rows_are_counted_over_the_whole_file_and_the_first_of_them_listed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blocks, "_BLOCK_BYTES", 2000)
    lines = [f"99,{PIXELS},Training" if row % 3 == 2 else GOOD_LINE for row in range(300)]
    text = "\n".join([HEADER, *lines])

    with pytest.raises(PartlyBadDatasetError) as caught:
        load(tmp_path / "faces.csv", text)
    loaded = load(tmp_path / "faces.csv", text, skip_bad=True)

    assert "row 3 (line 4)" in str(caught.value)
    assert "100 of 300 rows are bad; the other 200 can be used without them." in str(caught.value)
    assert (caught.value.good, caught.value.bad_count, len(caught.value.bad)) == (200, 100, 50)
    assert [where for where, _ in caught.value.bad[:2]] == ["row 3 (line 4)", "row 6 (line 7)"]
    assert loaded.rows.tolist() == [row for row in range(300) if row % 3 != 2]
    assert "100 of its 300 rows are bad and left out; the first: row 3 (line 4): " in loaded.notes[0]


def test_a_file_that_was_cut_off_is_told_from_one_with_a_wrong_line(tmp_path: Path) -> None:
    whole = f"{HEADER}\n{GOOD_LINE}\n{GOOD_LINE}\n"

    for cut in (whole[:-20], whole[: -len(GOOD_LINE) // 2]):
        with pytest.raises(PartlyBadDatasetError, match="as if it were half a download"):
            load(tmp_path / "faces.csv", cut)
        assert len(load(tmp_path / "faces.csv", cut, skip_bad=True)) == 1


def test_a_file_bad_throughout_is_given_up_early(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "_BAD_ROWS", 1000)
    monkeypatch.setattr(blocks, "_BLOCK_BYTES", 100)

    with pytest.raises(MalformedDatasetError, match="1,000 more rows are bad as well") as caught:
        load(tmp_path / "faces.csv", f"{HEADER}\n{GOOD_LINE}\n" + "x\n" * 2000)
    assert not isinstance(caught.value, PartlyBadDatasetError)


def test_emotions_that_are_none_of_ours_are_kept_out_and_said_so(tmp_path: Path) -> None:
    lines = [f"{label},{PIXELS},Training" for label in ("Contempt", "happiness", "contempt", "unknown", "2")]

    loaded = load(tmp_path / "faces.csv", "\n".join([HEADER, *lines]))

    assert loaded.rows.tolist() == [1, 4]
    assert [EMOTIONS[label] for label in loaded.labels] == ["happy", "fear"]
    assert notes_beside_numbering(loaded) == (
        "Left out, because they show none of the seven emotions: 2 of “contempt”, 1 of “unknown”.",
    )
    with pytest.raises(
        MalformedDatasetError, match="shows none of the seven emotions: it has 1 of “contempt”"
    ):
        load(tmp_path / "faces.csv", f"{HEADER}\n{lines[0]}\n")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "is empty"),
        (b"\n \r\n", "is empty"),
        (f"{HEADER}\n".encode(), "not one face below its header"),
        (HEADER.encode(), "not one face below its header"),
        (f"{HEADER}\n{GOOD_LINE[:40]}\n".encode("utf-16"), "3 columns were expected and 2 are there"),
        (b"pixels\n" + PIXELS.encode(), "has faces without labels"),
        (b"emotion,Usage\n1,Training\n", "must begin with the columns"),
        (b"a few words\n" * 9, "must begin with the columns"),
        (b"emotion,pixels,emotion\n", "has 2 columns called “emotion”"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "not a CSV but a PNG picture"),
        (b"PK\x03\x04\x14\x00\x00\x00", "not a CSV but a zip archive or an Excel workbook"),
        (b"\x1f\x8b\x08\x00", "not a CSV but a gzip archive"),
        (b"<!DOCTYPE html>\n<html>", "not a CSV but a web page"),
        (b"\x7fELF\x02\x00\x01" + bytes(range(256)), "bytes that no text has"),
        (bytes(3000), "bytes that no text has"),
        (b"emotion,pixels" * 100_000, "without the end of its first line"),
        (f"{HEADER}\n0,1 2 3,Training\n".encode(), "3 pixels do not make a square"),
        (f"{HEADER}\n0,Training\n".encode(), "3 columns were expected and 2 are there"),
    ],
)
def test_a_file_that_is_no_fer_csv_is_refused_in_a_sentence(
    tmp_path: Path, content: bytes, reason: str
) -> None:
    for skip_bad in (False, True):
        with pytest.raises(MalformedDatasetError) as caught:
            load(tmp_path / "faces.csv", content, skip_bad=skip_bad)
        assert "“faces.csv”" in str(caught.value)
        assert reason in str(caught.value)
        assert not isinstance(caught.value, PartlyBadDatasetError)


def test_a_line_without_end_is_never_held_in_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = []
    read_good = blocks._read_good
    monkeypatch.setattr(
        blocks, "_read_good", lambda block, layout: sizes.append(len(block)) or read_good(block, layout)
    )
    path = tmp_path / "faces.csv"
    path.write_bytes(f"{HEADER}\n{GOOD_LINE}\n".encode())
    with path.open("r+b") as file:
        file.truncate(2**26)  # a hole of zero bytes, which takes no place on the disk

    with pytest.raises(PartlyBadDatasetError, match="the line is longer than a face can be"):
        load_csv(path)

    assert max(sizes) < 2**21


def test_a_file_too_large_to_hold_is_refused_unread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "_FILE_BYTES", 1000)

    with pytest.raises(MalformedDatasetError, match="is the most that is loaded at once"):
        load(tmp_path / "faces.csv", "\n".join([HEADER, *[GOOD_LINE] * 9]))


def test_without_a_usage_column_each_emotion_is_divided_80_10_10_as_the_note_says(tmp_path: Path) -> None:
    text = "\n".join(["emotion,pixels", *(f"{label},{PIXELS}" for label in range(7) for _ in range(20))])

    loaded = load(tmp_path / "faces.csv", text)
    again = load(tmp_path / "faces.csv", text)

    for split, count in {Split.TRAIN: 16, Split.VALIDATION: 2, Split.TEST: 2}.items():
        assert set(loaded.counts()[split].values()) == {count}
    np.testing.assert_array_equal(loaded.splits, again.splits)
    assert loaded.source.title == "faces.csv"
    [note] = notes_beside_numbering(loaded)
    assert "a tenth" in note
    assert note.endswith(".")


def test_a_split_that_is_given_goes_to_every_face_of_a_table_that_says_none(tmp_path: Path) -> None:
    path = tmp_path / "faces.csv"
    path.write_text(f"emotion,pixels\n1,{PIXELS}\n2,{PIXELS}\n", encoding="utf-8")

    loaded = load_csv(path, split=Split.TEST)

    assert loaded.splits.tolist() == [Split.TEST, Split.TEST]
    assert notes_beside_numbering(loaded) == ()


faces = st.binary(min_size=SIDE * SIDE, max_size=SIDE * SIDE)


@properties
@given(
    rows=st.lists(
        st.tuples(st.integers(0, 6), faces, st.sampled_from(["Training", "PublicTest", "PrivateTest"])),
        min_size=1,
        max_size=5,
    ),
    order=st.permutations(["emotion", "pixels", "Usage", "comment"]),
    separator=st.sampled_from(",;\t"),
    ending=st.sampled_from(["\n", "\r\n", "\r", "\n\n"]),
    quote=st.sampled_from(["", '"']),
    mark=st.sampled_from(["", "\ufeff"]),
    ends=st.booleans(),
)
def test_any_table_comes_back_exactly_however_it_is_written(
    tmp_path: Path,
    rows: list[tuple[int, bytes, str]],
    order: list[str],
    separator: str,
    ending: str,
    quote: str,
    mark: str,
    ends: bool,
) -> None:
    lines = [order]
    for label, pixels, usage in rows:
        fields = {"emotion": label, "pixels": " ".join(map(str, pixels)), "Usage": usage, "comment": "x"}
        lines.append([str(fields[name]) for name in order])
    text = ending.join(separator.join(f"{quote}{field}{quote}" for field in line) for line in lines)

    loaded = load(tmp_path / "faces.csv", mark + text + ending * ends)

    assert loaded.labels.tolist() == [label for label, _, _ in rows]
    assert [image.tobytes() for image in loaded.images] == [pixels for _, pixels, _ in rows]
    names = {"Training": "train", "PublicTest": "validation", "PrivateTest": "test"}
    assert loaded.splits.tolist() == [names[usage] for _, _, usage in rows]


GOOD = "\n".join([HEADER, *(f"{label},{PIXELS},Training" for label in range(5))]) + "\n"


@properties
@given(
    place=st.integers(len(HEADER), len(GOOD) - 1),
    removed=st.integers(0, 300),
    added=st.text('0159 ,-+._\n\r\t"ex²\0', max_size=4),
)
def test_whatever_happens_to_a_file_its_good_rows_are_what_the_plain_loop_reads(
    tmp_path: Path, place: int, removed: int, added: str
) -> None:
    text = GOOD[:place] + added + GOOD[place + removed :]
    expected = plain_loop(text)
    rows = len([line for line in text.split("\n")[1:] if line.strip('" \t\r,;')])
    try:
        loaded = load(tmp_path / "faces.csv", text)
    except PartlyBadDatasetError as error:
        assert "faces.csv" in str(error)
        assert "\n" not in str(error)
        assert error.good + error.bad_count == rows
        assert len(error.bad) == error.bad_count
        loaded = load(tmp_path / "faces.csv", text, skip_bad=True)
        assert len(loaded) == error.good
    except MalformedDatasetError as error:
        assert "faces.csv" in str(error)
        return
    for row, image in zip(loaded.rows, loaded.images, strict=True):
        assert image.ravel().tolist() == expected[int(row)]


@properties
@given(place=st.integers(0, len(GOOD)), removed=st.integers(0, 400), added=st.binary(max_size=6))
def test_no_bytes_raise_anything_but_a_sentence(
    tmp_path: Path, place: int, removed: int, added: bytes
) -> None:
    content = GOOD.encode()[:place] + added + GOOD.encode()[place + removed :]
    for skip_bad in (False, True):
        try:
            loaded = load(tmp_path / "faces.csv", content, skip_bad=skip_bad)
        except FerError as error:
            assert str(error).startswith("“faces.csv”")
            assert str(error).endswith(".")
            assert not (skip_bad and isinstance(error, PartlyBadDatasetError))
        else:
            assert loaded.images.shape[1] == loaded.images.shape[2] >= SIDE
