"""Runs manifests of a corpus on a real server, many at once, and does what a person did at the recording."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.conformance.beginning import begin, prepare
from tests.conformance.corpus import Corpus, Entry
from tests.conformance.server import Refused, Server

_FINISHED = ("Succeeded", "Failed", "Error")
_RESUME_AFTER_S = 1.0
#: after which a run that has not ended is given up, with and without a recorded tree
_RECORDED_S, _UNRECORDED_S = 180.0, 400.0
_POLL_S = 0.15
#: the code of problems that say what the embedded executor does not do
UNSUPPORTED = "not-supported-here"
_CRON_LABEL = "workflows.argoproj.io/cron-workflow"


@dataclass
class Outcome:
    """What became of an entry: the documents of its runs, or why there are none."""

    entry: Entry
    documents: list[dict[str, Any]] = field(default_factory=list)
    unsupported: str = ""
    failure: str = ""


class Running:
    """One entry on its way: its runs one after the other, each driven to its end."""

    def __init__(self, server: Server, corpus: Corpus, entry: Entry, namespace: str) -> None:
        self.server, self.corpus, self.namespace = server, corpus, namespace
        self.outcome = Outcome(entry)
        self.entry = entry
        self.ends_by = 0.0
        self.drive = entry.drive
        self.due: float | None = None
        self.suspended_since: dict[str, float] = {}
        self.uids: list[str] = []

    def start(self) -> None:
        usual = _RECORDED_S if self.entry.goldens else _UNRECORDED_S
        self.ends_by = time.monotonic() + float(self.entry.about.get("timeout", usual))
        try:
            prepare(self.server, self.corpus, self.entry, self.namespace)
            self.uids = begin(self.server, self.corpus, self.entry, self.namespace)
        except Refused as refusal:
            self._refused(refusal)

    def _refused(self, refusal: Refused) -> None:
        errors = [problem for problem in refusal.problems if problem["severity"] == "error"]
        unsupported = [problem for problem in errors if problem["code"] == UNSUPPORTED]
        told = dict.fromkeys(problem["message"] for problem in unsupported or errors)
        messages = "; ".join(told) or str(refusal)
        if unsupported:
            # whatever else is wrong with it (an example lacks a name) has been looked at by the linter
            self.outcome.unsupported = messages
        else:
            self.outcome.failure = f"refused: {messages}"

    def poll(self) -> bool:
        """Look once and act if it is time; True when all is over."""
        if self.outcome.unsupported or self.outcome.failure:
            return True
        workflows = [self.server.workflow(uid) for uid in self.uids]
        if all(w["status"].get("phase") in _FINISHED for w in workflows) and not self.drive:
            self.outcome.documents = [self._document(workflow) for workflow in workflows]
            return True
        if time.monotonic() > self.ends_by:
            self.outcome.failure = f"did not end: {_unfinished(workflows)}"
            for uid in self.uids:
                self._act(uid, "terminate")
            return True
        for workflow in workflows:
            if self.drive:
                self._follow_script(workflow)
            else:
                self._resume(workflow)
        return False

    def _document(self, workflow: dict[str, Any]) -> dict[str, Any]:
        document: dict[str, Any] = self.corpus.normalise.normalise(workflow)
        if self.entry.is_from_schedule:
            # The recorder started a schedule's run itself, so that no schedule put its label on it.
            document["labels"].pop(_CRON_LABEL, None)
        return document

    def _follow_script(self, workflow: dict[str, Any]) -> None:
        step = self.drive[0]
        if not _reached(step["after"], workflow):
            return
        now = time.monotonic()
        if self.due is None:
            self.due = now + float(step.get("wait", 0))
        if now >= self.due:
            self.drive.pop(0)
            self.due = None
            self._say(workflow["metadata"]["uid"], step["argo"])

    def _say(self, uid: str, words: list[str]) -> None:
        """The words of Argo's client, as our API says them."""
        match words:
            case ["stop" | "terminate" | "suspend" | "resume" as action, _]:
                self._act(uid, action)
            case ["stop", _, "--node-field-selector", selector, "--message", message]:
                self._act(uid, "stop", selector=selector, message=message)
            case ["resume", _, "--node-field-selector", selector]:
                self._act(uid, "resume", selector=selector)
            case ["retry", _]:
                self._act(uid, "retry")
            case ["retry", _, "-p", assignment]:
                self._act(uid, "retry", parameters=_pairs([assignment]))
            case ["node", "set", _, "--output-parameter", assignment, "--node-field-selector", selector]:
                self._act(uid, "set", selector=selector, values=_pairs([assignment]))
            case _:
                self.outcome.failure = f"nobody knows how to do {words}"

    def _resume(self, workflow: dict[str, Any]) -> None:
        if not self.entry.resumes_by_itself:
            return
        now = time.monotonic()
        waiting = [n["id"] for n in _nodes(workflow) if n["type"] == "Suspend" and n["phase"] == "Running"]
        for node in waiting:
            self.suspended_since.setdefault(node, now)
        if any(now - self.suspended_since[node] >= _RESUME_AFTER_S for node in waiting):
            self._act(workflow["metadata"]["uid"], "resume")

    def _act(self, uid: str, action: str, **body: Any) -> None:
        try:
            self.server.act(uid, action, **body)
        except Refused as refusal:
            if refusal.code not in ("finished", "not-suspended"):
                raise


def run_all(
    server: Server,
    corpus: Corpus,
    entries: list[Entry],
    *,
    at_once: int,
    tell: Callable[[Outcome], None],
    turn: int = 0,
) -> Iterator[Outcome]:
    """Outcomes of all entries, in the order in which they end. Each `turn` has namespaces of its own."""
    if not entries:
        return
    namespaces = [f"corpus-{turn}-{number:03d}" for number in range(len(entries))]
    server.create_namespaces(namespaces)
    waiting = [Running(server, corpus, e, n) for e, n in zip(entries, namespaces, strict=True)][::-1]
    running: list[Running] = []
    while waiting or running:
        while len(running) < at_once and (chosen := _next(waiting, running)) is not None:
            waiting.remove(chosen)
            running.append(chosen)
            chosen.start()
        ended = [one for one in running if one.poll()]
        running = [one for one in running if one not in ended]
        for one in ended:
            tell(one.outcome)
            yield one.outcome
        if not ended:
            time.sleep(_POLL_S)


def _next(waiting: list[Running], running: list[Running]) -> Running | None:
    """The last that waits and whose servers leave the ports of the machine to those of the others."""
    taken = {port for one in running for port in one.entry.ports}
    return next((one for one in reversed(waiting) if not taken & one.entry.ports), None)


def _nodes(workflow: dict[str, Any]) -> list[dict[str, Any]]:
    return list((workflow["status"].get("nodes") or {}).values())


def _reached(after: dict[str, str], workflow: dict[str, Any]) -> bool:
    if "node" not in after:
        return workflow["status"].get("phase") == after["phase"]
    return any(n["displayName"] == after["node"] and n["phase"] == after["phase"] for n in _nodes(workflow))


def _unfinished(workflows: list[dict[str, Any]]) -> str:
    names = [n["name"] for w in workflows for n in _nodes(w) if n["phase"] in ("Pending", "Running")]
    return ", ".join(names[:5])


def _pairs(assignments: list[str]) -> dict[str, str]:
    return dict(assignment.split("=", 1) for assignment in assignments)
