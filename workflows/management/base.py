"""What Sluice's commands share: options, errors of services as errors of commands. No command itself."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError

from workflows.errors import ManifestError, NotFoundError, Problem, SluiceError
from workflows.management.actors import add_user_option, find_actor
from workflows.models import Template
from workflows.services import runs
from workflows.services.access import Actor
from workflows.services.seed import NAMESPACE
from workflows.store.read import RunRecord
from workflows.store.runlist import RunFilter

#: How a kind of stored object is written before its name, as workflowtemplate/greeting.
KINDS = {
    "workflowtemplate": Template.Kind.NAMESPACED,
    "clusterworkflowtemplate": Template.Kind.CLUSTER,
    "cronworkflow": Template.Kind.CRON,
    "workfloweventbinding": Template.Kind.BINDING,
}

#: Exit codes: the run failed; the request could not be carried out.
FAILED, REFUSED = 1, 2


class SluiceCommand(BaseCommand):
    """Subclasses implement `add_options` and `act`."""

    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        self.add_options(parser)
        parser.add_argument("-n", "--namespace", default=NAMESPACE, help="namespace (default: %(default)s)")
        add_user_option(parser)

    def add_options(self, parser: CommandParser) -> None:
        raise NotImplementedError

    def act(self, actor: Actor, namespace: str, options: dict[str, Any]) -> None:
        raise NotImplementedError

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self.act(find_actor(options["user"]), options["namespace"], options)
        except ManifestError as error:
            for problem in error.problems:
                self.stderr.write(describe("manifest", problem))
            raise CommandError("the manifest was refused, nothing was stored", returncode=REFUSED) from error
        except SluiceError as error:
            raise CommandError(error.message, returncode=REFUSED) from error
        except OperationalError as error:
            raise CommandError(
                f"the database cannot be used ({error}): start the server once", returncode=REFUSED
            ) from error

    def find_run(self, actor: Actor, namespace: str, name: str) -> RunRecord:
        """By name, by uid, or ``@latest`` for the newest. Raises NotFoundError."""
        if name == "@latest":
            page = runs.list_runs(actor, RunFilter(namespaces=[namespace]), limit=1)
            if not page.runs:
                raise NotFoundError(f"there are no runs in namespace {namespace!r}")
            return page.runs[0]
        try:
            return runs.get_run_by_name(actor, namespace, name)
        except NotFoundError:
            if "-" not in name:
                raise
            return runs.get_run(actor, name)


def describe(name: str, problem: Problem) -> str:
    """In the form that editors take apart: place, severity, text, code."""
    place = f"{name}:{problem.line}:{problem.column}" if problem.line else name
    path = f"{problem.path}: " if problem.path else ""
    remedy = f" ({problem.remedy})" if problem.remedy else ""
    return f"{place}: {problem.severity}: {path}{problem.message}{remedy} [{problem.code}]"


def pairs(values: list[str] | None) -> dict[str, str]:
    """``["a=1"]`` as a mapping. Raises CommandError."""
    found = {}
    for value in values or []:
        name, sign, rest = value.partition("=")
        if not (name and sign):
            raise CommandError(f"{value!r} is not of the form name=value", returncode=REFUSED)
        found[name] = rest
    return found
