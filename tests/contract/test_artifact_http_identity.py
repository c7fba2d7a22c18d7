"""OAuth2 and client certificates of http artifacts, against servers on loopback that check them."""

from __future__ import annotations

import base64
import datetime
import ipaddress
import json
import ssl
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.contract.artifact_servers import FileServer, serving
from workflows.artifacts import (
    ArtifactInvalid,
    ArtifactRefused,
    StoreUnavailable,
    Surroundings,
    open_driver,
    read_location,
)
from workflows.artifacts.client_identity import ClientCredentials, TokenSource
from workflows.artifacts.driver import Driver

SECRET = "s€cret"


class TokenServer(ThreadingHTTPServer):
    """Gives tokens token-1, token-2 … to the client `id` with the secret `s€cret`, in the way it takes."""

    daemon_threads = True

    def __init__(self, *, takes: str = "header") -> None:
        super().__init__(("127.0.0.1", 0), _TokenHandler)
        self.takes = takes
        self.answer: tuple[int, bytes] | None = None
        self.forms: list[dict[str, list[str]]] = []
        self.given = 0
        self.url = f"http://127.0.0.1:{self.server_address[1]}/token"


class _TokenHandler(BaseHTTPRequestHandler):
    server: TokenServer

    def do_POST(self) -> None:
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        header = self.headers.get("Authorization", "").removeprefix("Basic ")
        pair = base64.b64decode(header).decode()
        known = (
            pair == "id:s%E2%82%ACcret"
            if self.server.takes == "header"
            else form.get("client_secret") == ["s€cret"]
        )
        status, body = self.server.answer or (401, b"{}")
        if known and self.server.answer is None:
            self.server.given += 1
            self.server.forms.append(form)
            token = {"access_token": f"token-{self.server.given}", "token_type": "bearer", "expires_in": 60}
            status, body = 200, json.dumps(token).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: object) -> None:
        """Silent."""


@pytest.fixture
def files() -> Iterator[FileServer]:
    with serving(FileServer()) as server:
        server.files["/file"] = b"content"
        yield server


@pytest.fixture(params=["header", "body"])
def tokens(request: pytest.FixtureRequest) -> Iterator[TokenServer]:
    with serving(TokenServer(takes=request.param)) as server:
        yield server


def open_http(url: str, auth: dict[str, Any], secrets: dict[str, str]) -> Driver:
    location = read_location({"http": {"url": url, "auth": auth}})
    assert location is not None
    return open_driver(location, Surroundings(lambda name, key: secrets[key]))


def with_oauth(files: FileServer, token_url: str, secret: str = SECRET) -> Driver:
    oauth2 = {
        "clientIDSecret": {"name": "s", "key": "id"},
        "clientSecretSecret": {"name": "s", "key": "secret"},
        "tokenURLSecret": {"name": "s", "key": "url"},
        "scopes": ["read", "write"],
        "endpointParams": [{"key": "audience", "value": "files"}],
    }
    secrets = {"id": "id", "secret": secret, "url": token_url}
    return open_http(f"{files.url}/file", {"oauth2": oauth2}, secrets)


@pytest.mark.argo("7-store-drivers")
def test_a_token_is_asked_for_once_and_sent_along(files: FileServer, tokens: TokenServer) -> None:
    driver = with_oauth(files, tokens.url)

    for _ in range(2):
        with driver.open("/file") as stream:
            assert stream.read() == b"content"

    assert [headers["Authorization"] for _, _, headers in files.log] == ["Bearer token-1"] * 2
    [form] = tokens.forms
    assert form["grant_type"] == ["client_credentials"]
    assert (form["scope"], form["audience"]) == (["read write"], ["files"])


def test_a_token_stays_with_its_server(files: FileServer, tokens: TokenServer) -> None:
    with serving(FileServer()) as other:
        other.files["/file"] = b"other"
        files.elsewhere = other.url
        with with_oauth(files, tokens.url).open("/away/file") as stream:
            assert stream.read() == b"other"

        assert "Authorization" in files.log[0][2]
        assert "Authorization" not in other.log[0][2]


