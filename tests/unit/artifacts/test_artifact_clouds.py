"""GCS and Azure drivers as far as can be told without their servers: what they refuse, how they fail."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from tests.contract.artifact_servers import FileServer, serving
from workflows.artifacts import (
    ArtifactInvalid,
    ArtifactNotFound,
    ArtifactRefused,
    ArtifactUnsupported,
    DriverMissing,
    StoreUnavailable,
)
from workflows.artifacts.azure import AzureDriver
from workflows.artifacts.azure import _translated as azure_translated
from workflows.artifacts.gcs import GCSDriver
from workflows.artifacts.gcs import _translated as gcs_translated
from workflows.artifacts.s3 import S3Driver
from workflows.artifacts.stores import GCS, S3, Azure

ACCOUNT = Azure(endpoint="https://account.blob.core.windows.net", container="c")


@pytest.mark.parametrize(
    ("module", "make", "package"),
    [
        ("boto3", lambda: S3Driver(S3(endpoint="e", bucket="b")), "boto3"),
        ("google.cloud.storage", lambda: GCSDriver(GCS(bucket="b")), "google-cloud-storage"),
        ("azure.storage.blob", lambda: AzureDriver(ACCOUNT, "a2V5"), "azure-storage-blob"),
    ],
    ids=["s3", "gcs", "azure"],
)
def test_a_missing_client_library_is_named(
    monkeypatch: pytest.MonkeyPatch, module: str, make: Any, package: str
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    if "." in module:
        parent, _, name = module.rpartition(".")
        monkeypatch.delattr(sys.modules.get(parent, sys), name, raising=False)

    with pytest.raises(DriverMissing, match=f"{package}.*requirements-artifacts"):
        make()


@pytest.mark.parametrize(
    ("store", "key", "error"),
    [
        (Azure(container="c"), "a2V5", ArtifactInvalid),
        (Azure(endpoint="https://e"), "a2V5", ArtifactInvalid),
        (ACCOUNT, "", ArtifactInvalid),
        (Azure(endpoint="https://e", container="c", use_sdk_creds=True), "", ArtifactUnsupported),
    ],
    ids=["no endpoint", "no container", "no key", "the SDK's credentials"],
)
def test_azure_locations_that_cannot_work_are_refused(store: Azure, key: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        AzureDriver(store, key)


@pytest.mark.parametrize(
    "key",
    ["no json", "{}", '{"type": "service_account", "private_key": "hidden"}'],
    ids=["text", "empty", "half"],
)
def test_gcs_keys_that_cannot_work_are_refused_and_not_shown(key: str) -> None:
    with pytest.raises(ArtifactInvalid) as caught:
        GCSDriver(GCS(bucket="b"), key)

    assert "hidden" not in str(caught.value)


def test_a_gcs_location_needs_a_bucket() -> None:
    with pytest.raises(ArtifactInvalid, match="bucket"):
        GCSDriver(GCS(key="k"))


def google_faults() -> list[tuple[Exception, type[Exception]]]:
    from google.api_core import exceptions
    from google.auth.exceptions import RefreshError
    from requests import ConnectionError

    return [
        (exceptions.NotFound("x"), ArtifactNotFound),  # type: ignore[no-untyped-call]
        (exceptions.Forbidden("x"), ArtifactRefused),  # type: ignore[no-untyped-call]
        (exceptions.TooManyRequests("x"), StoreUnavailable),  # type: ignore[no-untyped-call]
        (exceptions.ServiceUnavailable("x"), StoreUnavailable),  # type: ignore[no-untyped-call]
        (ConnectionError("x"), StoreUnavailable),
        (RefreshError("x"), ArtifactRefused),  # type: ignore[no-untyped-call]
    ]


@pytest.mark.parametrize(("fault", "error"), google_faults(), ids=lambda value: type(value).__name__)
def test_gcs_answers_become_errors_by_who_must_act(fault: Exception, error: type[Exception]) -> None:
    with pytest.raises(error), gcs_translated("key"):
        raise fault


def azure_fault(kind: str, status: int = 0, code: str = "") -> Exception:
    from azure.core import exceptions

    fault: Any = getattr(exceptions, kind)("x")
    fault.status_code, fault.error_code = status, code
    assert isinstance(fault, Exception)
    return fault


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (azure_fault("ResourceNotFoundError", 404, "BlobNotFound"), ArtifactNotFound),
        (azure_fault("ResourceNotFoundError", 404, "ContainerNotFound"), ArtifactRefused),
        (azure_fault("ClientAuthenticationError", 403), ArtifactRefused),
        (azure_fault("HttpResponseError", 409), ArtifactRefused),
        (azure_fault("HttpResponseError", 503), StoreUnavailable),
        (azure_fault("ServiceRequestError"), StoreUnavailable),
    ],
    ids=["blob", "container", "credentials", "conflict", "busy", "no connection"],
)
def test_azure_answers_become_errors_by_who_must_act(fault: Exception, error: type[Exception]) -> None:
    with pytest.raises(error), azure_translated("key"):
        raise fault


@pytest.mark.parametrize(
    "account_key", ["a2V5", "sv=1&sig=x", "?sv=1&sig=x"], ids=["key", "signature", "with mark"]
)
def test_azure_puts_and_reads_blobs_by_their_address(tmp_path: Path, account_key: str) -> None:
    (tmp_path / "f").write_bytes(b"content")
    with serving(FileServer()) as server:
        store = Azure(endpoint=f"{server.url}/account", container="c", blob="d/f")
        driver = AzureDriver(store, account_key)

        driver._put(tmp_path / "f", "d/f")

    [(method, path, headers)] = server.log
    address, _, query = path.partition("?")
    assert (method, address) == ("PUT", "/account/c/d/f")
    assert headers["x-ms-blob-type"] == "BlockBlob"
    assert ("sig=x" in query) is ("sig" in account_key)
    assert headers.get("Authorization", "").startswith("SharedKey account:") is ("sig" not in account_key)
