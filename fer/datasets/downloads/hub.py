"""Hugging Face hub: the files of a repository that hold data, through the hub's own library."""

import os
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import PurePosixPath
from typing import Any

from fer.datasets.downloads.addresses import Address
from fer.datasets.downloads.offers import ARCHIVES, Offer, Offered, move_libraries_in, plain
from fer.datasets.downloads.refusals import refusals_told
from fer.datasets.downloads.transfer import CONNECT_SECONDS, get
from fer.errors import DownloadError
from fer.images import SUFFIXES

# Each file is a request of its own; what has more is asked for as the hub's Parquet copy.
_MAX_FILES = 2_000
# Nothing but data is ever fetched: no scripts, no pickles.
_KINDS: tuple[tuple[str, ...], ...] = ((".csv", ".csv.gz"), ARCHIVES, SUFFIXES)
# The branch on which the hub keeps its own Parquet copy of every public dataset.
# Source: huggingface.co/docs/dataset-viewer/parquet
_HUBS_PARQUET = "refs/convert/parquet"


def hub_offer(address: Address) -> Offer:
    """What the Hugging Face hub offers: the files of the repository that hold data."""
    move_libraries_in()
    import huggingface_hub
    from huggingface_hub.errors import HFValidationError, RevisionNotFoundError

    endpoint = os.environ.get("HF_ENDPOINT", "").rstrip("/") or "https://huggingface.co"
    hub = huggingface_hub.HfApi(endpoint=endpoint, token=False, library_name="fer-lab")

    def ask(revision: str | None) -> Any:
        return hub.dataset_info(
            address.id, revision=revision, files_metadata=True, timeout=CONNECT_SECONDS, token=False
        )

    with refusals_told(address):
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
        offered.append(Offered(place, partial(get, url), file.size, checksums))
    card = about.card_data.to_dict() if about.card_data else {}
    return Offer(
        title=plain(card.get("pretty_name")) or address.id,
        license=_license_of(card) or "not stated by the hub",
        citation=plain(about.citation),
        revision=str(found.sha or ""),
        files=offered,
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
    text = plain(", ".join(map(str, stated)) if isinstance(stated, list) else stated)
    return plain(card.get("license_name")) or text if text == "other" else text
