"""Check manifest files without starting anything."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from workflows.errors import Problem
from workflows.management.actors import add_user_option, find_actor
from workflows.management.base import FAILED, describe
from workflows.management.commands.submit import read_file
from workflows.services.lint import lint_text
from workflows.services.seed import NAMESPACE
from workflows.spec import lint, parse_documents


class _NoLibrary:
    """Nothing is stored: references must be met by the files themselves."""

    def template(self, name: str, *, cluster: bool) -> None:
        return None


class Command(BaseCommand):
    help = (
        "Check manifest files and print every mistake with its place. Exit code: 0 without mistakes, 1 with. "
        "Stored templates are taken into account; with --offline only the file is, and no database is needed."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", nargs="+", metavar="FILE", help="YAML or JSON; - reads standard input")
        parser.add_argument("--offline", action="store_true", help="look at nothing but the file")
        parser.add_argument("-n", "--namespace", default=NAMESPACE, help="namespace (default: %(default)s)")
        add_user_option(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        found = [self._check(file, options) for file in options["files"]]
        if any(problem.severity == "error" for problems in found for problem in problems):
            sys.exit(FAILED)

    def _check(self, file: str, options: dict[str, Any]) -> list[Problem]:
        text = read_file(file)
        if options["offline"]:
            problems = lint(parse_documents(text), library=_NoLibrary())
        else:
            problems = lint_text(find_actor(options["user"]), namespace=options["namespace"], text=text)
        for problem in problems:
            self.stdout.write(describe(file, problem))
        if not problems:
            self.stdout.write(f"{file}: no problems")
        return problems
