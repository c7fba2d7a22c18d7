"""From what the shepherd tells to facts for the engine. Reads the captured output, nothing else."""

from __future__ import annotations

import os
from typing import Any, Final

from workflows.engine.messages import NodeFinished, NodeStarted
from workflows.executors.process.shepherd.folders import Layout
from workflows.executors.process.shepherd.ledger import Record

MAX_RESULT_BYTES: Final = 256 * 1024
HOST: Final = "localhost"


def run_of(key: list[Any]) -> str:
    return str(key[0])


def started_fact(key: list[Any], at: int) -> NodeStarted:
    return NodeStarted(node_id=key[1], attempt=key[2], at=at, host=HOST)


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
