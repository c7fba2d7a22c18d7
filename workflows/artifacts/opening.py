"""From a location to its driver: reads the secrets it names and asks the guard of outgoing connections."""

from __future__ import annotations

import hashlib
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import urllib3

from workflows.artifacts.client_identity import ClientCredentials, TokenSource, client_context
from workflows.artifacts.driver import Driver
from workflows.artifacts.egress import EgressGuard, allow_all
from workflows.artifacts.errors import ArtifactUnsupported
from workflows.artifacts.folder import FolderDriver
from workflows.artifacts.git import DEFAULT_SETTINGS, GitDriver, GitSettings
from workflows.artifacts.git_program import Secrets as GitSecrets
from workflows.artifacts.http import HttpDriver
from workflows.artifacts.limits import DEFAULT_LIMITS, Limits
from workflows.artifacts.location import Location
from workflows.artifacts.placing import placing
from workflows.artifacts.raw import RawDriver
from workflows.artifacts.repository import FOLDER
from workflows.artifacts.stores import (
    GCS,
    HTTP,
    S3,
    Artifactory,
    Azure,
    ClientCertificate,
    Git,
    HTTPAuth,
    OAuth2,
    Plugin,
    Raw,
    SecretKey,
)

#: (name, key) of a secret in the run's namespace to its value; raises when there is none
ReadSecret = Callable[[str, str], str]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the caller's settings decide.

    folder     the root of one namespace's local store, None for none
    guard      is asked about every address before it is connected to
    make_pool  makes the connections to web servers, see `guarded`
    ca_folder  where certificates of s3 stores are written, private to the process
    """

    read_secret: ReadSecret
    folder: Path | None = None
    guard: EgressGuard = allow_all
    make_pool: Callable[..., urllib3.PoolManager] = urllib3.PoolManager
    git: GitSettings = DEFAULT_SETTINGS
    limits: Limits = DEFAULT_LIMITS
    ca_folder: Path | None = None


def open_driver(location: Location, around: Surroundings) -> Driver:
    """The driver of a complete location. Raises ArtifactUnsupported where there is none."""
    match location.store:
        case Raw(data=data):
            return RawDriver(data)
        case Plugin(name=name) if name == FOLDER:
            if around.folder is None:
                raise ArtifactUnsupported("this installation has no local artifact folder")
            return FolderDriver(around.folder, limits=around.limits)
        case Git() as git:
            return _open_git(git, around)
        case HTTP() | Artifactory() as store:
            return _open_http(store, around)
        case S3() as s3:
            return _open_s3(s3, around)
        case GCS() as gcs:
            from workflows.artifacts.gcs import GCSDriver

            return GCSDriver(gcs, _secret(gcs.service_account_key_secret, around), limits=around.limits)
        case Azure() as azure:
            from workflows.artifacts.azure import AzureDriver

            around.guard(azure.endpoint)
            return AzureDriver(azure, _secret(azure.account_key_secret, around), limits=around.limits)
    raise ArtifactUnsupported(f"{location.kind} artifacts are not supported")


def _open_git(store: Git, around: Surroundings) -> Driver:
    secrets = GitSecrets(
        username=_secret(store.username_secret, around),
        password=_secret(store.password_secret, around),
        ssh_private_key=_secret(store.ssh_private_key_secret, around),
    )
    return GitDriver(store, secrets, guard=around.guard, settings=around.git, limits=around.limits)


def _open_http(store: HTTP | Artifactory, around: Surroundings) -> Driver:
    headers: list[tuple[str, str]] = []
    auth = HTTPAuth()
    if isinstance(store, Artifactory):
        username, password = store.username_secret, store.password_secret
    else:
        auth = store.auth or auth
        headers = [(header.name, header.value) for header in store.headers]
        username, password = auth.basic_auth.username_secret, auth.basic_auth.password_secret
    return HttpDriver(
        store,
        headers=headers,
        username=_secret(username, around),
        password=_secret(password, around),
        authorize=_token_source(auth.oauth2, around),
        context=_client_context(auth.client_cert, around),
        guard=around.guard,
        make_pool=around.make_pool,
        limits=around.limits,
    )


def _token_source(oauth2: OAuth2, around: Surroundings) -> TokenSource | None:
    if oauth2 == OAuth2():
        return None
    credentials = ClientCredentials(
        client_id=_secret(oauth2.client_id_secret, around),
        client_secret=_secret(oauth2.client_secret_secret, around),
        token_url=_secret(oauth2.token_url_secret, around),
        scopes=oauth2.scopes,
        parameters=[(parameter.key, parameter.value) for parameter in oauth2.endpoint_params],
    )
    return TokenSource(credentials, around.guard, pool=around.make_pool())


def _client_context(certificate: ClientCertificate, around: Surroundings) -> ssl.SSLContext | None:
    if certificate == ClientCertificate():
        return None
    return client_context(
        _secret(certificate.client_cert_secret, around), _secret(certificate.client_key_secret, around)
    )


def _open_s3(store: S3, around: Surroundings) -> Driver:
    from workflows.artifacts.s3 import S3Credentials, S3Driver, endpoint_url

    around.guard(endpoint_url(store))
    options = store.encryption_options
    credentials = S3Credentials(
        access_key=_secret(store.access_key_secret, around),
        secret_key=_secret(store.secret_key_secret, around),
        session_token=_secret(store.session_token_secret, around),
        customer_key=_secret(options.server_side_customer_key_secret if options else None, around),
        ca_file=_ca_file(store, around),
    )
    return S3Driver(store, credentials, limits=around.limits)


def _ca_file(store: S3, around: Surroundings) -> Path | None:
    certificate = _secret(store.ca_secret, around)
    if not certificate:
        return None
    if around.ca_folder is None:
        raise ArtifactUnsupported("this installation has no folder for caSecret of s3 stores")
    around.ca_folder.mkdir(parents=True, exist_ok=True)
    # Named by its content: no name of a manifest becomes a path, and equal ones are written once.
    file = around.ca_folder / f"{hashlib.sha256(certificate.encode()).hexdigest()}.pem"
    if not file.exists():
        with placing(file) as temporary:
            temporary.write_text(certificate)
    return file


def _secret(reference: SecretKey | None, around: Surroundings) -> str:
    return (
        around.read_secret(reference.name, reference.key) if reference is not None and reference.name else ""
    )
