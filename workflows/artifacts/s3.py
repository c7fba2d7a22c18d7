"""Artifacts in S3 and what speaks its protocol, through boto3. Source: Argo's s3 driver and `S3Artifact`."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
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
from workflows.artifacts.stores import S3, S3Encryption

_DEFAULT_REGION = "us-east-1"
_MISSING = frozenset({"NoSuchKey", "404", "NotFound"})
_TRANSIENT = frozenset({"SlowDown", "RequestTimeout", "InternalError", "ServiceUnavailable", "Throttling"})
_CREATED_BEFORE = frozenset({"BucketAlreadyExists", "BucketAlreadyOwnedByYou"})
_DELETE_AT_ONCE = 1000  # what the protocol allows
_CUSTOMER_KEY_BYTES = 32
_CONNECT_SECONDS: float = 10
_READ_SECONDS: float = 60
#: by the client itself, of what a second try may mend
_TRIES = 3


@dataclass(frozen=True, slots=True, repr=False)
class S3Credentials:
    """Values of the secrets a location refers to; all empty means what the surroundings provide."""

    access_key: str = ""
    secret_key: str = ""
    session_token: str = ""
    customer_key: str = ""
    ca_file: Path | None = None


class S3Driver(ObjectStoreDriver):
    """One bucket. Without keys: the role of `roleARN`, else what the SDK finds around it."""

    def __init__(
        self, store: S3, credentials: S3Credentials = S3Credentials(), *, limits: Limits = DEFAULT_LIMITS
    ) -> None:
        super().__init__(limits=limits)
        if not store.endpoint or not store.bucket:
            raise ArtifactInvalid("an s3 location needs an endpoint and a bucket")
        self._store = store
        self._encryption = encryption_arguments(store.encryption_options)
        self._customer = customer_arguments(store, credentials.customer_key)
        self._client = _connect(store, credentials)

    def _prepare_save(self) -> None:
        creation = self._store.create_bucket_if_not_present
        if creation is None:
            return
        request: dict[str, object] = {"Bucket": self._store.bucket}
        if creation.object_locking:
            request["ObjectLockEnabledForBucket"] = True
        if self._store.region not in ("", _DEFAULT_REGION):
            request["CreateBucketConfiguration"] = {"LocationConstraint": self._store.region}
        from botocore.exceptions import ClientError

        with _translated(self._store.bucket):
            try:
                self._client.create_bucket(**request)
            except ClientError as fault:
                if _code(fault) not in _CREATED_BEFORE:
                    raise
                return
            if self._encryption:
                self._client.put_bucket_encryption(
                    Bucket=self._store.bucket,
                    ServerSideEncryptionConfiguration=bucket_encryption(self._encryption),
                )

    def _translating(self, key: str) -> AbstractContextManager[None]:
        return _translated(key)

    def _put(self, file: Path, key: str) -> None:
        with _translated(key):
            self._client.upload_file(
                str(file), self._store.bucket, key, ExtraArgs=self._encryption | self._customer
            )

    def _open(self, key: str, start: int) -> Any:
        part = {"Range": f"bytes={start}-"} if start else {}
        with _translated(key):
            return self._client.get_object(Bucket=self._store.bucket, Key=key, **part, **self._customer)[
                "Body"
            ]

    def _look(self, key: str) -> Stat:
        with _translated(key):
            found = self._client.head_object(Bucket=self._store.bucket, Key=key, **self._customer)
            return Stat(False, int(found["ContentLength"]), str(found.get("ETag", "")))

    def _scan(self, prefix: str) -> Iterator[Stored]:
        pages = self._client.get_paginator("list_objects_v2").paginate(
            Bucket=self._store.bucket, Prefix=prefix
        )
        with _translated(prefix):
            for page in pages:
                for found in page.get("Contents", ()):
                    yield Stored(found["Key"], found["Size"])

    def _remove(self, object_keys: list[str]) -> None:
        for start in range(0, len(object_keys), _DELETE_AT_ONCE):
            named = [{"Key": key} for key in object_keys[start : start + _DELETE_AT_ONCE]]
            with _translated(object_keys[0]):
                answer = self._client.delete_objects(
                    Bucket=self._store.bucket, Delete={"Objects": named, "Quiet": True}
                )
            for failed in answer.get("Errors", ()):
                raise ArtifactRefused(f"{failed.get('Key')!r} cannot be deleted: {failed.get('Message')}")


def encryption_arguments(options: S3Encryption | None) -> dict[str, str]:
    """What an upload says about encryption by a key of the store, as boto3 names it."""
    if (
        options is None
        or not options.enable_encryption
        or options.server_side_customer_key_secret is not None
    ):
        return {}
    if not options.kms_key_id:
        return {"ServerSideEncryption": "AES256"}
    arguments = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": options.kms_key_id}
    if options.kms_encryption_context:
        try:
            context = json.dumps(json.loads(options.kms_encryption_context), separators=(",", ":"))
        except ValueError as fault:
            raise ArtifactInvalid("kmsEncryptionContext is not JSON") from fault
        arguments["SSEKMSEncryptionContext"] = base64.b64encode(context.encode()).decode()
    return arguments


def customer_arguments(store: S3, key: str) -> dict[str, str]:
    """What every request says when objects are encrypted with a key of ours, which the store forgets."""
    options = store.encryption_options
    if options is None or not options.enable_encryption or options.server_side_customer_key_secret is None:
        return {}
    if len(key.encode()) != _CUSTOMER_KEY_BYTES:
        raise ArtifactInvalid(f"the key of serverSideCustomerKeySecret must have {_CUSTOMER_KEY_BYTES} bytes")
    if store.insecure:
        raise ArtifactInvalid("a key of serverSideCustomerKeySecret is only sent over https")
    return {"SSECustomerAlgorithm": "AES256", "SSECustomerKey": key}


def bucket_encryption(arguments: dict[str, str]) -> dict[str, object]:
    """The same as the rule of a bucket made by us."""
    rule = {"SSEAlgorithm": arguments["ServerSideEncryption"]}
    if "SSEKMSKeyId" in arguments:
        rule["KMSMasterKeyID"] = arguments["SSEKMSKeyId"]
    return {"Rules": [{"ApplyServerSideEncryptionByDefault": rule}]}


def endpoint_url(store: S3) -> str:
    """The address of a store; Argo's `endpoint` is host and port, `insecure` chooses the scheme."""
    if "/" in store.endpoint or "@" in store.endpoint:
        raise ArtifactInvalid(f"the endpoint must be a host with an optional port, not {store.endpoint!r}")
    return f"{'http' if store.insecure else 'https'}://{store.endpoint}"


