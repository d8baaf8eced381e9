"""Fetching a dataset from Kaggle, the Hugging Face hub or FER+'s repository into `data/`.

The hosts' own libraries say what there is: files, sizes, checksums, licence. The bytes then come through
one transfer of ours, so that progress, cancelling, going on after a broken line and checking are the
same for all of them. Until a dataset was checked and could be read, it lies in

    data/cache/downloads/<address>@<revision>/

which is removed when the download ends, whatever way it ends; only a line that broke leaves it, for the next
attempt to go on from. Nothing is written anywhere else: the libraries' own folders are moved in there too.
"""

import hashlib
import json
import os
import re
import shutil
import tarfile
import time
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path, PurePosixPath
from typing import Any, Literal
from urllib.parse import urlsplit

from fer import files, paths, processes
from fer.datasets.ferplus import load_votes, looks_like_votes
from fer.datasets.provenance import FileRecord, Provenance, forget_provenance, save_provenance
from fer.datasets.registry import keep_read, read_dataset
from fer.errors import DownloadError, FerError, MalformedDatasetError, PartlyBadDatasetError, StorageError
from fer.progress import Progress, silent

Host = Literal["kaggle", "hf", "ferplus"]

# Of the file that Kaggle's competition of 2013 shipped.
GENUINE_FER_2013_MD5 = "f8428a1edbd21e88f42c73edd2a14f95"
_GENUINE_FER_2013_BYTES = 301_072_766

FERPLUS_URL = "https://raw.githubusercontent.com/microsoft/FERPlus/master/fer2013new.csv"
_FERPLUS_FILE = "fer2013new.csv"

# Above this a person should fetch it by hand: the workshop keeps what it reads in memory.
_MAX_BYTES = 8 * 2**30
# Each file is a request of its own; what has more is asked for as the hub's Parquet copy.
_MAX_FILES = 2_000
_CHUNK_BYTES = 2**18
_CONNECT_SECONDS, _READ_SECONDS = 10.0, 30.0
# A line that breaks is taken up again this often, with a pause that lets it recover.
_ATTEMPTS = 4
_PAUSE_SECONDS = 1.0
_PICTURES = (".png", ".jpg", ".jpeg", ".bmp", ".webp")
_ARCHIVES = (".zip", ".tar.gz", ".tgz", ".tar")
# Nothing but data is ever fetched: no scripts, no pickles.
_KINDS: tuple[tuple[str, ...], ...] = ((".csv", ".csv.gz"), _ARCHIVES, _PICTURES)
_OWNER_AND_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,95}/[A-Za-z0-9][A-Za-z0-9._-]{0,95}")
# The branch on which the hub keeps its own Parquet copy of every public dataset.
# Source: huggingface.co/docs/dataset-viewer/parquet
_HUBS_PARQUET = "refs/convert/parquet"


