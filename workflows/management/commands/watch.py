"""Draw the nodes of a run until it ends."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import CommandParser

from workflows.management.base import FAILED, SluiceCommand
from workflows.management.watching import watch
from workflows.services.access import Actor


class Command(SluiceCommand):
    help = "Draw the nodes of a run until it ends. Exit code: 0 when it succeeded, 1 when it failed."

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument("run", metavar="RUN", help="name or uid of the run, or @latest")

    def act(self, actor: Actor, namespace: str, options: dict[str, Any]) -> None:
        record = self.find_run(actor, namespace, options["run"])
        if not watch(actor, record.run.uid, sys.stdout):
            sys.exit(FAILED)
