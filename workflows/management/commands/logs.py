"""Print what the containers of a run wrote."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser

from workflows.engine.phases import LAUNCHED
from workflows.management.base import SluiceCommand
from workflows.services import logs, runs
from workflows.services.access import Actor


class Command(SluiceCommand):
    help = "Print the output of one node, or of all nodes of a run one after another."

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument("run", metavar="RUN", help="name or uid of the run, or @latest")
        parser.add_argument("node", nargs="?", metavar="NODE", help="id or display name of a node")
        parser.add_argument("-c", "--container", default="main", help="container (default: %(default)s)")
        parser.add_argument("-f", "--follow", action="store_true", help="go on until the node ends")

    def act(self, actor: Actor, namespace: str, options: dict[str, Any]) -> None:
        uid = self.find_run(actor, namespace, options["run"]).run.uid
        nodes = [node for node in runs.get_nodes(actor, uid) if node.type in LAUNCHED]
        wanted = options["node"]
        for node in nodes:
            if wanted is not None and wanted not in (node.id, node.display_name):
                continue
            if wanted is None:
                self.stdout.write(f"── {node.name}")
            for chunk in logs.read_logs(
                actor, uid, node.id, container=options["container"], follow=options["follow"]
            ):
                self.stdout.write(chunk.text, ending="")
                self.stdout.flush()
