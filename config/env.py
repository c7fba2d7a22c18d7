"""The only reader of the environment. Every variable starts with SLUICE_; docs/operations lists them."""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent

_env = environ.Env()


def text(name: str, default: str = "") -> str:
    return str(_env.str(f"SLUICE_{name}", default=default))


def integer(name: str, default: int) -> int:
    return int(_env.int(f"SLUICE_{name}", default=default))


def boolean(name: str, *, default: bool) -> bool:
    return bool(_env.bool(f"SLUICE_{name}", default=default))


def words(name: str, default: list[str]) -> list[str]:
    """A comma-separated list."""
    return list(_env.list(f"SLUICE_{name}", default=default))


def pairs(name: str) -> dict[str, str]:
    """A comma-separated list of ``key=value``. Raises ImproperlyConfigured."""
    found: dict[str, str] = {}
    for word in words(name, []):
        key, equals, value = word.strip().partition("=")
        if not (key and equals):
            raise ImproperlyConfigured(f"SLUICE_{name} is a list of name=value, not {word!r}")
        found[key] = value
    return found


def database(name: str) -> dict[str, Any] | None:
    """Django's description of the database behind a URL such as ``postgres://user:password@host:5432/name``."""
    return dict(_env.db_url(f"SLUICE_{name}")) if text(name) else None


def data_dir() -> Path:
    """Where the embedded server keeps its database, logs and keys; made on first use, private to the user."""
    path = Path(text("DATA_DIR", str(BASE_DIR / "data")))
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def shared_folders(default: Path) -> list[str]:
    """SLUICE_SHARED_FOLDERS, else `default`: folders local processes change in place, made if missing."""
    folders = [Path(word).expanduser().resolve() for word in words("SHARED_FOLDERS", [str(default)])]
    for folder in folders:
        folder.mkdir(parents=True, exist_ok=True)
    return [str(folder) for folder in folders]


def secret_key(folder: Path) -> str:
    """SLUICE_SECRET_KEY, else the key kept in `folder`, made there with mode 0600 when there is none."""
    given = text("SECRET_KEY")
    if given:
        return given
    path = folder / "secret.key"
    if not path.exists():
        _create_key(path)
    return path.read_text()


def _create_key(path: Path) -> None:
    """Written aside and linked into place, so that two processes starting at once agree on one key."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_urlsafe(48))
    with contextlib.suppress(FileExistsError):
        os.link(draft, path)
    draft.unlink()
