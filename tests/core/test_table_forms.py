"""Tables as pandas, NumPy, Excel and people write them: the same faces, or the true remedy."""

import errno
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from fer.datasets.readers.csv_faces import rewriting
from fer.datasets.readers.tables import find_tables
from fer.emotions import EMOTIONS
from fer.errors import DiskFullError, MalformedDatasetError, PartlyBadDatasetError
from tests.core.csv_rows import load

SIDE = 8
FACES = [[(row * 31 + place * 4) % 256 for place in range(SIDE * SIDE)] for row in range(3)]
LABELS = [4, 3, 0]
NAMES = ",".join(f"pixel{place}" for place in range(SIDE * SIDE))


def narrow(header: str, line: str, pixels: Callable[[int], str] = str, between: str = " ") -> str:
    """A table of three faces; `line` has places for {n}, {label}, {word} and {pixels}."""
    lines = [
        line.format(n=n, label=label, word=EMOTIONS[label], pixels=between.join(map(pixels, face)))
        for n, (label, face) in enumerate(zip(LABELS, FACES, strict=True))
    ]
    return "\n".join([*([header] if header else []), *lines]) + "\n"


def ones(label: int, one: str = "1", zero: str = "0") -> str:
    return ",".join(one if place == label else zero for place in range(7))


def one_hot(header: str, one: str = "1", zero: str = "0", between: str = " ") -> str:
    lines = [
        f"{n},{between.join(map(str, face))},{ones(label, one, zero)}"
        for n, (label, face) in enumerate(zip(LABELS, FACES, strict=True))
    ]
    return "\n".join([header, *lines]) + "\n"


def savetxt(value: int) -> str:
    return f"{value:.18e}"


FORMS = {
    "pixel": narrow("emotion,pixel,usage", "{label},{pixels},Training"),
    "image": narrow("label,image,split", "{label},{pixels},train"),
    "emotions": narrow("emotions,pixels,Usage", "{label},{pixels},Training"),
    "names nobody knows": narrow("id,what,grey values", "{n},{word},{pixels}"),
    "two labels": narrow("emotion,emotion_name,pixels", "{label},{word},{pixels}"),
    "no header": narrow("", "{label},{pixels},Training"),
    "no header, in another order": narrow("", "Training,{pixels},{word}"),
    "no header, an index": narrow("", "{n},{label},{pixels}"),
    "an index that pandas wrote": narrow("Unnamed: 0,emotion,pixels", "{n},{label},{pixels}"),
    "bars": narrow("emotion|pixels|Usage", "{label}|{pixels}|Training"),
    "a list": narrow("emotion,pixels", '{label},"[{pixels}]"', between=", "),
    "a list without commas": narrow("emotion,pixels", "{label},[{pixels}]"),
    "a tuple, first": narrow("pixels,emotion", '"({pixels})",{label}', between=", "),
    "commas": narrow("emotion,pixels,Usage", '{label},"{pixels}",Training', between=","),
    "commas beside semicolons": narrow("emotion;pixels", "{label};{pixels}", between=","),
    "254.0": narrow("emotion,pixels", "{label}.0,{pixels}", lambda value: f"{value}.0"),
    "254.": narrow("emotion,pixels", "{label},[{pixels}]", lambda value: f"{value:3}."),
    "254,0": narrow("emotion;pixels", "{label},0;{pixels}", lambda value: f"{value},0"),
    "in one width": narrow("emotion,pixels", "{label},{pixels}", lambda value: f"{value:3}"),
    "2.54e+02": narrow("emotion,pixels", "{label},{pixels}", savetxt),
    "shares of 1": narrow("emotion,pixels", "{label},{pixels}", lambda value: f"{value / 255:.6f}"),
    "shares of 1 in a list": narrow(
        "emotion,pixels", '{label},"[{pixels}]"', lambda value: str(value / 255), ", "
    ),
    "nearly whole": narrow(
        "emotion,pixels", "{label},{pixels}", lambda value: f"{value - 0.25 * (value > 0)}"
    ),
    "wide, 254.0": narrow(f"emotion,{NAMES}", "{label},{pixels}", lambda value: f"{value}.0", ","),
    "wide, one column as floats": narrow(
        f"emotion,{NAMES}",
        "{label},{pixels}",
        lambda value: f"{value}.0" if value % 4 == 1 else str(value),
        ",",
    ),
    "wide, 254,0": narrow(
        f"emotion;{NAMES.replace(',', ';')}", "{label};{pixels}", lambda value: f"{value},0", ";"
    ),
    "wide, quoted 254.0": narrow(f"emotion,{NAMES}", '"{label}",{pixels}', lambda value: f'"{value}.0"', ","),
    "wide, shares of 1": narrow(f"emotion,{NAMES}", "{word},{pixels}", lambda value: repr(value / 255), ","),
    "NumPy's savetxt": narrow("", "{label}.000000000000000000e+00 {pixels}", savetxt),
    "NumPy's savetxt with commas": narrow("", "{label}.000000000000000000e+00,{pixels}", savetxt, ","),
    "NumPy's savetxt in one width": narrow("", "  {label} {pixels}", lambda value: f"{value:3}"),
    "one-hot": one_hot(f"id,pixels,{','.join(EMOTIONS)}"),
    "one-hot floats": one_hot(f"id,pixels,{','.join(EMOTIONS)}", "1.0", "0.0"),
    "one-hot of get_dummies": one_hot(
        f"id,pixels,{','.join(f'emotion_{name}' for name in EMOTIONS)}", "True", "False"
    ),
    "one-hot by number": one_hot("id,pixels,0,1,2,3,4,5,6"),
    "wide one-hot": one_hot(f"id,{NAMES},{','.join(EMOTIONS)}", between=","),
}


