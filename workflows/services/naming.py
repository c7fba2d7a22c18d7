"""Names and ids of new runs. The only place that rolls dice."""

from __future__ import annotations

import secrets
import uuid

#: Kubernetes' alphabet for generated names: no vowels and nothing that looks alike.
_ALPHABET = "bcdfghjklmnpqrstvwxz2456789"
_SUFFIX = 5
_MAX_GENERATED = 63


def new_uid() -> str:
    return str(uuid.uuid4())


def generated_name(prefix: str) -> str:
    """`prefix` cut to fit, and five random letters, as Kubernetes makes of `generateName`."""
    suffix = "".join(secrets.choice(_ALPHABET) for _ in range(_SUFFIX))
    return prefix[: _MAX_GENERATED - _SUFFIX] + suffix
