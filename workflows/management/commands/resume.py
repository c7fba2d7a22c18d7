"""Resume a suspended run, or answer its suspend nodes."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser

from workflows.management.base import SluiceCommand, pairs
from workflows.services import control
from workflows.services.access import Actor


class Command(SluiceCommand):
    help = "Resume a run. With --node only the suspend nodes that match go on, with the given answers."

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument("run", metavar="RUN", help="name or uid of the run, or @latest")
        parser.add_argument(
            "--node", default="", metavar="SELECTOR", help="such as displayName=approve or id=…"
        )
        parser.add_argument(
            "-p", "--parameter", action="append", metavar="NAME=VALUE", help="answer to a supplied output"
        )
        parser.add_argument("--message", default="", help="shown on the nodes that go on")

    def act(self, actor: Actor, namespace: str, options: dict[str, Any]) -> None:
        run = self.find_run(actor, namespace, options["run"]).run
        control.resume(
            actor,
            run.uid,
            selector=options["node"],
            values=pairs(options["parameter"]),
            message=options["message"],
        )
        self.stdout.write(f"{run.namespace}/{run.name} is being resumed")
