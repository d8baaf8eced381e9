"""Dataset addresses: which dataset of which host, as people write it, and what is suggested."""

import re
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from fer.errors import DownloadError

Host = Literal["kaggle", "hf", "ferplus"]
FERPLUS_URL = "https://raw.githubusercontent.com/microsoft/FERPlus/master/fer2013new.csv"
FERPLUS_FILE = "fer2013new.csv"
_OWNER_AND_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,95}/[A-Za-z0-9][A-Za-z0-9._-]{0,95}")


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
    """The id of the job that downloads from `address`, for `fer.system.jobs`."""
    return f"download-{address.slug}"[:119].rstrip(". ")