@dataclass(frozen=True, slots=True)
class Address:
    """Which dataset of which host.

    Attributes:
        host: "kaggle", "hf" (the Hugging Face hub) or "ferplus".
        id: "owner/name"; empty for FER+, which is one file.
    """

    host: Host
    id: str = ""

    def __str__(self) -> str:
        return f"{self.host}:{self.id}" if self.id else self.host

    @property
    def url(self) -> str:
        """The page where a person can read about it and download it."""
        if self.host == "kaggle":
            return f"https://www.kaggle.com/datasets/{self.id}"
        if self.host == "hf":
            return f"https://huggingface.co/datasets/{self.id}"
        return "https://github.com/microsoft/FERPlus"

    @property
    def site(self) -> str:
        """The host as a person calls it."""
        return {"kaggle": "Kaggle", "hf": "The Hugging Face hub", "ferplus": "GitHub"}[self.host]

    @property
    def slug(self) -> str:
        """The address as part of a file name; never two addresses with the same."""
        return "-".join([self.host, *self.id.split("/")]) if self.id else self.host


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A dataset worth fetching first.

    Attributes:
        address: what `download` takes.
        title: its name as a person would say it.
        summary: what it is, in a sentence.
        size: about how much is fetched, in words.
        license: the terms where we know them for certain; else who will state them.
    """

    address: Address
    title: str
    summary: str
    size: str
    license: str


SUGGESTIONS = (
    Suggestion(
        Address("kaggle", "msambare/fer2013"),
        "FER-2013 as class folders",
        "JPEG files in train/ and test/, a folder per emotion; the two test splits of 2013 lie together.",
        "about 60 MB",
        "as Kaggle states it, shown on arrival",
    ),
    Suggestion(
        Address("kaggle", "deadskull7/fer2013"),
        "FER-2013 as the original table",
        "fer2013.csv with its three splits, as the tutorials use it; known by its checksum.",
        "about 100 MB",
        "as Kaggle states it, shown on arrival",
    ),
    Suggestion(
        Address("hf", "AutumnQiu/fer2013"),
        "FER-2013 as Parquet",
        "Tables of pictures, one for each of the three splits, from the Hugging Face hub.",
        "tens of MB",
        "as the hub states it, shown on arrival",
    ),
    Suggestion(
        Address("ferplus"),
        "FER+ votes",
        "What ten people each said about every face of FER-2013. It has no pictures: it joins your FER-2013.",
        "about 2 MB",
        "MIT",
    ),
)


@dataclass(frozen=True, slots=True)
class Downloaded:
    """What a download brought.

    Attributes:
        name: the dataset's name in `data/`; for FER+ that of the file of votes.
        path: where it lies.
        provenance: where it came from, under which terms, and its checksums.
    """

    name: str
    path: Path
    provenance: Provenance

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {
            **self.provenance.as_dict(),
            "path": str(self.path),
            "bytes": self.provenance.bytes,
            "is_dataset": self.name != _FERPLUS_FILE,
        }


def parse_address(text: str) -> Address:
    """Return the address that a person wrote.

    Args:
        text: "kaggle:owner/name", "hf:owner/name", "ferplus", or the web address of a dataset's page.

    Raises:
        DownloadError: it is none of these.
    """
    text = text.strip()
    if text.lower() in ("ferplus", "fer+"):
        return Address("ferplus")
    url = urlsplit(text)
    if url.scheme in ("http", "https"):
        place = (url.hostname or "").removeprefix("www.")
        host = {"kaggle.com": "kaggle", "huggingface.co": "hf", "hf.co": "hf", "github.com": "github"}.get(
            place
        )
        parts = [part for part in url.path.split("/") if part]
        if host == "github" and [part.lower() for part in parts[:2]] == ["microsoft", "ferplus"]:
            return Address("ferplus")
        host, name = f"{host}", "/".join(parts[1:3]) if parts[:1] == ["datasets"] else ""
    else:
        host, _, name = text.partition(":")
        host = {"huggingface": "hf"}.get(host.lower(), host.lower())
    if host in ("kaggle", "hf") and _OWNER_AND_NAME.fullmatch(name):
        return Address("kaggle" if host == "kaggle" else "hf", name)
    raise DownloadError(
        f"“{text[:80]}” is no address of a dataset. Write kaggle:owner/name, hf:owner/name or ferplus, "
        "or paste the web address of a dataset's page on kaggle.com or huggingface.co."
    )


def job_id(address: Address) -> str:
    """The id of the job that downloads from `address`, for `fer.jobs`."""
    return f"download-{address.slug}"[:119].rstrip(". ")


def download(address: Address, progress: Progress = silent, *, name: str = "") -> Downloaded:
    """Fetch a dataset, check it, read it once, and only then put it into `data/`.

    Args:
        address: from `parse_address`.
        progress: told how many bytes are here.
        name: what it shall be called in `data/`, without a suffix; the owner and name on the host if empty.

    Raises:
        DownloadError: no network, no such dataset, one that wants a login, or not what was promised.
        MalformedDatasetError: what came is no dataset that we can read.
        StorageError: the disk is full, or `data/` cannot be written.
        FerError: the name cannot be a file name here.
    """
    name = name or address.id.replace("/", "-")
    paths.child(paths.data_folder(), name or _FERPLUS_FILE)  # a bad name is said before anything is fetched
    progress(0.0, f"Asking {address.site.removeprefix('The ')}")
    try:
        match address.host:
            case "kaggle":
                with _kaggle(address) as offer:
                    return _take(address, offer, name, progress)
            case "hf":
                return _take(address, _hub_offer(address), name, progress)
            case "ferplus":
                return _take(address, _ferplus_offer(), name, progress)
    except OSError as error:
        raise files.storage_error(paths.data_folder() / (name or _FERPLUS_FILE), error) from error


# ── what a host offers ───────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class _Offered:
    """One file of a host.

    Attributes:
        path: below the dataset, with "/", every part harmless; its suffix may be unknown until it is here.
        open_at: answers with the bytes from an offset on: a streaming `requests.Response`.
        bytes: its size; None where the host does not say.
        checksums: what the host says about its content, by algorithm, in hexadecimal.
    """

    path: str
    open_at: Callable[[int], Any]
    bytes: int | None
    checksums: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Offer:
    """What a host says about a dataset, and the files of it that we want."""

    title: str
    license: str
    citation: str
    revision: str
    files: Sequence[_Offered]


@contextmanager
def _kaggle(address: Address) -> Iterator[_Offer]:
    """What Kaggle offers: the dataset's newest version as one archive."""
    _move_libraries_in()
    import requests
    from kagglehub.clients import build_kaggle_client
    from kagglehub.exceptions import handle_call
    from kagglehub.handle import parse_dataset_handle
    from kagglehub.integrity import get_md5_checksum_from_response
    from kagglesdk.datasets.types.dataset_api_service import ApiDownloadDatasetRequest, ApiGetDatasetRequest

    handle = parse_dataset_handle(address.id)
    about, order = ApiGetDatasetRequest(), ApiDownloadDatasetRequest()
    about.owner_slug = order.owner_slug = handle.owner
    about.dataset_slug = order.dataset_slug = handle.dataset
    with _refusals_told(address):
        try:
            client = build_kaggle_client()
        except ValueError as error:  # its own words name the file
            raise DownloadError(
                f"Kaggle's credentials cannot be used: {error}. Mend or remove them."
            ) from error
    with client:
        # Kaggle's client waits for ever; a network that swallows packets would look like work.
        session = client.http_client()._session
        for scheme in ("https://", "http://"):
            session.mount(scheme, _impatient_adapter())
        with _refusals_told(address):
            api = client.datasets.dataset_api_client
            dataset = handle_call(lambda: api.get_dataset(about), handle)
            order.dataset_version_number = dataset.current_version_number or 1
            response = handle_call(lambda: api.download_dataset(order), handle)
        # The archive lies at an address that is valid for a while; the first answer is already streaming.
        first = [response]

        def open_at(offset: int) -> Any:
            if offset == 0 and first:
                return first.pop()
            return _get(response.url, offset, session=requests)

        md5 = get_md5_checksum_from_response(response)
        checksums = {"md5": _from_base64(md5)} if md5 else {}
        size = response.headers.get("Content-Length")
        with closing(response):
            yield _Offer(
                title=_plain(dataset.title) or address.id,
                license=_plain(dataset.license_name) or "not stated by Kaggle",
                citation="",
                revision=f"version {order.dataset_version_number}",
                files=[_Offered("archive", open_at, int(size) if size else None, checksums)],
            )


