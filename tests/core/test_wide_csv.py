"""The wide CSV: a label and a column for each pixel, and telling it from the FER-2013 form."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fer.datasets import Dataset, Split
from fer.datasets.readers.csv_faces import blocks
from fer.datasets.readers.wide_csv import load_csv, looks_like_wide_csv
from fer.emotions import EMOTIONS
from fer.errors import FerError, MalformedDatasetError, PartlyBadDatasetError
from tests.conftest import notes_beside_numbering, write_fer_csv
from tests.core.csv_rows import leave_out_the_bad_row, load

SIDE = 8
COUNT = SIDE * SIDE
VALUES = [value * 4 % 256 for value in range(COUNT)]
PIXELS = ",".join(map(str, VALUES))
NAMES = ",".join(f"pixel{place}" for place in range(COUNT))
properties = settings(
    max_examples=100,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def write_wide_csv(path: Path, dataset: Dataset) -> Path:
    """Write `dataset` as the converters of folders do: no header, the label's word first."""
    path.write_text(
        "".join(
            f"{EMOTIONS[label]},{','.join(map(str, image.ravel()))}\n"
            for image, label in zip(dataset.images, dataset.labels, strict=True)
        ),
        encoding="utf-8",
    )
    return path


@pytest.mark.parametrize("block_bytes", [500, 20_000, 2**18])
def test_every_pixel_and_label_comes_back_wherever_the_file_is_cut(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, small_dataset: Dataset, block_bytes: int
) -> None:
    monkeypatch.setattr(blocks, "_BLOCK_BYTES", block_bytes)

    loaded = load_csv(write_wide_csv(tmp_path / "faces.csv", small_dataset))

    np.testing.assert_array_equal(loaded.images, small_dataset.images)
    np.testing.assert_array_equal(loaded.labels, small_dataset.labels)
    assert loaded.rows.tolist() == list(range(len(small_dataset)))
    [note] = notes_beside_numbering(loaded)
    assert "validation and test" in note


def test_each_form_is_recognised_by_how_it_begins(tmp_path: Path, small_dataset: Dataset) -> None:
    wide = write_wide_csv(tmp_path / "wide.csv", small_dataset)
    narrow = write_fer_csv(tmp_path / "fer.csv", small_dataset)

    assert looks_like_wide_csv(wide)
    assert not looks_like_wide_csv(narrow)
    assert not looks_like_wide_csv(tmp_path / "missing.csv")
    np.testing.assert_array_equal(load_csv(wide).images, load_csv(narrow).images)


REVERSED = ",".join(f"pixel{place}" for place in reversed(range(COUNT)))
BACKWARDS = ",".join(map(str, reversed(VALUES)))
FORMS = {
    "no header, a word first": f"sad,{PIXELS}\nhappy,{PIXELS}\n",
    "no header, a number first": f"4,{PIXELS}\n3,{PIXELS}\n",
    "no header, a word last": f"{PIXELS},sad\n{PIXELS},happy\n",
    # The first column is 0 in each row, as angry would be; the last one varies.
    "no header, a number last": f"{PIXELS},4\n{PIXELS},3\n",
    "no header, an index first": "".join(
        f"{row},{label},{PIXELS}\n" for row, label in enumerate([4, 3, 2, 1, 0, 5, 6, 3, 3])
    ),
    "header": f"emotion,{NAMES}\n4,{PIXELS}\n3,{PIXELS}\n",
    "header, label last": f"{NAMES},label\n{PIXELS},4\n{PIXELS},3\n",
    "header, class": f"class,{NAMES}\nsadness,{PIXELS}\nhappiness,{PIXELS}\n",
    "header that counts": f"label,{','.join(map(str, range(COUNT)))}\n4,{PIXELS}\n3,{PIXELS}\n",
    "header of rows and columns": f"label,{','.join(f'{r}x{c}' for r in range(8) for c in range(8))}\n"
    f"4,{PIXELS}\n3,{PIXELS}\n",
    "header that only counts": f"{','.join(map(str, range(COUNT + 1)))}\n4,{PIXELS}\n3,{PIXELS}\n",
    "header of an index": f",emotion,{NAMES}\n0,4,{PIXELS}\n1,3,{PIXELS}\n",
    "header of a saved index": f"Unnamed: 0,emotion,{NAMES}\n0,4,{PIXELS}\n1,3,{PIXELS}\n",
    "header of a file name": f"file,{NAMES},emotion\na.png,{PIXELS},4\nb.png,{PIXELS},3\n",
    "header of other words": f"target,{NAMES}\n4,{PIXELS}\n3,{PIXELS}\n",
    "columns in another order": f"emotion,{REVERSED}\n4,{BACKWARDS}\n3,{BACKWARDS}\n",
    "Windows, byte order mark": f"\ufeffemotion,{NAMES}\r\n4,{PIXELS}\r\n3,{PIXELS}\r\n",
    "byte order mark, no header": f"\ufeffsad,{PIXELS}\nhappy,{PIXELS}\n",
    "old Mac": f"sad,{PIXELS}\rhappy,{PIXELS}\r",
    "spaces": f"sad, {PIXELS.replace(',', ', ')}\nhappy, {PIXELS.replace(',', ' ,')}\n",
    "quotes": '"sad","' + PIXELS.replace(",", '","') + f'"\nhappy,{PIXELS}\n',
    "semicolons": f"sad,{PIXELS}\nhappy,{PIXELS}\n".replace(",", ";"),
    "blank lines, no line end": f"sad,{PIXELS}\n\n{',' * COUNT}\nhappy,{PIXELS}",
}


