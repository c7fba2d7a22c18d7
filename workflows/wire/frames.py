"""What travels over the socket: the messages clients send and the frames they get. Not for sending them.

client → server   {"type": "subscribe", "topic": "run:<uid>", "since": 12}
                  {"type": "unsubscribe", "topic": "run:<uid>"}
                  {"type": "ping"}
server → client   {"type": "graph", "topic": …, "run": summary, "graph": changes}
                  {"type": "runs", "topic": …, "runs": [summary, …], "deleted": [uid, …]}
                  {"type": "gone", "topic": …}          the run was deleted or may no longer be seen
                  {"type": "problem", "topic": …, "code": …, "detail": …}
                  {"type": "pong"}
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import msgspec

from workflows.engine.messages import JsonObject
from workflows.wire.topics import Topic


class Command(msgspec.Struct, frozen=True, kw_only=True):
    """A client's message. `since` is the seq the client holds, 0 for none."""

    type: Literal["subscribe", "unsubscribe", "ping"]
    topic: str = ""
    since: int = msgspec.field(default=0)

    def __post_init__(self) -> None:
        if self.since < 0:
            raise ValueError("since must not be negative")


def parse_command(text: str | bytes) -> Command:
    """Raises msgspec.ValidationError or DecodeError with a text fit for the client."""
    return msgspec.json.decode(text, type=Command)


def graph_frame(topic: Topic, *, run: JsonObject, graph: JsonObject) -> JsonObject:
    return {"type": "graph", "topic": str(topic), "run": run, "graph": graph}


def runs_frame(topic: Topic, *, runs: Sequence[JsonObject], deleted: Sequence[str]) -> JsonObject:
    return {"type": "runs", "topic": str(topic), "runs": list(runs), "deleted": list(deleted)}


def gone_frame(topic: Topic) -> JsonObject:
    return {"type": "gone", "topic": str(topic)}


def problem_frame(topic: str, *, code: str, detail: str) -> JsonObject:
    return {"type": "problem", "topic": topic, "code": code, "detail": detail}


def pong_frame() -> JsonObject:
    return {"type": "pong"}
