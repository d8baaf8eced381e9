"""Face cropping at import: what is found is cut out, what is not is told, and nothing is squeezed."""

import json
import shutil
import zipfile
import zlib
from collections.abc import Callable
from errno import ENOSPC
from pathlib import Path

import cv2
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from numpy.typing import NDArray
from skimage.data import astronaut

from fer.__main__ import main
from fer.config import AS_GUESSED, ImportSettings
from fer.datasets import load_dataset
from fer.datasets.import_settings import load_import_settings
from fer.datasets.readers.cutting import Cut, FaceCutter
from fer.datasets.readers.decoding import decode_faces
from fer.datasets.readers.folders import load_folders
from fer.datasets.registry import load_dataset_as, place_of_dataset, uncut
from fer.detection import yunet
from fer.emotions import Emotion
from fer.errors import DiskFullError, FaceDetectorError, MalformedDatasetError
from fer.system import paths
from fer.system.progress import silent

CUT = ImportSettings(cut_faces=48)
# Her head, shoulders and the flag behind her.
WOMAN: NDArray[np.uint8] = np.ascontiguousarray(astronaut()[:300, 90:340, ::-1])


def photograph(width: int = 400, height: int = 520, faces: int = 1) -> NDArray[np.uint8]:
    """A wall with one person before it, or with several of different sizes."""
    wall = np.full((height, width * faces, 3), 128, np.uint8)
    for number in range(faces):
        person = cv2.resize(WOMAN, None, fx=1 - number / 4, fy=1 - number / 4, interpolation=cv2.INTER_AREA)
        wall[60 : 60 + person.shape[0], number * width + 60 : number * width + 60 + person.shape[1]] = person
    return wall