@pytest.mark.parametrize("text", FORMS.values(), ids=FORMS)
def test_a_table_is_the_same_however_it_was_written(tmp_path: Path, text: str) -> None:
    loaded = load(tmp_path / "faces.csv", text)

    assert loaded.images.reshape(3, -1).tolist() == FACES
    assert loaded.labels.tolist() == LABELS
    assert [table.path.name for table in find_tables(tmp_path)] == ["faces.csv"]


def numpy_text(row: int) -> str:
    """An array as `str` writes it: over several lines."""
    return str(np.array(FACES[row], np.uint8))


@pytest.mark.parametrize(
    "content",
    [
        FORMS["pixel"].encode("utf-16"),
        FORMS["pixel"].encode("utf-16") + "\n".encode("utf-16"),
        FORMS["pixel"].encode("utf-16-le"),
        FORMS["pixel"].encode("utf-16-be"),
        FORMS["wide, 254.0"].encode("utf-16"),
        narrow("emotion\tpixels", "{label}\t{pixels}").replace("\n", "\r\n").encode("utf-16"),
        narrow("emotion,pixels", '{label},"{n}"').encode(),
        narrow("emotion,pixels", '{label},"{n}"').replace("\n", "\r\n").encode("utf-16"),
        narrow("pixels,emotion", '"{n}",{label}').encode(),
        narrow("", '"{n}",{word}').encode(),
    ],
    ids=[
        *(
            "UTF-16",
            "UTF-16 put together",
            "UTF-16-LE without a mark",
            "UTF-16-BE without a mark",
            "wide UTF-16",
            "Excel's Unicode text",
        ),
        *("NumPy's line breaks", "these in UTF-16", "these first", "these without a header"),
    ],
)
def test_other_encodings_and_rows_over_several_lines_are_read_from_a_copy(
    tmp_path: Path, fer_home: Path, monkeypatch: pytest.MonkeyPatch, content: bytes
) -> None:
    monkeypatch.setattr(rewriting, "_PIECE_BYTES", 101)
    for row in range(3):
        marks = [f'"{row}"'.encode(encoding) for encoding in ("utf-8", "utf-16-le")]
        texts = [f'"{numpy_text(row)}"'.encode(encoding) for encoding in ("utf-8", "utf-16-le")]
        for mark, text in zip(marks, texts, strict=True):
            content = content.replace(mark, text)

    loaded = load(tmp_path / "faces.csv", content)

    assert loaded.images.reshape(3, -1).tolist() == FACES
    assert loaded.labels.tolist() == LABELS
    assert loaded.name == "faces.csv"
    assert [path for path in fer_home.rglob("*") if path.is_file()] == []


