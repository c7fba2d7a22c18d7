"""List runs, newest first."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser

from workflows.management.base import SluiceCommand
from workflows.management.drawing import GLYPHS, duration
from workflows.services import runs
from workflows.services.access import Actor
from workflows.store import clock
from workflows.store.runlist import RunFilter


class Command(SluiceCommand):
    help = "List the newest runs of a namespace."

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument("--phase", action="append", help="only runs in this phase; may be repeated")
        parser.add_argument("--prefix", default="", help="only runs whose name begins with this")
        parser.add_argument("--limit", type=int, default=20, help="at most so many (default: %(default)s)")

    def act(self, actor: Actor, namespace: str, options: dict[str, Any]) -> None:
        filters = RunFilter(
            namespaces=[namespace], phases=options["phase"] or (), name_prefix=options["prefix"]
        )
        now = clock.now()
        for record in runs.list_runs(actor, filters, limit=options["limit"]).runs:
            run = record.run
            took = duration(run.started_at, run.finished_at, now=now)
            phase = run.phase or "Pending"
            self.stdout.write(f"{GLYPHS[phase]} {phase:<10} {took:>8}  {run.name}  {run.message}".rstrip())
