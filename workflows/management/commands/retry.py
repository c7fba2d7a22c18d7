"""Do the failed nodes of a finished run again."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser

from workflows.management.base import SluiceCommand, pairs
from workflows.services import retries
from workflows.services.access import Actor
from workflows.services.retries import Preview


class Command(SluiceCommand):
    help = "Do the failed nodes of a finished run again; what succeeded is kept."

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument("run", metavar="RUN", help="name or uid of the run, or @latest")
        parser.add_argument(
            "--restart-successful", action="store_true", help="also redo the successful nodes of --node"
        )
        parser.add_argument("--node", default="", metavar="SELECTOR", help="such as templateName=build")
        parser.add_argument(
            "--dry-run", action="store_true", help="only print what would be done again, and why"
        )
        parser.add_argument(
            "-p", "--parameter", action="append", metavar="NAME=VALUE", help="new value of an argument"
        )

    def act(self, actor: Actor, namespace: str, options: dict[str, Any]) -> None:
        run = self.find_run(actor, namespace, options["run"]).run
        wishes: dict[str, Any] = {
            "restart_successful": options["restart_successful"],
            "selector": options["node"],
            "parameters": pairs(options["parameter"]),
        }
        if options["dry_run"]:
            self._preview(retries.preview_retry(actor, run.uid, **wishes))
            return
        retries.retry(actor, run.uid, **wishes)
        self.stdout.write(f"{run.namespace}/{run.name} is being retried")

    def _preview(self, preview: Preview) -> None:
        for one in preview.again:
            sign = "↻" if one.anew else "·"
            self.stdout.write(f"{sign} {one.node.phase:<9} {one.node.display_name}: {one.why}")
        self.stdout.write(f"{preview.kept} nodes are kept")