def _hub_offer(address: Address) -> _Offer:
    """What the Hugging Face hub offers: the files of the repository that hold data."""
    _move_libraries_in()
    import huggingface_hub
    from huggingface_hub.errors import HFValidationError, RevisionNotFoundError

    endpoint = os.environ.get("HF_ENDPOINT", "").rstrip("/") or "https://huggingface.co"
    hub = huggingface_hub.HfApi(endpoint=endpoint, token=False, library_name="fer-lab")

    def ask(revision: str | None) -> Any:
        return hub.dataset_info(
            address.id, revision=revision, files_metadata=True, timeout=_CONNECT_SECONDS, token=False
        )

    with _refusals_told(address):
        try:
            about = found = ask(None)
            wanted = _wanted(found.siblings or [])
            if not wanted:
                with suppress(RevisionNotFoundError):
                    found = ask(_HUBS_PARQUET)
                    wanted = _wanted(found.siblings or [])
        except HFValidationError as error:
            raise DownloadError(f"“{address.id}” cannot be a dataset of the hub: {error}") from error
    if not wanted:
        kinds = sorted({PurePosixPath(file.rfilename).suffix or "no suffix" for file in about.siblings or []})
        raise DownloadError(
            f"{address.url} holds no Parquet, CSV, archive or picture file that could be fetched; it has "
            f"{', '.join(kinds[:6]) or 'no files'}. Choose another dataset."
        )
    offered = []
    for file, place in zip(wanted, _places([file.rfilename for file in wanted]), strict=True):
        checksums = (
            {"sha256": file.lfs.sha256} if file.lfs else {"git sha1": file.blob_id} if file.blob_id else {}
        )
        url = huggingface_hub.hf_hub_url(
            address.id, file.rfilename, repo_type="dataset", revision=found.sha, endpoint=endpoint
        )
        offered.append(_Offered(place, partial(_get, url), file.size, checksums))
    card = about.card_data.to_dict() if about.card_data else {}
    return _Offer(
        title=_plain(card.get("pretty_name")) or address.id,
        license=_license_of(card) or "not stated by the hub",
        citation=_plain(about.citation),
        revision=str(found.sha or ""),
        files=offered,
    )


