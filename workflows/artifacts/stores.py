"""The kinds of artifact location a manifest may name, with Argo's fields. Secrets stay references.

Source: Argo's `ArtifactLocation` and its members (field reference, "ArtifactLocation").
"""

from __future__ import annotations

from typing import Literal, Self
from urllib.parse import SplitResult, quote, unquote, urlsplit, urlunsplit

from msgspec import Struct, field, structs

from workflows.artifacts.errors import ArtifactInvalid


class Fields(Struct, frozen=True, rename="camel", omit_defaults=True, forbid_unknown_fields=True):
    """Reads and writes Argo's JSON; an unknown field is an error."""


class SecretKey(Fields, frozen=True):
    """Names a value in a secret."""

    name: str = ""
    key: str = ""
    optional: bool | None = None


class Keyed(Fields, frozen=True):
    """A store whose artifacts have keys."""

    key: str = ""

    def with_key(self, key: str) -> Self:
        return structs.replace(self, key=key)


class BucketCreation(Fields, frozen=True):
    object_locking: bool = False


class S3Encryption(Fields, frozen=True):
    kms_key_id: str = ""
    kms_encryption_context: str = ""
    enable_encryption: bool = False
    server_side_customer_key_secret: SecretKey | None = None


class S3(Keyed, frozen=True):
    endpoint: str = ""
    bucket: str = ""
    region: str = ""
    insecure: bool | None = None
    access_key_secret: SecretKey | None = None
    secret_key_secret: SecretKey | None = None
    session_token_secret: SecretKey | None = None
    role_arn: str = field(default="", name="roleARN")
    use_sdk_creds: bool = field(default=False, name="useSDKCreds")
    create_bucket_if_not_present: BucketCreation | None = None
    encryption_options: S3Encryption | None = None
    ca_secret: SecretKey | None = None
    addressing_style: Literal["", "path", "virtual-hosted"] = ""

    def is_complete(self) -> bool:
        return bool(self.endpoint and self.bucket and self.key)


class GCS(Keyed, frozen=True):
    bucket: str = ""
    service_account_key_secret: SecretKey | None = None

    def is_complete(self) -> bool:
        return bool(self.bucket and self.key)


class OSSLifecycle(Fields, frozen=True):
    mark_infrequent_access_after_days: int = 0
    mark_deletion_after_days: int = 0


class OSS(Keyed, frozen=True):
    endpoint: str = ""
    bucket: str = ""
    access_key_secret: SecretKey | None = None
    secret_key_secret: SecretKey | None = None
    create_bucket_if_not_present: bool = False
    security_token: str = ""
    lifecycle_rule: OSSLifecycle | None = None
    use_sdk_creds: bool = field(default=False, name="useSDKCreds")

    def is_complete(self) -> bool:
        return bool(self.endpoint and self.bucket and self.key)


class Plugin(Keyed, frozen=True):
    """A store by name. The name `folder` is Sluice's own local folder, see `opening`."""

    name: str = ""
    configuration: str = ""
    connection_timeout_seconds: int = 0

    def is_complete(self) -> bool:
        return bool(self.name and self.key)


class Azure(Fields, frozen=True):
    endpoint: str = ""
    container: str = ""
    account_key_secret: SecretKey | None = None
    use_sdk_creds: bool = field(default=False, name="useSDKCreds")
    blob: str = ""

    @property
    def key(self) -> str:
        return self.blob

    def with_key(self, key: str) -> Self:
        return structs.replace(self, blob=key)

    def is_complete(self) -> bool:
        return bool(self.endpoint and self.container and self.blob)


class HDFS(Fields, frozen=True):
    addresses: tuple[str, ...] = ()
    path: str = ""
    force: bool = False
    hdfs_user: str = ""
    data_transfer_protection: str = ""
    krb_c_cache_secret: SecretKey | None = None
    krb_keytab_secret: SecretKey | None = None
    krb_username: str = ""
    krb_realm: str = ""
    krb_config_config_map: SecretKey | None = None
    krb_service_principal_name: str = ""

    @property
    def key(self) -> str:
        return self.path

    def with_key(self, key: str) -> Self:
        return structs.replace(self, path=key)

    def is_complete(self) -> bool:
        return bool(self.addresses)


class Addressed(Fields, frozen=True):
    """A store named by a URL; the key is the URL's path, decoded."""

    url: str = ""

    @property
    def key(self) -> str:
        return unquote(self._parts().path)

    def with_key(self, key: str) -> Self:
        parts = self._parts()
        path = key if key.startswith("/") or not parts.netloc else f"/{key}"
        return structs.replace(self, url=urlunsplit(parts._replace(path=quote(path))))

    def _parts(self) -> SplitResult:
        try:
            return urlsplit(self.url)
        except ValueError as fault:
            # The URL is not repeated: it may hold a password.
            raise ArtifactInvalid("the url of the artifact is not a URL") from fault


class Artifactory(Addressed, frozen=True):
    username_secret: SecretKey | None = None
    password_secret: SecretKey | None = None

    def is_complete(self) -> bool:
        return bool(self.url and self.username_secret is not None)


class Header(Fields, frozen=True):
    name: str
    value: str = ""


class BasicAuth(Fields, frozen=True):
    username_secret: SecretKey | None = None
    password_secret: SecretKey | None = None


class ClientCertificate(Fields, frozen=True):
    client_cert_secret: SecretKey | None = None
    client_key_secret: SecretKey | None = None


class EndpointParameter(Fields, frozen=True):
    key: str
    value: str = ""


class OAuth2(Fields, frozen=True):
    client_id_secret: SecretKey | None = field(default=None, name="clientIDSecret")
    client_secret_secret: SecretKey | None = None
    token_url_secret: SecretKey | None = field(default=None, name="tokenURLSecret")
    scopes: tuple[str, ...] = ()
    endpoint_params: tuple[EndpointParameter, ...] = ()


class HTTPAuth(Fields, frozen=True):
    client_cert: ClientCertificate = ClientCertificate()
    oauth2: OAuth2 = OAuth2()
    basic_auth: BasicAuth = BasicAuth()


class HTTP(Addressed, frozen=True):
    headers: tuple[Header, ...] = ()
    auth: HTTPAuth | None = None
    save_stream_via_file: bool = False

    def is_complete(self) -> bool:
        return bool(self.url)


class Git(Fields, frozen=True):
    repo: str = ""
    revision: str = ""
    depth: int | None = None
    fetch: tuple[str, ...] = ()
    username_secret: SecretKey | None = None
    password_secret: SecretKey | None = None
    ssh_private_key_secret: SecretKey | None = None
    insecure_ignore_host_key: bool = False
    disable_submodules: bool = False
    single_branch: bool = False
    branch: str = ""
    insecure_skip_tls: bool = field(default=False, name="insecureSkipTLS")

    def is_complete(self) -> bool:
        return bool(self.repo)


class Raw(Fields, frozen=True):
    data: str = ""

    def is_complete(self) -> bool:
        return True


Store = S3 | GCS | OSS | Plugin | Azure | HDFS | Artifactory | HTTP | Git | Raw

#: by the field of the artifact that holds it
KINDS: dict[str, type[Store]] = {
    "artifactory": Artifactory,
    "azure": Azure,
    "git": Git,
    "gcs": GCS,
    "hdfs": HDFS,
    "http": HTTP,
    "oss": OSS,
    "raw": Raw,
    "s3": S3,
    "plugin": Plugin,
}
