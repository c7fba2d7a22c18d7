"""Start the same run anew."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser

from workflows.management.base import SluiceCommand, pairs
from workflows.services import resubmit
from workflows.services.access import Actor


class Command(SluiceCommand):
    help = "Start a new run of the manifest of another."

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument("run", metavar="RUN", help="name or uid of the run, or @latest")
        parser.add_argument(
            "-p", "--parameter", action="append", metavar="NAME=VALUE", help="new value of an argument"
        )
        parser.add_argument(
            "--memoized",
            action="store_true",
            help="begin with what succeeded in the run, which must have failed",
        )
        parser.add_argument(
            "--same-templates", action="store_true", help="with the revisions of templates that the run used"
        )

    def act(self, actor: Actor, namespace: str, options: dict[str, Any]) -> None:
        made = resubmit.resubmit(
            actor,
            self.find_run(actor, namespace, options["run"]).run.uid,
            parameters=pairs(options["parameter"]),
            same_templates=options["same_templates"],
            memoized=options["memoized"],
        )
        self.stdout.write(f"{made.namespace}/{made.name}  {made.uid}")
