"""Dataset download: from Kaggle, the Hugging Face hub or FER+'s repository into `data/`.

The hosts' own libraries say what there is: files, sizes, checksums, licence (`kaggle`, `hub`, `ferplus`). The
bytes then come through one transfer of ours (`transfer`), so that progress, cancelling, going on after a
broken line and checking are the same for all of them. Until a dataset was checked and could be read
(`arrival`), it lies in

    data/cache/downloads/<address>@<revision>/

which is removed when the download ends, whatever way it ends; only a line that broke leaves it, for the next
attempt to go on from. Nothing is written anywhere else: the libraries' own folders are moved in there too.
"""

from dataclasses import replace
from pathlib import PurePosixPath

from fer.datasets.downloads.addresses import (
    FERPLUS_FILE,
    SUGGESTIONS,
    Address,
    Host,
    Suggestion,
    job_id,
    parse_address,
)
from fer.datasets.downloads.arrival import Downloaded, provenance_of, put_in_place, remarks_on, shaped
from fer.datasets.downloads.ferplus import ferplus_offer, keep_votes
from fer.datasets.downloads.hub import hub_offer
from fer.datasets.downloads.kaggle import kaggle_offer
from fer.datasets.downloads.offers import ARCHIVES, Offer
from fer.datasets.downloads.transfer import Meter, check_room, fetch, workplace
from fer.system import files, paths
from fer.system.progress import Progress, silent


def download(address: Address, progress: Progress = silent, *, name: str = "") -> Downloaded:
    """Fetch a dataset, check it, read it once, and only then put it into `data/`.

    Args:
        address: from `parse_address`.
        name: what it shall be called in `data/`, without a suffix; the owner and name on the host if empty.

    Raises:
        DownloadError: no network, no such dataset, one that wants a login, or not what was promised.
        MalformedDatasetError: what came is no dataset that we can read.
        StorageError: the disk is full, or `data/` cannot be written.
        FerError: the name cannot be a file name here.
    """
    name = name or address.id.replace("/", "-")
    paths.child(paths.data_folder(), name or FERPLUS_FILE)  # a bad name is said before anything is fetched
    progress(0.0, f"Asking {address.site.removeprefix('The ')}")
    try:
        match address.host:
            case "kaggle":
                with kaggle_offer(address) as offer:
                    return _take(address, offer, name, progress)
            case "hf":
                return _take(address, hub_offer(address), name, progress)
            case "ferplus":
                return _take(address, ferplus_offer(), name, progress)
    except OSError as error:
        raise files.storage_error(paths.data_folder() / (name or FERPLUS_FILE), error) from error


def _take(address: Address, offer: Offer, name: str, progress: Progress) -> Downloaded:
    """Fetch the files of an offer, check them, read them, and put them into `data/`."""
    with workplace(address, offer.revision) as folder:
        known = [file.bytes for file in offer.files]
        total = sum(size or 0 for size in known) if None not in known else None
        check_room(address, folder, total)
        arriving = folder / "files"
        meter = Meter(total, progress)
        records = [fetch(address, file, arriving, folder / "parts", meter) for file in offer.files]
        if address.host == "ferplus":
            return keep_votes(address, offer, arriving / FERPLUS_FILE, records)
        source, records = shaped(address, arriving, records)
        suffix = "".join(PurePosixPath(records[0].path).suffixes[-2:]) if source.is_file() else ""
        target = paths.child(paths.data_folder(), name + (suffix if suffix in ARCHIVES else source.suffix))
        if source.is_file():
            records = [replace(records[0], path=target.name)]
        provenance = provenance_of(address, offer, target.name, records, remarks_on(source, records))
        put_in_place(source, target, provenance, progress)
        return Downloaded(target.name, target, provenance)
