"""Decompression: zip, tar, gzip, bzip2 and xz files written out, nothing in them trusted.

What an archive is, its first bytes say and not its name. What it says about itself is not believed: what
comes out of it is counted while it comes, and names are taken apart and checked before anything is written.
Only pictures, tables and archives inside are unpacked; links, devices and everything else are counted.
"""

import bz2
import errno
import gzip
import lzma
import re
import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO, Any, BinaryIO, Protocol

from fer import images
from fer.datasets.readers.class_list import SUFFIXES as CLASS_LIST_SUFFIXES
from fer.datasets.readers.loose_pictures import LIST_SUFFIXES
from fer.datasets.readers.passed_over import PassedOver, is_junk
from fer.datasets.readers.signatures import (
    HEAD_BYTES,
    PACKED,
    PARQUET,
    SUFFIXES,
    UNPACKABLE,
    signature_at,
    signature_of,
    without_suffix,
)
from fer.datasets.readers.vocabulary import printable
from fer.errors import MalformedDatasetError
from fer.system import files
from fer.system.progress import Progress

# FER-2013 unpacks to 0.4 GB. Twenty times that is a large face dataset; more is no dataset of faces.
MAX_BYTES = 8 * 2**30
MAX_MEMBERS = 400_000
# Numbers as text shrink to a third, pictures hardly. What shrinks to a hundredth holds no faces.
MAX_RATIO = 100
_RATIO_COUNTS_FROM = 16 * 2**20
_DEEPEST = 12
_BLOCK = 2**18
# The headers of a tar archive are read at once, and may say that they have any length.
_MAX_AT_ONCE = 2**20
# What unpacking xz may take of memory, which its header may ask for in any amount; `xz -9` asks for 65 MiB.
_XZ_MEMORY = 2**28
_WANTED = (*images.SUFFIXES, *LIST_SUFFIXES, *CLASS_LIST_SUFFIXES, ".parquet", *SUFFIXES)
# What other programs than ours write as a zip, by the member that gives it away.
_DOCUMENTS = {
    "xl/workbook.xml": "an Excel workbook. Save it as “CSV UTF-8”",
    "content.xml": "a document of LibreOffice. Save its table as CSV in UTF-8",
    "word/document.xml": "a Word document. Choose a table of faces",
}
_NO_FILE = "a link or a device"
_TOO_DEEP = f"more than {_DEEPEST} folders deep"
_TWICE = "another of that name was in it before"
_UNKNOWN = "neither a picture nor a table, by its ending"
FOREIGN = "an archive that cannot be unpacked here"
"""Why a member was passed over that has to be unpacked by hand."""
_FOREIGN_SUFFIXES = (".7z", ".rar", ".zst", ".lz4", ".cab")
_PART = re.compile(r"\.(\d{2,3}|z\d\d|part\d+\.\w+)$", re.IGNORECASE)
_DAMAGED = (tarfile.TarError, zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError)


class _Source(Protocol):
    def read(self, size: int = -1, /) -> bytes: ...


@dataclass(slots=True)
class Budget:
    """What may still come out of an archive.

    Attributes:
        name: of the archive, for messages.
        packed: its size on the disk, at least 1.
        unpacked: bytes that came out so far.
        members: how many there were so far, wanted or not.
        passed: the members that were not unpacked.
    """

    name: str
    packed: int
    unpacked: int = 0
    members: int = 0
    passed: PassedOver = field(default_factory=PassedOver)

    def take(self, size: int) -> None:
        """Count bytes that came out; refuses what is too much."""
        self.unpacked += size
        ratio = self.unpacked / self.packed
        if self.unpacked > MAX_BYTES or (self.unpacked > _RATIO_COUNTS_FROM and ratio > MAX_RATIO):
            raise MalformedDatasetError(
                f"“{self.name}” was not unpacked: its {_megabytes(self.packed)} hold more than "
                f"{_megabytes(self.unpacked)}, as archives do that are made to fill a disk. If you trust it, "
                "unpack it yourself and choose what is inside."
            )

    def take_member(self) -> None:
        """Count one more member; refuses too many."""
        self.members += 1
        if self.members > MAX_MEMBERS:
            raise MalformedDatasetError(
                f"“{self.name}” was not unpacked: it holds more than {MAX_MEMBERS:,} files. If you trust it, "
                "unpack it yourself and choose what is inside."
            )


