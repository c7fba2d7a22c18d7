"""Schedules: list them, see what is next and what became of slots, suspend, resume, start one now."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser

from workflows.engine.messages import Millis
from workflows.errors import UserError
from workflows.management.base import SluiceCommand
from workflows.models import Template
from workflows.services import backfills, schedules, templates
from workflows.services.access import Actor
from workflows.services.schedules import ScheduleStatus
from workflows.wire import millis, rfc3339


class Command(SluiceCommand):
    help = "List and control the schedules of CronWorkflows."

    def add_options(self, parser: CommandParser) -> None:
        actions = ("list", "next", "slots", "suspend", "resume", "trigger", "backfill")
        parser.add_argument("action", choices=actions, help="what to do; all but `list` want a name")
        parser.add_argument("name", nargs="?", default="", metavar="NAME", help="the CronWorkflow")
        parser.add_argument(
            "--limit", type=int, default=20, help="slots: at most so many (default: %(default)s)"
        )

        parser.add_argument("--first", help="backfill: RFC 3339 time of the first slot")
        parser.add_argument("--last", help="backfill: RFC 3339 time of the last slot")
        parser.add_argument("--concurrency", type=int, default=1, help="backfill: runs at once (default: 1)")
        parser.add_argument("--dry-run", action="store_true", help="backfill: only print what would run")

    def act(self, actor: Actor, namespace: str, options: dict[str, Any]) -> None:
        action, name = options["action"], options["name"]
        if action == "list":
            self._list(actor, namespace)
        elif action == "next":
            for slot in schedules.get_status(actor, namespace, name).next_slots:
                self.stdout.write(str(rfc3339(slot)))
        elif action == "slots":
            self._slots(actor, namespace, name, options["limit"])
        elif action == "backfill":
            self._backfill(actor, namespace, name, options)
        elif action == "trigger":
            self.stdout.write(f"{namespace}/{schedules.trigger(actor, namespace, name).name} is started")
        else:
            {"suspend": schedules.suspend, "resume": schedules.resume}[action](actor, namespace, name)
            self.stdout.write(f"{namespace}/{name}: {_state(schedules.get_status(actor, namespace, name))}")

    def _backfill(self, actor: Actor, namespace: str, name: str, options: dict[str, Any]) -> None:
        first, last = _time(options["first"]), _time(options["last"])
        if options["dry_run"]:
            for one in backfills.preview(actor, namespace, name, first=first, last=last):
                self.stdout.write(f"{rfc3339(one.slot)}  {'will run' if one.will_run else one.known}")
            return
        made = backfills.start(
            actor, namespace, name, first=first, last=last, concurrency=options["concurrency"]
        )
        self.stdout.write(f"backfill {made.id} of {namespace}/{name} has {made.slots.count()} slots")

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


def _time(text: str | None) -> Millis:
    try:
        return millis(text or "")
    except ValueError as error:
        raise UserError("give --first and --last as times such as 2026-01-31T12:00:00Z") from error


def _state(status: ScheduleStatus) -> str:
    return "Suspended" if status.cron.row.suspended else status.cron.row.phase
