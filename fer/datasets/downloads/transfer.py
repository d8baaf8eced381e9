"""Resumable download: bytes with progress, going on after a broken line, and their checksums."""

import hashlib
import json
import os
import re
import shutil
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from fer.datasets.downloads.addresses import FERPLUS_FILE, Address
from fer.datasets.downloads.offers import Offered
from fer.datasets.downloads.refusals import LostLineError, lost_line, refusals_told, site_of
from fer.datasets.provenance import FileRecord
from fer.errors import DownloadError, StorageError
from fer.system import files, paths, processes
from fer.system.progress import Progress

# Above this a person should fetch it by hand: the workshop keeps what it reads in memory.
_MAX_BYTES = 8 * 2**30
_CHUNK_BYTES = 2**18
CONNECT_SECONDS, READ_SECONDS = 10.0, 30.0
# A line that breaks is taken up again this often, with a pause that lets it recover.
_ATTEMPTS = 4
_PAUSE_SECONDS = 1.0


@contextmanager
def workplace(address: Address, revision: str) -> Iterator[Path]:
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
    begun = False
    try:
        yield folder
    except LostLineError:
        owner.unlink(missing_ok=True)
        begun = any(path.is_file() for path in folder.rglob("*"))
        raise
    finally:
        if not begun:
            shutil.rmtree(folder, ignore_errors=True)


def check_room(address: Address, place: Path, wanted: int | None) -> None:
    """Refuse what is more than is ever fetched, or than the disk at `place` has left; None is let pass.

    Raises:
        DownloadError: it is more than is fetched.
        StorageError: the disk has too little room.
    """
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
            f"The disk has {_megabytes(free)} left and “{address.id or FERPLUS_FILE}” needs "
            f"{_megabytes(wanted)}. Free some space and start again; nothing was changed."
        )


class Meter:
    """Counts the bytes of all files and says how far the transfer is, at most a few times a second."""

    _SHARE = 0.9  # of the whole work; the rest is checking and reading
    _TELL_SECONDS = 0.2

    def __init__(self, total: int | None, progress: Progress) -> None:
        self._total, self._progress = total, progress
        self._before = self._told_at = 0.0
        self._began_at, self._came = time.monotonic(), 0

    def file_has(self, path: str, here: int, came: int, total: int | None) -> None:
        """Say that a file has `here` of `total` bytes on the disk, `came` of them just now."""
        self._came += came
        all_here = int(self._before) + here
        whole = self._total or total
        now = time.monotonic()
        if now - self._told_at < self._TELL_SECONDS and here != total:
            return
        self._told_at = now
        rate = self._came / max(now - self._began_at, 0.001)
        of = f" of {_megabytes(whole)}" if whole else ""
        fraction = min(all_here / whole, 1.0) if whole else 0.0
        self._progress(self._SHARE * fraction, f"{path}: {_megabytes(all_here)}{of}, {_megabytes(rate)}/s")

    def file_is_here(self, size: int) -> None:
        """Say that a file is complete."""
        self._before += size


def fetch(address: Address, file: Offered, folder: Path, parts: Path, meter: Meter) -> FileRecord:
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
    digests = digests_of(target, {"sha256", *file.checksums})
    for algorithm, promised in file.checksums.items():
        if digests[algorithm] != promised.lower():
            raise DownloadError(
                f"“{file.path}” came damaged from {site_of(address)}: its {algorithm} is "
                f"{digests[algorithm]}, and {promised.lower()} was promised. Nothing of it was kept; "
                "start the download again."
            )
    return FileRecord(file.path, size, digests["sha256"], next(iter(file.checksums), ""))


def _transfer(address: Address, file: Offered, part: Path, meter: Meter) -> None:
    """Bring the bytes of one file to `part`, going on from what lies there, over a line that may break."""
    for attempt in range(_ATTEMPTS):
        if attempt:
            time.sleep(_PAUSE_SECONDS * attempt)
        offset = part.stat().st_size if part.exists() else 0
        if offset and offset == file.bytes:
            return
        try:
            with refusals_told(address), closing(file.open_at(offset)) as response:
                if response.status_code == 416:  # what lies there is not a beginning of it
                    part.unlink(missing_ok=True)
                    continue
                response.raise_for_status()
                if _read_body(address, file, response, part, offset, meter):
                    return
        except LostLineError as error:
            # A line that brought nothing is no line: whoever is offline shall hear of it at once.
            if attempt + 1 < _ATTEMPTS and part.exists():
                continue
            raise lost_line(address, begun=part.exists()) from error
    raise lost_line(address, begun=True)


def _read_body(address: Address, file: Offered, response: Any, part: Path, offset: int, meter: Meter) -> bool:
    """Append an answer's bytes to `part`; whether all of them came."""
    if response.status_code != 206:  # it starts from the beginning, whatever it was asked for
        offset = 0
    length = response.headers.get("Content-Length")
    encoded = "Content-Encoding" in response.headers
    total = offset + int(length) if length and not encoded else file.bytes
    check_room(address, part, None if total is None else total - offset)
    if "text/html" in response.headers.get("Content-Type", "") and file.bytes is None:
        raise DownloadError(
            f"{site_of(address, start=True)} answered with a web page in place of the file, as networks do "
            f"that want a login first. Open {address.url} in a browser, and start again."
        )
    here = offset
    with part.open("ab" if offset else "wb") as output:
        for chunk in response.iter_content(_CHUNK_BYTES):
            output.write(chunk)
            here += len(chunk)
            if here > _MAX_BYTES or (file.bytes is not None and here > file.bytes):
                raise DownloadError(
                    f"“{file.path}” is longer than {site_of(address)} said. Nothing of it was kept; look at "
                    f"{address.url} before you start again."
                )
            meter.file_has(file.path, here, len(chunk), total)
        output.flush()
        os.fsync(output.fileno())
    return total is None or here == total


def get(url: str, offset: int, session: Any = None) -> Any:
    """Ask for the bytes of `url` from `offset` on, as they are: not compressed on the way."""
    import requests

    headers = {"Accept-Encoding": "identity", "User-Agent": "fer-lab"}
    if offset:
        headers["Range"] = f"bytes={offset}-"
    return (session or requests).get(
        url, headers=headers, stream=True, timeout=(CONNECT_SECONDS, READ_SECONDS)
    )


def digests_of(path: Path, algorithms: set[str]) -> dict[str, str]:
    """The checksums of a file, in one reading."""
    states = {name: hashlib.new("sha1" if name == "git sha1" else name) for name in algorithms}
    if "git sha1" in states:  # Source: git-scm.com/book/en/v2/Git-Internals-Git-Objects
        states["git sha1"].update(f"blob {path.stat().st_size}\0".encode())
    with path.open("rb") as file:
        while block := file.read(2**20):
            for state in states.values():
                state.update(block)
    return {name: state.hexdigest() for name, state in states.items()}


def _megabytes(count: float) -> str:
    return f"{count / 1e6:,.1f} MB" if count < 1e9 else f"{count / 1e9:,.2f} GB"
