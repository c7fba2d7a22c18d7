"""Names of socket topics and of the channel groups behind them. Not for what is sent, see `frames`.

A topic is what a client subscribes to. Its group is what a poke is sent to: channel layers allow ASCII
letters, digits, hyphens, underscores and full stops, at most 99 characters.

    run:<uid>          one run: its graph and summary      group  run.<uid>
    runs:<namespace>   the run list of one namespace       group  runs.<namespace>
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

TopicKind = Literal["run", "runs"]

_KEYS: dict[str, re.Pattern[str]] = {
    "run": re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
    "runs": re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?"),
}


@dataclass(frozen=True, slots=True)
class Topic:
    """`key` is the run's uid or the name of the namespace."""

    kind: TopicKind
    key: str

    @property
    def group(self) -> str:
        return f"{self.kind}.{self.key}"

    def __str__(self) -> str:
        return f"{self.kind}:{self.key}"


def run_topic(uid: str) -> Topic:
    return Topic("run", uid)


def runs_topic(namespace: str) -> Topic:
    return Topic("runs", namespace)


def parse_topic(text: str) -> Topic | None:
    """The topic a client named, None for anything that is no topic."""
    kind, _, key = text.partition(":")
    pattern = _KEYS.get(kind)
    if pattern is None or pattern.fullmatch(key) is None:
        return None
    return Topic("run" if kind == "run" else "runs", key)
