"""From one form to another and back: every pixel, label and split, in order, and all of it or nothing."""

import errno
import re
from dataclasses import replace
from itertools import permutations
from pathlib import Path

import cv2
import numpy as np
import pytest

from fer.datasets import Dataset, Split, load_dataset
from fer.datasets.convert import check_request, convert
from fer.datasets.dataset import VOTE_NAMES
from fer.datasets.readers.wide_csv import load_csv
from fer.emotions import EMOTIONS
from fer.errors import ConfigError, DatasetError, StorageError
from tests.conftest import dataset_of, write_fer_csv

TARGETS = {
    "folders": "faces",
    "fer-csv": "faces.csv",
    "wide-csv": "faces.wide.csv",
    "parquet": "faces.parquet",
}


@pytest.fixture
def faces() -> Dataset:
    """Sixty faces of seven emotions in no order, of noise from black to white, some of each split."""
    rng = np.random.default_rng(4)
    splits = rng.permutation([Split.TRAIN] * 40 + [Split.VALIDATION] * 10 + [Split.TEST] * 10)
    labels = rng.permutation([*range(7), *rng.integers(0, 7, 53)])
    faces = dataset_of(labels.tolist(), splits.tolist())
    images = rng.integers(0, 256, faces.images.shape, np.uint8)
    images[0], images[1] = 0, 255
    return replace(faces, images=images)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty folder to write into."""
    folder = tmp_path / "written"
    folder.mkdir()
    return folder


def same(left: Dataset, right: Dataset) -> bool:
    return (
        left.emotions == right.emotions
        and np.array_equal(left.images, right.images)
        and np.array_equal(left.labels, right.labels)
        and np.array_equal(left.splits, right.splits)
    )


@pytest.mark.parametrize(("first", "second"), list(permutations(TARGETS, 2)))
def test_grey_faces_pass_through_any_two_forms_unchanged(
    first: str, second: str, faces: Dataset, folder: Path
) -> None:
    once = convert(faces, folder / "once" / TARGETS[first])
    assert (once.form, once.count, once.lost) == (first, 60, ())
    twice = convert(load_dataset(str(once.path)), folder / "twice" / TARGETS[second])
    assert same(load_dataset(str(twice.path)), faces)


@pytest.mark.parametrize("form", TARGETS)
def test_a_seed_shuffles_the_faces_and_keeps_each_with_its_label(
    form: str, faces: Dataset, folder: Path
) -> None:
    read = [
        load_dataset(str(convert(faces, folder / str(place) / TARGETS[form], seed=seed).path))
        for place, seed in enumerate((7, 7, 8))
    ]
    assert same(read[0], read[1])
    assert not same(read[0], read[2])
    order = [next(i for i in range(60) if np.array_equal(faces.images[i], image)) for image in read[0].images]
    assert order != sorted(order)
    assert same(read[0], faces.take(np.array(order)))


def test_the_csv_is_the_very_text_of_fer2013(faces: Dataset, folder: Path) -> None:
    written = convert(faces, folder / "faces.csv").path.read_bytes()
    assert written == write_fer_csv(folder / "expected.csv", faces).read_bytes()


def test_folders_are_laid_out_as_people_know_them_and_named_by_row(faces: Dataset, folder: Path) -> None:
    rest = faces.take(np.arange(3, 60))
    written = convert(rest, folder / "faces").path
    files = sorted(path.relative_to(written).as_posix() for path in written.rglob("*.png"))
    expected = [f"{faces.splits[row]}/{EMOTIONS[faces.labels[row]]}/{row:05d}.png" for row in range(3, 60)]
    assert files == sorted(expected)
    image = cv2.imread(str(written / expected[0]), cv2.IMREAD_UNCHANGED)
    assert np.array_equal(image, faces.images[3, :, :, 0])
    assert same(load_dataset(str(written)), rest)


def test_names_have_as_many_digits_as_the_largest_row_needs(faces: Dataset, folder: Path) -> None:
    far = replace(faces, rows=np.arange(60) + 99_970)
    written = convert(far, folder / "faces").path
    assert {len(path.stem) for path in written.rglob("*.png")} == {6}
    assert same(load_dataset(str(written)), faces)


def test_votes_and_rows_go_into_parquet_and_what_another_form_loses_is_said(
    faces: Dataset, folder: Path
) -> None:
    import pyarrow.parquet as pq

    votes = np.random.default_rng(0).integers(0, 5, (60, 10), np.uint8)
    voted = replace(faces, votes=votes, rows=np.arange(60) * 3)
    written = convert(voted, folder / "faces.parquet")
    table = pq.read_table(written.path)
    assert table.column_names == ["row", "emotion", "usage", "png", *(f"fp_{name}" for name in VOTE_NAMES)]
    assert table["row"].to_pylist() == voted.rows.tolist()
    assert np.array_equal(np.stack([table[f"fp_{name}"] for name in VOTE_NAMES], axis=1), votes)
    assert written.lost == ()
    soft = replace(voted, soft_labels=np.full((60, 7), 1 / 7, np.float32))
    assert [sentence[:12] for sentence in convert(soft, folder / "faces").lost] == [
        "FER+'s votes",
        "Its labels a",
    ]


def test_a_dataset_of_fewer_emotions_keeps_their_names(folder: Path) -> None:
    some = (EMOTIONS[3], EMOTIONS[4], EMOTIONS[6])
    faces = dataset_of([0, 1, 2, 2], [Split.TRAIN, Split.TRAIN, Split.VALIDATION, Split.TEST], emotions=some)
    for target in TARGETS.values():
        read = load_dataset(str(convert(faces, folder / target).path))
        assert [read.emotions[label] for label in read.labels] == ["happy", "sad", "neutral", "neutral"]


def test_colour_goes_into_folders_and_parquet_and_not_into_a_csv(faces: Dataset, folder: Path) -> None:
    colour = replace(faces, images=np.random.default_rng(0).integers(0, 256, (60, 48, 40, 3), np.uint8))
    written = convert(colour, folder / "faces").path
    first = next(iter(written.rglob("00000.png")))
    assert np.array_equal(cv2.imread(str(first))[..., ::-1], colour.images[0])
    for name in ("faces.csv", "faces.wide.csv"):
        with pytest.raises(DatasetError, match="is in colour"):
            convert(colour, folder / name)
        with pytest.raises(DatasetError, match="are 40×48"):
            convert(replace(colour, images=colour.images[..., :1]), folder / name)
    assert [path.name for path in folder.iterdir()] == ["faces"]


@pytest.mark.parametrize("target", TARGETS.values())
def test_nothing_that_is_there_is_overwritten(target: str, faces: Dataset, folder: Path) -> None:
    (folder / target).write_text("mine")
    link = folder / f"link{target[5:]}"
    link.symlink_to(folder / "nowhere")
    for path in (folder / target, link):
        with pytest.raises(DatasetError, match="is there already"):
            convert(faces, path)
    assert (folder / target).read_text() == "mine"
    assert not (folder / "nowhere").exists()


@pytest.mark.parametrize("target", TARGETS.values())
def test_what_appears_meanwhile_is_not_overwritten(target: str, faces: Dataset, folder: Path) -> None:
    def meanwhile(fraction: float, message: str) -> None:
        (folder / target).write_text("somebody else's")

    with pytest.raises(DatasetError, match="is there already"):
        convert(faces, folder / target, progress=meanwhile)
    assert [path.name for path in folder.iterdir()] == [target]
    assert (folder / target).read_text() == "somebody else's"


@pytest.mark.parametrize("target", TARGETS.values())
@pytest.mark.parametrize("ends", [OSError(errno.ENOSPC, "No space left on device"), KeyboardInterrupt()])
def test_a_conversion_that_does_not_end_well_leaves_nothing_behind(
    target: str, ends: BaseException, faces: Dataset, folder: Path
) -> None:
    def broken(fraction: float, message: str) -> None:
        raise ends

    expected = StorageError if isinstance(ends, OSError) else KeyboardInterrupt
    with pytest.raises(expected) as told:
        convert(faces, folder / "new" / target, progress=broken)
    assert isinstance(ends, KeyboardInterrupt) or f"The disk is full: “{target}”" in str(told.value)
    assert list((folder / "new").iterdir()) == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a disk that is always full")
def test_a_picture_that_finds_the_disk_full_ends_it(
    faces: Dataset, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_bytes = Path.write_bytes

    def onto_a_full_disk(path: Path, content: bytes) -> int:
        return write_bytes(Path("/dev/full") if path.suffix == ".png" else path, content)

    monkeypatch.setattr(Path, "write_bytes", onto_a_full_disk)
    with pytest.raises(StorageError, match="The disk is full: “faces”"):
        convert(faces, folder / "faces")
    assert list(folder.iterdir()) == []


def test_a_folder_that_may_not_be_written_is_told(
    faces: Dataset, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Refused by hand: the superuser, as whom tests often run, may write anywhere.
    def refused(path: Path, *_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    monkeypatch.setattr(Path, "mkdir", refused)
    monkeypatch.setattr("tempfile.mkdtemp", refused)
    with pytest.raises(StorageError, match="may not be written to"):
        convert(faces, folder / "faces")


@pytest.mark.parametrize("target", TARGETS.values())
def test_progress_counts_the_faces_of_each_emotion(target: str, faces: Dataset, folder: Path) -> None:
    told: list[tuple[float, str]] = []
    convert(faces, folder / target, progress=lambda *news: told.append(news))
    fractions = [fraction for fraction, _ in told]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1.0
    said = re.match(r"(\w+) ([\d,]+) of ([\d,]+)", told[-1][1])
    assert said is not None
    total = int((faces.labels == EMOTIONS.index(said[1])).sum())  # type: ignore[arg-type]
    assert said[2] == said[3] == str(total)


def test_the_name_says_the_form(folder: Path) -> None:
    assert {form: check_request(folder / target) for form, target in TARGETS.items()} == {
        form: form for form in TARGETS
    }
    assert check_request(folder / "A.WIDE.CSV") == "wide-csv"
    for name in ("faces.zip", "faces.png", "my.faces"):
        with pytest.raises(DatasetError, match=f"“{name}” does not say what to write"):
            check_request(folder / name)


def test_a_seed_below_zero_is_refused(faces: Dataset, folder: Path) -> None:
    with pytest.raises(ConfigError, match="received -1"):
        convert(faces, folder / "faces", seed=-1)


def test_no_face_makes_no_file(faces: Dataset, folder: Path) -> None:
    with pytest.raises(DatasetError, match="has no face to write"):
        convert(faces.take(np.arange(0)), folder / "faces.csv")
    assert list(folder.iterdir()) == []


def test_the_reader_of_fer2013_itself_reads_what_was_written(faces: Dataset, folder: Path) -> None:
    assert same(load_csv(convert(faces, folder / "faces.csv").path), faces)
