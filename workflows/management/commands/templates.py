"""Stored templates: list them, show one, its history and what changed, go back to an earlier state."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError, CommandParser

from workflows.management.base import KINDS, REFUSED, SluiceCommand
from workflows.models import Template
from workflows.services import revisions, templates
from workflows.services.access import Actor
from workflows.wire import rfc3339


class Command(SluiceCommand):
    help = (
        "List stored templates and schedules and their revisions. OBJECT is KIND/NAME, as "
        "workflowtemplate/greeting; templates are stored by `submit FILE`."
    )

    def add_options(self, parser: CommandParser) -> None:
        actions = ("list", "show", "history", "diff", "restore", "delete")
        parser.add_argument("action", choices=actions, help="all but `list` want an object")
        parser.add_argument("object", nargs="?", default="", metavar="OBJECT")
        parser.add_argument("--revision", type=int, help="show, restore: which; diff: up to which")
        parser.add_argument("--since", type=int, help="diff: from which revision (default: the one before)")
        parser.add_argument("--message", default="", help="restore: why")

    def act(self, actor: Actor, namespace: str, options: dict[str, Any]) -> None:
        if options["action"] == "list":
            self._list(actor, namespace)
            return
        about = _about(options["object"], namespace)
        label = options["object"]
        match options["action"]:
            case "show":
                self._show(actor, about, options["revision"])
            case "history":
                self._history(actor, about)
            case "diff":
                self._diff(actor, about, options)
            case "restore":
                number, message = options["revision"], options["message"]
                if number is None:
                    raise CommandError("say which with --revision", returncode=REFUSED)
                row = revisions.restore(actor, number, **about, check_in=namespace, message=message)
                self.stdout.write(f"{label} is at revision {row.revision}")
            case "delete":
                templates.delete_template(actor, **about)
                self.stdout.write(f"{label} is deleted; its revisions stay")

    def _list(self, actor: Actor, namespace: str) -> None:
        for row in templates.list_templates(actor, namespace=namespace):
            self.stdout.write(f"{row.kind.lower()}/{row.name}  revision {row.revision}")

    def _show(self, actor: Actor, about: dict[str, Any], number: int | None) -> None:
        if number is None:
            self.stdout.write(templates.get_template(actor, **about).source, ending="")
        else:
            self.stdout.write(revisions.get_revision(actor, number, **about).source, ending="")

    def _history(self, actor: Actor, about: dict[str, Any]) -> None:
        for row in revisions.list_revisions(actor, **about, limit=1000):
            moment = rfc3339(row.created_at)
            self.stdout.write(f"{row.number:>4}  {moment}  {row.author_name}  {row.message}".rstrip())

    def _diff(self, actor: Actor, about: dict[str, Any], options: dict[str, Any]) -> None:
        new = options["revision"] or templates.get_template(actor, **about).revision
        old = options["since"] or max(1, new - 1)
        self.stdout.write(revisions.diff(actor, old, new, **about), ending="")


def _about(label: str, namespace: str) -> dict[str, Any]:
    kind, _, name = label.partition("/")
    if kind.lower() not in KINDS or not name:
        raise CommandError(f"an object is {' or '.join(KINDS)}/NAME", returncode=REFUSED)
    found = KINDS[kind.lower()]
    return {"kind": found, "name": name, "namespace": None if found == Template.Kind.CLUSTER else namespace}