def _ferplus_offer() -> _Offer:
    """FER+'s file of votes."""
    return _Offer(
        title="FER+ votes",
        license="MIT",
        citation="Barsoum et al. (2016), Training deep networks for facial expression recognition with "
        "crowd-sourced label distribution, arXiv:1608.01041",
        revision="master",
        files=[_Offered(_FERPLUS_FILE, lambda offset: _get(FERPLUS_URL, offset), None)],
    )


def _wanted(siblings: Sequence[Any]) -> list[Any]:
    """The files of a repository that hold the data: Parquet tables, or else what most of its bytes are."""

    def ending(suffixes: tuple[str, ...]) -> list[Any]:
        return [
            file
            for file in siblings
            if file.rfilename.lower().endswith(suffixes) and _is_harmless(file.rfilename)
        ]

    if tables := ending((".parquet",)):
        return tables
    found = max(map(ending, _KINDS), key=lambda found: sum(file.size or 0 for file in found))
    return found if len(found) <= _MAX_FILES else []


def _is_harmless(path: str) -> bool:
    """Whether a path that a server named stays below its folder on every system."""
    return all(
        re.fullmatch(r"\w[\w .,()+=@~-]*", part, re.ASCII) and not part.endswith((".", " "))
        for part in path.split("/")
    )


def _places(paths: Sequence[str]) -> list[str]:
    """Where files of a repository shall lie below the dataset's folder.

    Tables lie in it directly, and keep of their folders what tells them apart: "default/train/0000.parquet"
    becomes "train-0000.parquet". Pictures and archives stay where they are.
    """
    if not all(path.lower().endswith((".parquet", ".csv", ".csv.gz")) for path in paths):
        return list(paths)
    split = [path.split("/") for path in paths]
    folders = [parts[:-1] for parts in split]
    differing = (depth for depth, names in enumerate(zip(*folders, strict=False)) if len(set(names)) > 1)
    shared = next(differing, min(map(len, folders)))
    return ["-".join(parts[shared:]) for parts in split]


def _license_of(card: Mapping[str, Any]) -> str:
    stated = card.get("license")
    text = _plain(", ".join(map(str, stated)) if isinstance(stated, list) else stated)
    return _plain(card.get("license_name")) or text if text == "other" else text


def _plain(text: object) -> str:
    """A stranger's words as one short line, without what a page would take for a picture, link or formula."""
    words = "".join(
        character for character in str(text or "") if character.isprintable() or character.isspace()
    )
    return re.sub(r"[\[\]<>`$|\\]", "", " ".join(words.split()))[:300]


# ── the transfer ─────────────────────────────────────────────────────────────────────────────────


class _LostLineError(DownloadError):
    """The line broke or was never there; what came so far may be gone on from."""


def _take(address: Address, offer: _Offer, name: str, progress: Progress) -> Downloaded:
    """Fetch the files of an offer, check them, read them, and put them into `data/`."""
    with _workplace(address, offer.revision) as folder:
        known = [file.bytes for file in offer.files]
        total = sum(size or 0 for size in known) if None not in known else None
        _check_room(address, folder, total)
        arriving = folder / "files"
        meter = _Meter(total, progress)
        records = [_fetch(address, file, arriving, folder / "parts", meter) for file in offer.files]
        if address.host == "ferplus":
            return _keep_votes(address, offer, arriving / _FERPLUS_FILE, records)
        source, records = _shaped(address, arriving, records)
        suffix = "".join(PurePosixPath(records[0].path).suffixes[-2:]) if source.is_file() else ""
        target = paths.child(paths.data_folder(), name + (suffix if suffix in _ARCHIVES else source.suffix))
        if source.is_file():
            records = [FileRecord(target.name, *_rest(records[0]))]
        provenance = Provenance(
            name=target.name,
            host=urlsplit(address.url).hostname or "",
            id=address.id,
            revision=offer.revision,
            title=offer.title,
            url=address.url,
            license=offer.license,
            citation=offer.citation,
            fetched_at=datetime.now(UTC).isoformat(timespec="seconds"),
            files=tuple(records),
            remarks=tuple(_remarks(source, records)),
        )
        _put_in_place(source, target, provenance, progress)
        return Downloaded(target.name, target, provenance)


