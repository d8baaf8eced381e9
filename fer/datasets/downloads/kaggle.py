"""Kaggle: a dataset's newest version as one archive, through Kaggle's own library."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

from fer.datasets.downloads.addresses import Address
from fer.datasets.downloads.offers import Offer, Offered, move_libraries_in, plain
from fer.datasets.downloads.refusals import refusals_told
from fer.datasets.downloads.transfer import CONNECT_SECONDS, READ_SECONDS, get
from fer.errors import DownloadError


@contextmanager
def kaggle_offer(address: Address) -> Iterator[Offer]:
    """What Kaggle offers: the dataset's newest version as one archive."""
    move_libraries_in()
    import requests
    from kagglehub.clients import build_kaggle_client
    from kagglehub.exceptions import handle_call
    from kagglehub.handle import parse_dataset_handle
    from kagglehub.integrity import get_md5_checksum_from_response
    from kagglesdk.datasets.types.dataset_api_service import ApiDownloadDatasetRequest, ApiGetDatasetRequest

    handle = parse_dataset_handle(address.id)
    about, order = ApiGetDatasetRequest(), ApiDownloadDatasetRequest()
    about.owner_slug = order.owner_slug = handle.owner
    about.dataset_slug = order.dataset_slug = handle.dataset
    with refusals_told(address):
        try:
            client = build_kaggle_client()
        except ValueError as error:  # its own words name the file
            raise DownloadError(
                f"Kaggle's credentials cannot be used: {error}. Mend or remove them."
            ) from error
    with client:
        # Kaggle's client waits for ever; a network that swallows packets would look like work.
        session = client.http_client()._session
        for scheme in ("https://", "http://"):
            session.mount(scheme, _impatient_adapter())
        with refusals_told(address):
            api = client.datasets.dataset_api_client
            dataset = handle_call(lambda: api.get_dataset(about), handle)
            order.dataset_version_number = dataset.current_version_number or 1
            response = handle_call(lambda: api.download_dataset(order), handle)
        # The archive lies at an address that is valid for a while; the first answer is already streaming.
        first = [response]

        def open_at(offset: int) -> Any:
            if offset == 0 and first:
                return first.pop()
            return get(response.url, offset, session=requests)

        md5 = get_md5_checksum_from_response(response)
        checksums = {"md5": _from_base64(md5)} if md5 else {}
        size = response.headers.get("Content-Length")
        with closing(response):
            yield Offer(
                title=plain(dataset.title) or address.id,
                license=plain(dataset.license_name) or "not stated by Kaggle",
                citation="",
                revision=f"version {order.dataset_version_number}",
                files=[Offered("archive", open_at, int(size) if size else None, checksums)],
            )


def _impatient_adapter() -> Any:
    from requests.adapters import HTTPAdapter

    class Impatient(HTTPAdapter):  # type: ignore[misc]
        def send(self, request: Any, **options: Any) -> Any:
            options["timeout"] = options.get("timeout") or (CONNECT_SECONDS, READ_SECONDS)
            return super().send(request, **options)

    return Impatient()


def _from_base64(text: str) -> str:
    import base64
    import binascii

    try:
        return base64.b64decode(text, validate=True).hex()
    except binascii.Error:
        return ""
