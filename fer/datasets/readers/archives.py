"""Archives: .zip and .tar files unpacked into a folder of their own, nothing in them trusted.

What an archive says about itself is not believed. What comes out of it is counted while it comes, and names
are taken apart and checked before anything is written. Only pictures, tables and archives inside are
unpacked; links, devices and everything else stay where they are.
"""

import errno
import gzip
import stat
import struct
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import IO, Any, BinaryIO, Protocol

from fer import images
from fer.config import AS_GUESSED, ImportSettings
from fer.datasets.dataset import Dataset, Source
from fer.datasets.readers.folders import holds_emotions, load_folders
from fer.datasets.readers.tables import find_tables, load_tables
from fer.datasets.readers.vocabulary import printable
from fer.errors import MalformedDatasetError
from fer.system import files, paths
from fer.system.progress import Progress, part, silent

SUFFIXES = (".tar.gz", ".csv.gz", ".tgz", ".tar", ".zip")
# FER-2013 unpacks to 0.4 GB. Twenty times that is a large face dataset; more is no dataset of faces.
MAX_BYTES = 8 * 2**30
MAX_MEMBERS = 400_000
# Numbers as text shrink to a third, pictures hardly. What shrinks to a hundredth holds no faces.
MAX_RATIO = 100
_RATIO_COUNTS_FROM = 16 * 2**20
_DEEPEST = 12
_MOST_INNER_ARCHIVES = 8
_BLOCK = 2**18
# The headers of a tar archive are read at once, and may say that they have any length.
_MAX_AT_ONCE = 2**20
_WANTED = (*images.SUFFIXES, ".csv", ".parquet")
UNPACKING = ".unpacking-"
"""How the folders are called that archives are unpacked into; a killed process leaves its own behind."""

Loader = Callable[[Path, Progress, bool, ImportSettings], Dataset]


class _Source(Protocol):
    def read(self, size: int = -1, /) -> bytes: ...


@dataclass(slots=True)
class _Budget:
    """What may still come out of an archive.

    Attributes:
        name: of the archive, for messages.
        packed: its size on the disk, at least 1.
        unpacked: bytes that came out so far.
        members: how many there were so far, wanted or not.
    """

    name: str
    packed: int
    unpacked: int = 0
    members: int = 0

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


def is_archive(name: str) -> bool:
    """Whether a file of that name is an archive that can be unpacked here."""
    return name.lower().endswith(SUFFIXES)


def without_suffix(name: str) -> str:
    """A file's name without its suffix, which of an archive may be two; a name without one as it is."""
    suffixes = (suffix for suffix in SUFFIXES if name.lower().endswith(suffix))
    return name[: -len(next(suffixes, PurePosixPath(name).suffix)) or None]


def load_archive(
    path: Path, progress: Progress = silent, skip_bad: bool = False, how: ImportSettings = AS_GUESSED
) -> Dataset:
    """Read the class folders or the tables in an archive; see `fer.datasets.readers`.

    Where it holds archives itself and nothing complete beside them, as those of Kaggle's contests do, the
    dataset may be in one of those.

    Raises:
        MalformedDatasetError: also if it is damaged or cut off, locked, too large, or would write outside of
            its folder.
        StorageError: the disk is full.
    """
    with _unpacked(path, part(progress, 0, 0.5)) as inside:
        load, is_complete = _found(inside.folder)
        if not is_complete and inside.take_out_inner():
            load, _ = _found(inside.folder)
        if load is None:
            raise MalformedDatasetError(
                f"“{path.name}” holds neither a table of faces nor pictures in folders named for emotions, "
                "or several of them. Unpack it yourself and choose one."
            )
        dataset = load(inside.folder, part(progress, 0.5, 1), skip_bad, how)
    return replace(dataset, name=path.name, source=Source(path.name))


def _found(folder: Path) -> tuple[Loader | None, bool]:
    """What reads the dataset in a folder, and whether it has more than one split or is not divided at all."""
    tables = find_tables(folder)
    if holds_emotions(folder) and not any(table.split is None for table in tables):
        return load_folders, True
    splits = {table.split for table in tables}
    return (load_tables if tables else None), None in splits or len(splits) > 1


@contextmanager
def _unpacked(path: Path, progress: Progress) -> Iterator["_Unpacked"]:
    """Unpack an archive into a new folder below `data/cache`, which is removed in the end."""
    place = paths.cache_folder()
    with ExitStack() as stack:
        try:
            packed = max(path.stat().st_size, 1)
            place.mkdir(parents=True, exist_ok=True)
            temporary = tempfile.TemporaryDirectory(dir=place, prefix=UNPACKING, ignore_cleanup_errors=True)
            # Called like the archive, because errors speak of what they read by its name.
            folder = Path(stack.enter_context(temporary)) / path.name
            folder.mkdir()
        except OSError as error:
            raise files.storage_error(place, error) from error
        inside = _Unpacked(folder, _Budget(path.name, packed))
        inside.take_out(path, folder, progress)
        yield inside