def _connect(store: S3, credentials: S3Credentials) -> Any:
    try:
        import boto3
        from botocore.config import Config
    except ImportError as fault:
        raise DriverMissing("s3", "boto3") from fault
    amazon = store.endpoint.split(":")[0].endswith(("amazonaws.com", "amazonaws.com.cn"))
    style = {"path": "path", "virtual-hosted": "virtual"}.get(
        store.addressing_style, "virtual" if amazon else "path"
    )
    config = Config(
        signature_version="s3v4",
        s3={"addressing_style": style},
        # Many stores that speak the protocol do not know the newer checksum trailers.
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
        retries={"mode": "standard", "total_max_attempts": _TRIES},
        connect_timeout=_CONNECT_SECONDS,
        read_timeout=_READ_SECONDS,
    )
    # The global name of Amazon's own stores stands for the regional one, which the SDK derives.
    own_address = None if store.endpoint == "s3.amazonaws.com" and not store.insecure else endpoint_url(store)
    with _translated(store.bucket):
        return boto3.session.Session().client(
            "s3",
            endpoint_url=own_address,
            region_name=store.region or _DEFAULT_REGION,
            config=config,
            verify=str(credentials.ca_file) if credentials.ca_file else None,
            **_signing(boto3, store, credentials),
        )


def _signing(boto3: Any, store: S3, credentials: S3Credentials) -> dict[str, str | None]:
    if credentials.access_key and credentials.secret_key:
        return {
            "aws_access_key_id": credentials.access_key.strip(),
            "aws_secret_access_key": credentials.secret_key.strip(),
            "aws_session_token": credentials.session_token.strip() or None,
        }
    if not store.role_arn:
        return {}
    tokens = boto3.client("sts", region_name=store.region or _DEFAULT_REGION)
    granted = tokens.assume_role(RoleArn=store.role_arn, RoleSessionName="sluice")["Credentials"]
    return {
        "aws_access_key_id": granted["AccessKeyId"],
        "aws_secret_access_key": granted["SecretAccessKey"],
        "aws_session_token": granted["SessionToken"],
    }


@contextmanager
def _translated(key: str) -> Iterator[None]:
    from boto3.exceptions import S3UploadFailedError
    from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError, ParamValidationError

    try:
        yield
    except ClientError as fault:
        raise _answer(fault, key) from fault
    except S3UploadFailedError as fault:
        cause = fault.__context__
        if isinstance(cause, ClientError):
            raise _answer(cause, key) from fault
        raise StoreUnavailable(f"the s3 store failed while {key!r} was uploaded") from fault
    except NoCredentialsError as fault:
        raise ArtifactRefused("no credentials for the s3 store are given or found") from fault
    except (ParamValidationError, ValueError) as fault:
        raise ArtifactInvalid(f"the s3 store cannot be asked for {key!r}: {fault}") from fault
    except BotoCoreError as fault:
        raise StoreUnavailable(f"the s3 store does not answer: {fault}") from fault


def _answer(fault: Any, key: str) -> Exception:
    code = _code(fault)
    status = int(fault.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
    text = str(fault.response.get("Error", {}).get("Message", ""))[:300]
    if code in _MISSING:
        return ArtifactNotFound(f"nothing is stored under {key!r}")
    if code in _TRANSIENT or status >= 500 or status == 429:
        return StoreUnavailable(f"the s3 store answers {code}: {text}")
    return ArtifactRefused(f"the s3 store answers {code} for {key!r}: {text}")


def _code(fault: Any) -> str:
    return str(fault.response.get("Error", {}).get("Code", ""))
