"""Download checks: what came is recognised, read once, and only then put into `data/`."""

import hashlib
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from fer.datasets.downloads.addresses import FERPLUS_FILE, Address
from fer.datasets.downloads.offers import Offer
from fer.datasets.downloads.transfer import digests_of
from fer.datasets.provenance import FileRecord, Provenance, forget_provenance, save_provenance
from fer.datasets.readers.signatures import signature_at
from fer.datasets.registry import keep_read, read_dataset
from fer.errors import (
    DownloadError,
    FerError,
    MalformedDatasetError,
    PartlyBadDatasetError,
    UnlabelledDatasetError,
)
from fer.system import paths
from fer.system.locks import locked
from fer.system.progress import Progress, part

# Of the file that Kaggle's competition of 2013 shipped.
GENUINE_FER_2013_MD5 = "f8428a1edbd21e88f42c73edd2a14f95"
_GENUINE_FER_2013_BYTES = 301_072_766


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
            **asdict(self.provenance),
            "path": str(self.path),
            "bytes": self.provenance.bytes,
            "is_dataset": self.name != FERPLUS_FILE,
        }


def provenance_of(
    address: Address, offer: Offer, name: str, records: Sequence[FileRecord], remarks: Iterable[str]
) -> Provenance:
    """What is known of where a dataset called `name` came from, as of now."""
    return Provenance(
        name=name,
        host=urlsplit(address.url).hostname or "",
        id=address.id or "microsoft/FERPlus",
        revision=offer.revision,
        title=offer.title,
        url=address.url,
        license=offer.license,
        citation=offer.citation,
        fetched_at=datetime.now(UTC).isoformat(timespec="seconds"),
        files=tuple(records),
        remarks=tuple(remarks),
    )


def shaped(address: Address, arriving: Path, records: list[FileRecord]) -> tuple[Path, list[FileRecord]]:
    """What came as one path: the file if it is one, with the suffix it should have; else the folder."""
    if len(records) > 1:
        return arriving, records
    path = arriving / records[0].path
    if address.host == "kaggle":
        suffix = {"zip": ".zip", "tar": ".tar", "gzip": ".tar.gz"}.get(signature_at(path))
        if suffix is None:
            raise DownloadError(
                f"Kaggle sent something else than an archive for “{address.id}”. Download it from "
                f"{address.url} in a browser and drop the file onto the dataset page."
            )
        path = path.rename(path.with_name(f"archive{suffix}"))
        records = [replace(records[0], path=path.name)]
    return path, records


def remarks_on(source: Path, records: Sequence[FileRecord]) -> Iterator[str]:
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


def put_in_place(source: Path, target: Path, provenance: Provenance, progress: Progress) -> None:
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
    try:
        dataset = read_dataset(source, part(progress, 0.92, 1))
    except (PartlyBadDatasetError, UnlabelledDatasetError):
        dataset = None  # its good rows are offered when it is opened, or what its labels are is asked
    except MalformedDatasetError as error:
        raise MalformedDatasetError(
            f"What came from {provenance.url} is no dataset that can be read here. {error}"
        ) from error
    with locked(paths.cache_folder()):
        if not target.exists():
            with suppress(FerError):
                forget_provenance(target.name)
            source.rename(target)
    save_provenance(provenance)
    if dataset is not None:
        keep_read(target, dataset)


def _is_same(target: Path, provenance: Provenance) -> bool:
    """Whether exactly these files lie at `target` already."""
    places = [target] if target.is_file() else [target / record.path for record in provenance.files]
    return all(
        place.is_file()
        and place.stat().st_size == record.bytes
        and digests_of(place, {"sha256"})["sha256"] == record.sha256
        for place, record in zip(places, provenance.files, strict=False)
    )
