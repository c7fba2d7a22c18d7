"""From what the shepherd tells to facts for the engine. Reads the captured output, nothing else."""

from __future__ import annotations

import os
from typing import Any, Final

from workflows.engine.messages import (
    ContainerChanged,
    Fact,
    JsonObject,
    NodeFinished,
    NodeProgress,
    NodeReady,
    NodeStarted,
)
from workflows.executors.process.shepherd.folders import Layout
from workflows.executors.process.shepherd.ledger import Record

MAX_RESULT_BYTES: Final = 256 * 1024
HOST: Final = "localhost"
#: where everything that listens is reached
ADDRESS: Final = "127.0.0.1"


def run_of(key: list[Any]) -> str:
    return str(key[0])


def started_fact(key: list[Any], at: int) -> NodeStarted:
    return NodeStarted(node_id=key[1], attempt=key[2], at=at, host=HOST)


def ready_fact(key: list[Any], at: int) -> NodeReady:
    return NodeReady(node_id=key[1], attempt=key[2], at=at, address=ADDRESS)


def progress_fact(key: list[Any], progress: str, at: int) -> NodeProgress:
    return NodeProgress(node_id=key[1], attempt=key[2], at=at, progress=progress)


def changed_fact(key: list[Any], state: list[Any]) -> ContainerChanged:
    """`state` is ``[container, phase, message, exit code, at]``."""
    container, phase, message, exit_code, at = state
    return ContainerChanged(
        node_id=key[1],
        attempt=key[2],
        at=at,
        container=container,
        phase=phase,
        message=message,
        exit_code=exit_code,
    )


def running_facts(key: list[Any], state: JsonObject) -> list[Fact]:
    """What is known of an attempt that runs, as the shepherd answers a query."""
    facts: list[Fact] = [started_fact(key, state["started_at"])]
    facts += [changed_fact(key, container) for container in state["containers"]]
    if state["progress"]:
        facts.append(progress_fact(key, state["progress"], state["started_at"]))
    if state["ready_at"]:
        facts.append(ready_fact(key, state["ready_at"]))
    return facts


def ended_facts(record: Record, layout: Layout) -> list[Fact]:
    """The same record always gives the same facts."""
    changes = [changed_fact(record["key"], state) for state in record.get("containers", ())]
    return [*changes, finished_fact(record, layout)]


def finished_fact(record: Record, layout: Layout) -> NodeFinished:
    """The same record always gives the same fact."""
    _, node_id, attempt, capture_result = record["key"]
    ran = record["exit_code"] is not None
    return NodeFinished(
        node_id=node_id,
        attempt=attempt,
        at=record["at"],
        phase=record["phase"],
        started_at=record["started_at"],
        message=record["message"],
        exit_code=record["exit_code"],
        parameters=record["parameters"],
        artifacts=record.get("artifacts", []),
        result=read_result(layout.output(record["name"], "main", "stdout"))
        if capture_result and ran
        else None,
        host=HOST,
    )


def read_result(path: str) -> str:
    """The last 256 KiB of a file, after one trailing newline was taken off, as Argo's executor does it."""
    try:
        with open(path, "rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - MAX_RESULT_BYTES - 1))
            data = file.read(MAX_RESULT_BYTES + 1)
    except FileNotFoundError:
        return ""
    return data.removesuffix(b"\n")[-MAX_RESULT_BYTES:].decode(errors="replace")