def take_out(path: Path, target: Path, budget: Budget, progress: Progress) -> None:
    """Unpack the archive at `path` into the folder `target`.

    Raises:
        MalformedDatasetError: it is damaged or cut off, locked, too large, of a kind that cannot be unpacked
            here, or would write outside of its folder.
        StorageError: the disk is full.
    """
    kind = signature_at(path) or ("zip" if zipfile.is_zipfile(path) else "")  # which may begin with anything
    if kind not in UNPACKABLE:
        raise _not_unpackable(path, kind)
    try:
        if kind == "zip":
            _unzip(path, target, budget, progress)
        else:
            _unpack(path, kind, target, budget, progress)
    except _DAMAGED as error:
        raise _damaged(budget.name) from error
    except OSError as error:
        # Not the disk: no gzip, or an offset before the beginning.
        if error.errno in (None, errno.EINVAL):
            raise _damaged(budget.name) from error
        raise
    except (NotImplementedError, RuntimeError, ValueError, OverflowError) as error:
        raise MalformedDatasetError(
            f"“{budget.name}” is packed in a way that cannot be unpacked here. Unpack it yourself "
            "and choose what is inside, or pack it again as a plain .zip."
        ) from error


def _not_unpackable(path: Path, kind: str) -> MalformedDatasetError:
    if not kind:
        return _damaged(path.name)
    return MalformedDatasetError(
        f"“{path.name}” is a {kind} archive, which cannot be unpacked here. Unpack it yourself and choose "
        "what is inside, or pack it again as a .zip."
    )


def _damaged(name: str) -> MalformedDatasetError:
    if _PART.search(name):  # of those that an archive was cut into, only the first begins as one
        return MalformedDatasetError(
            f"“{name}” is one of several parts of an archive. Unpack them all together, with 7-Zip say, and "
            "choose what was inside."
        )
    return MalformedDatasetError(
        f"“{name}” is damaged or cut off: it may be half a download or half an upload. Fetch it again."
    )


def _unzip(path: Path, target: Path, budget: Budget, progress: Progress) -> None:
    with path.open("rb") as file:
        # Its list of members is read as a whole, so it is counted first.
        if _occurrences(file, b"PK\x01\x02") > MAX_MEMBERS:
            budget.members = MAX_MEMBERS
            budget.take_member()
        file.seek(0)
        with zipfile.ZipFile(file) as archive:
            members = archive.infolist()
            for number, member in enumerate(members, start=1):
                budget.take_member()
                place = _place(member.filename, budget.name)
                unix = member.external_attr >> 16
                # In this order: zipfile ends a name at its first zero byte, and fails to ask an empty one.
                if not place.parts or member.is_dir():
                    continue
                if document := _DOCUMENTS.get(str(place)):
                    raise MalformedDatasetError(f"“{budget.name}” is {document}.")
                special = bool(unix) and stat.S_IFMT(unix) not in (0, stat.S_IFREG)
                if not _is_wanted(place, special, budget.passed):
                    continue
                if member.flag_bits & 1:
                    raise MalformedDatasetError(
                        f"“{budget.name}” is locked with a password. Unpack it yourself and choose what "
                        "is inside."
                    )
                if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                    raise NotImplementedError(member.compress_type)
                with archive.open(member) as source:
                    _write_wanted(source, target, place, budget)
                if number % 256 == 0:
                    progress(number / len(members), f"Unpacking {path.name}")


