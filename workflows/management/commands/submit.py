"""Start runs from manifest files or from a stored template."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, Final

import orjson
from django.core.management.base import CommandError, CommandParser

from workflows.engine.messages import JsonObject
from workflows.errors import ManifestError
from workflows.management.base import FAILED, KINDS, REFUSED, SluiceCommand, describe, pairs
from workflows.management.watching import watch
from workflows.models import EngineMember
from workflows.services import submit
from workflows.services.access import Actor, Right
from workflows.services.dry_run import DryRun, dry_run
from workflows.services.new_runs import SubmittedRun
from workflows.services.uploads import sent_along
from workflows.spec.yaml import Limits, parse
from workflows.store import clock

_PARAMETER_LIMITS: Final = Limits(bytes=1 << 20, nodes=10_000)


class Command(SluiceCommand):
    help = (
        "Start runs from manifest files. Every file is checked first; mistakes are printed with their lines "
        "and nothing of that file is stored. Exit code: 0 when all went well, with --watch 1 when a run "
        "failed, 2 when something was refused."
    )

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument("files", nargs="*", metavar="FILE", help="YAML or JSON; - reads standard input")
        parser.add_argument(
            "--from",
            dest="origin",
            metavar="KIND/NAME",
            help="a stored template, as workflowtemplate/greeting",
        )
        parser.add_argument(
            "-p", "--parameter", action="append", metavar="NAME=VALUE", help="argument of the workflow"
        )
        parser.add_argument("-l", "--label", action="append", metavar="NAME=VALUE", help="label of the run")
        parser.add_argument(
            "--artifact", action="append", metavar="NAME=PATH", help="a file to be an input artifact"
        )
        parser.add_argument("--name", help="name of the run")
        parser.add_argument("--generate-name", metavar="PREFIX", help="beginning of the run's name")
        parser.add_argument("--revision", type=int, help="with --from: the template as it was then")
        parser.add_argument("--message", default="", help="why stored templates in the files are changed")
        parser.add_argument(
            "--annotation", action="append", metavar="NAME=VALUE", help="annotation of the run"
        )
        parser.add_argument(
            "--parameter-file", metavar="FILE", help="YAML or JSON with arguments; --parameter goes before it"
        )
        parser.add_argument("--service-account", metavar="NAME", help="for which the pods of the run act")
        parser.add_argument("--priority", type=int, help="who waits for a place goes in this order")
        parser.add_argument("--entrypoint", help="template to begin with")
        parser.add_argument(
            "--dry-run", action="store_true", help="only show what would be stored, after all overrides"
        )
        parser.add_argument("-w", "--watch", action="store_true", help="draw the nodes until the run ends")

    def act(self, actor: Actor, namespace: str, options: dict[str, Any]) -> None:
        if bool(options["files"]) == bool(options["origin"]):
            raise CommandError("give files, or a template with --from", returncode=REFUSED)
        files = {name: (Path(path), path) for name, path in pairs(options["artifact"]).items()}
        for path, _ in files.values():
            if not path.is_file():
                raise CommandError(f"{path} is no file", returncode=REFUSED)
        right = Right.RUN_TEMPLATE if options["origin"] else Right.SUBMIT
        dry = options["dry_run"]
        with sent_along(actor, namespace, files, right=right, keep=not dry) as artifacts:
            if dry:
                self._show(dry_run(lambda: self._start(actor, namespace, options, artifacts)))
                return
            started = self._start(actor, namespace, options, artifacts)
        for run in started:
            self.stdout.write(f"{run.namespace}/{run.name}  {run.uid}")
        if started and not EngineMember.objects.filter(alive_until__gt=clock.now()).exists():
            self.stderr.write("No engine is running: the runs wait until one is started with `make run`.")
        if options["watch"]:
            results = [watch(actor, run.uid, sys.stdout) for run in started]
            if not all(results):
                sys.exit(FAILED)

    def _show(self, found: DryRun) -> None:
        """One JSON object after the other."""
        for workflow in found.workflows:
            self.stdout.write(orjson.dumps(workflow, option=orjson.OPT_INDENT_2).decode())

    def _start(
        self, actor: Actor, namespace: str, options: dict[str, Any], artifacts: dict[str, JsonObject]
    ) -> list[SubmittedRun]:
        overrides = {
            "name": options["name"],
            "generate_name": options["generate_name"],
            "entrypoint": options["entrypoint"],
            "parameters": _parameters(options["parameter_file"]) | pairs(options["parameter"]),
            "labels": pairs(options["label"]),
            "annotations": pairs(options["annotation"]),
            "settings": _settings(options),
            "artifacts": artifacts,
        }
        if options["origin"]:
            kind, _, template = options["origin"].partition("/")
            if kind.lower() not in KINDS or not template:
                raise CommandError(f"--from takes {' or '.join(KINDS)}/NAME", returncode=REFUSED)
            return [
                submit.submit_from_template(
                    actor,
                    namespace=namespace,
                    template=template,
                    kind=KINDS[kind.lower()],
                    revision=options["revision"],
                    **overrides,
                )
            ]
        overrides["message"] = options["message"]
        return [run for file in options["files"] for run in self._submit(actor, namespace, file, overrides)]

    def _submit(
        self, actor: Actor, namespace: str, file: str, overrides: dict[str, Any]
    ) -> list[SubmittedRun]:
        try:
            started = submit.submit(actor, namespace=namespace, text=read_file(file), **overrides)
        except ManifestError as error:
            for problem in error.problems:
                self.stderr.write(describe(file, problem))
            raise CommandError(f"{file} was refused, nothing of it was stored", returncode=REFUSED) from error
        for problem in started[0].warnings if started else ():
            self.stderr.write(describe(file, problem))
        return started


def _settings(options: dict[str, Any]) -> dict[str, Any]:
    given = {"serviceAccountName": options["service_account"], "priority": options["priority"]}
    return {name: value for name, value in given.items() if value is not None}


def _parameters(file: str | None) -> dict[str, str]:
    """Names and values of a file with one mapping. Raises CommandError."""
    if file is None:
        return {}
    documents = list(parse(read_file(file).decode(errors="replace"), limits=_PARAMETER_LIMITS))
    if len(documents) != 1 or documents[0].problems or not isinstance(documents[0].value, dict):
        raise CommandError(f"{file} is no YAML or JSON with names and values", returncode=REFUSED)
    return {name: _as_text(value) for name, value in documents[0].value.items()}


def _as_text(value: Any) -> str:
    """A value as parameters hold it: texts as they are, everything else as JSON."""
    return value if isinstance(value, str) else orjson.dumps(value).decode()


def read_file(name: str) -> bytes:
    """Raises CommandError when the file cannot be read."""
    try:
        return sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except OSError as error:
        raise CommandError(f"{name}: {error.strerror}", returncode=REFUSED) from error
