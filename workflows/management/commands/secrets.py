"""Secrets: list them by keys, store values, delete, seal all anew."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from workflows.management.base import REFUSED, SluiceCommand
from workflows.services import secrets
from workflows.services.access import Actor


class Command(SluiceCommand):
    help = "Store the Secrets of a namespace. Values are never printed."

    def add_options(self, parser: CommandParser) -> None:
        actions = ("list", "set", "delete", "rotate")
        parser.add_argument("action", choices=actions, help="`set` and `delete` want a name")
        parser.add_argument("name", nargs="?", default="", metavar="NAME")
        parser.add_argument(
            "values",
            nargs="*",
            metavar="KEY=FILE",
            help="set: read the value of a key from a file, - for standard input; other keys are dropped",
        )
        parser.add_argument(
            "--forget-old",
            action="store_true",
            help="rotate: drop earlier keys from the key file; older backups cannot be opened then",
        )

    def act(self, actor: Actor, namespace: str, options: dict[str, Any]) -> None:
        action, name = options["action"], options["name"]
        if action == "list":
            for row in secrets.list_secrets(actor, namespace):
                self.stdout.write(f"{row.name}  {' '.join(sorted(row.data))}".rstrip())
        elif action == "rotate":
            count = secrets.rotate(actor, forget_old=options["forget_old"])
            self.stdout.write(f"{count} secrets are sealed with the newest key")
        elif action == "delete":
            secrets.delete_secret(actor, namespace, name)
            self.stdout.write(f"{namespace}/{name} is deleted")
        else:
            values = dict(map(_value, options["values"]))
            secrets.put_secret(actor, namespace, name, values)
            self.stdout.write(f"{namespace}/{name} has {len(values)} keys")


def _value(word: str) -> tuple[str, bytes]:
    """Values are read from files: arguments of a command are seen by every user of the machine."""
    key, sign, place = word.partition("=")
    if not (key and sign and place):
        raise CommandError(f"{key!r} is not followed by =FILE", returncode=REFUSED)
    try:
        return key, sys.stdin.buffer.read() if place == "-" else Path(place).read_bytes()
    except OSError as error:
        raise CommandError(f"{place}: {error.strerror}", returncode=REFUSED) from error
