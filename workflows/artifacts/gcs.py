"""Artifacts in Google Cloud Storage, through google-cloud-storage. Source: Argo's gcs driver."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

from workflows.artifacts.driver import Stat, Stored
from workflows.artifacts.errors import (
    ArtifactInvalid,
    ArtifactNotFound,
    ArtifactRefused,
    DriverMissing,
    StoreUnavailable,
)
from workflows.artifacts.limits import DEFAULT_LIMITS, Limits
from workflows.artifacts.objects import ObjectStoreDriver
from workflows.artifacts.stores import GCS

#: bytes of one request of a stream; the client would take 40 MiB
_CHUNK = 8 * 1024**2


class GCSDriver(ObjectStoreDriver):
    """One bucket. Without a service account's key: what the SDK finds around it.

    `endpoint` is for servers other than Google's; without a key they are spoken to anonymously.
    """

    def __init__(
        self,
        store: GCS,
        service_account_key: str = "",
        *,
        endpoint: str = "",
        limits: Limits = DEFAULT_LIMITS,
    ) -> None:
        super().__init__(limits=limits)
        if not store.bucket:
            raise ArtifactInvalid("a gcs location needs a bucket")
        self._client = _connect(service_account_key, endpoint)
        self._bucket = self._client.bucket(store.bucket)

    def _translating(self, key: str) -> AbstractContextManager[None]:
        return _translated(key)

    def _put(self, file: Path, key: str) -> None:
        with _translated(key):
            self._bucket.blob(key).upload_from_filename(str(file))

    def _open(self, key: str, start: int) -> Any:
        with _translated(key):
            stream = self._existing(key).open("rb", chunk_size=_CHUNK)
            stream.seek(start)
            return stream

    def _look(self, key: str) -> Stat:
        with _translated(key):
            blob = self._existing(key)
            return Stat(False, int(blob.size), str(blob.generation or ""))

    def _scan(self, prefix: str) -> Iterator[Stored]:
        with _translated(prefix):
            for blob in self._client.list_blobs(self._bucket, prefix=prefix):
                yield Stored(blob.name, int(blob.size))

    def _remove(self, object_keys: list[str]) -> None:
        with _translated(object_keys[0]):
            # The handler is called for what is not there.
            self._bucket.delete_blobs(object_keys, on_error=lambda _: None)

    def _existing(self, key: str) -> Any:
        blob = self._bucket.get_blob(key)
        if blob is None:
            raise ArtifactNotFound(f"nothing is stored under {key!r}")
        return blob


def _connect(service_account_key: str, endpoint: str) -> Any:
    try:
        from google.api_core.client_options import ClientOptions
        from google.auth.credentials import AnonymousCredentials
        from google.auth.exceptions import GoogleAuthError
        from google.cloud import storage
    except ImportError as fault:
        raise DriverMissing("gcs", "google-cloud-storage") from fault
    options = ClientOptions(api_endpoint=endpoint) if endpoint else None
    if not service_account_key:
        try:
            if endpoint:
                return storage.Client(
                    project="none", credentials=AnonymousCredentials(), client_options=options
                )
            return storage.Client()
        except (GoogleAuthError, OSError) as fault:
            raise ArtifactRefused("no credentials for the gcs store are given or found") from fault
    try:
        return storage.Client.from_service_account_info(
            json.loads(service_account_key), client_options=options
        )
    except (ValueError, KeyError, AttributeError) as fault:
        # The cause is dropped: it may quote the key.
        raise ArtifactInvalid(
            "the gcs service account key is not the JSON Google hands out"
        ) from fault.__cause__


@contextmanager
def _translated(key: str) -> Iterator[None]:
    import requests
    from google.api_core import exceptions
    from google.auth.exceptions import GoogleAuthError

    try:
        yield
    except exceptions.NotFound as fault:
        raise ArtifactNotFound(f"nothing is stored under {key!r}") from fault
    except (exceptions.ServerError, exceptions.TooManyRequests, requests.RequestException) as fault:
        raise StoreUnavailable(f"the gcs store does not answer: {type(fault).__name__}") from fault
    except exceptions.GoogleAPICallError as fault:
        raise ArtifactRefused(f"the gcs store refuses {key!r}: {str(fault.message)[:300]}") from fault
    except GoogleAuthError as fault:
        raise ArtifactRefused("the gcs store does not accept the credentials") from fault
