"""API tokens: programs act as the user who made them. Only a digest is stored, so a token is shown once."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import Q

from workflows.engine.messages import Millis
from workflows.errors import ConflictError, NotFoundError, UserError
from workflows.models import ApiToken
from workflows.store import clock

_MARK = "slu_"
_SHOWN = len(_MARK) + 6
#: `last_used_at` is renewed at most this often: reading must not cost a write each time.
_USE_RECORDED_MS = 60_000
MAX_TOKENS = 50


@dataclass(frozen=True, slots=True)
class NewToken:
    row: ApiToken
    secret: str


def list_tokens(user: User) -> list[ApiToken]:
    """The user's own, newest first."""
    return list(ApiToken.objects.filter(user=user).order_by("-created_at", "-id"))


def create_token(user: User, *, name: str, expires_at: Millis | None = None) -> NewToken:
    """Raises ConflictError when the user has a token of this name or too many, UserError for a past end."""
    now = clock.now()
    if expires_at is not None and expires_at <= now:
        raise UserError("the token would expire in the past")
    if ApiToken.objects.filter(user=user).count() >= MAX_TOKENS:
        raise ConflictError(
            f"a user has at most {MAX_TOKENS} tokens; revoke one first", code="too-many-tokens"
        )
    secret = _MARK + secrets.token_urlsafe(32)
    try:
        with transaction.atomic():
            row = ApiToken.objects.create(
                user=user,
                name=name,
                prefix=secret[:_SHOWN],
                digest=_digest(secret),
                created_at=now,
                expires_at=expires_at,
            )
    except IntegrityError as error:
        raise ConflictError(f"you have a token named {name!r} already", code="name-taken") from error
    return NewToken(row, secret)


def revoke_token(user: User, token_id: int) -> None:
    """Raises NotFoundError for tokens of others, too."""
    deleted, _ = ApiToken.objects.filter(user=user, id=token_id).delete()
    if not deleted:
        raise NotFoundError(f"you have no token {token_id}")


def find_owner(secret: str) -> tuple[User, ApiToken] | None:
    """Who acts with this token; None when it is unknown, revoked or expired or the account closed."""
    if not secret.startswith(_MARK):
        return None
    now = clock.now()
    row = (
        ApiToken.objects.select_related("user")
        .filter(digest=_digest(secret), user__is_active=True)
        .filter(Q(expires_at__isnull=True) | Q(expires_at__gt=now))
        .first()
    )
    if row is None:
        return None
    if row.last_used_at is None or row.last_used_at < now - _USE_RECORDED_MS:
        ApiToken.objects.filter(id=row.id).update(last_used_at=now)
    return row.user, row


def _digest(secret: str) -> str:
    """Plain SHA-256 is enough for 256 bits of chance: there is nothing to guess."""
    return hashlib.sha256(secret.encode()).hexdigest()
