"""Who a driver is to a web server beyond a password: OAuth2 client credentials, TLS client certificates.

Source: Argo's http driver and Go's `clientcredentials` (RFC 6749, 4.4). Holds secrets in memory only, but for
the moment in which OpenSSL reads a certificate from a private folder.
"""

from __future__ import annotations

import base64
import json
import ssl
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote_plus, urlencode

import urllib3

from workflows.artifacts.egress import EgressGuard, allow_all
from workflows.artifacts.errors import ArtifactInvalid, ArtifactRefused, StoreUnavailable

_TIMEOUT = urllib3.Timeout(connect=10, read=30)
_MOST = 1024 * 1024
#: a token is not used in its last seconds
_MARGIN_S = 10.0


@dataclass(frozen=True, slots=True, repr=False)
class ClientCredentials:
    """Argo's `oauth2`, secrets opened."""

    client_id: str
    client_secret: str
    token_url: str
    scopes: Sequence[str] = ()
    parameters: Sequence[tuple[str, str]] = ()


class TokenSource:
    """Gives the value of the Authorization header; asks for a token when there is none that still holds."""

    def __init__(
        self,
        credentials: ClientCredentials,
        guard: EgressGuard = allow_all,
        *,
        pool: urllib3.PoolManager | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        if not (credentials.client_id and credentials.token_url):
            raise ArtifactInvalid("oauth2 needs a clientIDSecret and a tokenURLSecret")
        self._credentials = credentials
        self._guard = guard
        self._pool = pool or urllib3.PoolManager()
        self._clock = clock
        self._value = ""
        self._until = 0.0

    def __call__(self) -> str:
        if not self._value or self._clock() >= self._until:
            self._value, seconds = self._fetch()
            self._until = self._clock() + seconds - _MARGIN_S
        return self._value

    def _fetch(self) -> tuple[str, float]:
        """In the header first, then in the body: servers differ, and RFC 6749 lets them."""
        answer = self._ask(in_header=True)
        if answer.status in (400, 401):
            answer = self._ask(in_header=False)
        if answer.status >= 500 or answer.status == 429:
            raise StoreUnavailable(f"the token server answers {answer.status}")
        if answer.status != 200:
            raise ArtifactRefused(f"the token server answers {answer.status}: the client is not accepted")
        return _read_token(answer.data)

    def _ask(self, *, in_header: bool) -> urllib3.BaseHTTPResponse:
        own = self._credentials
        fields = [("grant_type", "client_credentials")]
        if own.scopes:
            fields.append(("scope", " ".join(own.scopes)))
        fields += own.parameters
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
        if in_header:
            pair = f"{quote_plus(own.client_id)}:{quote_plus(own.client_secret)}"
            headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
        else:
            fields += [("client_id", own.client_id), ("client_secret", own.client_secret)]
        self._guard(own.token_url)
        try:
            return self._pool.request(
                "POST",
                own.token_url,
                body=urlencode(fields),
                headers=headers,
                timeout=_TIMEOUT,
                retries=False,
                redirect=False,
            )
        except (urllib3.exceptions.LocationValueError, ValueError) as fault:
            raise ArtifactInvalid("the token URL of oauth2 is not a URL") from fault
        except urllib3.exceptions.HTTPError as fault:
            raise StoreUnavailable(f"the token server does not answer: {type(fault).__name__}") from fault


def _read_token(body: bytes) -> tuple[str, float]:
    try:
        answer = json.loads(body[:_MOST])
        token, kind = str(answer["access_token"]), str(answer.get("token_type") or "Bearer")
        seconds = float(answer.get("expires_in") or 3600)
    except (ValueError, KeyError, TypeError, AttributeError) as fault:
        raise ArtifactRefused("the token server's answer holds no access_token") from fault
    if not token.isascii() or any(character.isspace() for character in token + kind):
        raise ArtifactRefused("the token server's answer holds no access_token that could be sent")
    return f"{'Bearer' if kind.lower() == 'bearer' else kind} {token}", seconds


def client_context(certificate: str, key: str) -> ssl.SSLContext:
    """Verifies servers as usual and shows them this certificate. Raises ArtifactInvalid."""
    context = ssl.create_default_context()
    with tempfile.TemporaryDirectory(prefix="sluice-tls-") as folder:
        pair = (Path(folder) / "certificate.pem", Path(folder) / "key.pem")
        for path, text in zip(pair, (certificate, key), strict=True):
            path.touch(mode=0o600)
            path.write_text(text)
        try:
            # An encrypted key must not make OpenSSL ask on a terminal.
            context.load_cert_chain(*pair, password="")
        except (ssl.SSLError, ValueError) as fault:
            raise ArtifactInvalid("clientCert: the certificate and its key do not go together") from fault
    return context
