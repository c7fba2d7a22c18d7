"""What the S3 driver asks for where the contract suite's server cannot tell: encryption, addresses."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from botocore.stub import ANY, Stubber

from tests.contract.artifact_servers import FileServer, serving
from workflows.artifacts import (
    ArtifactInvalid,
    ArtifactNotFound,
    ArtifactRefused,
    StoreUnavailable,
)
from workflows.artifacts.s3 import S3Credentials, S3Driver, bucket_encryption, encryption_arguments
from workflows.artifacts.stores import S3, BucketCreation, S3Encryption, SecretKey

KEYS = S3Credentials("access", "secret")
KMS = S3Encryption(enable_encryption=True, kms_key_id="id", kms_encryption_context='{"a": "b"}')


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (None, {}),
        (S3Encryption(kms_key_id="id"), {}),
        (S3Encryption(enable_encryption=True), {"ServerSideEncryption": "AES256"}),
        (
            KMS,
            {
                "ServerSideEncryption": "aws:kms",
                "SSEKMSKeyId": "id",
                "SSEKMSEncryptionContext": "eyJhIjoiYiJ9",
            },
        ),
    ],
    ids=["none", "not enabled", "the store's key", "kms"],
)
def test_encryption_is_asked_for_as_argo_does(options: S3Encryption | None, expected: dict[str, str]) -> None:
    assert encryption_arguments(options) == expected


def test_a_context_that_is_not_json_is_refused() -> None:
    with pytest.raises(ArtifactInvalid, match="JSON"):
        encryption_arguments(S3Encryption(enable_encryption=True, kms_key_id="i", kms_encryption_context="{"))


CUSTOMER = S3Encryption(
    enable_encryption=True, kms_key_id="not used", server_side_customer_key_secret=SecretKey("n", "k")
)
CUSTOMER_KEY = "k" * 32


def test_a_key_of_the_customer_goes_with_every_request(tmp_path: Path) -> None:
    (tmp_path / "f").write_text("x")
    store = S3(endpoint="minio", bucket="own", encryption_options=CUSTOMER)
    driver = S3Driver(store, S3Credentials("access", "secret", customer_key=CUSTOMER_KEY))
    stub = Stubber(driver._client)
    named = {
        "Bucket": "own",
        "Key": "k",
        "SSECustomerAlgorithm": "AES256",
        "SSECustomerKey": CUSTOMER_KEY,
    }
    stub.add_response("put_object", {}, named | {"Body": ANY})
    stub.add_response("head_object", {"ContentLength": 1}, named)
    stub.add_response("get_object", {"Body": io.BytesIO(b"x")}, named)

    with stub:
        driver.save(tmp_path / "f", "k")
        driver.stat("k")
        driver.open("k").close()

    stub.assert_no_pending_responses()


@pytest.mark.parametrize(
    ("key", "insecure", "message"),
    [("short", False, "32 bytes"), (CUSTOMER_KEY, True, "only sent over https")],
)
def test_keys_of_customers_that_cannot_be_used_are_refused(key: str, insecure: bool, message: str) -> None:
    store = S3(endpoint="minio", bucket="own", insecure=insecure, encryption_options=CUSTOMER)

    with pytest.raises(ArtifactInvalid, match=message) as caught:
        S3Driver(store, S3Credentials("access", "secret", customer_key=key))

    assert key not in caught.value.message


def test_a_bucket_made_by_us_has_the_same_encryption() -> None:
    assert bucket_encryption(encryption_arguments(KMS)) == {
        "Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "id"}}]
    }


@pytest.mark.parametrize(
    ("store", "url"),
    [
        (S3(endpoint="minio:9000", bucket="own", insecure=True), "http://minio:9000/own/k"),
        (S3(endpoint="minio:9000", bucket="own"), "https://minio:9000/own/k"),
        (
            S3(endpoint="minio:9000", bucket="own", addressing_style="virtual-hosted"),
            "https://own.minio:9000/k",
        ),
        (
            S3(endpoint="s3.amazonaws.com", bucket="own", region="eu-west-1"),
            "https://own.s3.eu-west-1.amazonaws.com/k",
        ),
        (
            S3(endpoint="s3.amazonaws.com", bucket="own", region="eu-west-1", addressing_style="path"),
            "https://s3.eu-west-1.amazonaws.com/own/k",
        ),
    ],
    ids=["insecure", "own server", "virtual host", "amazon", "amazon by path"],
)
def test_addresses_follow_endpoint_scheme_and_style(store: S3, url: str) -> None:
    driver = S3Driver(store, KEYS)

    signed = driver._client.generate_presigned_url("get_object", Params={"Bucket": "own", "Key": "k"})

    assert signed.partition("?")[0] == url


@pytest.mark.parametrize("endpoint", ["http://minio:9000", "user@minio", "", "minio/path"])
def test_endpoints_are_hosts(endpoint: str) -> None:
    with pytest.raises(ArtifactInvalid):
        S3Driver(S3(endpoint=endpoint, bucket="own"), KEYS)


def stubbed(store: S3) -> tuple[S3Driver, Stubber]:
    driver = S3Driver(store, KEYS)
    return driver, Stubber(driver._client)


def test_a_missing_bucket_is_made_with_its_region_lock_and_encryption(tmp_path: Path) -> None:
    (tmp_path / "f").write_text("x")
    driver, stub = stubbed(
        S3(
            endpoint="minio",
            bucket="new",
            region="eu-west-1",
            create_bucket_if_not_present=BucketCreation(object_locking=True),
            encryption_options=S3Encryption(enable_encryption=True),
        )
    )
    stub.add_response(
        "create_bucket",
        {},
        {
            "Bucket": "new",
            "ObjectLockEnabledForBucket": True,
            "CreateBucketConfiguration": {"LocationConstraint": "eu-west-1"},
        },
    )
    rules = {"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]}
    stub.add_response(
        "put_bucket_encryption", {}, {"Bucket": "new", "ServerSideEncryptionConfiguration": rules}
    )
    upload = {"Bucket": "new", "Key": "k", "Body": ANY, "ServerSideEncryption": "AES256"}
    stub.add_response("put_object", {}, upload)

    with stub:
        driver.save(tmp_path / "f", "k")

    stub.assert_no_pending_responses()


@pytest.mark.parametrize(
    ("code", "status", "error"),
    [
        ("NoSuchKey", 404, ArtifactNotFound),
        ("NoSuchBucket", 404, ArtifactRefused),
        ("AccessDenied", 403, ArtifactRefused),
        ("InvalidAccessKeyId", 403, ArtifactRefused),
        ("SlowDown", 503, StoreUnavailable),
        ("InternalError", 500, StoreUnavailable),
        ("Strange", 429, StoreUnavailable),
    ],
)
def test_answers_become_errors_by_who_must_act(code: str, status: int, error: type[Exception]) -> None:
    driver, stub = stubbed(S3(endpoint="minio", bucket="own"))
    stub.add_client_error("get_object", code, "text", status)
    stub.add_response("list_objects_v2", {}, {"Bucket": "own", "Prefix": "k/"})

    with stub, pytest.raises(error):
        driver.open("k")


def test_a_key_that_cannot_be_deleted_is_named() -> None:
    driver, stub = stubbed(S3(endpoint="minio", bucket="own"))
    failed: dict[str, Any] = {"Errors": [{"Key": "k/1", "Code": "AccessDenied", "Message": "locked"}]}
    stub.add_response("list_objects_v2", {"Contents": [{"Key": "k/1", "Size": 1}]}, None)
    stub.add_client_error("head_object", "404", "", 404)
    stub.add_response("delete_objects", failed, None)

    with stub, pytest.raises(ArtifactRefused, match="'k/1' cannot be deleted: locked"):
        driver.delete("k")


def test_a_transfer_that_breaks_off_can_be_tried_again_and_leaves_nothing(tmp_path: Path) -> None:
    with serving(FileServer()) as server:
        endpoint = server.url.removeprefix("http://")
        driver = S3Driver(S3(endpoint=endpoint, bucket="short", insecure=True), KEYS)

        with pytest.raises(StoreUnavailable):
            driver.load("key", tmp_path / "out")

    assert list(tmp_path.iterdir()) == []


def test_a_store_cannot_make_a_folder_leave_its_target(tmp_path: Path) -> None:
    driver, stub = stubbed(S3(endpoint="minio", bucket="own"))
    stub.add_client_error("get_object", "NoSuchKey", "", 404)
    stub.add_response("list_objects_v2", {"Contents": [{"Key": "k/../../evil", "Size": 1}]}, None)

    with stub, pytest.raises(ArtifactInvalid, match="inside the folder"):
        driver.load("k", tmp_path / "d" / "out")

    assert list((tmp_path / "d").iterdir()) == []


def test_credentials_are_not_shown() -> None:
    assert "secret" not in repr(KEYS)
