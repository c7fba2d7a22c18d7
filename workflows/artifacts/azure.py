"""Artifacts in Azure Blob Storage, through azure-storage-blob. Source: Argo's azure driver."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from workflows.artifacts.driver import Stat, Stored
from workflows.artifacts.errors import (
    ArtifactInvalid,
    ArtifactNotFound,
    ArtifactRefused,
    ArtifactUnsupported,
    DriverMissing,
    StoreUnavailable,
)
from workflows.artifacts.limits import DEFAULT_LIMITS, Limits
from workflows.artifacts.objects import ObjectStoreDriver
from workflows.artifacts.stores import Azure

_SHARED_ACCESS_SIGNATURE = re.compile(r"[?&][^=]+=[^&]+")


class AzureDriver(ObjectStoreDriver):
    """One container. `account_key` is the account's key or a shared access signature."""

    def __init__(self, store: Azure, account_key: str = "", *, limits: Limits = DEFAULT_LIMITS) -> None:
        super().__init__(limits=limits)
        if not store.endpoint or not store.container:
            raise ArtifactInvalid("an azure location needs an endpoint and a container")
        if store.use_sdk_creds:
            raise ArtifactUnsupported("useSDKCreds of azure is not supported; give accountKeySecret")
        if not account_key:
            raise ArtifactInvalid(
                "accountKey secret is required for Azure Blob Storage if useSDKCreds is false"
            )
        self._client = _connect(store, account_key)

    def _translating(self, key: str) -> AbstractContextManager[None]:
        return _translated(key)

    def _put(self, file: Path, key: str) -> None:
        with _translated(key), file.open("rb") as stream:
            self._client.upload_blob(key, stream, overwrite=True)

    def _open(self, key: str, start: int) -> Any:
        with _translated(key):
            return self._client.download_blob(key, offset=start or None)

    def _look(self, key: str) -> Stat:
        with _translated(key):
            found = self._client.get_blob_client(key).get_blob_properties()
            return Stat(False, int(found.size), str(found.etag or ""))

    def _scan(self, prefix: str) -> Iterator[Stored]:
        with _translated(prefix):
            for blob in self._client.list_blobs(name_starts_with=prefix):
                yield Stored(blob.name, int(blob.size))

    def _remove(self, object_keys: list[str]) -> None:
        for key in object_keys:
            try:
                with _translated(key):
                    self._client.delete_blob(key)
            except ArtifactNotFound:
                continue


def _connect(store: Azure, account_key: str) -> Any:
    try:
        from azure.core.credentials import AzureSasCredential
        from azure.storage.blob import ContainerClient
    except ImportError as fault:
        raise DriverMissing("azure", "azure-storage-blob") from fault
    signature = _SHARED_ACCESS_SIGNATURE.search(account_key)
    credential: object = {"account_name": _account_name(store.endpoint), "account_key": account_key}
    if signature:
        credential = AzureSasCredential(account_key.lstrip("?"))
    try:
        return ContainerClient(store.endpoint.rstrip("/"), store.container, credential=credential)
    except ValueError as fault:
        raise ArtifactInvalid(f"the azure endpoint {store.endpoint!r} cannot be used") from fault


def _account_name(endpoint: str) -> str:
    """The first label of the host, on loopback of the path. Source: Argo's `determineAccountName`."""
    try:
        parts = urlsplit(endpoint)
    except ValueError as fault:
        raise ArtifactInvalid(f"the azure endpoint {endpoint!r} is no URL") from fault
    host = parts.hostname or ""
    if host.startswith(("127.0.0.1", "localhost")):
        return parts.path.strip("/").partition("/")[0]
    return host.partition(".")[0]


@contextmanager
def _translated(key: str) -> Iterator[None]:
    from azure.core import exceptions

    try:
        yield
    except exceptions.ResourceNotFoundError as fault:
        if fault.error_code == "ContainerNotFound":
            raise ArtifactRefused("the azure container does not exist") from fault
        raise ArtifactNotFound(f"nothing is stored under {key!r}") from fault
    except exceptions.ClientAuthenticationError as fault:
        raise ArtifactRefused("the azure store does not accept the credentials") from fault
    except exceptions.HttpResponseError as fault:
        status = fault.status_code or 0
        if status >= 500 or status == 429:
            raise StoreUnavailable(f"the azure store answers {status}") from fault
        raise ArtifactRefused(f"the azure store answers {status} for {key!r}") from fault
    except exceptions.AzureError as fault:
        raise StoreUnavailable(f"the azure store does not answer: {type(fault).__name__}") from fault