def _unpack(path: Path, kind: str, target: Path, budget: Budget, progress: Progress) -> None:
    """Unpack a tar archive, or the one file that is packed alone; which of them shows when it comes out."""
    with ExitStack() as stack:
        file = stack.enter_context(path.open("rb"))
        packed: IO[bytes] | gzip.GzipFile | bz2.BZ2File | _Xz = file
        if kind == "gzip":
            packed = stack.enter_context(gzip.GzipFile(fileobj=file))
        elif kind == "bzip2":
            packed = stack.enter_context(bz2.BZ2File(file))
        elif kind == "xz":
            packed = _Xz(file)
        head = packed.read(HEAD_BYTES) if kind in PACKED else b""
        source = _Forwards(packed, budget, head)
        inside = signature_of(head) if kind in PACKED else kind
        message = f"Unpacking {path.name}"
        if inside == "tar":
            _untar(source, target, budget, lambda: progress(file.tell() / budget.packed, message))
            return
        progress(0.0, message)
        name = path.name if inside in UNPACKABLE else without_suffix(path.name)
        suffix = {PARQUET: ".parquet", "": ".csv"}.get(inside, "")
        _write(source, target, PurePosixPath(name + suffix), budget)


def _untar(source: "_Forwards", target: Path, budget: Budget, tell: Callable[[], None]) -> None:
    forwards: Any = source  # it can do what tarfile asks of a file, and no more
    with tarfile.open(fileobj=forwards, mode="r:") as archive:
        for member in archive:
            budget.take_member()
            place = _place(member.name, budget.name)
            # A sparse file is mostly holes, which come out of nothing.
            special = not member.isreg() or member.issparse()
            if place.parts and not member.isdir() and _is_wanted(place, special, budget.passed):
                content = archive.extractfile(member)
                if content is not None:
                    _write_wanted(content, target, place, budget)
            if budget.members % 256 == 0:
                tell()
            archive.members.clear()  # type: ignore[attr-defined]  # it remembers all, and nobody asks
        # A tar archive ends with empty blocks. Without them the file was cut off between two members, or
        # the next one's header is damaged, and tarfile says nothing.
        if not source.last or source.last.strip(b"\0"):
            raise _damaged(budget.name)
    while rest := source.read(_BLOCK):  # the end of the compressed stream holds its checksum
        budget.take(len(rest))