@pytest.mark.parametrize("text", FORMS.values(), ids=FORMS)
def test_the_ways_in_which_programs_write_it_make_no_difference(tmp_path: Path, text: str) -> None:
    loaded = load(tmp_path / "faces.csv", text)

    assert looks_like_wide_csv(tmp_path / "faces.csv")
    assert [EMOTIONS[label] for label in loaded.labels[:2]] == ["sad", "happy"]
    assert loaded.images.shape[1:] == (SIDE, SIDE, 1)
    for image in loaded.images:
        assert image.ravel().tolist() == VALUES


@pytest.mark.parametrize(
    "text",
    [
        f"emotion,{NAMES},Usage\n4,{PIXELS},Training\n3,{PIXELS},PublicTest\n",
        f"Usage,emotion,{NAMES}\nTraining,4,{PIXELS}\nPublicTest,3,{PIXELS}\n",
        f"sad,{PIXELS},train\nhappy,{PIXELS},val\n",
        f"train,sad,{PIXELS}\nval,happy,{PIXELS}\n",
        f"{PIXELS},4,train\n{PIXELS},3,val\n",
    ],
)
def test_a_column_of_splits_is_found_and_kept(tmp_path: Path, text: str) -> None:
    loaded = load(tmp_path / "faces.csv", text)

    assert loaded.splits.tolist() == [Split.TRAIN, Split.VALIDATION]
    assert [EMOTIONS[label] for label in loaded.labels] == ["sad", "happy"]
    assert notes_beside_numbering(loaded) == ()


def test_a_split_that_is_given_goes_to_every_face(tmp_path: Path) -> None:
    path = tmp_path / "validation.csv"
    path.write_text(f"sad,{PIXELS}\nhappy,{PIXELS}\n", encoding="utf-8")

    loaded = load_csv(path, split=Split.VALIDATION)

    assert loaded.splits.tolist() == [Split.VALIDATION] * 2
    assert notes_beside_numbering(loaded) == ()


def test_emotions_that_are_none_of_ours_are_kept_out_and_said_so(tmp_path: Path) -> None:
    loaded = load(tmp_path / "faces.csv", f"sad,{PIXELS}\ncontempt,{PIXELS}\nhappy,{PIXELS}\n")

    assert loaded.rows.tolist() == [0, 2]
    assert "1 of “contempt”" in loaded.notes[0]


def with_last(text: str) -> str:
    return f"happy,{PIXELS.removesuffix('252')}{text}"


BAD_LINES = {
    "300": (with_last("300"), "the pixel “300” in the column “pixel63” is no whole number from 0 to 255"),
    "-1": (with_last("-1"), "“-1”"),
    "1e20": (with_last("1e20"), "“1e20”"),
    "1.5": (with_last("1.5"), "“1.5” in the column “pixel63” is no whole number from 0 to 255"),
    "letters": (with_last("dark"), "“dark”"),
    "nothing": (with_last(""), "the pixel “” in the column “pixel63”"),
    "two in one field": (with_last("1 2"), "“1 2”"),
    "a gap and one more": (
        f"happy,{PIXELS.replace('0,4,8,12,', '0,4,,8 12,', 1)}",
        "the pixel “” in the column “pixel2”",
    ),
    "a pixel is missing": (f"happy,{PIXELS.rsplit(',', 1)[0]}", "65 columns were expected and 64 are there"),
    "a pixel too many": (f"happy,{PIXELS},1", "65 columns were expected and 66 are there"),
    "label 11": (f"11,{PIXELS}", "the label “11” names no emotion"),
    "no label": (f",{PIXELS}", "the label “” names no emotion"),
    "an endless line": (f"happy,{PIXELS},{'1' * 2**21}", "the line is longer than a face can be"),
}


@pytest.mark.parametrize(("line", "reason"), BAD_LINES.values(), ids=BAD_LINES)
def test_a_bad_row_among_good_ones_is_named_and_can_be_left_out(
    tmp_path: Path, line: str, reason: str
) -> None:
    text = f"emotion,{NAMES}\nsad,{PIXELS}\n{line}\nfear,{PIXELS}\n"

    leave_out_the_bad_row(tmp_path / "faces.csv", text, "row 2 (line 3)", reason)


