"""Schedules: list them, see what is next and what became of slots, suspend, resume, start one now."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser

from workflows.management.base import SluiceCommand
from workflows.models import Template
from workflows.services import schedules, templates
from workflows.services.access import Actor
from workflows.services.schedules import ScheduleStatus
from workflows.wire import rfc3339


class Command(SluiceCommand):
    help = "List and control the schedules of CronWorkflows."

    def add_options(self, parser: CommandParser) -> None:
        actions = ("list", "next", "slots", "suspend", "resume", "trigger")
        parser.add_argument("action", choices=actions, help="what to do; all but `list` want a name")
        parser.add_argument("name", nargs="?", default="", metavar="NAME", help="the CronWorkflow")
        parser.add_argument(
            "--limit", type=int, default=20, help="slots: at most so many (default: %(default)s)"
        )

    def act(self, actor: Actor, namespace: str, options: dict[str, Any]) -> None:
        action, name = options["action"], options["name"]
        if action == "list":
            self._list(actor, namespace)
        elif action == "next":
            for slot in schedules.get_status(actor, namespace, name).next_slots:
                self.stdout.write(str(rfc3339(slot)))
        elif action == "slots":
            self._slots(actor, namespace, name, options["limit"])
        elif action == "trigger":
            self.stdout.write(f"{namespace}/{schedules.trigger(actor, namespace, name).name} is started")
        else:
            {"suspend": schedules.suspend, "resume": schedules.resume}[action](actor, namespace, name)
            self.stdout.write(f"{namespace}/{name}: {_state(schedules.get_status(actor, namespace, name))}")

    def _list(self, actor: Actor, namespace: str) -> None:
        kind = Template.Kind.CRON
        for row in templates.list_templates(actor, namespace=namespace, kind=kind):
            status = schedules.get_status(actor, namespace, row.name)
            upcoming = rfc3339(status.next_slots[0]) if status.next_slots else "never"
            self.stdout.write(f"{_state(status):<10} next {upcoming:<20}  {row.name}")

    def _slots(self, actor: Actor, namespace: str, name: str, limit: int) -> None:
        for slot in schedules.list_slots(actor, namespace, name, limit=limit):
            moment = rfc3339(slot.slot_at if slot.slot_at is not None else slot.decided_at)
            what = " ".join(filter(None, (slot.outcome, slot.reason, slot.run_phase)))
            self.stdout.write(f"{moment}  {what:<32} {slot.run_name}".rstrip())


def _state(status: ScheduleStatus) -> str:
    return "Suspended" if status.cron.row.suspended else status.cron.row.phase
