"""Webhooks: senders that prove who they are by what they know instead of a token.

The Secret `argo-workflows-webhook-clients` of a namespace lists them, one a key, as in Argo:
``{type: github, secret: …}``. A sender acts for whoever stored the Secret last, as schedules do, so that
nobody lends out rights of others. Not for what an event does, see `events`.
"""

from __future__ import annotations

import hmac
import logging
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from django.contrib.auth.models import User

from workflows.spec.yaml import Limits, parse
from workflows.store.configuration import read_secret_and_author

logger = logging.getLogger(__name__)

CLIENTS: Final = "argo-workflows-webhook-clients"
_LIMITS: Final = Limits(bytes=4096, documents=1, depth=3, nodes=20)

#: (headers with lower-case names, body, secret) to whether the secret's owner sent this
_Check = Callable[[Mapping[str, str], bytes, bytes], bool]


def _signed(header: str) -> _Check:
    """The header holds the HMAC of the body."""

    def check(headers: Mapping[str, str], body: bytes, secret: bytes) -> bool:
        expected = f"sha256={hmac.digest(secret, body, 'sha256').hex()}"
        return hmac.compare_digest(headers.get(header, "").encode(), expected.encode())

    return check


def _shown(header: str) -> _Check:
    """The header holds the secret itself."""

    def check(headers: Mapping[str, str], body: bytes, secret: bytes) -> bool:
        return hmac.compare_digest(headers.get(header, "").encode(), secret)

    return check


_CHECKS: Final[Mapping[str, _Check]] = {
    "github": _signed("x-hub-signature-256"),
    "gitlab": _shown("x-gitlab-token"),
    "bitbucket": _shown("x-hook-uuid"),
    "bitbucketserver": _signed("x-hub-signature"),
}
_PROOFS: Final = frozenset({"x-hub-signature-256", "x-gitlab-token", "x-hook-uuid", "x-hub-signature"})
#: the proofs that are the secret, which nobody may store
SECRET_HEADERS: Final = frozenset({"x-gitlab-token", "x-hook-uuid"})


def has_proof(headers: Mapping[str, str]) -> bool:
    """Whether this came from one of the senders that are known here; nothing is checked yet."""
    return not _PROOFS.isdisjoint(headers)


def find_sender(namespace: str, headers: Mapping[str, str], body: bytes) -> tuple[User, str] | None:
    """For whom a webhook acts in a namespace, and the client's name; None when no client sent it.

    The names of `headers` are lower-case. Raises EnvironmentFault when the Secret cannot be opened.
    """
    values, author_id = read_secret_and_author(namespace, CLIENTS)
    for name, check, secret in _clients(namespace, values):
        if check(headers, body, secret):
            author = User.objects.filter(id=author_id, is_active=True).first()
            return (author, name) if author is not None else None
    return None


def _clients(namespace: str, values: Mapping[str, bytes]) -> Iterator[tuple[str, _Check, bytes]]:
    """Those that can be used; of the others the log tells the name."""
    for name, text in sorted(values.items()):
        documents = list(parse(text.decode(errors="replace"), limits=_LIMITS))
        client = documents[0].value if len(documents) == 1 and not documents[0].problems else None
        about = client if isinstance(client, dict) else {}
        check, secret = _CHECKS.get(str(about.get("type"))), about.get("secret")
        if check is not None and isinstance(secret, str) and secret:
            yield name, check, secret.encode(errors="replace")
        else:
            logger.warning("client %r of %s/%s has no usable type and secret", name, namespace, CLIENTS)
