"""Downloads, by the hosts' own libraries, from a server on this machine that speaks as the hosts do."""

import base64
import errno
import hashlib
import json
import threading
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fer import __main__ as command_line
from fer.datasets import Dataset, Split, downloads, list_datasets, load_dataset
from fer.datasets.downloads import (
    Address,
    Downloaded,
    arrival,
    download,
    ferplus,
    hub,
    parse_address,
    transfer,
)
from fer.datasets.provenance import load_provenance
from fer.errors import DownloadError, FerError, MalformedDatasetError, StorageError
from fer.system import paths, processes
from tests.conftest import write_fer_csv

KAGGLE, HUB, FERPLUS = Address("kaggle", "ann/faces"), Address("hf", "ann/faces"), Address("ferplus")
COMMIT = "0123456789abcdef0123456789abcdef01234567"
VOTES = b"Usage,Image name,neutral,happiness,surprise,sadness,anger,disgust,fear,contempt,unknown,NF\n"


@dataclass
class Served:
    """One answer of the server."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    breaks: list[int] = field(default_factory=list)  # the line breaks after so many bytes, once for each
    takes_ranges: bool = True


class Internet(ThreadingHTTPServer):
    """All of the internet there is in a test: paths and what they answer."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.served: dict[str, Served] = {}
        self.asked: list[tuple[str, str, dict[str, str]]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: Internet

    def do_GET(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path = self.path.partition("?")[0]
        self.server.asked.append((self.command, path, dict(self.headers)))
        answer = self.server.served.get(path, Served(b"{}", 404, {"Content-Type": "application/json"}))
        start = 0
        asked_range = self.headers.get("Range")
        if asked_range and answer.takes_ranges:
            start = int(asked_range.removeprefix("bytes=").rstrip("-"))
        body = answer.body[start:]
        self.send_response(206 if start else answer.status)
        for name, value in {"Content-Length": str(len(body)), **answer.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body[: answer.breaks.pop(0)] if answer.breaks else body)
        self.close_connection = True

    do_POST = do_HEAD = do_GET  # noqa: N815

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def internet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Internet]:
    """A server that stands for Kaggle, the hub and GitHub; nothing may be written to the home folder."""
    from kagglesdk import kaggle_env

    home = tmp_path / "home"
    home.mkdir()
    server = Internet()
    for name, value in {
        "HOME": str(home),
        "USERPROFILE": str(home),
        "NO_PROXY": "127.0.0.1",
        "HF_ENDPOINT": server.url,
        "KAGGLE_API_ENVIRONMENT": "LOCALHOST",
    }.items():
        monkeypatch.setenv(name, value)
    for name in ("KAGGLE_API_TOKEN", "KAGGLE_USERNAME", "KAGGLE_KEY", "HF_TOKEN", "HF_HUB_OFFLINE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setitem(kaggle_env._env_to_endpoint, kaggle_env.KaggleEnv.LOCAL, server.url)
    monkeypatch.setattr(ferplus, "FERPLUS_URL", f"{server.url}/fer2013new.csv")
    monkeypatch.setattr(transfer, "_PAUSE_SECONDS", 0.0)
    monkeypatch.setattr(transfer, "_CHUNK_BYTES", 256)  # our files are small, and shall arrive in pieces
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()
    assert list(home.rglob("*")) == []


def parquet_of(dataset: Dataset, path: Path) -> bytes:
    """A table of PNG files with labels and splits, as the hub serves it."""
    import cv2
    import pyarrow as pa
    import pyarrow.parquet as pq

    pictures = [{"bytes": cv2.imencode(".png", image)[1].tobytes(), "path": None} for image in dataset.images]
    columns = {"image": pictures, "label": dataset.labels.tolist(), "split": dataset.splits.tolist()}
    pq.write_table(pa.table(columns), path)
    return path.read_bytes()


def put_on_hub(internet: Internet, contents: dict[str, bytes], **card: object) -> None:
    """Serve files as a repository of the hub, the first kept in LFS and the others in git."""
    siblings: list[dict[str, Any]] = []
    for name, body in contents.items():
        blob = hashlib.sha1(f"blob {len(body)}\0".encode() + body).hexdigest()
        sibling: dict[str, Any] = {"rfilename": name, "size": len(body), "blobId": blob}
        if not siblings:
            sha256 = hashlib.sha256(body).hexdigest()
            sibling["lfs"] = {"size": len(body), "sha256": sha256, "pointerSize": 130}
        siblings.append(sibling)
        internet.served[f"/datasets/ann/faces/resolve/{COMMIT}/{name}"] = Served(body)
    about = {"id": "ann/faces", "sha": COMMIT, "siblings": siblings, "cardData": card}
    internet.served["/api/datasets/ann/faces"] = Served(
        json.dumps(about).encode(), headers={"Content-Type": "application/json"}
    )


def hub_file(internet: Internet, name: str) -> Served:
    return internet.served[f"/datasets/ann/faces/resolve/{COMMIT}/{name}"]


def put_on_kaggle(internet: Internet, archive: bytes, *, md5: bytes | None = None) -> Served:
    """Serve an archive as Kaggle does: the API sends on to a storage that states the MD5."""
    about = {"title": "Ann's faces", "licenseName": "CC0: Public Domain", "currentVersionNumber": 3, "id": 1}
    api = "/api/v1/datasets.DatasetApiService"
    internet.served[f"{api}/GetDataset"] = Served(
        json.dumps(about).encode(), headers={"Content-Type": "application/json"}
    )
    internet.served[f"{api}/DownloadDataset"] = Served(
        status=302, headers={"Location": "/storage/archive.zip"}
    )
    digest = base64.b64encode(md5 or hashlib.md5(archive).digest()).decode()
    stored = Served(
        archive, headers={"x-goog-hash": f"crc32c=n03x6A==,md5={digest}", "Accept-Ranges": "bytes"}
    )
    internet.served["/storage/archive.zip"] = stored
    return stored


def zip_of(path: Path, name: str = "fer2013.csv") -> bytes:
    """An archive with one file."""
    output = BytesIO()
    with zipfile.ZipFile(output, "w") as archive:
        archive.write(path, name)
    return output.getvalue()


@pytest.fixture
def table(small_dataset: Dataset, tmp_path: Path) -> bytes:
    """A small Parquet table of faces."""
    return parquet_of(small_dataset, tmp_path / "table.parquet")


@pytest.fixture
def archive(small_dataset: Dataset, tmp_path: Path) -> bytes:
    """A small FER-2013 CSV in a zip."""
    return zip_of(write_fer_csv(tmp_path / "fer2013.csv", small_dataset))


def left_behind() -> list[str]:
    """What downloads left in the cache besides decoded copies."""
    folder = paths.cache_folder() / "downloads"
    return sorted(path.name for path in folder.rglob("*") if path.is_file()) if folder.exists() else []


# ── addresses ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("kaggle:msambare/fer2013", Address("kaggle", "msambare/fer2013")),
        (" HF:AutumnQiu/fer2013 ", Address("hf", "AutumnQiu/fer2013")),
        ("huggingface:a/b", Address("hf", "a/b")),
        ("ferplus", FERPLUS),
        ("FER+", FERPLUS),
        (
            "https://www.kaggle.com/datasets/msambare/fer2013?select=train",
            Address("kaggle", "msambare/fer2013"),
        ),
        ("https://huggingface.co/datasets/AutumnQiu/fer2013/tree/main", Address("hf", "AutumnQiu/fer2013")),
        ("https://github.com/microsoft/FERPlus", FERPLUS),
    ],
)
def test_an_address_is_understood_as_people_write_it(text: str, address: Address) -> None:
    assert parse_address(text) == address
    assert parse_address(str(address)) == address


