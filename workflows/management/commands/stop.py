"""Stop a run."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser

from workflows.management.base import SluiceCommand
from workflows.services import control
from workflows.services.access import Actor


class Command(SluiceCommand):
    help = "Stop a run: nodes end, exit handlers still run. With --terminate not even those."

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument("run", metavar="RUN", help="name or uid of the run, or @latest")
        parser.add_argument("--message", default="", help="shown on the nodes that are stopped")
        parser.add_argument("--terminate", action="store_true", help="end everything at once")

    def act(self, actor: Actor, namespace: str, options: dict[str, Any]) -> None:
        run = self.find_run(actor, namespace, options["run"]).run
        if options["terminate"]:
            control.terminate(actor, run.uid)
        else:
            control.stop(actor, run.uid, message=options["message"])
        self.stdout.write(f"{run.namespace}/{run.name} is being stopped")
