"""Archives: whatever is in them comes out as a dataset or not at all, and nothing is written elsewhere."""

import bz2
import gzip
import io
import lzma
import os
import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from fer.datasets import Dataset, load_dataset
from fer.datasets.readers import unpacking
from fer.datasets.readers.archives import load_archive
from fer.errors import FerError, MalformedDatasetError, PartlyBadDatasetError, StorageError
from fer.system import paths
from tests.conftest import dataset_of, write_fer_csv

Pack = Callable[[Path, dict[str, bytes]], Path]


def pack_zip(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return path


def pack_tar(path: Path, members: dict[str, bytes]) -> Path:
    with tarfile.open(path, "w:gz" if path.suffix in (".gz", ".tgz") else "w") as archive:
        for name, content in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return path


def packer(name: str) -> Pack:
    return pack_zip if name.endswith(".zip") else pack_tar


@pytest.fixture
def csv(tmp_path: Path, small_dataset: Dataset) -> bytes:
    return write_fer_csv(tmp_path / "made" / "fer2013.csv", small_dataset).read_bytes()


@pytest.fixture(autouse=True)
def nothing_is_left(fer_home: Path, tmp_path: Path) -> object:
    """After each test: no unpacked folder is left, and nothing lies where no test has put it."""
    yield
    assert [path for path in fer_home.rglob("*") if "unpacking" in path.name] == []
    assert not (tmp_path / "evil.csv").exists()
    assert not Path("/evil.csv").exists()


ALL = ["faces.zip", "faces.tar", "faces.tar.gz", "faces.tgz", "Faces.ZIP"]


# --- What is in them ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", ALL)
def test_a_table_is_found_in_any_archive(
    name: str, tmp_path: Path, csv: bytes, small_dataset: Dataset
) -> None:
    members = {"fer2013/README": b"read me", "fer2013/fer2013.bib": b"@", "fer2013/fer2013.csv": csv}
    path = packer(name.lower())(tmp_path / name, members)

    loaded = load_archive(path)

    np.testing.assert_array_equal(loaded.images, small_dataset.images)
    np.testing.assert_array_equal(loaded.splits, small_dataset.splits)
    assert (loaded.name, loaded.source.title) == (name, name)


def test_a_table_that_is_only_compressed_is_read(tmp_path: Path, csv: bytes, small_dataset: Dataset) -> None:
    (tmp_path / "fer2013.csv.gz").write_bytes(gzip.compress(csv))

    np.testing.assert_array_equal(load_archive(tmp_path / "fer2013.csv.gz").images, small_dataset.images)


@pytest.mark.parametrize("name", ALL)
def test_class_folders_are_read_in_the_order_of_the_file_names(name: str, tmp_path: Path) -> None:
    dataset = dataset_of([3, 4, 3, 4])
    members = {"__MACOSX/images/._1.png": b"junk", "images/readme.md": b"hello"}
    for row, image in enumerate(dataset.images):
        emotion = dataset.emotions[dataset.labels[row]]
        members[f"images/train/{emotion}/{row}.png"] = cv2.imencode(".png", image)[1].tobytes()

    loaded = load_archive(packer(name.lower())(tmp_path / name, members))

    np.testing.assert_array_equal(loaded.images, dataset.images)
    assert loaded.labels.tolist() == [0, 1, 0, 1]


def test_the_contests_archive_gives_its_whole_table(
    tmp_path: Path, csv: bytes, small_dataset: Dataset
) -> None:
    train = b"emotion,pixels\n" + b"\n".join(line.rpartition(b",")[0] for line in csv.splitlines()[1:5])
    inner = pack_tar(tmp_path / "fer2013.tar.gz", {"fer2013/fer2013.csv": csv}).read_bytes()
    members = {
        "icml_face_data.csv": csv,
        "train.csv": train,
        "test.csv": b"pixels\n1 2\n",
        "example_submission.csv": b"emotion\n0\n",
        "fer2013.tar.gz": inner,
    }

    loaded = load_archive(pack_zip(tmp_path / "contest.zip", members))
    members.pop("icml_face_data.csv")
    from_inner = load_archive(pack_zip(tmp_path / "contest.zip", members))

    np.testing.assert_array_equal(loaded.images, small_dataset.images)
    np.testing.assert_array_equal(from_inner.images, small_dataset.images)


def test_bad_faces_in_an_archive_can_be_left_out(tmp_path: Path, csv: bytes) -> None:
    path = pack_zip(tmp_path / "faces.zip", {"fer2013.csv": csv + b"9,1 2 3,Training\n"})

    with pytest.raises(PartlyBadDatasetError, match=r"fer2013\.csv"):
        load_archive(path)
    assert len(load_archive(path, skip_bad=True)) == 42


def test_an_archive_in_data_is_a_dataset_and_is_unpacked_once(
    fer_home: Path, csv: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    (fer_home / "data").mkdir()
    pack_zip(fer_home / "data" / "faces.zip", {"fer2013.csv": csv})
    first = load_dataset("faces")
    monkeypatch.setattr("fer.datasets.registry.read_dataset", lambda *arguments: pytest.fail("read again"))

    np.testing.assert_array_equal(load_dataset("faces.zip").images, first.images)


@pytest.mark.parametrize(
    ("members", "reason"),
    [
        ({}, "holds neither a table"),
        ({"notes.txt": b"hello"}, "holds neither a table"),
        ({"some.csv": b"a,b\n1,2\n"}, "holds neither a table"),
        ({"a/1.png": b"x"}, "holds pictures, and nothing says what they show"),
    ],
)
def test_an_archive_without_faces_is_refused(tmp_path: Path, members: dict[str, bytes], reason: str) -> None:
    with pytest.raises(MalformedDatasetError, match=rf"“faces\.zip” {reason}"):
        load_archive(pack_zip(tmp_path / "faces.zip", members))


# --- What is wrong with them -------------------------------------------------------------------


@pytest.mark.parametrize("name", ["faces.zip", "faces.tar.gz", "faces.tar"])
@pytest.mark.parametrize(
    "evil",
    [
        "../evil.csv",
        "../../../../../../evil.csv",
        "/evil.csv",
        "a/../../evil.csv",
        "..\\evil.csv",
        "C:\\evil.csv",
    ],
)
def test_a_member_that_would_be_written_outside_is_refused_with_the_whole_archive(
    name: str, evil: str, tmp_path: Path, csv: bytes
) -> None:
    path = packer(name)(tmp_path / name, {"fer2013.csv": csv, evil: b"emotion,pixels\n"})

    with pytest.raises(MalformedDatasetError, match=rf"“{name}” was not unpacked.*evil\.csv.*outside"):
        load_archive(path)


def test_links_and_devices_are_not_unpacked(tmp_path: Path, csv: bytes, small_dataset: Dataset) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_bytes(csv.replace(b"\n0,", b"\n6,"))
    path = tmp_path / "faces.tar"
    with tarfile.open(path, "w") as archive:
        for kind, name in [
            (tarfile.SYMTYPE, "a.csv"),
            (tarfile.LNKTYPE, "b.csv"),
            (tarfile.CHRTYPE, "c.csv"),
        ]:
            member = tarfile.TarInfo(name)
            member.type, member.linkname = kind, str(secret)
            archive.addfile(member)
        member = tarfile.TarInfo("fer2013.csv")
        member.size = len(csv)
        archive.addfile(member, io.BytesIO(csv))

    np.testing.assert_array_equal(load_archive(path).labels, small_dataset.labels)


def test_a_link_in_a_zip_is_not_unpacked(tmp_path: Path, csv: bytes) -> None:
    path = pack_zip(tmp_path / "faces.zip", {"fer2013.csv": csv})
    link = zipfile.ZipInfo("train/happy/1.png")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(link, "/etc/passwd")

    assert len(load_archive(path)) == 42


@pytest.mark.parametrize(
    "name", ["faces.zip", "faces.tar.gz", "faces.tar", "fer2013.csv.gz", "fer2013.csv.xz"]
)
def test_what_would_fill_the_disk_is_stopped_while_it_comes_out(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    zeros = bytes(20 * 2**20)
    if name.startswith("fer2013.csv"):
        (tmp_path / name).write_bytes((lzma if name.endswith("xz") else gzip).compress(zeros))
    else:
        packer(name)(tmp_path / name, {"fer2013.csv": zeros})
    if name == "faces.tar":  # it is not compressed, so only its size can be too much
        monkeypatch.setattr(unpacking, "MAX_BYTES", 8 * 2**20)
    written = []
    real = unpacking.Budget.take
    monkeypatch.setattr(unpacking.Budget, "take", lambda self, size: (written.append(size), real(self, size)))

    with pytest.raises(MalformedDatasetError, match=r"was not unpacked: its .* made to fill a disk"):
        load_archive(tmp_path / name)
    assert sum(written) < 17 * 2**20


def test_a_zip_that_lies_about_its_sizes_is_counted_all_the_same(tmp_path: Path) -> None:
    path = pack_zip(tmp_path / "faces.zip", {"fer2013.csv": bytes(20 * 2**20)})
    content = path.read_bytes()
    true_size, small_size = struct.pack("<I", 20 * 2**20), struct.pack("<I", 1000)
    assert content.count(true_size) == 2
    path.write_bytes(content.replace(true_size, small_size))

    with pytest.raises(MalformedDatasetError):
        load_archive(path)


def test_a_bomb_inside_an_archive_is_counted_too(tmp_path: Path) -> None:
    bomb = pack_zip(tmp_path / "inner.zip", {"fer2013.csv": bytes(20 * 2**20)}).read_bytes()

    with pytest.raises(MalformedDatasetError, match="made to fill a disk"):
        load_archive(pack_zip(tmp_path / "faces.zip", {"inner.zip": bomb}))


@pytest.mark.parametrize("name", ["faces.zip", "faces.tar"])
def test_too_many_members_are_refused(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpacking, "MAX_MEMBERS", 50)
    path = packer(name)(tmp_path / name, {f"{number}.txt": b"" for number in range(51)})

    with pytest.raises(MalformedDatasetError, match="more than 50 files"):
        load_archive(path)


def test_a_header_that_promises_gigabytes_is_not_read_at_once(tmp_path: Path) -> None:
    member = tarfile.TarInfo("x")
    member.type, member.size = tarfile.XHDTYPE, 2**31
    (tmp_path / "faces.tar").write_bytes(member.tobuf(tarfile.GNU_FORMAT) + bytes(4096))

    with pytest.raises(MalformedDatasetError, match="damaged or cut off"):
        load_archive(tmp_path / "faces.tar")


@pytest.mark.parametrize(
    "name", ["faces.zip", "faces.tar.gz", "faces.tar", "fer2013.csv.gz", "fer2013.csv.xz"]
)
@pytest.mark.parametrize("share", [0.0, 0.01, 0.5, 0.9, 0.999])
def test_an_archive_that_was_cut_off_is_refused_by_name(
    name: str, share: float, tmp_path: Path, csv: bytes
) -> None:
    path = tmp_path / name
    if name.startswith("fer2013.csv"):
        path.write_bytes(compressed(csv, "xz of a table" if name.endswith("xz") else "gzip of a table"))
    else:
        packer(name)(path, {"fer2013.csv": csv, "train/happy/1.png": csv[:3000]})
    whole = path.read_bytes()
    # A tar archive may end with any number of empty blocks; what counts is what stands before them.
    end = len(whole.rstrip(b"\0")) if name == "faces.tar" else len(whole)
    path.write_bytes(whole[: int(end * share)])

    with pytest.raises(MalformedDatasetError, match=rf"“{name}” is damaged or cut off"):
        load_archive(path)


def test_an_archive_that_was_cut_between_two_members_is_noticed(tmp_path: Path, csv: bytes) -> None:
    path = pack_tar(tmp_path / "faces.tar", {"fer2013.csv": csv[:5120]})
    path.write_bytes(path.read_bytes()[: 512 + 5120])

    with pytest.raises(MalformedDatasetError, match="damaged or cut off"):
        load_archive(path)


@pytest.mark.parametrize("name", ["faces.zip", "faces.tar.gz", "fer2013.csv.gz"])
def test_one_wrong_byte_in_what_is_packed_is_noticed(name: str, tmp_path: Path, csv: bytes) -> None:
    path = tmp_path / name
    if name == "fer2013.csv.gz":
        path.write_bytes(gzip.compress(csv))
    else:
        packer(name)(path, {"fer2013.csv": csv})
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0x55
    path.write_bytes(content)

    with pytest.raises(MalformedDatasetError):
        load_archive(path)


def test_a_locked_archive_is_said_to_be_so(tmp_path: Path, csv: bytes) -> None:
    path = pack_zip(tmp_path / "faces.zip", {"fer2013.csv": csv})
    content = bytearray(path.read_bytes())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(mark) + offset] |= 1
    path.write_bytes(content)

    with pytest.raises(MalformedDatasetError, match="locked with a password"):
        load_archive(path)


@pytest.mark.parametrize("content", [b"", b"hello", b"PK\x03\x04", bytes(5000), b"\x1f\x8b" + bytes(50)])
@pytest.mark.parametrize("name", ["faces.zip", "faces.tar", "faces.tgz", "fer2013.csv.gz"])
def test_something_else_with_the_name_of_an_archive_is_refused(
    name: str, content: bytes, tmp_path: Path
) -> None:
    (tmp_path / name).write_bytes(content)

    with pytest.raises(MalformedDatasetError, match=rf"“{name}”"):
        load_archive(tmp_path / name)


def test_a_full_disk_while_unpacking_is_a_sentence(
    tmp_path: Path, csv: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    import errno

    path = pack_zip(tmp_path / "faces.zip", {"fer2013.csv": csv})
    real = Path.open

    def full(self: Path, mode: str = "r", *arguments: object, **options: object) -> object:
        if mode == "xb":
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(self, mode, *arguments, **options)

    monkeypatch.setattr(Path, "open", full)

    with pytest.raises(StorageError, match="disk is full"):
        load_archive(path)


@pytest.mark.parametrize("nameless", ["\0\0\0", "\0fer2013.csv", "\0//"])
def test_a_member_without_a_name_is_passed_over(
    nameless: str, tmp_path: Path, csv: bytes, small_dataset: Dataset
) -> None:
    path = pack_zip(tmp_path / "faces.zip", {"q" * len(nameless): b"x", "fer2013.csv": csv})
    path.write_bytes(path.read_bytes().replace(b"q" * len(nameless), nameless.encode()))

    loaded = load_archive(path)

    np.testing.assert_array_equal(loaded.images, small_dataset.images)


names = st.text(
    st.sampled_from("aé./\\:.\0 ~\x07-_") | st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40
)


@pytest.mark.parametrize("name", ["faces.zip", "faces.tar"])
@example(found=["\0"], suffix=".csv")  # zipfile once fell over a name of which nothing was left
@given(found=st.lists(names, max_size=5), suffix=st.sampled_from([".csv", ".png", ".zip", ""]))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_members_of_any_name_are_written_inside_or_not_at_all(
    name: str, found: list[str], suffix: str, tmp_path: Path, fer_home: Path
) -> None:
    path = tmp_path / name
    path.unlink(missing_ok=True)
    packer(name)(path, {f"{member}{suffix}": b"content" for member in found})
    before = set(tmp_path.rglob("*")) - set(paths.data_folder().rglob("*"))

    with pytest.raises(FerError) as caught:
        load_archive(path)

    assert str(caught.value).isprintable()
    assert set(tmp_path.rglob("*")) - {paths.data_folder(), *paths.data_folder().rglob("*")} == before - {
        paths.data_folder()
    }
    assert list(paths.cache_folder().rglob("*")) == []


# --- Whatever they are called ------------------------------------------------------------------


def compressed(csv: bytes, how: str) -> bytes:
    """The table, packed in one of the ways that people pack tables."""
    tar, packed_zip = io.BytesIO(), io.BytesIO()
    with tarfile.open(fileobj=tar, mode="w") as archive:
        member = tarfile.TarInfo("fer2013/fer2013.csv")
        member.size = len(csv)
        archive.addfile(member, io.BytesIO(csv))
    with zipfile.ZipFile(packed_zip, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("fer2013.csv", csv)
    pack = {"gzip": gzip.compress, "bzip2": bz2.compress, "xz": lzma.compress, "plain": bytes}
    kind, _, what = how.partition(" of ")
    content = {"a table": csv, "a tar": tar.getvalue(), "a zip": packed_zip.getvalue()}[what]
    return pack[kind](content)


@pytest.mark.parametrize("name", ["fer2013", "fer2013.csv", "fer2013.zip", "fer2013.tar.gz", "fer.2013.xz"])
@pytest.mark.parametrize(
    "how",
    [
        *("plain of a tar", "plain of a zip", "gzip of a table", "gzip of a tar", "gzip of a zip"),
        *("bzip2 of a table", "bzip2 of a tar", "xz of a table", "xz of a tar", "xz of a zip"),
    ],
)
def test_an_archive_is_read_by_its_content_whatever_its_name_says(
    how: str, name: str, fer_home: Path, csv: bytes, small_dataset: Dataset
) -> None:
    (fer_home / "data").mkdir()
    (fer_home / "data" / name).write_bytes(compressed(csv, how))

    np.testing.assert_array_equal(load_dataset(name).images, small_dataset.images)


def test_a_table_with_the_name_of_an_archive_is_read(
    tmp_path: Path, csv: bytes, small_dataset: Dataset
) -> None:
    # Browsers unpack what they fetch and leave its name.
    (tmp_path / "fer2013.csv.gz").write_bytes(csv)

    np.testing.assert_array_equal(load_dataset(str(tmp_path / "fer2013.csv.gz")).images, small_dataset.images)


def test_an_archive_without_an_ending_is_found_in_an_archive(
    tmp_path: Path, csv: bytes, small_dataset: Dataset
) -> None:
    inner = pack_tar(tmp_path / "fer2013", {"fer2013/fer2013.csv": csv}).read_bytes()
    path = pack_zip(tmp_path / "faces.zip", {"README": b"read me", "fer2013": inner, "table.csv": inner})

    loaded = load_archive(path)

    np.testing.assert_array_equal(loaded.images, small_dataset.images)
    assert loaded.notes[-1] == "Left out: “README” (neither a picture nor a table, by its ending)."


@pytest.mark.parametrize(
    ("beginning", "kind"), [(b"7z\xbc\xaf\x27\x1c\0\4", "7-Zip"), (b"Rar!\x1a\x07\x01\0", "RAR")]
)
@pytest.mark.parametrize("name", ["faces.7z", "faces.csv", "faces"])
def test_an_archive_of_a_kind_that_is_not_unpacked_is_refused_by_name(
    beginning: bytes, kind: str, name: str, tmp_path: Path
) -> None:
    (tmp_path / name).write_bytes(beginning + bytes(100))

    with pytest.raises(MalformedDatasetError, match=rf"“{name}” is a {kind} archive.*Unpack it yourself"):
        load_dataset(str(tmp_path / name))
    inside = pack_zip(tmp_path / "more.zip", {"set/faces.7z": beginning})
    with pytest.raises(MalformedDatasetError, match=r"holds “set/faces\.7z”, an archive.*Unpack it yourself"):
        load_archive(inside)


def test_a_workbook_with_the_name_of_a_table_is_refused_by_name(tmp_path: Path) -> None:
    path = pack_zip(tmp_path / "faces.csv", {"[Content_Types].xml": b"<", "xl/workbook.xml": b"<"})

    with pytest.raises(
        MalformedDatasetError, match=r"“faces\.csv” is an Excel workbook\. Save it as “CSV UTF-8”"
    ):
        load_dataset(str(path))


def test_unpacking_xz_takes_no_more_memory_than_it_may(tmp_path: Path, csv: bytes) -> None:
    greedy = [{"id": lzma.FILTER_LZMA2, "dict_size": 2**29}]
    # Encoding with such a dictionary would itself take gigabytes, so a header that asks for it is written.
    modest = lzma.compress(csv, filters=[{"id": lzma.FILTER_LZMA2, "dict_size": 2**20}])
    header = bytearray(modest[12:24])
    assert header[4] == 16  # the dictionary's size as LZMA2 writes it
    header[4] = 34
    header[8:12] = zlib.crc32(header[:8]).to_bytes(4, "little")
    assert greedy[0]["dict_size"] == 2 ** (34 // 2 + 12)
    (tmp_path / "faces.csv.xz").write_bytes(modest[:12] + bytes(header) + modest[24:])

    with pytest.raises(MalformedDatasetError, match="packed in a way that cannot be unpacked here"):
        load_archive(tmp_path / "faces.csv.xz")


def test_several_xz_streams_in_one_file_are_one_table(
    tmp_path: Path, csv: bytes, small_dataset: Dataset
) -> None:
    middle = len(csv) // 2
    packed = lzma.compress(csv[:middle]) + bytes(8) + lzma.compress(csv[middle:])
    (tmp_path / "faces.csv.xz").write_bytes(packed)

    np.testing.assert_array_equal(load_archive(tmp_path / "faces.csv.xz").images, small_dataset.images)


def test_an_archive_that_holds_itself_comes_to_an_end(tmp_path: Path, csv: bytes) -> None:
    content = b"nothing"
    for _ in range(8):
        content = pack_zip(tmp_path / "inner.zip", {"inner.zip": content}).read_bytes()

    with pytest.raises(MalformedDatasetError, match="holds neither a table"):
        load_archive(tmp_path / "inner.zip")


# --- As people's computers pack them -----------------------------------------------------------


def class_folders(prefix: str = "", separator: str = "/", file: str = "{}.png") -> dict[str, bytes]:
    """Two faces of each of three emotions in train and test, as members of an archive."""
    faces = dataset_of([0, 3, 4] * 4, size=12)
    members = {}
    for row, image in enumerate(faces.images):
        place = ("train" if row < 6 else "test", faces.emotions[faces.labels[row]], file.format(row))
        members[prefix + separator.join(place)] = cv2.imencode(".png", image)[1].tobytes()
    return members


MAC = class_folders("Faces/")
DESKTOPS = {
    "a Mac": MAC
    | {"Faces/.DS_Store": b"Bud1", "Faces/train/happy/.DS_Store": b"Bud1", "Faces/Icon\r": b""}
    | {f"__MACOSX/{place.replace('/', '/._')}": b"\0\5\x16\7" for place in MAC},
    "Windows": class_folders("Faces\\", "\\")
    | {"Faces\\train\\happy\\Thumbs.db": b"\xd0\xcf", "Faces\\desktop.ini": b"[.ShellClassInfo]"},
    "a collector": class_folders("archive/My data (final)/facial expressions/"),
    "a German": class_folders("Gesichter/", file="Übung {} – höflich.png"),
}


@pytest.mark.parametrize("who", DESKTOPS)
def test_zips_from_every_desktop_are_read_and_what_desktops_leave_in_them_is_no_news(
    who: str, tmp_path: Path
) -> None:
    loaded = load_archive(pack_zip(tmp_path / "faces.zip", DESKTOPS[who]))

    assert (len(loaded), (loaded.splits == "test").sum()) == (12, 6)
    assert [note for note in loaded.notes if "Left out" in note] == []


def test_a_set_that_is_in_an_archive_twice_is_read_once_and_the_second_counted(tmp_path: Path) -> None:
    members = class_folders("images/") | class_folders("images/images/")
    members |= {"images/docs/figure.png": b"", "images/labels.yaml": b"names: []"}

    loaded = load_archive(pack_zip(tmp_path / "faces.zip", members))

    assert len(loaded) == 12
    assert [note for note in loaded.notes if "Left out" in note] == [
        "Left out: “images/images/test/angry/6.png” and 11 more (in a folder that is not read).",
        "Left out: “images/docs/figure.png” (no label: not in a folder named for an emotion).",
        "Left out: “images/labels.yaml” (neither a picture nor a table, by its ending).",
    ]


def test_archives_in_an_archive_are_unpacked_and_no_longer_named(tmp_path: Path, csv: bytes) -> None:
    inner = pack_zip(tmp_path / "inner.zip", class_folders()).read_bytes()
    path = pack_zip(tmp_path / "faces.zip", {"dataset/archive.zip": inner, "dataset/LICENSE": b"MIT"})
    table = pack_zip(tmp_path / "train.csv.zip", {"train.csv": gzip.compress(csv)})

    loaded = load_archive(path)

    assert len(loaded) == 12
    assert [note for note in loaded.notes if "Left out" in note] == [
        "Left out: “dataset/LICENSE” (neither a picture nor a table, by its ending)."
    ]
    assert len(load_archive(pack_zip(tmp_path / "outer.zip", {"a.zip": table.read_bytes()}))) == 42


def test_members_of_one_name_are_counted(tmp_path: Path, csv: bytes) -> None:
    path = pack_tar(tmp_path / "faces.tar", {"fer2013.csv": csv, "./fer2013.csv": b"emotion,pixels\n"})

    assert "Left out: “fer2013.csv” (another of that name was in it before)." in load_archive(path).notes


@pytest.mark.parametrize("name", ["faces.zip", "faces.tar.gz", "faces.csv.xz"])
def test_an_archive_that_shrinks_while_it_is_unpacked_is_refused(
    name: str, tmp_path: Path, csv: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / name
    if name.endswith("xz"):
        path.write_bytes(lzma.compress(csv))
    else:
        packer(name)(path, {f"{number}/train.csv": csv for number in range(8)})
    whole = path.stat().st_size
    real = unpacking._write

    def write(*arguments: Any) -> None:
        os.truncate(path, whole // 2)
        real(*arguments)

    monkeypatch.setattr(unpacking, "_write", write)
    monkeypatch.setattr(unpacking, "_BLOCK", 2**10)

    with pytest.raises(MalformedDatasetError, match="is damaged or cut off"):
        load_archive(path)


def test_a_disk_that_is_full_for_an_archive_inside_is_a_sentence(
    tmp_path: Path, csv: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    inner = pack_zip(tmp_path / "inner.zip", {"fer2013.csv": csv}).read_bytes()
    path = pack_zip(tmp_path / "faces.zip", {"inner.zip": inner})
    real = unpacking._write

    def write(source: Any, target: Path, place: PurePosixPath, budget: unpacking.Budget) -> None:
        if place.suffix == ".csv":
            raise StorageError("The disk is full.")
        real(source, target, place, budget)

    monkeypatch.setattr(unpacking, "_write", write)

    with pytest.raises(StorageError, match="disk is full"):
        load_archive(path)


def test_one_part_of_an_archive_is_said_to_be_one(tmp_path: Path, csv: bytes) -> None:
    whole = pack_zip(tmp_path / "faces.zip", {"fer2013.csv": csv}).read_bytes()
    (tmp_path / "faces.zip.001").write_bytes(whole[: len(whole) // 2])

    with pytest.raises(
        MalformedDatasetError, match=r"“faces\.zip\.001” is one of several parts of an archive"
    ):
        load_dataset(str(tmp_path / "faces.zip.001"))