@pytest.mark.parametrize(
    "text",
    ["", "fer2013", "kaggle:", "kaggle:fer2013", "hf:../../etc", "hf:a/b/c", "ftp:a/b", "https://evil.org/datasets/a/b",
     "https://www.kaggle.com/c/challenge", "kaggle:a b/c", "hf:-a/b", "https://kaggle.com.evil.org/datasets/a/b"],
)  # fmt: skip
def test_what_is_no_address_is_told_with_the_forms_there_are(text: str) -> None:
    with pytest.raises(DownloadError, match="kaggle:owner/name"):
        parse_address(text)


def test_the_suggestions_can_be_asked_for_as_they_are_written() -> None:
    assert [parse_address(str(item.address)) for item in downloads.SUGGESTIONS] == [
        item.address for item in downloads.SUGGESTIONS
    ]
    ids = {downloads.job_id(item.address) for item in downloads.SUGGESTIONS}
    assert len(ids) == len(downloads.SUGGESTIONS)
    for job in ids:
        paths.child(paths.cache_folder(), job)


# ── what comes ───────────────────────────────────────────────────────────────────────────────────


def test_a_table_of_the_hub_comes_checked_with_progress_and_licence(
    internet: Internet, table: bytes, small_dataset: Dataset
) -> None:
    put_on_hub(
        internet, {"data/all.parquet": table, "README.md": b"# Faces"}, license="mit", pretty_name="Faces"
    )
    told: list[tuple[float, str]] = []
    brought = download(HUB, lambda fraction, message: told.append((fraction, message)))
    assert brought.name == "ann-faces.parquet"
    assert brought.path == paths.data_folder() / "ann-faces.parquet"
    assert brought.path.read_bytes() == table
    np.testing.assert_array_equal(load_dataset("ann-faces").images, small_dataset.images)

    known = load_provenance("ann-faces.parquet")
    assert known == brought.provenance
    assert (known.license, known.title, known.revision) == ("mit", "Faces", COMMIT)
    assert known.url == "https://huggingface.co/datasets/ann/faces"
    assert known.files[0].sha256 == hashlib.sha256(table).hexdigest()
    assert (known.files[0].checked, known.bytes) == ("sha256", len(table))

    fractions = [fraction for fraction, _ in told]
    assert fractions == sorted(fractions)
    assert any(f" of {len(table) / 1e6:,.1f} MB, " in message for _, message in told)
    assert left_behind() == []


