"""Locks: who holds them and who waits; limits of semaphores of the database and of active runs."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser

from workflows.errors import UserError
from workflows.management.base import SluiceCommand
from workflows.services import locks, parallelism
from workflows.services.access import Actor
from workflows.store.lock_lists import ClaimRecord

_ACTIONS = ("list", "limits", "set", "delete", "parallelism")


class Command(SluiceCommand):
    help = "Show locks with their holders and waiters, and set limits of database semaphores."

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument("action", nargs="?", default="list", choices=_ACTIONS)
        parser.add_argument("key", nargs="?", default="", help="set, delete: the key of the semaphore")
        parser.add_argument("limit", nargs="?", type=int, help="set: how many may hold it at once")
        parser.add_argument(
            "--runs", type=int, help="parallelism: set how many runs may be active, 0 for any"
        )

    def act(self, actor: Actor, namespace: str, options: dict[str, Any]) -> None:
        action, key, limit = options["action"], options["key"], options["limit"]
        if action == "list":
            self._list(actor, namespace)
        elif action == "limits":
            for row in locks.list_limits(actor, namespace):
                self.stdout.write(f"{row.limit:>9}  {row.key}")
        elif action == "parallelism":
            self._parallelism(actor, namespace, options["runs"])
        elif action == "delete":
            locks.delete_limit(actor, namespace, key)
        elif limit is None:
            raise UserError("give the key and the limit", code="invalid-value")
        else:
            locks.set_limit(actor, namespace, key, limit)

    def _parallelism(self, actor: Actor, namespace: str, runs: int | None) -> None:
        if runs is not None:
            parallelism.set_parallelism(actor, namespace, runs)
        found = parallelism.get_parallelism(actor, namespace)
        limit = (found.default if found.limit is None else found.limit) or "any number"
        self.stdout.write(f"{limit} at once, {found.active} active, {found.queued} queued")

    def _list(self, actor: Actor, namespace: str) -> None:
        after = ""
        while found := locks.list_locks(actor, namespace, after=after):
            for view in found:
                lock = view.lock
                limit = "?" if lock.limit is None else lock.limit
                self.stdout.write(f"{lock.ref.name}  {lock.used}/{limit} held, {lock.waiting} waiting")
                for claim in view.holders:
                    self.stdout.write(f"    held by {_name(claim)}")
                for claim in view.waiters:
                    self.stdout.write(f"    wanted by {_name(claim)}")
            after = found[-1].lock.ref.name


def _name(claim: ClaimRecord) -> str:
    if not claim.run_name:
        return "a run of another namespace"
    return "/".join(filter(None, (claim.namespace, claim.run_name, claim.node_name)))
