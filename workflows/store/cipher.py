"""Sealing values at rest with Fernet (AES-128-CBC and HMAC-SHA256). Not for passwords, which are hashed.

The newest key seals, all keys open. Keys come from the setting SLUICE_SECRET_KEYS, newest first, else from
the file SLUICE_SECRET_KEY_FILE, one a line, newest first, made with mode 0600 on first use. The file is read
each time, so that a rotation reaches processes that run.
"""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

from workflows.errors import EnvironmentFault


@dataclass(slots=True)
class _Loaded:
    keys: tuple[str, ...] = ()
    ring: MultiFernet | None = None


_loaded = _Loaded()
_lock = threading.Lock()


def seal(value: bytes) -> str:
    """A text that only a holder of the keys can open; it tells the moment of sealing and about the length."""
    return _ring().encrypt(value).decode()


def unseal(token: str) -> bytes:
    """Raises EnvironmentFault when the value was sealed with a key that is not there."""
    try:
        return _ring().decrypt(token.encode())
    except InvalidToken:
        raise _lost() from None


def reseal(token: str) -> str:
    """The same value sealed with the newest key. Raises EnvironmentFault."""
    try:
        return _ring().rotate(token.encode()).decode()
    except InvalidToken:
        raise _lost() from None


def has_file() -> bool:
    """Whether the keys are in a file, where they can be changed."""
    return not settings.SLUICE_SECRET_KEYS


def add_key() -> None:
    """Put a new key in front of those in the file. Raises EnvironmentFault when the keys are a setting."""
    path = _file()
    _write(path, [Fernet.generate_key().decode(), *_read(path)])


def forget_old_keys() -> None:
    """Keep only the newest key of the file: what is sealed with another is lost."""
    path = _file()
    _write(path, _read(path)[:1])


def _ring() -> MultiFernet:
    keys = tuple(settings.SLUICE_SECRET_KEYS) or tuple(_read(_file()))
    with _lock:
        if _loaded.ring is None or _loaded.keys != keys:
            try:
                _loaded.ring = MultiFernet([Fernet(key) for key in keys])
            except ValueError as fault:
                raise EnvironmentFault(
                    "a key for secrets is not 32 bytes in URL-safe base64: see SLUICE_SECRET_KEYS",
                    code="bad-secret-key",
                ) from fault
            _loaded.keys = keys
        return _loaded.ring


def _file() -> Path:
    if settings.SLUICE_SECRET_KEYS or not settings.SLUICE_SECRET_KEY_FILE:
        raise EnvironmentFault(
            "the keys for secrets are set by SLUICE_SECRET_KEYS: change them there", code="keys-are-set"
        )
    return Path(settings.SLUICE_SECRET_KEY_FILE)


def _read(path: Path) -> list[str]:
    """The keys of the file, which is made when there is none."""
    if not path.exists():
        _write(path, [Fernet.generate_key().decode()], only_new=True)
    return path.read_text().split()


def _write(path: Path, keys: Sequence[str], *, only_new: bool = False) -> None:
    """Written aside and put into place at once, so that a reader never sees half of it."""
    draft = path.with_name(f"{path.name}.{os.getpid()}.{threading.get_ident()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write("".join(f"{key}\n" for key in keys))
        file.flush()
        os.fsync(file.fileno())
    if not only_new:
        draft.replace(path)
        return
    with contextlib.suppress(FileExistsError):
        os.link(draft, path)
    draft.unlink()


def _lost() -> EnvironmentFault:
    return EnvironmentFault(
        "a secret cannot be opened: it was sealed with a key that this server does not have",
        code="secret-key-missing",
    )