def put(path: Path, image: NDArray[np.uint8]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    assert cv2.imwrite(str(path), image)
    return path


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Class folders of whole photographs: one person, several, nobody, and no picture at all."""
    folder = tmp_path / "people"
    put(folder / "happy" / "1.jpg", photograph())
    put(folder / "happy" / "2.jpg", photograph(faces=2))
    put(folder / "sad" / "3.jpg", photograph(500, 400))
    put(folder / "fear" / "4.jpg", np.full((400, 300, 3), 90, np.uint8))
    return folder


def test_the_largest_face_of_each_photograph_is_cut_out_and_the_rest_is_told(root: Path) -> None:
    (root / "sad" / "5.jpg").write_bytes(b"\xff\xd8 cut off")

    read = load_folders(root, how=CUT)

    assert read.images.shape == (3, 48, 48, 1)
    assert read.rows.tolist() == [0, 1, 2]
    assert read.emotions == (Emotion.HAPPY, Emotion.SAD)
    # The same face, however large it was; whole, the wall would be most of what is to be seen.
    assert np.corrcoef(read.images[0].ravel(), read.images[1].ravel())[0, 1] > 0.8
    assert (read.images[0] == 128).mean() < 0.1
    told = " ".join(read.notes)
    assert "YuNet cut the largest face out of 3 of 4 pictures, at 48×48" in told
    assert "In 1 it found more than one face" in told
    assert "“fear/4.jpg”" in told and "picture of fear" in told and "sad/5.jpg" in told
    assert read.pictures is not None and read.pictures.cutting is not None
    cutting = read.pictures.cutting
    assert (cutting.found, cutting.several, cutting.without) == (3, 1, ("fear/4.jpg",))
    assert "sha256 8f2383e4" in cutting.version and cutting.cut_at[:2] == "20"
    assert max(map(len, read.notes)) < 300


def test_photographs_without_a_face_are_no_dataset_of_faces(tmp_path: Path) -> None:
    put(tmp_path / "walls" / "happy" / "1.jpg", np.full((400, 300, 3), 90, np.uint8))

    with pytest.raises(MalformedDatasetError, match="No face was found in any of the 1 pictures"):
        load_folders(tmp_path / "walls", how=CUT)


def test_whole_photographs_are_said_to_be_some(root: Path) -> None:
    read = load_folders(root)

    assert read.pictures is not None and read.pictures.are_photographs
    assert any("scaled to 48×48. Nothing was squeezed" in note for note in read.notes)


def test_faces_of_one_square_size_are_nothing_to_tell_of(tmp_path: Path) -> None:
    put(tmp_path / "faces" / "happy" / "1.png", cv2.resize(WOMAN, (100, 100)))
    put(tmp_path / "faces" / "happy" / "2.png", np.full((100, 100), 7, np.uint8))

    read = load_folders(tmp_path / "faces")

    assert read.images.shape == (2, 100, 100, 1)
    assert not any("scaled" in note for note in read.notes)


@pytest.mark.parametrize(("height", "width"), [(96, 48), (48, 144), (5, 1000), (1, 1)])
def test_a_picture_of_another_shape_keeps_it_and_its_edges_are_repeated(
    tmp_path: Path, height: int, width: int
) -> None:
    for number in range(3):
        put(tmp_path / "faces" / "happy" / f"{number}.png", np.full((48, 48), number, np.uint8))
    odd = np.full((height, width), 20, np.uint8)
    odd[:, width // 2 :] = 220
    put(tmp_path / "faces" / "happy" / "3.png", odd)

    read = load_folders(tmp_path / "faces")

    assert read.images.shape == (4, 48, 48, 1)
    seen = read.images[3, :, :, 0]
    if width > 1:
        assert set(seen[:, 0]) == {20} and set(seen[:, -1]) == {220}
    (note,) = (note for note in read.notes if "another size" in note)
    assert ("edge is repeated" in note) == (width != height)


def test_cutting_ends_as_soon_as_whoever_waits_leaves() -> None:
    content = cv2.imencode(".jpg", photograph())[1].tobytes()
    asked: list[int] = []

    def read(index: int) -> tuple[str, bytes]:
        asked.append(index)
        return f"{index}.jpg", content + index.to_bytes(2, "big")  # another picture each: none is kept

    def leave(fraction: float, message: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        decode_faces(
            np.arange(400), read, "x", leave, what="pictures", bad={}, skip_bad=False,
            labels=[3] * 400, how=CUT,
        )  # fmt: skip
    assert len(asked) < 200


def test_what_was_cut_out_before_is_not_searched_again(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    searched: list[str] = []
    cut = FaceCutter.cut

    def counted(cutter: FaceCutter, content: bytes, name: str) -> Cut:
        searched.append(name)
        if name == "happy/2.jpg" and len(searched) == 2:
            raise KeyboardInterrupt
        return cut(cutter, content, name)

    monkeypatch.setattr(FaceCutter, "cut", counted)
    with pytest.raises(KeyboardInterrupt):
        load_folders(root, how=CUT)
    assert searched == ["happy/1.jpg", "happy/2.jpg"]

    first = load_folders(root, how=CUT)
    again = load_folders(root, how=CUT)

    assert sorted(searched[2:]) == ["fear/4.jpg", "happy/2.jpg", "sad/3.jpg"]
    np.testing.assert_array_equal(first.images, again.images)
    assert first.notes == again.notes


def test_photographs_in_archives_and_parquet_tables_are_cut_out_as_well(root: Path, fer_home: Path) -> None:
    (data := fer_home / "data").mkdir()
    with zipfile.ZipFile(data / "people.zip", "w") as archive:
        for path in sorted(root.rglob("*.jpg")):
            archive.write(path, path.relative_to(root))
    pictures = [path.read_bytes() for path in sorted(root.rglob("*.jpg"), key=lambda path: path.name)]
    table = pa.table({"image": pictures, "label": ["happy", "happy", "sad", "fear"]})
    pq.write_table(table, data / "people.parquet")

    loaded = [load_dataset_as(name, CUT) for name in ("people.zip", "people.parquet")]

    for dataset in loaded:
        assert dataset.rows.tolist() == [0, 1, 2]
        assert dataset.pictures is not None and dataset.pictures.cutting is not None
        assert dataset.pictures.cutting.without_count == 1
        assert load_dataset(dataset.name).pictures == dataset.pictures  # remembered, and kept
    np.testing.assert_array_equal(loaded[0].images, loaded[1].images)
    assert uncut("people.zip") is None


def test_several_tables_are_one_cutting(root: Path, fer_home: Path) -> None:
    picture = (root / "happy" / "1.jpg").read_bytes()
    wall = (root / "fear" / "4.jpg").read_bytes()
    folder = fer_home / "data" / "hub"
    folder.mkdir(parents=True)
    for split in ("train", "test"):
        table = pa.table({"image": [picture, picture, wall], "label": ["happy", "sad", "fear"]})
        pq.write_table(table, folder / f"{split}.parquet")

    read = load_dataset_as("hub", CUT)

    assert read.pictures is not None and read.pictures.cutting is not None
    assert read.pictures.sizes == ((400, 520, 4), (300, 400, 2))
    assert (read.pictures.cutting.found, read.pictures.cutting.without_count) == (4, 2)
    assert read.pictures.cutting.without == ("train.parquet, row 3", "test.parquet, row 3")


def test_faces_that_are_numbers_cannot_be_cut_out_of_anything(csv_in_data: Callable[[str], str]) -> None:
    name = csv_in_data("small")

    with pytest.raises(MalformedDatasetError, match="as numbers and no photographs"):
        load_dataset_as(name, CUT)

    assert load_import_settings(place_of_dataset(name)) == AS_GUESSED


def test_without_its_detector_photographs_are_read_whole_and_no_other_cuts(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(yunet, "_weights", lambda: None)

    with pytest.raises(FaceDetectorError, match=r"Faces cannot be cut out\. YuNet is not here") as caught:
        load_folders(root, how=CUT)

    assert len(str(caught.value)) < 300
    assert len(load_folders(root)) == 4


@pytest.mark.parametrize("when", ["before", "while saving"])
def test_a_full_disk_is_said_and_nothing_is_remembered(
    root: Path, fer_home: Path, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    shutil.move(root, fer_home / "data" / "people")
    if when == "before":
        usage = shutil._ntuple_diskusage(10**9, 10**9, 100)  # type: ignore[attr-defined]
        monkeypatch.setattr(shutil, "disk_usage", lambda path: usage)
    else:

        def full(*given: object, **options: object) -> None:
            raise OSError(ENOSPC, "full")

        monkeypatch.setattr(np, "save", full)
        monkeypatch.setattr(np, "savez", full)

    with pytest.raises(DiskFullError, match="disk is full"):
        load_dataset_as("people", CUT)

    assert load_import_settings(place_of_dataset("people")) == AS_GUESSED
    assert not [path for path in paths.cache_folder().rglob("*") if path.is_file()]


def test_a_picture_bomb_among_photographs_is_left_out(root: Path) -> None:
    size = (60_000).to_bytes(4, "big")
    header = b"IHDR" + size + size + bytes((8, 0, 0, 0, 0))
    bomb = b"\x89PNG\r\n\x1a\n" + (13).to_bytes(4, "big") + header + zlib.crc32(header).to_bytes(4, "big")
    (root / "sad" / "6.png").write_bytes(bomb)

    read = load_folders(root, how=CUT)

    assert len(read) == 3
    assert any("sad/6.png" in note for note in read.notes)


def test_a_picture_that_is_replaced_while_it_is_read_is_seen_once() -> None:
    whole = cv2.imencode(".jpg", photograph())[1].tobytes()
    contents = iter([whole, whole[: len(whole) // 2], b"", whole, whole])
    labels = [0, 1, 2, 3]

    def read(index: int) -> tuple[str, bytes]:
        return f"{index}.jpg", next(contents)

    read_so = decode_faces(
        np.arange(4), read, "x", silent, what="pictures", bad={}, skip_bad=False, labels=labels, how=CUT
    )

    assert len(read_so.images) == 2
    assert read_so.pictures.cutting is not None and read_so.pictures.cutting.found == 2


def test_faces_that_were_cut_out_before_are_said_to_fill_their_pictures(tmp_path: Path) -> None:
    put(tmp_path / "faces" / "happy" / "1.png", WOMAN[30:150, 75:195])

    read = load_folders(tmp_path / "faces", how=CUT)

    assert any("filled their pictures before" in note for note in read.notes)


def test_cutting_is_typed_told_as_json_and_taken_back(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["info", str(root)]) == 0
    assert "python -m fer import DATASET --cut-faces" in capsys.readouterr().out

    assert main(["import", str(root), "--cut-faces", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["count"], told["image_height"], told["pictures"]["cutting"]["found"]) == (3, 48, 3)
    assert main(["import", str(root), "--settings", '{"cut_faces": 96}', "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["image_width"] == 96
    assert load_import_settings(root) == ImportSettings(cut_faces=96)
    assert main(["import", str(root), "--cut-faces", "0"]) == 0
    assert load_import_settings(root) == AS_GUESSED
    capsys.readouterr()


@pytest.mark.parametrize(
    "wrong",
    [["--cut-faces", "5"], ["--settings", "{"], ["--settings", '{"cut_faces": true}'], ["--settings", "3"]],
)
def test_what_cannot_be_chosen_is_said_in_a_sentence(
    root: Path, capsys: pytest.CaptureFixture[str], wrong: list[str]
) -> None:
    assert main(["import", str(root), *wrong]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1 and len(said) < 300
    assert load_import_settings(root) == AS_GUESSED