@dataclass(slots=True)
class _Unpacked:
    """An unpacked archive.

    Attributes:
        folder: what was in it.
        budget: what may still come out of the archives inside.
    """

    folder: Path
    budget: _Budget

    def take_out_inner(self) -> bool:
        """Unpack the archives that were inside, each into a folder of its own; whether there were any."""
        inner = sorted(path for path in self.folder.rglob("*") if is_archive(path.name) and path.is_file())
        for path in inner[:_MOST_INNER_ARCHIVES]:
            target = path.with_name(without_suffix(path.name) or "inner")
            if target.exists():
                target = path.with_name(f"{path.name}.unpacked")
            self.take_out(path, target, silent)
        return bool(inner)

    def take_out(self, path: Path, target: Path, progress: Progress) -> None:
        """Unpack the archive at `path` into the folder `target`; raises what `load_archive` does."""
        name = path.name.lower()
        if not path.stat().st_size:  # gzip takes it for an archive of nothing
            raise _damaged(self.budget.name)
        try:
            if name.endswith(".zip"):
                _unzip(path, target, self.budget, progress)
            elif name.endswith(".csv.gz"):
                _gunzip(path, target, self.budget, progress)
            else:
                _untar(path, target, self.budget, progress)
        except (tarfile.TarError, zipfile.BadZipFile, zlib.error, struct.error, EOFError) as error:
            raise _damaged(self.budget.name) from error
        except OSError as error:
            # Not the disk: no gzip, or an offset before the beginning.
            if error.errno in (None, errno.EINVAL):
                raise _damaged(self.budget.name) from error
            raise
        except (NotImplementedError, RuntimeError, ValueError, OverflowError) as error:
            raise MalformedDatasetError(
                f"“{self.budget.name}” is packed in a way that cannot be unpacked here. Unpack it yourself "
                "and choose what is inside, or pack it again as a plain .zip."
            ) from error


def _damaged(name: str) -> MalformedDatasetError:
    return MalformedDatasetError(
        f"“{name}” is damaged or cut off: it may be half a download or half an upload. Fetch it again."
    )


def _unzip(path: Path, target: Path, budget: _Budget, progress: Progress) -> None:
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
                special = bool(unix) and stat.S_IFMT(unix) not in (0, stat.S_IFREG)
                # In this order: zipfile ends a name at its first zero byte, and fails to ask an empty one.
                if special or not _is_wanted(place) or member.is_dir():
                    continue
                if member.flag_bits & 1:
                    raise MalformedDatasetError(
                        f"“{budget.name}” is locked with a password. Unpack it yourself and choose what "
                        "is inside."
                    )
                if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                    raise NotImplementedError(member.compress_type)
                with archive.open(member) as source:
                    _write(source, target, place, budget)
                if number % 256 == 0:
                    progress(number / len(members), f"Unpacking {path.name}")


def _untar(path: Path, target: Path, budget: _Budget, progress: Progress) -> None:
    with ExitStack() as stack:
        file = stack.enter_context(path.open("rb"))
        is_packed = path.name.lower().endswith("gz")
        source: Any = _Forwards(
            stack.enter_context(gzip.GzipFile(fileobj=file)) if is_packed else file, budget
        )
        with tarfile.open(fileobj=source, mode="r:") as archive:
            for member in archive:
                budget.take_member()
                place = _place(member.name, budget.name)
                # A sparse file is mostly holes, which come out of nothing.
                if member.isreg() and not member.issparse() and _is_wanted(place):
                    content = archive.extractfile(member)
                    if content is not None:
                        _write(content, target, place, budget)
                if budget.members % 256 == 0:
                    progress(file.tell() / budget.packed, f"Unpacking {path.name}")
                archive.members.clear()  # type: ignore[attr-defined]  # it remembers all, and nobody asks
            # A tar archive ends with empty blocks. Without them the file was cut off between two members, or
            # the next one's header is damaged, and tarfile says nothing.
            if not source.last or source.last.strip(b"\0"):
                raise _damaged(budget.name)
        while rest := source.read(_BLOCK):  # the end of the compressed stream holds its checksum
            budget.take(len(rest))


def _gunzip(path: Path, target: Path, budget: _Budget, progress: Progress) -> None:
    with path.open("rb") as file, gzip.GzipFile(fileobj=file) as source:
        progress(0.0, f"Unpacking {path.name}")
        _write(source, target, PurePosixPath(path.name[: -len(".gz")]), budget)


class _Forwards:
    """A file from which a tar archive is read from front to back, with nothing long at once.

    tarfile steps back by one byte to see whether a member ends before the file does. That one is kept;
    otherwise a compressed file would be unpacked from its beginning again.
    """

    def __init__(self, file: IO[bytes] | gzip.GzipFile, budget: _Budget) -> None:
        self._file = file
        self._budget = budget
        self._position = 0
        self._again = b""
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
            self._again = self.last[-1:]
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


def _is_wanted(place: PurePosixPath) -> bool:
    name = place.name.lower()
    hidden = any(part.startswith((".", "__MACOSX")) for part in place.parts)
    return not hidden and len(place.parts) <= _DEEPEST and name.endswith((*_WANTED, *SUFFIXES))


def _write(source: _Source, target: Path, place: PurePosixPath, budget: _Budget) -> None:
    """Write a member below `target`; one that was there before stays."""
    path = target.joinpath(*place.parts)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists():
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