def test_only_the_data_of_a_repository_is_fetched_and_never_a_script(
    internet: Internet, small_dataset: Dataset, tmp_path: Path
) -> None:
    whole = parquet_of(small_dataset, tmp_path / "train.parquet")
    put_on_hub(
        internet,
        {"data/train.parquet": whole, "load.py": b"import os", "weights.pt": b"pickle", ".gitattributes": b"",
         "data/../../evil.parquet": b"x", "/etc/evil.parquet": b"x", "C:\\evil.parquet": b"x"},
    )  # fmt: skip
    assert download(HUB).name == "ann-faces.parquet"
    fetched = {path for _, path, _ in internet.asked if "/resolve/" in path}
    assert fetched == {f"/datasets/ann/faces/resolve/{COMMIT}/data/train.parquet"}


def test_a_repository_of_several_tables_becomes_a_folder_of_them(
    internet: Internet, small_dataset: Dataset, tmp_path: Path
) -> None:
    tables = {
        f"data/{split}-00000-of-00001.parquet": parquet_of(
            small_dataset.only(split), tmp_path / "part.parquet"
        )
        for split in Split
    }
    put_on_hub(internet, tables, license="mit")
    brought = download(HUB)
    assert sorted(path.name for path in brought.path.iterdir()) == [
        f"{split}-00000-of-00001.parquet" for split in ("test", "train", "validation")
    ]
    dataset = load_dataset(brought.name)
    assert dataset.counts() == small_dataset.counts()
    assert dataset.source.license == "mit"


def test_tables_in_folders_keep_what_tells_them_apart() -> None:
    places = hub._places(["default/train/0000.parquet", "default/test/0000.parquet"])
    assert places == ["train-0000.parquet", "test-0000.parquet"]
    assert hub._places(["a/b/faces.csv"]) == ["faces.csv"]
    assert hub._places(["train.csv", "more/train.csv"]) == ["train.csv", "more-train.csv"]
    pictures = ["train/happy/1.png", "train/sad/1.png"]
    assert hub._places(pictures) == pictures


