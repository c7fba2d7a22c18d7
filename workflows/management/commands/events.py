"""Events that were accepted: list them with what became of them, ask their bindings once more."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError, CommandParser

from workflows.management.base import REFUSED, SluiceCommand
from workflows.models import EventOutcome
from workflows.services import events
from workflows.services.access import Actor
from workflows.wire import rfc3339


class Command(SluiceCommand):
    help = "List the newest events of a namespace, or replay one: bindings that have no run for it are asked."

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument("action", choices=("list", "replay"))
        parser.add_argument("id", nargs="?", type=int, metavar="ID", help="replay: which event")
        parser.add_argument(
            "--limit", type=int, default=20, help="list: at most so many (default: %(default)s)"
        )

    def act(self, actor: Actor, namespace: str, options: dict[str, Any]) -> None:
        if options["action"] == "list":
            for event in events.list_events(actor, namespace, limit=options["limit"]):
                self.stdout.write(f"{event.id}  {rfc3339(event.received_at)}  {event.discriminator}".rstrip())
                self._outcomes(event.outcomes.all())
        elif options["id"] is None:
            raise CommandError("say which event", returncode=REFUSED)
        else:
            self._outcomes(events.replay(actor, namespace, options["id"]).outcomes)

    def _outcomes(self, outcomes: Any) -> None:
        outcome: EventOutcome
        for outcome in outcomes:
            what = outcome.run_name or outcome.message
            self.stdout.write(f"    {outcome.binding}: {outcome.result}  {what}".rstrip())
