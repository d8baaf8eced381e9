"""Provenance: where a dataset in `data/` came from, its version, licence and checksums.

    data/provenance/<name>.json

It is written when a dataset is downloaded, and believed only as long as the files still have their sizes.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from fer.datasets.dataset import Source
from fer.errors import FerError
from fer.system import files, paths


@dataclass(frozen=True, slots=True)
class FileRecord:
    """One file of a dataset, as it was when it came.

    Attributes:
        path: below the dataset's folder, with "/"; the file's own name where the dataset is one file.
        bytes: its size.
        sha256: of its content, in hexadecimal.
        checked: the checksum of the host that the content agreed with ("sha256", "md5", "git sha1"); empty
            where the host gives none.
    """

    path: str
    bytes: int
    sha256: str
    checked: str = ""


@dataclass(frozen=True, slots=True)
class Provenance:
    """What is known of where a dataset came from.

    Attributes:
        name: the dataset's name in `data/`.
        host: who served it, for example "huggingface.co".
        id: what the host calls it.
        revision: in which state it was fetched: a version or a commit; may be empty.
        title: what a person reads.
        url: the page where a person reads about it.
        license: the terms as the host states them, not as we judge them.
        citation: the publication to cite; may be empty.
        fetched_at: when, UTC, ISO 8601.
        files: what was fetched.
        remarks: sentences about what the checksums told.
    """

    name: str
    host: str
    id: str
    revision: str
    title: str
    url: str
    license: str
    citation: str
    fetched_at: str
    files: tuple[FileRecord, ...]
    remarks: tuple[str, ...] = ()

    @property
    def bytes(self) -> int:
        """The size of all of it."""
        return sum(file.bytes for file in self.files)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "Provenance":
        """Rebuild from the values that `asdict` made.

        Raises:
            KeyError, TypeError, ValueError: they are not such values.
        """
        records = tuple(FileRecord(**file) for file in values["files"])
        return cls(**{**values, "files": records, "remarks": tuple(values["remarks"])})


def save_provenance(provenance: Provenance) -> None:
    """Save what is known of the dataset called `provenance.name`.

    Raises:
        FerError: the name cannot be a file name here.
        StorageError: the disk is full, or `data/` cannot be written.
    """
    text = json.dumps(asdict(provenance), indent=2, ensure_ascii=False)
    files.save_text(_file(provenance.name), text + "\n")


def load_provenance(name: str) -> Provenance | None:
    """Return what is known of the dataset called `name` in `data/`.

    Returns:
        None if nothing is, or if other files lie there by now.
    """
    try:
        provenance = Provenance.from_dict(json.loads(_file(name).read_text(encoding="utf-8")))
    except (FerError, OSError, KeyError, TypeError, ValueError):
        return None
    return provenance if _is_there(provenance) else None


def source_of(name: str) -> Source | None:
    """Return the source of the dataset called `name`, if it was downloaded; see `load_provenance`."""
    if (known := load_provenance(name)) is None:
        return None
    return Source(known.title, known.url, known.license, known.citation)


def forget_provenance(name: str) -> None:
    """Remove what is known of the dataset called `name`, because other files take its place."""
    _file(name).unlink(missing_ok=True)


def _file(name: str) -> Path:
    return paths.child(paths.provenance_folder(), f"{name}.json")


def _is_there(provenance: Provenance) -> bool:
    place = paths.data_folder() / provenance.name
    try:
        if place.is_file():
            return [file.bytes for file in provenance.files] == [place.stat().st_size]
        return bool(provenance.files) and all(
            (place / file.path).stat().st_size == file.bytes for file in provenance.files
        )
    except OSError:
        return False
