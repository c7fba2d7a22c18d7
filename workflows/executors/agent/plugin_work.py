"""plugin templates: each plugin is asked by HTTP whether the template is its, and what came of it.

Source: Argo's `executePluginTemplate` and the client in its package `plugin`; the protocol is that of Argo's
executor plugins, see docs/guide/plugins.md.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any, Final

import msgspec

from workflows.artifacts.egress import EgressRule
from workflows.engine.messages import Launch
from workflows.engine.phases import COMPLETED, ERROR, PENDING, RUNNING
from workflows.executors.agent.http_requests import Answer, Exchange, NoAnswer, Request
from workflows.executors.agent.settings import AgentSettings, PluginAddress
from workflows.executors.agent.work import Ending, Failed, Note, Pause, failed_node
from workflows.spec import DurationError, parse_go_duration

_METHOD: Final = "template.execute"
_TIMEOUT_S: Final = 30.0
#: Argo's back-off for plugins that do not answer: five tries, a second and twice as long each time
_TRIES: Final = 5
_NOBODY: Final = "no plugin executed the template"
#: a plugin that says Running and not when to ask again is asked so often; Argo would never ask again
_ASK_AGAIN_S: Final = 30.0

#: addresses come from the operator, so no rule about them is needed
_ANYWHERE: Final = EgressRule(hosts=("*",))


class _Node(msgspec.Struct):
    phase: str = ""
    message: str = ""
    progress: str = ""
    outputs: dict[str, Any] | None = None


class _Reply(msgspec.Struct):
    node: _Node | None = None
    requeue: str | int | None = None


_DECODER = msgspec.json.Decoder(_Reply)


class Plugins:
    """The plugins of this process, and which of them do not know the method (they are not asked again)."""

    def __init__(self, addresses: Mapping[str, PluginAddress]) -> None:
        self._addresses = addresses
        self._ignorant: set[tuple[str, str]] = set()
        self._lock = threading.Lock()

    def missing(self, order: Launch) -> str:
        """The first plugin that the run names and this server does not know, "" when it knows all."""
        return next((name for name in _named(order) if name not in self._addresses), "")

    def of(self, order: Launch) -> list[tuple[str, PluginAddress]]:
        """Those a run may use: the ones its `executorPlugins` name, or all."""
        return [(name, self._addresses[name]) for name in _named(order) or self._addresses]

    def is_asked(self, run_uid: str, name: str) -> bool:
        return (run_uid, name) not in self._ignorant

    def note_ignorant(self, run_uid: str, name: str) -> None:
        with self._lock:
            self._ignorant.add((run_uid, name))

    def forget(self, run_uid: str) -> None:
        with self._lock:
            self._ignorant = {entry for entry in self._ignorant if entry[0] != run_uid}


class PluginWork:
    """The plugins are asked in turn; the one that answers for the node is asked again while it says so."""

    is_slow = True

    def __init__(self, order: Launch, note: Note, settings: AgentSettings, plugins: Plugins) -> None:
        self._order = order
        self._note = note
        self._settings = settings
        self._plugins = plugins
        self._tries = 0
        self._exchange: Exchange | None = None
        self._cancelled = False

    def advance(self) -> Ending | Pause:
        missing = self._plugins.missing(self._order)
        if missing:
            reason = f"the executor plugin {missing!r} is not configured on this server"
            message = f'create agent pod failed with reason:"{reason} (SLUICE_EXECUTOR_PLUGINS)"'
            self._note(message)
            return Ending(ERROR, message)
        for name, address in self._plugins.of(self._order):
            if not self._plugins.is_asked(self._order.run_uid, name):
                continue
            answer = self._call(name, address)
            if isinstance(answer, Pause):
                return answer
            reply = self._reply(name, answer)
            if reply.node is not None:
                return self._outcome(reply.node, reply)
        raise Failed(_NOBODY)

    def failed(self, message: str) -> Ending:
        self._note(message)
        return failed_node(message)

    def limit(self) -> None:
        return None

    def cancel(self) -> None:
        self._cancelled = True
        if self._exchange is not None:
            self._exchange.cancel()

    def killed(self) -> None:
        """Argo's protocol has no word for it: a plugin learns nothing."""

    def _call(self, name: str, address: PluginAddress) -> Answer | Pause:
        request = Request(
            method="POST",
            url=f"{address.url.rstrip('/')}/api/v1/{_METHOD}",
            headers=[
                ("Content-Type", "application/json"),
                ("Authorization", f"Bearer {address.token}"),
                ("Idempotency-Key", self._key),
            ],
            body=msgspec.json.encode(self._arguments()),
        )
        self._exchange = Exchange(
            _ANYWHERE, max_bytes=self._settings.max_body_bytes, silence_seconds=_TIMEOUT_S
        )
        try:
            answer = self._exchange.run(request)
        except NoAnswer as fault:
            return self._again(f"{name}: {fault}", fault)
        self._note(f"{name}: {answer.status} {answer.reason}")
        if answer.status == 503:
            text = answer.body.decode(errors="replace")
            return self._again(f"{name}: {text}", Failed(text))
        return answer

    def _again(self, line: str, fault: Exception) -> Pause:
        self._note(line)
        self._tries += 1
        if self._tries >= _TRIES or self._cancelled:
            raise fault
        return Pause(2.0 ** (self._tries - 1))

    def _reply(self, name: str, answer: Answer) -> _Reply:
        self._tries = 0
        if answer.status == 404:
            self._plugins.note_ignorant(self._order.run_uid, name)
            return _Reply()
        if answer.status != 200:
            text = answer.body.decode(errors="replace")
            raise Failed(f"{answer.status} {answer.reason}: {text}")
        try:
            return _DECODER.decode(answer.body)
        except msgspec.DecodeError as fault:
            raise Failed(f"the answer of plugin {name!r} cannot be read: {fault}") from fault

    def _outcome(self, node: _Node, reply: _Reply) -> Ending | Pause:
        if node.phase in COMPLETED:
            return Ending(
                node.phase,
                node.message,
                parameters=_parameters(node.outputs or {}),
                result=_text((node.outputs or {}).get("result")),
                artifacts=[a for a in (node.outputs or {}).get("artifacts") or () if isinstance(a, dict)],
                exit_code=_number((node.outputs or {}).get("exitCode")),
            )
        if node.phase not in ("", PENDING, RUNNING):
            raise Failed(f"the plugin answers with the unknown phase {node.phase!r}")
        seconds = _seconds(reply.requeue)
        return Pause(seconds, phase=node.phase, message=node.message, progress=node.progress)

    def _arguments(self) -> dict[str, Any]:
        order = self._order
        metadata = {"name": order.run_name, "namespace": order.namespace, "uid": order.run_uid}
        return {"workflow": {"metadata": metadata}, "template": order.template}

    @property
    def _key(self) -> str:
        return f"{self._order.run_uid}/{self._order.node_id}/{self._order.attempt}"


def _named(order: Launch) -> list[str]:
    plugins = order.pod.get("executorPlugins") or ()
    return [str((plugin.get("metadata") or {}).get("name") or "") for plugin in plugins]


def _parameters(outputs: dict[str, Any]) -> dict[str, str]:
    found: dict[str, str] = {}
    for entry in outputs.get("parameters") or ():
        if isinstance(entry, dict) and isinstance(entry.get("name"), str) and entry.get("value") is not None:
            found[entry["name"]] = _text(entry["value"]) or ""
    return found


def _text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return msgspec.json.encode(value).decode()


def _number(value: Any) -> int | None:
    return int(value) if isinstance(value, int) or (isinstance(value, str) and value.isdecimal()) else None


def _seconds(requeue: str | int | None) -> float:
    if requeue is None:
        return _ASK_AGAIN_S
    try:
        milliseconds = parse_go_duration(requeue) if isinstance(requeue, str) else requeue // 1_000_000
    except DurationError as fault:
        raise Failed(f"the plugin answers with the bad duration {requeue!r}") from fault
    return max(0.1, milliseconds / 1000)
