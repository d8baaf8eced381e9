"""Download errors: what the hosts' libraries raise, as sentences that say what to do."""

import json
from collections.abc import Iterator
from contextlib import contextmanager

from fer.datasets.downloads.addresses import FERPLUS_URL, Address
from fer.errors import DownloadError


class LostLineError(DownloadError):
    """The line broke or was never there; what came so far may be gone on from."""


@contextmanager
def refusals_told(address: Address) -> Iterator[None]:
    """Turn what the hosts' libraries raise into a sentence."""
    import requests

    lost: tuple[type[Exception], ...] = (
        requests.ConnectionError,
        requests.Timeout,
        requests.exceptions.ChunkedEncodingError,
    )
    refused: tuple[type[Exception], ...] = (requests.HTTPError,)
    gated: tuple[type[Exception], ...] = ()
    odd: tuple[type[Exception], ...] = (requests.RequestException, json.JSONDecodeError)
    if address.host == "hf":
        import httpx2
        from huggingface_hub.errors import GatedRepoError, HfHubHTTPError, OfflineModeIsEnabled

        lost = (*lost, httpx2.TransportError, OfflineModeIsEnabled)
        refused = (*refused, HfHubHTTPError)
        gated = (GatedRepoError,)
        odd = (*odd, httpx2.HTTPError)
    try:
        yield
    except gated as error:
        raise _refusal(address, 403, gated=True) from error
    except refused as error:
        raise _refusal(address, getattr(getattr(error, "response", None), "status_code", 0)) from error
    except lost as error:
        raise lost_line(address) from error
    except odd as error:
        raise DownloadError(
            f"{site_of(address, start=True)} gave an answer that is not its own, as networks do that want a "
            f"login first. Open {address.url} in a browser, and start again."
        ) from error


def _refusal(address: Address, status: int, *, gated: bool = False) -> DownloadError:
    """What a host's refusal means, and the way round it."""
    site = site_of(address, start=True)
    by_hand = f"download it from {address.url} in a browser and drop the file onto the dataset page"
    if gated:
        return DownloadError(
            f"“{address.id}” is given only to people who agreed to its terms on {site_of(address)}. Log in "
            f"there, agree, {by_hand}."
        )
    if status == 404:
        return DownloadError(
            f"{site} has no dataset “{address.id}”. Compare the spelling, capitals included, with "
            f"{address.url}."
        )
    if status in (401, 403):
        return DownloadError(
            f"{site} does not hand out “{address.id}” without a login ({status}): it is private, wants its "
            f"terms accepted, or is spelt otherwise. Log in, {by_hand}."
        )
    if status == 429:
        return DownloadError(f"{site} has answered too often lately (429). Wait some minutes, or {by_hand}.")
    if status >= 500:
        return DownloadError(f"{site} is out of order ({status}). Try again later, or {by_hand}.")
    return DownloadError(
        f"{site} refused “{address.id or FERPLUS_URL}” ({status}). To go round it, {by_hand}."
    )


def lost_line(address: Address, *, begun: bool = False) -> LostLineError:
    """What to say when there is no line to a host, or, once some bytes came, when it broke."""
    if begun:
        return LostLineError(
            f"The line to {site_of(address)} broke before the download was complete. Start it again and it "
            f"goes on from there, or download it from {address.url} in a browser and drop the file onto the "
            "dataset page."
        )
    url = address.url if address.host != "ferplus" else FERPLUS_URL
    return LostLineError(
        f"{site_of(address, start=True)} cannot be reached from this computer: download the dataset from "
        f"{url} in a browser, where there is a network, and drop the file onto the dataset page or put "
        "it into the folder data."
    )


def site_of(address: Address, *, start: bool = False) -> str:
    """The host within a sentence, or at its start."""
    return address.site if start else address.site.replace("The ", "the ", 1)
