"""Makes an empty data folder usable: tables, an administrator who can sign in, the first namespace."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from django.contrib.auth.models import User
from django.core.management import call_command

from workflows.services.seed import seed

ADMIN = "admin"
PASSWORD_FILE = "admin-password"  # noqa: S105 - the name of a file


@dataclass(frozen=True, slots=True)
class SignIn:
    """`password` is None when it was chosen by a person and is not known here."""

    user: str
    password: str | None
    created: bool


def prepare(data_dir: Path, *, password: str = "") -> SignIn:
    """Migrate, create the administrator unless there is one, and seed.

    With an empty `password` a random one is made and kept in a file that only the owner can read.
    """
    call_command("migrate", verbosity=0, interactive=False)
    owner = User.objects.filter(is_superuser=True).order_by("id").first()
    if owner is not None:
        seed(owner)
        return SignIn(owner.username, _kept_password(data_dir), created=False)
    chosen = password or secrets.token_urlsafe(12)
    owner = User.objects.create_superuser(ADMIN, password=chosen)
    if not password:
        _keep_password(data_dir, chosen)
    seed(owner)
    return SignIn(ADMIN, None if password else chosen, created=True)


def _keep_password(data_dir: Path, password: str) -> None:
    path = data_dir / PASSWORD_FILE
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(f"{password}\n")


def _kept_password(data_dir: Path) -> str | None:
    path = data_dir / PASSWORD_FILE
    return path.read_text().strip() if path.exists() else None