def test_without_a_header_the_first_row_is_row_1_in_line_1_even_if_it_is_short(tmp_path: Path) -> None:
    with pytest.raises(PartlyBadDatasetError, match=r"row 1 \(line 1\): 65 columns were expected and 64"):
        load(tmp_path / "faces.csv", f"sad,{PIXELS.rsplit(',', 1)[0]}\nsad,{PIXELS}\nsad,{PIXELS}\n")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (f"emotion,{NAMES},more0,more1\n1,{PIXELS},1,2\n", None),
        (f"emotion,{NAMES.removesuffix(',pixel63')}\n1,{PIXELS[:-4]}\n", "63 columns beside its label"),
        (f"emotion,{NAMES}\n", "not one face below its header"),
        (f"bored,{PIXELS}\nbored,{PIXELS}\n", "neither the first nor the last holds labels"),
        (f"sad,{PIXELS},{PIXELS}\n", "do not make a square face"),
        (f"{','.join(['a'] * 70)}\n{','.join(['1'] * 70)}\n", "do not make a square face"),
        (f"{','.join(map(str, range(COUNT + 1)))}\n", "has not one face"),
        (f"emotion,emotion,{NAMES}\n1,1,{PIXELS}\n", "has 2 columns called “emotion”"),
        (
            f"label,{NAMES.replace('pixel9,', 'pixel9,note,')}\n1,0,{PIXELS}\n",
            "has the column “note” amid those of the pixels",
        ),
        (f"bored,{PIXELS}\n".encode("utf-16"), "neither the first nor the last holds labels"),
        (
            "Usage,Image name,neutral,happiness,surprise,sadness,anger,disgust,fear,contempt,unknown,NF\n",
            "votes",
        ),
        ("a,b\n1,2\n", "a label and a column for each pixel"),
    ],
)
def test_a_file_of_neither_form_is_refused_in_a_sentence(
    tmp_path: Path, text: str | bytes, reason: str | None
) -> None:
    if reason is None:  # the columns of pixels are told by what most names have in common
        assert load(tmp_path / "faces.csv", text).images.ravel().tolist() == VALUES
        return
    with pytest.raises(MalformedDatasetError) as caught:
        load(tmp_path / "faces.csv", text)
    assert str(caught.value).startswith("“faces.csv”")
    assert reason in str(caught.value)


@properties
@given(
    rows=st.lists(
        st.tuples(st.sampled_from(EMOTIONS), st.binary(min_size=COUNT, max_size=COUNT)),
        min_size=1,
        max_size=5,
    ),
    header=st.booleans(),
    last=st.booleans(),
    separator=st.sampled_from([",", ";", "\t", ", "]),
    ending=st.sampled_from(["\n", "\r\n", "\r", "\n\n"]),
    quote=st.sampled_from(["", '"']),
)
def test_any_table_comes_back_exactly_however_it_is_written(
    tmp_path: Path,
    rows: list[tuple[str, bytes]],
    header: bool,
    last: bool,
    separator: str,
    ending: str,
    quote: str,
) -> None:
    lines = [["emotion", *NAMES.split(",")]] if header else []
    lines += [[label, *map(str, pixels)] for label, pixels in rows]
    if last:
        lines = [[*line[1:], line[0]] for line in lines]
    text = ending.join(separator.join(f"{quote}{field}{quote}" for field in line) for line in lines)

    loaded = load(tmp_path / "faces.csv", text)

    assert [EMOTIONS[label] for label in loaded.labels] == [label for label, _ in rows]
    assert [image.tobytes() for image in loaded.images] == [pixels for _, pixels in rows]


GOOD = "".join(f"{label},{PIXELS}\n" for label in ("sad", "happy", "fear", "sad", "angry"))


@properties
@given(
    place=st.integers(0, len(GOOD)),
    removed=st.integers(0, 250),
    added=st.one_of(st.binary(max_size=6), st.text('0159 ,;\n\r\t"x', max_size=4).map(str.encode)),
)
def test_whatever_happens_to_a_file_good_rows_are_exact_and_the_rest_is_a_sentence(
    tmp_path: Path, place: int, removed: int, added: bytes
) -> None:
    content = GOOD.encode()[:place] + added + GOOD.encode()[place + removed :]
    try:
        loaded = load(tmp_path / "faces.csv", content)
    except PartlyBadDatasetError as error:
        loaded = load(tmp_path / "faces.csv", content, skip_bad=True)
        assert len(loaded) == error.good
        assert len(error.bad) == error.bad_count
    except FerError as error:
        assert str(error).startswith("“faces.csv”")
        return
    assert loaded.images.shape[1:] == (SIDE, SIDE, 1)
    # At most the two rows that the change touches can have become others.
    untouched = sum(image.ravel().tolist() == VALUES for image in loaded.images)
    assert untouched >= len(loaded) - 2