@contextmanager
def _workplace(address: Address, revision: str) -> Iterator[Path]:
    """The folder of one download, ours alone; it goes when the download ends, unless only the line broke."""
    downloads = paths.cache_folder() / "downloads"
    state = re.sub(r"[^A-Za-z0-9]+", "-", revision)[:16].strip("-")
    folder = downloads / f"{address.slug}@{state}"
    owner = folder / "process.json"
    with suppress(OSError, ValueError):
        if processes.is_alive(json.loads(owner.read_text(encoding="utf-8"))):
            raise DownloadError(
                f"“{address}” is being downloaded already, by another process. Wait for it, or stop it there."
            )
    for old in downloads.glob(f"{address.slug}@*"):
        if old != folder:  # of another revision, whose bytes would not fit
            shutil.rmtree(old, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    files.save_text(owner, json.dumps(processes.this_process()))
    try:
        yield folder
    except _LostLineError:
        owner.unlink(missing_ok=True)
        if not any(path.is_file() for path in folder.rglob("*")):
            shutil.rmtree(folder, ignore_errors=True)
        raise
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    shutil.rmtree(folder, ignore_errors=True)


class _Meter:
    """Counts the bytes of all files and says how far the transfer is, at most a few times a second."""

    _SHARE = 0.9  # of the whole work; the rest is checking and reading
    _TELL_SECONDS = 0.2

    def __init__(self, total: int | None, progress: Progress) -> None:
        self._total, self._progress = total, progress
        self._before = self._told_at = 0.0
        self._began_at, self._came = time.monotonic(), 0
        self._here = 0

    def file_has(self, path: str, here: int, came: int, total: int | None) -> None:
        """Say that a file has `here` of `total` bytes on the disk, `came` of them just now."""
        self._came += came
        self._here = int(self._before) + here
        whole = self._total or total
        now = time.monotonic()
        if now - self._told_at < self._TELL_SECONDS and here != total:
            return
        self._told_at = now
        rate = self._came / max(now - self._began_at, 0.001)
        of = f" of {_megabytes(whole)}" if whole else ""
        fraction = min(self._here / whole, 1.0) if whole else 0.0
        self._progress(self._SHARE * fraction, f"{path}: {_megabytes(self._here)}{of}, {_megabytes(rate)}/s")

    def file_is_here(self, size: int) -> None:
        """Say that a file is complete."""
        self._before += size


def _fetch(address: Address, file: _Offered, folder: Path, parts: Path, meter: _Meter) -> FileRecord:
    """Bring one file to `folder` and check it.

    Raises:
        DownloadError: it cannot be had, or its checksum is not the host's.
    """
    target = folder / file.path
    if not target.exists():  # from before the line broke
        part = parts / hashlib.sha256(file.path.encode()).hexdigest()[:16]
        part.parent.mkdir(parents=True, exist_ok=True)
        _transfer(address, file, part, meter)
        target.parent.mkdir(parents=True, exist_ok=True)
        part.replace(target)
    size = target.stat().st_size
    meter.file_has(file.path, size, 0, size)
    meter.file_is_here(size)
    digests = _digests(target, {"sha256", *file.checksums})
    for algorithm, promised in file.checksums.items():
        if digests[algorithm] != promised.lower():
            raise DownloadError(
                f"“{file.path}” came damaged from {_site(address)}: its {algorithm} is {digests[algorithm]}, "
                f"and {promised.lower()} was promised. Nothing of it was kept; start the download again."
            )
    return FileRecord(file.path, size, digests["sha256"], next(iter(file.checksums), ""))


def _transfer(address: Address, file: _Offered, part: Path, meter: _Meter) -> None:
    """Bring the bytes of one file to `part`, going on from what lies there, over a line that may break."""
    for attempt in range(_ATTEMPTS):
        if attempt:
            time.sleep(_PAUSE_SECONDS * attempt)
        offset = part.stat().st_size if part.exists() else 0
        if offset and offset == file.bytes:
            return
        try:
            with _refusals_told(address), closing(file.open_at(offset)) as response:
                if response.status_code == 416:  # what lies there is not a beginning of it
                    part.unlink(missing_ok=True)
                    continue
                response.raise_for_status()
                if _read_body(address, file, response, part, offset, meter):
                    return
        except _LostLineError as error:
            # A line that brought nothing is no line: whoever is offline shall hear of it at once.
            if attempt + 1 < _ATTEMPTS and part.exists():
                continue
            raise _lost(address, begun=part.exists()) from error
    raise _lost(address, begun=True)


def _read_body(
    address: Address, file: _Offered, response: Any, part: Path, offset: int, meter: _Meter
) -> bool:
    """Append an answer's bytes to `part`; whether all of them came."""
    if response.status_code != 206:  # it starts from the beginning, whatever it was asked for
        offset = 0
    length = response.headers.get("Content-Length")
    encoded = "Content-Encoding" in response.headers
    total = offset + int(length) if length and not encoded else file.bytes
    _check_room(address, part, None if total is None else total - offset)
    if "text/html" in response.headers.get("Content-Type", "") and file.bytes is None:
        raise DownloadError(
            f"{_site(address, start=True)} answered with a web page in place of the file, as networks do "
            f"that want a login first. Open {address.url} in a browser, and start again."
        )
    here = offset
    with part.open("ab" if offset else "wb") as output:
        for chunk in response.iter_content(_CHUNK_BYTES):
            output.write(chunk)
            here += len(chunk)
            if here > _MAX_BYTES or (file.bytes is not None and here > file.bytes):
                raise DownloadError(
                    f"“{file.path}” is longer than {_site(address)} said. Nothing of it was kept; look at "
                    f"{address.url} before you start again."
                )
            meter.file_has(file.path, here, len(chunk), total)
        output.flush()
        os.fsync(output.fileno())
    return total is None or here == total


def _get(url: str, offset: int, session: Any = None) -> Any:
    """Ask for the bytes of `url` from `offset` on, as they are: not compressed on the way."""
    import requests

    headers = {"Accept-Encoding": "identity", "User-Agent": "fer-lab"}
    if offset:
        headers["Range"] = f"bytes={offset}-"
    return (session or requests).get(
        url, headers=headers, stream=True, timeout=(_CONNECT_SECONDS, _READ_SECONDS)
    )


def _impatient_adapter() -> Any:
    from requests.adapters import HTTPAdapter

    class Impatient(HTTPAdapter):  # type: ignore[misc]
        def send(self, request: Any, **options: Any) -> Any:
            options["timeout"] = options.get("timeout") or (_CONNECT_SECONDS, _READ_SECONDS)
            return super().send(request, **options)

    return Impatient()


def _move_libraries_in() -> None:
    """Keep the hosts' libraries from writing outside `data/` and from telling anyone about us.

    They read these variables when they are first imported.
    """
    folder = paths.cache_folder() / "downloads" / "libraries"
    os.environ.update(
        KAGGLEHUB_CACHE=str(folder / "kaggle"),
        KAGGLEHUB_VERBOSITY="error",
        KAGGLE_LOGGING_ENABLED="false",
        HF_HOME=str(folder / "huggingface"),
        HF_HUB_DISABLE_TELEMETRY="1",
        HF_HUB_DISABLE_IMPLICIT_TOKEN="1",
        HF_HUB_DISABLE_PROGRESS_BARS="1",
        HF_HUB_DISABLE_UPDATE_CHECK="1",
    )


# ── what can go wrong on the way ─────────────────────────────────────────────────────────────────


@contextmanager
def _refusals_told(address: Address) -> Iterator[None]:
    """Turn what the hosts' libraries raise into a sentence."""
    import requests

    lost: tuple[type[Exception], ...] = (
        requests.ConnectionError,
        requests.Timeout,
        requests.exceptions.ChunkedEncodingError,
    )
    refused: tuple[type[Exception], ...] = (requests.HTTPError,)
    gated: tuple[type[Exception], ...] = ()
    odd: tuple[type[Exception], ...] = (requests.RequestException, json.JSONDecodeError)
    if address.host == "hf":
        import httpx2
        from huggingface_hub.errors import GatedRepoError, HfHubHTTPError, OfflineModeIsEnabled

        lost = (*lost, httpx2.TransportError, OfflineModeIsEnabled)
        refused = (*refused, HfHubHTTPError)
        gated = (GatedRepoError,)
        odd = (*odd, httpx2.HTTPError)
    try:
        yield
    except gated as error:
        raise _refusal(address, 403, gated=True) from error
    except refused as error:
        raise _refusal(address, getattr(getattr(error, "response", None), "status_code", 0)) from error
    except lost as error:
        raise _lost(address) from error
    except odd as error:
        raise DownloadError(
            f"{_site(address, start=True)} gave an answer that is not its own, as networks do that want a "
            f"login first. Open {address.url} in a browser, and start again."
        ) from error


def _refusal(address: Address, status: int, *, gated: bool = False) -> DownloadError:
    """What a host's refusal means, and the way round it."""
    site = _site(address, start=True)
    by_hand = f"download it from {address.url} in a browser and drop the file onto the dataset page"
    if gated:
        return DownloadError(
            f"“{address.id}” is given only to people who agreed to its terms on {_site(address)}. Log in "
            f"there, agree, {by_hand}."
        )
    if status == 404:
        return DownloadError(
            f"{site} has no dataset “{address.id}”. Compare the spelling, capitals included, with "
            f"{address.url}."
        )
    if status in (401, 403):
        return DownloadError(
            f"{site} does not hand out “{address.id}” without a login ({status}): it is private, wants its "
            f"terms accepted, or is spelt otherwise. Log in, {by_hand}."
        )
    if status == 429:
        return DownloadError(f"{site} has answered too often lately (429). Wait some minutes, or {by_hand}.")
    if status >= 500:
        return DownloadError(f"{site} is out of order ({status}). Try again later, or {by_hand}.")
    return DownloadError(
        f"{site} refused “{address.id or FERPLUS_URL}” ({status}). To go round it, {by_hand}."
    )


def _lost(address: Address, *, begun: bool = False) -> _LostLineError:
    if begun:
        return _LostLineError(
            f"The line to {_site(address)} broke before the download was complete. Start it again and it "
            f"goes on from there, or download it from {address.url} in a browser and drop the file onto the "
            "dataset page."
        )
    url = address.url if address.host != "ferplus" else FERPLUS_URL
    return _LostLineError(
        f"{_site(address, start=True)} cannot be reached from this computer: download the dataset from {url} "
        "in a browser, where there is a network, and drop the file onto the dataset page or put it into the "
        "folder data."
    )


def _site(address: Address, *, start: bool = False) -> str:
    """The host within a sentence, or at its start."""
    return address.site if start else address.site.replace("The ", "the ", 1)


def _check_room(address: Address, place: Path, wanted: int | None) -> None:
    if wanted is None:
        return
    if wanted > _MAX_BYTES:
        raise DownloadError(
            f"“{address.id}” has {wanted / 2**30:.1f} GiB; {_MAX_BYTES // 2**30} GiB is the most that is "
            f"fetched. Choose a smaller set, or fetch part of it from {address.url} by hand."
        )
    free = shutil.disk_usage(place if place.is_dir() else place.parent).free
    if wanted > free:
        raise StorageError(
            f"The disk has {_megabytes(free)} left and “{address.id or _FERPLUS_FILE}” needs "
            f"{_megabytes(wanted)}. Free some space and start again; nothing was changed."
        )


# ── checking and putting in place ────────────────────────────────────────────────────────────────


def _digests(path: Path, algorithms: set[str]) -> dict[str, str]:
    """The checksums of a file, in one reading."""
    states = {name: hashlib.new("sha1" if name == "git sha1" else name) for name in algorithms}
    if "git sha1" in states:  # Source: git-scm.com/book/en/v2/Git-Internals-Git-Objects
        states["git sha1"].update(f"blob {path.stat().st_size}\0".encode())
    with path.open("rb") as file:
        while block := file.read(2**20):
            for state in states.values():
                state.update(block)
    return {name: state.hexdigest() for name, state in states.items()}


def _shaped(address: Address, arriving: Path, records: list[FileRecord]) -> tuple[Path, list[FileRecord]]:
    """What came as one path: the file if it is one, with the suffix it should have; else the folder."""
    if len(records) > 1:
        return arriving, records
    path = arriving / records[0].path
    if address.host == "kaggle":
        if zipfile.is_zipfile(path):
            suffix = ".zip"
        elif tarfile.is_tarfile(path):
            with path.open("rb") as file:
                suffix = ".tar.gz" if file.read(2) == b"\x1f\x8b" else ".tar"
        else:
            raise DownloadError(
                f"Kaggle sent something else than an archive for “{address.id}”. Download it from "
                f"{address.url} in a browser and drop the file onto the dataset page."
            )
        path = path.rename(path.with_name(f"archive{suffix}"))
        records = [FileRecord(path.name, *_rest(records[0]))]
    return path, records


def _rest(record: FileRecord) -> tuple[int, str, str]:
    return record.bytes, record.sha256, record.checked


def _remarks(source: Path, records: Sequence[FileRecord]) -> Iterator[str]:
    """What the checksums told, as sentences."""
    if all(record.checked for record in records):
        kinds = " and ".join(sorted({record.checked for record in records}))
        yield f"Its {kinds} {'agrees' if len(records) == 1 else 'agree'} with what the host states."
    else:
        yield "The host states no checksum; compare the sha256 if you know it from elsewhere."
    if _has_genuine_fer_2013(source):
        yield f"It is the genuine fer2013.csv of 2013 (md5 {GENUINE_FER_2013_MD5})."


def _has_genuine_fer_2013(source: Path) -> bool:
    """Whether the table is, or the archive holds, the very file of 2013."""
    digest = hashlib.md5(usedforsecurity=False)

    def is_it(file: Any) -> bool:
        while block := file.read(2**20):
            digest.update(block)
        return digest.hexdigest() == GENUINE_FER_2013_MD5

    try:
        if source.suffix == ".csv":
            if source.stat().st_size != _GENUINE_FER_2013_BYTES:
                return False
            with source.open("rb") as table:
                return is_it(table)
        if source.suffix != ".zip":
            return False
        with zipfile.ZipFile(source) as archive:
            for member in archive.infolist():
                # Its size is known, so what an archive can make us unpack is bounded.
                if member.filename.endswith("fer2013.csv") and member.file_size == _GENUINE_FER_2013_BYTES:
                    with archive.open(member) as unpacked:
                        return is_it(unpacked)
    except (OSError, zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError):
        pass  # whether it can be read at all is the reader's to say
    return False


def _put_in_place(source: Path, target: Path, provenance: Provenance, progress: Progress) -> None:
    """Read the dataset where it arrived, then give it its name in one step.

    Raises:
        DownloadError: something else has that name.
        MalformedDatasetError: it cannot be read.
    """
    if target.exists() and not _is_same(target, provenance):
        raise DownloadError(
            f"There is another dataset “{target.name}” in data already, and it stays. Give this one another "
            "name."
        )
    progress(0.92, f"Reading {target.name}")

    def reading(fraction: float, message: str) -> None:
        progress(0.92 + 0.08 * fraction, message)

    try:
        dataset = read_dataset(source, reading)
    except PartlyBadDatasetError:
        dataset = None  # its good rows are offered when it is opened
    except MalformedDatasetError as error:
        raise MalformedDatasetError(
            f"What came from {provenance.url} is no dataset that can be read here. {error}"
        ) from error
    if not target.exists():
        with suppress(FerError):
            forget_provenance(target.name)
        source.rename(target)
    save_provenance(provenance)
    if dataset is not None:
        keep_read(target, dataset)


def _is_same(target: Path, provenance: Provenance) -> bool:
    """Whether exactly these files lie at `target` already."""
    if target.is_file():
        record = provenance.files[0]
        same_size = target.stat().st_size == record.bytes
        return same_size and _digests(target, {"sha256"})["sha256"] == record.sha256
    return all(
        (target / record.path).is_file()
        and _digests(target / record.path, {"sha256"})["sha256"] == record.sha256
        for record in provenance.files
    )


def _keep_votes(address: Address, offer: _Offer, source: Path, records: Sequence[FileRecord]) -> Downloaded:
    """Put the votes where the readers of FER-2013 look for them."""
    if not looks_like_votes(source):
        raise DownloadError(
            f"What came from {FERPLUS_URL} has not FER+'s columns. Nothing of it was kept; open the address "
            "in a browser to see what is there."
        )
    load_votes(source)
    target = paths.data_folder() / _FERPLUS_FILE
    provenance = Provenance(
        name=target.name,
        host="github.com",
        id="microsoft/FERPlus",
        revision=offer.revision,
        title=offer.title,
        url=address.url,
        license=offer.license,
        citation=offer.citation,
        fetched_at=datetime.now(UTC).isoformat(timespec="seconds"),
        files=tuple(records),
        remarks=("The host states no checksum; compare the sha256 if you know it from elsewhere.",),
    )
    source.replace(target)  # a newer file of votes is a better one
    save_provenance(provenance)
    return Downloaded(target.name, target, provenance)


def _from_base64(text: str) -> str:
    import base64
    import binascii

    try:
        return base64.b64decode(text, validate=True).hex()
    except binascii.Error:
        return ""


def _megabytes(count: float) -> str:
    return f"{count / 1e6:,.1f} MB" if count < 1e9 else f"{count / 1e9:,.2f} GB"
