"""As whom a command acts: whoever can run it holds the database, so no password is asked for."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.core.management.base import CommandError, CommandParser


def add_user_option(parser: CommandParser) -> None:
    parser.add_argument("--user", help="act as this user (default: the only superuser)")


def find_actor(name: str | None) -> User:
    """Raises CommandError when there is nobody, or no telling who."""
    if name is not None:
        found = User.objects.filter(username=name, is_active=True).first()
        if found is None:
            raise CommandError(f"there is no active user {name!r}", returncode=2)
        return found
    superusers = list(User.objects.filter(is_superuser=True, is_active=True)[:2])
    if not superusers:
        raise CommandError("there is no superuser yet: start the server once with `make run`", returncode=2)
    if len(superusers) > 1:
        raise CommandError("there are several superusers: name one with --user", returncode=2)
    return superusers[0]
