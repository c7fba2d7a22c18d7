"""One attempt: what was ordered, and how far its containers have come. Values only; `keeper` acts on them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from .plan import Mount
from .views import View

DEFAULT_GRACE_SECONDS: Final = 30


@dataclass(frozen=True)
class Container:
    """One command. Init containers come first, ``main`` is the last."""

    name: str
    arguments: tuple[str, ...]
    environment: dict[str, str]
    #: empty: the view's own default
    folder: str = ""
    #: append the path of the staged script to the arguments
    takes_script: bool = False

    @classmethod
    def from_message(cls, message: dict[str, Any]) -> Container:
        return cls(**{**message, "arguments": tuple(message["arguments"])})


@dataclass(frozen=True)
class Order:
    """A `launch` message. `name` is the attempt's folder below ``runs``; `key` is handed back unread."""

    name: str
    key: list[Any]
    containers: tuple[Container, ...]
    #: parameter name to absolute path
    outputs: dict[str, str] = field(default_factory=dict)
    #: absolute path to contents, written before the first container starts
    files: dict[str, str] = field(default_factory=dict)
    mounts: tuple[Mount, ...] = ()
    script: str | None = None
    deadline_seconds: int | None = None

    @classmethod
    def from_message(cls, message: dict[str, Any]) -> Order:
        return cls(
            **{
                **message,
                "containers": tuple(Container.from_message(each) for each in message["containers"]),
                "mounts": tuple(Mount.from_message(each) for each in message.get("mounts", ())),
            }
        )


@dataclass
class Attempt:
    """An order being carried out. Times are milliseconds since the Unix epoch."""

    order: Order
    view: View
    started_at: int
    container: int = 0
    #: 0 between containers and after the last one
    process: int = 0
    #: milliseconds since boot
    process_started: int = 0
    #: every session this attempt ever led; leftovers are recognised by it
    sessions: set[int] = field(default_factory=set)
    is_stopping: bool = False
    is_past_deadline: bool = False
    is_forgotten: bool = False
    #: set once the last container ended; the attempt then only waits for leftovers to die
    exit_code: int | None = None
    detail: str = ""
    ended_at: int = 0
    sweeps: int = 0

    @property
    def name(self) -> str:
        return self.order.name

    @property
    def current(self) -> Container:
        return self.order.containers[self.container]

    @property
    def has_ended(self) -> bool:
        return self.exit_code is not None
