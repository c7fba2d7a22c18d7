"""Make a namespace."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from workflows.errors import UserError
from workflows.management.actors import add_user_option, find_actor
from workflows.services.namespaces import create_namespace


class Command(BaseCommand):
    help = "Make an empty namespace, the unit to which runs, templates and rights belong."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", metavar="NAME")
        add_user_option(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            create_namespace(find_actor(options["user"]), options["name"])
        except UserError as error:
            raise CommandError(error.message) from None
        self.stdout.write(f"namespace {options['name']} made")