def test_a_strangers_words_are_shown_as_words(internet: Internet, table: bytes) -> None:
    put_on_hub(
        internet,
        {"data/all.parquet": table},
        pretty_name="Faces\n![](http://evil.org/seen.png) <b>$x$</b>",
        license="other",
        license_name="[free](http://evil.org)" + "!" * 1000,
    )
    known = download(HUB).provenance
    assert known.title == "Faces !(http://evil.org/seen.png) bx/b"
    assert known.license.startswith("free(http://evil.org)!")
    assert len(known.license) == 300


def test_a_repository_of_scripts_is_taken_from_the_hubs_own_parquet_copy(
    internet: Internet, table: bytes
) -> None:
    put_on_hub(internet, {"default/train/0000.parquet": table})
    copy = internet.served.pop("/api/datasets/ann/faces")
    internet.served["/api/datasets/ann/faces/revision/refs%2Fconvert%2Fparquet"] = copy
    put_on_hub(internet, {"fer-2013.py": b"import pickle", "train.pt": b"\x80\x04"}, license=["apache-2.0"])
    internet.served[f"/datasets/ann/faces/resolve/{COMMIT}/default/train/0000.parquet"] = Served(table)
    brought = download(HUB, name="faces")
    assert brought.name == "faces.parquet"
    assert brought.provenance.license == "apache-2.0"
    assert not any(path.endswith((".py", ".pt")) for _, path, _ in internet.asked)


def test_a_repository_without_data_says_what_it_has(internet: Internet) -> None:
    put_on_hub(internet, {"fer-2013.py": b"import pickle", "train.pt": b"\x80\x04"})
    internet.served["/api/datasets/ann/faces/revision/refs%2Fconvert%2Fparquet"] = Served(
        b"{}", 404, {"X-Error-Code": "RevisionNotFound", "Content-Type": "application/json"}
    )
    with pytest.raises(DownloadError, match=r"\.pt, \.py"):
        download(HUB)


def test_an_archive_of_kaggle_comes_checked_with_licence_and_version(
    internet: Internet, archive: bytes, small_dataset: Dataset
) -> None:
    put_on_kaggle(internet, archive)
    brought = download(KAGGLE)
    assert brought.name == "ann-faces.zip"
    assert brought.path.read_bytes() == archive
    known = brought.provenance
    assert (known.title, known.license, known.revision) == ("Ann's faces", "CC0: Public Domain", "version 3")
    assert known.files[0].checked == "md5"
    assert "agrees" in known.remarks[0]
    np.testing.assert_array_equal(load_dataset("ann-faces").images, small_dataset.images)
    asked = next(headers for _, path, headers in internet.asked if path.endswith("/GetDataset"))
    assert "Authorization" not in asked