def test_a_new_token_is_asked_for_before_the_old_one_ends(tokens: TokenServer) -> None:
    now = 0.0
    source = TokenSource(ClientCredentials("id", "s€cret", tokens.url), clock=lambda: now)

    values = []
    for now in (0.0, 49.0, 51.0):  # noqa: B007 - read by the clock
        values.append(source())

    assert values == ["Bearer token-1", "Bearer token-1", "Bearer token-2"]


def test_a_client_that_is_not_known_is_refused(files: FileServer, tokens: TokenServer) -> None:
    with pytest.raises(ArtifactRefused, match="not accepted") as caught:
        with_oauth(files, tokens.url, "wrong").open("/file")

    assert "wrong" not in caught.value.message
    assert files.log == []


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ((503, b""), StoreUnavailable),
        ((200, b"no json"), ArtifactRefused),
        ((200, b"[]"), ArtifactRefused),
        ((200, b'{"access_token": "a\\r\\nX-Evil: 1"}'), ArtifactRefused),
        ((302, b""), ArtifactRefused),
    ],
)
def test_a_token_server_that_fails_is_told(
    files: FileServer, tokens: TokenServer, answer: tuple[int, bytes], error: type[Exception]
) -> None:
    tokens.answer = answer

    with pytest.raises(error):
        with_oauth(files, tokens.url).open("/file")


@pytest.mark.parametrize("url", ["", "ftp://host/token", "http://[x/"])
def test_token_addresses_that_cannot_be_are_refused(files: FileServer, url: str) -> None:
    with pytest.raises((ArtifactInvalid, StoreUnavailable)):
        with_oauth(files, url).open("/file")


def test_the_guard_is_asked_about_the_token_server(tokens: TokenServer) -> None:
    def refuse(url: str) -> None:
        raise ArtifactRefused(url)

    with pytest.raises(ArtifactRefused, match="/token"):
        TokenSource(ClientCredentials("id", "s€cret", tokens.url), refuse)()


def make_certificate(folder: Path, name: str) -> tuple[Path, Path]:
    """A certificate of its own making, good as server, client and authority."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    today = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today)
        .not_valid_after(today + datetime.timedelta(days=36_500))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False
        )
        .sign(key, hashes.SHA256())
    )
    paths = folder / f"{name}.pem", folder / f"{name}.key"
    paths[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    paths[1].write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return paths


@pytest.fixture
def certificates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """PEM texts; the server's certificate is known to clients."""
    made = {name: make_certificate(tmp_path, name) for name in ("server", "client", "other")}
    monkeypatch.setenv("SSL_CERT_FILE", str(made["server"][0]))
    return {
        f"{name}.{kind}": path.read_text()
        for name, pair in made.items()
        for kind, path in zip(("cert", "key"), pair, strict=True)
    }


@pytest.fixture
def tls_files(certificates: dict[str, str], tmp_path: Path) -> Iterator[FileServer]:
    """Lets in only who shows the client's certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "server.pem", tmp_path / "server.key")
    context.load_verify_locations(tmp_path / "client.pem")
    context.verify_mode = ssl.CERT_REQUIRED
    server = FileServer()
    server.socket = context.wrap_socket(server.socket, server_side=True)
    server.url = server.url.replace("http:", "https:")
    server.files["/file"] = b"for members"
    with serving(server):
        yield server


def with_certificate(url: str, secrets: dict[str, str], cert: str, key: str) -> Driver:
    references = {
        "clientCertSecret": {"name": "s", "key": cert},
        "clientKeySecret": {"name": "s", "key": key},
    }
    return open_http(f"{url}/file", {"clientCert": references}, secrets)


@pytest.mark.argo("7-store-drivers")
def test_a_certificate_opens_the_door(tls_files: FileServer, certificates: dict[str, str]) -> None:
    with with_certificate(tls_files.url, certificates, "client.cert", "client.key").open("/file") as stream:
        assert stream.read() == b"for members"


def test_another_certificate_does_not(tls_files: FileServer, certificates: dict[str, str]) -> None:
    with pytest.raises(StoreUnavailable):
        with_certificate(tls_files.url, certificates, "other.cert", "other.key").open("/file")


def test_a_certificate_and_a_key_that_do_not_match_are_told(certificates: dict[str, str]) -> None:
    with pytest.raises(ArtifactInvalid, match="do not go together"):
        with_certificate("https://h", certificates, "client.cert", "other.key")
