"""Host metadata: what a host says about a dataset, and what asking the hosts has in common."""

import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from fer.system import paths

ARCHIVES = (".zip", ".tar.gz", ".tgz", ".tar")


@dataclass(frozen=True, slots=True)
class Offered:
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
class Offer:
    """What a host says about a dataset, and the files of it that we want."""

    title: str
    license: str
    citation: str
    revision: str
    files: Sequence[Offered]


def move_libraries_in() -> None:
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


def plain(text: object) -> str:
    """A stranger's words as one short line, without what a page would take for a picture, link or formula."""
    words = "".join(
        character for character in str(text or "") if character.isprintable() or character.isspace()
    )
    return re.sub(r"[\[\]<>`$|\\]", "", " ".join(words.split()))[:300]