def test_a_bad_row_of_several_lines_is_named_by_its_row_only(tmp_path: Path) -> None:
    rows = [f'{label},"{numpy_text(row)}"\n' for row, label in enumerate(LABELS)]

    with pytest.raises(
        PartlyBadDatasetError, match=r"“faces\.csv”, row 2: 8×8 = 64 pixels were expected and 63"
    ):
        load(tmp_path / "faces.csv", "".join(["emotion,pixels\n", *rows]).replace("[ 31", "["))


def test_a_quote_that_is_never_closed_costs_rows_and_no_more(tmp_path: Path) -> None:
    text = narrow("emotion,pixels", "{label},{pixels}").replace("4,0 4", '4,"0 4', 1)

    with pytest.raises(MalformedDatasetError) as caught:
        load(tmp_path / "faces.csv", text)
    assert len(str(caught.value)) < 300


def test_a_full_disk_is_said_where_a_copy_is_made(
    tmp_path: Path, fer_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(tempfile, "TemporaryDirectory", full)
    with pytest.raises(DiskFullError):
        load(tmp_path / "faces.csv", FORMS["pixel"].encode("utf-16"))


def test_what_was_done_to_the_numbers_is_said(tmp_path: Path) -> None:
    loaded = load(tmp_path / "faces.csv", FORMS["shares of 1"])
    assert loaded.notes[0].startswith("Its pixels are shares of 1 and were multiplied by 255")
    assert (
        load(tmp_path / "faces.csv", FORMS["nearly whole"]).notes[0].startswith("Its pixels have fractions")
    )


def test_a_header_that_stands_in_it_twice_is_no_row(tmp_path: Path) -> None:
    text = FORMS["pixel"]
    header, rows = text.split("\n", 1)

    loaded = load(tmp_path / "faces.csv", f"{header}\n{rows}{header}\n{rows}")

    assert loaded.images.reshape(6, -1).tolist() == FACES * 2
    assert loaded.rows.tolist() == list(range(6))
    assert "Its header stands among the rows again, once" in loaded.notes[0]


@pytest.mark.parametrize("text", [FORMS["pixel"], FORMS["wide, 254.0"]], ids=["narrow", "wide"])
def test_an_eighth_class_is_kept_out_and_named(tmp_path: Path, text: str) -> None:
    loaded = load(tmp_path / "faces.csv", text.replace("\n3", "\n7", 1))

    assert loaded.rows.tolist() == [0, 2]
    assert "1 of “7 (contempt)”" in loaded.notes[0]


BAD = [face if row != 1 else face[:-1] for row, face in enumerate(FACES)]
REFUSED = {
    "NumPy's dots": (
        narrow("emotion,pixels", '{label},"[70 80 82 ... 106 109 82]"'),
        "NumPy left pixels out",
    ),
    "files": (narrow("emotion,image", "{label},faces/{n}.png"), "names files of pictures, as “faces/0.png”"),
    "something else": (narrow("emotion,image", "{label},b'iVBORw0KGgo'"), "are no numbers"),
    "colours": (
        narrow("emotion,pixels", "{label},{pixels} {pixels} {pixels}"),
        "They may be three for each pixel; bring the faces to grey",
    ),
    "standardized": (
        narrow("emotion,pixels", "{label},{pixels}", lambda value: f"{(value - 127) / 60:.3f}"),
        "has pixels from -2.083 to 2.117; they may have been standardized",
    ),
    "splits by number": (narrow("emotion,pixels,Usage", "{label},{pixels},{n}"), "“0” in its column “usage”"),
    "shares of votes": (
        one_hot(f"id,pixels,{','.join(EMOTIONS)}", "0.7", "0.05"),
        "not a single 1 and 0s. Add a column “emotion”",
    ),
    "no labels": (narrow("id,pixels", "{n},{pixels}"), "has faces without labels"),
    "other labels": (narrow("age,gender,pixels", "{label}{n},1,{pixels}"), "has faces without labels"),
    "no header and no label": (narrow("", "a,{pixels},b"), "which of them is the label cannot be told"),
    "a list of a million": (
        "emotion,pixels\n0,[" + "1 " * 2**20 + "]\n",
        "the line is longer than a face can be",
    ),
}


@pytest.mark.parametrize(("text", "reason"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_read_is_refused_with_the_remedy(tmp_path: Path, text: str, reason: str) -> None:
    for skip_bad in (False, True):
        with pytest.raises(MalformedDatasetError) as caught:
            load(tmp_path / "faces.csv", text, skip_bad=skip_bad)
        said = str(caught.value)
        assert reason in said
        assert len(said) < 300
        assert said.isprintable()


BAD_LINES = {
    "a fraction": (
        FORMS["pixel"],
        "\n3,31 ",
        "\n3,1.5 ",
        "the pixel “1.5”, number 1, is no whole number from 0 to",
    ),
    "two points": (FORMS["254.0"], "\n3.0,31.0 ", "\n3.0,31..0 ", "the pixel “31..0”, number 1,"),
    "no number": (
        FORMS["pixel"],
        "\n3,31 ",
        "\n3,.0 ",
        "the pixel “.0”, number 1, is no whole number from 0 to",
    ),
    "two ones": (
        one_hot(f"id,pixels,{','.join(EMOTIONS)}"),
        ones(3),
        "0,0,0,1,1,0,0",
        "one of them must be 1",
    ),
    "no one": (one_hot(f"id,pixels,{','.join(EMOTIONS)}"), ones(3), "0,0,0,,0,0,0", "hold “0,0,0,,0,0,0”"),
    "several numbers in a field": (
        FORMS["wide, 254.0"],
        "\n3,31.0,",
        '\n3,"31,35,x",',
        "the pixel “x” in the column “pixel2” is no whole",
    ),
    "a field of numbers at the end": (
        FORMS["wide, 254.0"],
        "27.0\n",
        '"27,x"\n',
        "the pixel “x”, number 65, is no whole number",
    ),
    "a share above 1": (
        FORMS["shares of 1"],
        "\n3,0.12",
        "\n3,1.12",
        "“1.121569”, number 1, is no number from 0 to 1",
    ),
    "a share beyond all measure": (FORMS["shares of 1"], "\n3,0.12", "\n3,1e308", "is no number from 0 to 1"),
    "a negative share": (FORMS["shares of 1"], "\n3,0.12", "\n3,-0.12", "is no number from 0 to 1"),
    "no share": (FORMS["shares of 1"], "\n3,0.121569", "\n3,nan", "the pixel “nan”"),
    "a list cut short": (
        FORMS["a list"],
        '\n3,"[31, ',
        '\n3,"[',
        "8×8 = 64 pixels were expected and 63 are there",
    ),
    "a list without quotes": (
        FORMS["a list"],
        '\n3,"[31',
        "\n3,[31",
        "2 columns were expected and 65 are there",
    ),
    "a pixel in a field of its own": (
        FORMS["commas"],
        '\n3,"31,35,',
        '\n3,31,"35,',
        "3 columns were expected and 4 are there",
    ),
    "a long number": (FORMS["254.0"], "\n3.0,31.0", f"\n3.0,{'9' * 20}.0", "“99999999999999999999"),
    "an exponent": (FORMS["2.54e+02"], "\n3,3.1", "\n3,3.1e300", "is no number from 0 to 255"),
}


@pytest.mark.parametrize(("text", "good", "bad", "reason"), BAD_LINES.values(), ids=BAD_LINES)
def test_a_bad_row_of_such_a_table_is_named(
    tmp_path: Path, text: str, good: str, bad: str, reason: str
) -> None:
    assert text.count(good) == 1
    with pytest.raises(PartlyBadDatasetError) as caught:
        load(tmp_path / "faces.csv", text.replace(good, bad))

    assert "row 2 (line 3): " in str(caught.value)
    assert reason in str(caught.value)
    assert load(tmp_path / "faces.csv", text.replace(good, bad), skip_bad=True).rows.tolist() == [0, 2]