def test_the_genuine_table_is_recognised_by_its_checksum(
    internet: Internet, archive: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    with zipfile.ZipFile(BytesIO(archive)) as opened:
        csv = opened.read("fer2013.csv")
    monkeypatch.setattr(arrival, "GENUINE_FER_2013_MD5", hashlib.md5(csv).hexdigest())
    monkeypatch.setattr(arrival, "_GENUINE_FER_2013_BYTES", len(csv))
    put_on_kaggle(internet, archive)
    assert any("genuine" in remark for remark in download(KAGGLE).provenance.remarks)


def test_the_votes_of_ferplus_lie_where_fer_2013_looks_for_them(internet: Internet) -> None:
    votes = VOTES + b"Training,fer0000000.png,4,0,0,1,3,2,0,0,0,0\n"
    internet.served["/fer2013new.csv"] = Served(votes)
    brought = download(FERPLUS)
    assert brought.path == paths.data_folder() / "fer2013new.csv"
    assert brought.path.read_bytes() == votes
    assert brought.provenance.license == "MIT"
    assert brought.as_dict()["is_dataset"] is False


def test_the_same_download_twice_is_fine_and_another_of_that_name_is_not(
    internet: Internet, table: bytes, small_dataset: Dataset, tmp_path: Path
) -> None:
    put_on_hub(internet, {"data/all.parquet": table})
    first = download(HUB)
    assert download(HUB).name == first.name
    other = parquet_of(small_dataset.take(np.arange(41)), tmp_path / "other.parquet")
    put_on_hub(internet, {"data/all.parquet": other})
    with pytest.raises(DownloadError, match="another name"):
        download(HUB)
    assert first.path.read_bytes() == table
    assert download(HUB, name="other").name == "other.parquet"


# ── what can go wrong ────────────────────────────────────────────────────────────────────────────

Offer = Callable[[Internet, bytes], Served]


def hub_offer(internet: Internet, table: bytes) -> Served:
    put_on_hub(internet, {"data/all.parquet": table})
    return hub_file(internet, "data/all.parquet")


def ferplus_offer(internet: Internet, votes: bytes) -> Served:
    internet.served["/fer2013new.csv"] = Served(VOTES + b"Training,,0,0,0,0,0,0,0,0,0,10\n" * 2000)
    return internet.served["/fer2013new.csv"]


OFFERS = pytest.mark.parametrize(
    ("address", "offer"),
    [(KAGGLE, put_on_kaggle), (HUB, hub_offer), (FERPLUS, ferplus_offer)],
    ids=["kaggle", "hub", "ferplus"],
)


@pytest.fixture
def body(request: pytest.FixtureRequest) -> bytes:
    """What the address of the test serves."""
    address = request.node.callspec.params["address"]
    return b"" if address == FERPLUS else request.getfixturevalue("archive" if address == KAGGLE else "table")


@OFFERS
def test_a_line_that_breaks_is_taken_up_where_it_broke(
    internet: Internet, address: Address, offer: Offer, body: bytes
) -> None:
    served = offer(internet, body)
    served.breaks = [len(served.body) // 2]
    brought = download(address)
    assert brought.path.read_bytes() == served.body
    ranges = [headers["Range"] for _, _, headers in internet.asked if "Range" in headers]
    assert len(ranges) == 1
    assert left_behind() == []


@OFFERS
def test_a_server_that_knows_no_ranges_starts_over(
    internet: Internet, address: Address, offer: Offer, body: bytes
) -> None:
    served = offer(internet, body)
    served.breaks, served.takes_ranges = [len(served.body) // 2], False
    assert download(address).path.read_bytes() == served.body


@OFFERS
def test_a_line_that_keeps_breaking_is_told_and_the_next_attempt_goes_on(
    internet: Internet, address: Address, offer: Offer, body: bytes
) -> None:
    served = offer(internet, body)
    served.breaks = [len(served.body) // 10] * 4
    with pytest.raises(DownloadError, match="goes on from there"):
        download(address)
    assert [entry.name for entry in list_datasets()] == ["synthetic"]
    assert len(left_behind()) == 1
    before = len(internet.asked)
    assert download(address).path.read_bytes() == served.body
    assert any("Range" in headers for _, _, headers in internet.asked[before:])
    assert left_behind() == []


@pytest.mark.parametrize("address", [KAGGLE, HUB, FERPLUS], ids=str)
def test_offline_is_one_sentence_with_the_way_by_hand(
    internet: Internet, address: Address, monkeypatch: pytest.MonkeyPatch
) -> None:
    from kagglesdk import kaggle_env

    nowhere = "http://127.0.0.1:9"  # the discard port, where nobody listens
    monkeypatch.setenv("HF_ENDPOINT", nowhere)
    monkeypatch.setitem(kaggle_env._env_to_endpoint, kaggle_env.KaggleEnv.LOCAL, nowhere)
    monkeypatch.setattr(ferplus, "FERPLUS_URL", f"{nowhere}/fer2013new.csv")
    with pytest.raises(DownloadError, match="in a browser") as caught:
        download(address)
    assert str(caught.value).count(". ") == 0
    assert "http" in str(caught.value)
    assert left_behind() == []


@OFFERS
@pytest.mark.parametrize(
    ("status", "words"),
    [(401, "without a login"), (403, "without a login"), (404, "spelling"), (429, "minutes"), (503, "later")],
)
def test_a_refusal_is_a_sentence_with_the_way_round_it(
    internet: Internet, address: Address, offer: Offer, body: bytes, status: int, words: str
) -> None:
    offer(internet, body)
    for served in internet.served.values():
        if served.status == 200:
            served.status, served.body = status, b"{}"
    with pytest.raises(DownloadError, match=words):
        download(address)
    assert left_behind() == []


def test_a_gated_dataset_of_the_hub_says_where_to_agree(internet: Internet) -> None:
    internet.served["/api/datasets/ann/faces"] = Served(b"{}", 403, {"X-Error-Code": "GatedRepo"})
    with pytest.raises(DownloadError, match="agreed to its terms"):
        download(HUB)


@pytest.mark.parametrize("address", [KAGGLE, HUB], ids=str)
def test_a_login_page_of_the_network_is_not_taken_for_the_host(internet: Internet, address: Address) -> None:
    page = Served(b"<html>Please log in</html>", headers={"Content-Type": "text/html"})
    internet.served["/api/datasets/ann/faces"] = page
    internet.served["/api/v1/datasets.DatasetApiService/GetDataset"] = page
    with pytest.raises(DownloadError, match="login"):
        download(address)


def test_a_login_page_of_the_network_is_not_taken_for_votes(internet: Internet) -> None:
    internet.served["/fer2013new.csv"] = Served(b"<html>", headers={"Content-Type": "text/html"})
    with pytest.raises(DownloadError, match="login"):
        download(FERPLUS)
    internet.served["/fer2013new.csv"] = Served(b"a,b\n1,2\n")
    with pytest.raises(DownloadError, match="columns"):
        download(FERPLUS)
    assert not (paths.data_folder() / "fer2013new.csv").exists()


def test_credentials_of_kaggle_that_cannot_be_read_are_named(
    internet: Internet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "kaggle.json").write_text("{broken")
    monkeypatch.setenv("KAGGLE_CONFIG_DIR", str(tmp_path))
    monkeypatch.setattr("kagglehub.config.DEFAULT_KAGGLE_CREDENTIALS_FOLDER", str(tmp_path))
    with pytest.raises(DownloadError, match="credentials"):
        download(KAGGLE)


def test_content_that_is_not_what_the_host_promised_is_thrown_away(
    internet: Internet, table: bytes, archive: bytes
) -> None:
    put_on_hub(internet, {"data/all.parquet": table})
    hub_file(internet, "data/all.parquet").body = bytes(reversed(table))
    put_on_kaggle(internet, archive, md5=b"\0" * 16)
    for address, algorithm in ((HUB, "sha256"), (KAGGLE, "md5")):
        with pytest.raises(DownloadError, match=f"damaged.*{algorithm}"):
            download(address)
    assert [entry.name for entry in list_datasets()] == ["synthetic"]
    assert left_behind() == []


def test_a_file_kept_in_git_is_checked_by_its_git_checksum(
    internet: Internet, small_dataset: Dataset, tmp_path: Path
) -> None:
    csv = write_fer_csv(tmp_path / "fer2013.csv", small_dataset).read_bytes()
    put_on_hub(internet, {"first.txt": b"kept in LFS", "fer2013.csv": csv})
    assert download(HUB).provenance.files[0].checked == "git sha1"
    hub_file(internet, "fer2013.csv").body = csv.replace(b"Training", b"training", 1)
    with pytest.raises(DownloadError, match="git sha1"):
        download(HUB, name="again")


def test_what_is_longer_than_promised_is_not_swallowed(internet: Internet, table: bytes) -> None:
    put_on_hub(internet, {"data/all.parquet": table})
    hub_file(internet, "data/all.parquet").body = table + b"x"
    with pytest.raises(DownloadError, match="longer"):
        download(HUB)
    assert left_behind() == []


def test_what_is_no_dataset_is_not_put_in_place(internet: Internet, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("no faces")
    put_on_kaggle(internet, zip_of(tmp_path / "notes.txt", "notes.txt"))
    with pytest.raises(MalformedDatasetError, match=r"kaggle\.com"):
        download(KAGGLE)
    put_on_kaggle(internet, b"neither zip nor tar")
    with pytest.raises(DownloadError, match="archive"):
        download(KAGGLE)
    assert [entry.name for entry in list_datasets()] == ["synthetic"]
    assert left_behind() == []


@OFFERS
def test_a_stopped_download_leaves_nothing(
    internet: Internet, address: Address, offer: Offer, body: bytes
) -> None:
    offer(internet, body)

    def stop(fraction: float, message: str) -> None:
        if "MB" in message:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        download(address, stop)
    assert [entry.name for entry in list_datasets()] == ["synthetic"]
    assert left_behind() == []
    assert download(address).path.exists()


@OFFERS
def test_a_full_disk_is_a_sentence_and_nothing_stays(
    internet: Internet, address: Address, offer: Offer, body: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    offer(internet, body)

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as context:
        context.setattr(transfer.os, "fsync", full)
        with pytest.raises(StorageError, match="disk is full"):
            download(address)
    assert [entry.name for entry in list_datasets()] == ["synthetic"]
    assert left_behind() == []


def test_a_disk_that_is_too_small_is_told_before_anything_is_fetched(
    internet: Internet, table: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_on_hub(internet, {"data/all.parquet": table})
    usage = transfer.shutil.disk_usage(paths.home())._replace(free=100)
    monkeypatch.setattr(transfer.shutil, "disk_usage", lambda path: usage)
    with pytest.raises(StorageError, match="Free some space"):
        download(HUB)
    assert not any("/resolve/" in path for _, path, _ in internet.asked)


def test_a_name_that_leads_elsewhere_is_refused_before_anything_is_asked(internet: Internet) -> None:
    with pytest.raises(FerError, match="file name"):
        download(HUB, name="../elsewhere")
    assert internet.asked == []


def test_two_processes_do_not_fetch_the_same_at_once(internet: Internet, table: bytes) -> None:
    put_on_hub(internet, {"data/all.parquet": table})
    folder = paths.cache_folder() / "downloads" / f"{HUB.slug}@{COMMIT[:16]}"
    folder.mkdir(parents=True)
    (folder / "process.json").write_text(json.dumps(processes.this_process()))
    with pytest.raises(DownloadError, match="already"):
        download(HUB)
    (folder / "process.json").write_text(json.dumps({"process_id": 2**22 + 1, "process_created": 1.0}))
    assert download(HUB).name == "ann-faces.parquet"  # the other one is gone and left its folder


# ── the command line ─────────────────────────────────────────────────────────────────────────────


def test_the_command_tells_licence_checksum_and_place(
    internet: Internet, table: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    put_on_hub(internet, {"data/all.parquet": table}, license="mit")
    assert command_line.main(["download", "hf:ann/faces", "--name", "mine"]) == 0
    text = capsys.readouterr().out
    assert "Licence: mit" in text
    assert hashlib.sha256(table).hexdigest() in text
    assert str(paths.data_folder() / "mine.parquet") in text
    assert command_line.main(["download", "hf:ann/faces", "--name", "mine", "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert (result["name"], result["license"], result["is_dataset"]) == ("mine.parquet", "mit", True)
    assert command_line.main(["download", "hf:ann/none"]) == command_line.USER_ERROR
    assert capsys.readouterr().err.startswith("fer: The Hugging Face hub has no dataset")


def test_what_a_download_brings_is_a_value_of_plain_json(internet: Internet, table: bytes) -> None:
    put_on_hub(internet, {"data/all.parquet": table})
    brought = download(HUB)
    assert isinstance(brought, Downloaded)
    assert json.loads(json.dumps(brought.as_dict()))["files"][0]["checked"] == "sha256"
