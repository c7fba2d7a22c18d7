"""Do the failed nodes of a finished run again."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser

from workflows.management.base import SluiceCommand, pairs
from workflows.services import control
from workflows.services.access import Actor


class Command(SluiceCommand):
    help = "Do the failed nodes of a finished run again; what succeeded is kept."

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument("run", metavar="RUN", help="name or uid of the run, or @latest")
        parser.add_argument(
            "--restart-successful", action="store_true", help="also redo the successful nodes of --node"
        )
        parser.add_argument("--node", default="", metavar="SELECTOR", help="such as templateName=build")
        parser.add_argument(
            "-p", "--parameter", action="append", metavar="NAME=VALUE", help="new value of an argument"
        )

    def act(self, actor: Actor, namespace: str, options: dict[str, Any]) -> None:
        run = self.find_run(actor, namespace, options["run"]).run
        control.retry(
            actor,
            run.uid,
            restart_successful=options["restart_successful"],
            selector=options["node"],
            parameters=pairs(options["parameter"]),
        )
        self.stdout.write(f"{run.namespace}/{run.name} is being retried")
