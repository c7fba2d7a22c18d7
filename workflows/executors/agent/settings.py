"""What an operator may set about work that needs no process. The environment is not consulted here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from workflows.artifacts.egress import EgressRule


@dataclass(frozen=True, slots=True)
class PluginAddress:
    """Where an executor plugin listens, such as ``http://127.0.0.1:4355``, and the token it wants to see."""

    url: str
    token: str = ""


@dataclass(frozen=True, slots=True)
class AgentSettings:
    """`plugins` by name, asked in this order. Requests and objects have threads of their own, so that slow
    servers do not hold up what is only a matter of the database.

    max_body_bytes   of an answer, longer ones are an Error
    max_seconds      of an http template without timeoutSeconds or deadline, None for no limit (as in Argo)
    poll_seconds     between two looks at an object that is waited for, when nothing tells that it changed
    """

    egress: EgressRule = field(default_factory=EgressRule)
    plugins: Mapping[str, PluginAddress] = field(default_factory=dict)
    max_body_bytes: int = 1024 * 1024
    max_seconds: float | None = 3600.0
    request_threads: int = 64
    object_threads: int = 4
    poll_seconds: float = 5.0
