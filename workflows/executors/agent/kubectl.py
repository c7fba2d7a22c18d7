"""What kubectl makes of its command line, and how it words what went wrong. Pure.

Argo's executor runs kubectl for resource templates, so its messages are what users know.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from workflows.errors import ConflictError, ForbiddenError, NotFoundError, SluiceError
from workflows.executors.agent.conditions import Requirement, parse_selector
from workflows.executors.agent.objects import Kind
from workflows.executors.agent.work import Failed

_FILE: Final = "/tmp/manifest.yaml"  # noqa: S108 only part of messages
#: flags that change nothing here, each with whether a value may follow it
_HARMLESS: Final = {
    "--validate": False, "--force": False, "--now": False, "--wait": False, "--ignore-not-found": False,
    "--save-config": False, "--overwrite": False, "--server-side": False, "--force-conflicts": False,
    "--grace-period": True, "--timeout": True, "--cascade": False, "--field-manager": True,
    "--request-timeout": True,
}  # fmt: skip
#: with -f, these say which file they failed on
_DOING: Final = {"create": "creating", "replace": "replacing"}


@dataclass(frozen=True, slots=True)
class CommandLine:
    """What a template's `flags` add: words such as a kind and a name, a selector, a namespace."""

    words: tuple[str, ...] = ()
    selector: tuple[Requirement, ...] = ()
    namespace: str = ""
    all_of_kind: bool = False


def read_flags(flags: Sequence[str]) -> CommandLine:
    """Raises Failed for flags that mean something not to be had here."""
    words: list[str] = []
    selector: list[Requirement] = []
    namespace, everything = "", False
    waiting = list(flags)
    while waiting:
        flag = waiting.pop(0)
        if not flag.startswith("-"):
            words.append(flag)
            continue
        name, has_value, value = flag.partition("=")
        if name in ("-n", "--namespace", "-l", "--selector"):
            value = value if has_value else _value_of(name, waiting)
            if name in ("-n", "--namespace"):
                namespace = value
            else:
                selector += parse_selector(value)
        elif name == "--all":
            everything = True
        elif name in _HARMLESS:
            if _HARMLESS[name] and not has_value:
                _value_of(name, waiting)
        else:
            raise Failed(f"unknown flag: {name}")
    return CommandLine(tuple(words), tuple(selector), namespace, everything)


def _value_of(name: str, waiting: list[str]) -> str:
    if not waiting:
        raise Failed(f"flag needs an argument: {name}")
    return waiting.pop(0)


def worded(fault: SluiceError, action: str, kind: Kind, name: str, namespace: str) -> str:
    """The message of the API server, as kubectl prints it."""
    doing = f'error when {_DOING[action]} "{_FILE}": ' if action in _DOING else ""
    match fault:
        case NotFoundError():
            reason, text = "NotFound", f'{kind.full} "{name}" not found'
        case ConflictError() if fault.code == "name-taken":
            reason, text = "AlreadyExists", f'{kind.full} "{name}" already exists'
        case ConflictError():
            reason, text = "Conflict", fault.message
        case ForbiddenError():
            verb = {"apply": "patch", "replace": "update"}.get(action, action)
            what = f'cannot {verb} resource "{kind.plural}" in API group "{kind.group}" in the namespace'
            reason = "Forbidden"
            text = f'{kind.full} is forbidden: the creator of the run {what} "{namespace}": {fault.message}'
        case _:
            reason, text = "BadRequest", str(fault)
    return f"Error from server ({reason}): {doing}{text}"


def no_such_kind(api_version: str, name: str, kind: str) -> str:
    """What kubectl says of a kind that the cluster does not know."""
    return (
        f'resource mapping not found for name: "{name}" namespace: "" from "{_FILE}": '
        f'no matches for kind "{kind}" in version "{api_version}" (this server has no cluster: it keeps '
        "ConfigMaps, Secrets, Workflows, WorkflowTemplates and CronWorkflows)"
    )
