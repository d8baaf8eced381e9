"""FER+ download: the one file of votes that joins FER-2013 and is no dataset of its own."""

from collections.abc import Sequence
from pathlib import Path

from fer.datasets.downloads.addresses import FERPLUS_FILE, FERPLUS_URL, Address
from fer.datasets.downloads.arrival import Downloaded, provenance_of, remarks_on
from fer.datasets.downloads.offers import Offer, Offered
from fer.datasets.downloads.transfer import get
from fer.datasets.provenance import FileRecord, save_provenance
from fer.datasets.readers.ferplus import load_votes, looks_like_votes
from fer.errors import DownloadError
from fer.system import paths


def ferplus_offer() -> Offer:
    """FER+'s file of votes."""
    return Offer(
        title="FER+ votes",
        license="MIT",
        citation="Barsoum et al. (2016), Training deep networks for facial expression recognition with "
        "crowd-sourced label distribution, arXiv:1608.01041",
        revision="master",
        files=[Offered(FERPLUS_FILE, lambda offset: get(FERPLUS_URL, offset), None)],
    )


def keep_votes(address: Address, offer: Offer, source: Path, records: Sequence[FileRecord]) -> Downloaded:
    """Put the votes where the readers of FER-2013 look for them."""
    if not looks_like_votes(source):
        raise DownloadError(
            f"What came from {FERPLUS_URL} has not FER+'s columns. Nothing of it was kept; open the address "
            "in a browser to see what is there."
        )
    load_votes(source)
    target = paths.data_folder() / FERPLUS_FILE
    provenance = provenance_of(address, offer, target.name, records, remarks_on(source, records))
    source.replace(target)  # a newer file of votes is a better one
    save_provenance(provenance)
    return Downloaded(target.name, target, provenance)