class _Xz:
    """An xz file unpacked in bounded memory, which `lzma.LZMAFile` leaves to the file to choose."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._stream = self._begun()
        self._packed = b""

    @staticmethod
    def _begun() -> lzma.LZMADecompressor:
        return lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_XZ_MEMORY)

    def read(self, size: int = -1, /) -> bytes:
        """Unpack up to `size` bytes, all of them unless the file ends."""
        found = b""
        while len(found) < size:
            if self._stream.eof:
                # Streams may follow one another, with zeros between them.
                self._packed = (self._stream.unused_data + self._packed).lstrip(b"\0")
                if not self._packed and not (packed := self._file.read(_BLOCK).lstrip(b"\0")):
                    break
                self._packed, self._stream = self._packed or packed, self._begun()
            elif self._stream.needs_input and not self._packed:
                self._packed = self._file.read(_BLOCK)
                if not self._packed:
                    raise EOFError("it ends in the middle")
            try:
                found += self._stream.decompress(self._packed, size - len(found))
            except lzma.LZMAError as error:
                if "emory" in str(error):  # not damaged, only asking for too much
                    raise NotImplementedError from error
                raise
            self._packed = b""
        return found


class _Forwards:
    """A file from which a tar archive is read from front to back, with nothing long at once.

    tarfile steps back by one byte to see whether a member ends before the file does. That one is kept;
    otherwise a compressed file would be unpacked from its beginning again.
    """

    def __init__(self, file: _Source, budget: Budget, head: bytes) -> None:
        self._file = file
        self._budget = budget
        self._position = 0
        self._again = head  # what was read of it before
        self.last = b""

    def read(self, size: int = -1) -> bytes:
        if not 0 <= size <= _MAX_AT_ONCE:
            raise tarfile.ReadError("a header is longer than any needs to be")
        content = self._again[:size]
        self._again = self._again[size:]
        content += self._file.read(size - len(content))
        self._position += len(content)
        self.last = content
        return content

    def seek(self, offset: int) -> int:
        if offset == self._position - 1 and self.last:
            self._again = self.last[-1:] + self._again
            self._position = offset
        elif offset < self._position:
            raise tarfile.ReadError("its members lie over each other")
        while self._position < offset:
            skipped = self.read(min(_BLOCK, offset - self._position))
            if not skipped:
                break
            self._budget.take(len(skipped))  # stepping over a member unpacks it all the same
        return self._position

    def tell(self) -> int:
        return self._position


def _place(name: str, archive: str) -> PurePosixPath:
    """Where a member wants to lie, as a path that stays below the folder it is put into, or it is refused."""
    plain = name.replace("\\", "/")
    parts = [part for part in plain.split("/") if part not in ("", ".")]
    leaves = plain.startswith("/") or ".." in parts or any(":" in part for part in parts[:1]) or "\0" in name
    if leaves:
        raise MalformedDatasetError(
            f"“{archive}” was not unpacked: its member “{printable(name[:80])}” would be written "
            "outside of the folder for it, as in archives that are made to do harm. Nothing of it was kept."
        )
    return PurePosixPath(*parts)


def _is_wanted(place: PurePosixPath, special: bool, passed: PassedOver) -> bool:
    """Whether a member may hold faces, by its name; counts it if it does not."""
    name = place.name.lower()
    if any(map(is_junk, place.parts)):
        return False
    reason = (
        (special and _NO_FILE)
        or (len(place.parts) > _DEEPEST and _TOO_DEEP)
        or (name.endswith(_FOREIGN_SUFFIXES) and FOREIGN)
        # Without an ending, as 7-Zip leaves a tar that was in a gzip file, the content decides.
        or ("." in name and not name.endswith(_WANTED) and _UNKNOWN)
    )
    if reason:
        passed.add(str(place), reason)
    return not reason


def _write_wanted(source: IO[bytes], target: Path, place: PurePosixPath, budget: Budget) -> None:
    """Write a member below `target`; what has no ending only if it is an archive."""
    is_known = place.name.lower().endswith(_WANTED)
    if is_known or signature_of(source.peek(HEAD_BYTES)[:HEAD_BYTES]) in UNPACKABLE:  # type: ignore[attr-defined]
        _write(source, target, place, budget)
    else:
        budget.passed.add(str(place), _UNKNOWN)


def _write(source: _Source, target: Path, place: PurePosixPath, budget: Budget) -> None:
    """Write a member below `target`; one that was there before stays, and the second is counted."""
    path = target.joinpath(*place.parts)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists():
            budget.passed.add(str(place), _TWICE)
            return
        file: BinaryIO = path.open("xb")
    except (OSError, ValueError) as error:
        disk = (errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EPERM, errno.EROFS, errno.EIO)
        if isinstance(error, OSError) and error.errno in disk:
            raise files.storage_error(path, error) from error
        raise MalformedDatasetError(
            f"“{budget.name}” holds “{printable(str(place)[:80])}”, a name that no file can have "
            "here. Unpack it yourself and choose what is inside."
        ) from error
    with file:
        while content := source.read(_BLOCK):
            budget.take(len(content))
            try:
                file.write(content)
            except OSError as error:
                raise files.storage_error(path, error) from error


def _occurrences(file: BinaryIO, mark: bytes) -> int:
    count, rest = 0, b""
    while block := file.read(_BLOCK):
        block = rest + block
        count += block.count(mark)
        rest = block[-len(mark) + 1 :]
    return count


def _megabytes(count: int) -> str:
    return f"{count / 2**20:,.1f} MB"
