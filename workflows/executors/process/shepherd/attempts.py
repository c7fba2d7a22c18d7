"""One attempt: what was ordered, and how far its containers have come. Values only; `keeper` acts on them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from .endings import Ending
from .plan import Mount, Placement
from .views import View

DEFAULT_GRACE_SECONDS: Final = 30

#: roles of containers: one after the other before all else; the attempt ends with these; as long as those
INIT: Final = "init"
MAIN: Final = "main"
SIDECAR: Final = "sidecar"


@dataclass(frozen=True)
class Probe:
    """A readinessProbe. Either `arguments`, run beside the container, or an `address`: http(s)://… or tcp://…

    Times are in seconds.
    """

    arguments: tuple[str, ...] = ()
    address: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    delay: float = 0
    period: float = 10
    timeout: float = 1
    successes: int = 1

    @classmethod
    def from_message(cls, message: dict[str, Any]) -> Probe:
        headers = tuple((name, value) for name, value in message.get("headers", ()))
        return cls(**{**message, "arguments": tuple(message.get("arguments", ())), "headers": headers})


@dataclass(frozen=True)
class Container:
    """One command and its `role`. `dependencies` are names of main containers that must have ended well."""

    name: str
    arguments: tuple[str, ...]
    environment: dict[str, str]
    #: empty: the view's own default
    folder: str = ""
    #: append the path of the staged script to the arguments
    takes_script: bool = False
    role: str = MAIN
    dependencies: tuple[str, ...] = ()
    #: how often it is started until it ends well, and how long to wait in between
    tries: int = 1
    pause_seconds: float = 0
    probe: Probe | None = None

    @classmethod
    def from_message(cls, message: dict[str, Any]) -> Container:
        probe = message.get("probe")
        return cls(
            **{
                **message,
                "arguments": tuple(message["arguments"]),
                "dependencies": tuple(message.get("dependencies", ())),
                "probe": Probe.from_message(probe) if probe else None,
            }
        )


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
    #: folder below the state folder whose entries `mounts` and `placements` name; taken over at the start
    staged: str = ""
    placements: tuple[Placement, ...] = ()
    #: output artifact name to absolute path
    artifacts: dict[str, str] = field(default_factory=dict)
    #: Sluice saves outputs before the end is put on record, and is given this for it, unread; None: nothing
    saving: dict[str, Any] | None = None
    #: tell of each container, and when all are ready
    is_watched: bool = False

    @classmethod
    def from_message(cls, message: dict[str, Any]) -> Order:
        return cls(
            **{
                **message,
                "containers": tuple(Container.from_message(each) for each in message["containers"]),
                "mounts": tuple(Mount(**each) for each in message.get("mounts", ())),
                "placements": tuple(Placement(**each) for each in message.get("placements", ())),
            }
        )


@dataclass
class ContainerRun:
    """One container of an attempt. `exit_code` is set once its first process ended (runtime convention);
    `is_over` once everything it left behind is gone, too."""

    container: Container
    #: 0 when none runs
    process: int = 0
    #: milliseconds since boot
    process_started: int = 0
    #: every session it ever led; leftovers are recognised by it
    sessions: set[int] = field(default_factory=set)
    tries: int = 0
    exit_code: int | None = None
    detail: str = ""
    ended_at: int = 0
    is_over: bool = False
    #: waits to be started again
    is_pausing: bool = False
    is_ready: bool = False
    sweeps: int = 0

    @property
    def name(self) -> str:
        return self.container.name

    @property
    def is_untouched(self) -> bool:
        return self.tries == 0 and self.exit_code is None

    @property
    def has_just_ended(self) -> bool:
        return self.exit_code is not None and not (self.is_over or self.is_pausing)

    @property
    def is_going_on(self) -> bool:
        return not (self.is_untouched or self.is_over)


@dataclass
class Attempt:
    """An order being carried out. Times are milliseconds since the Unix epoch."""

    order: Order
    view: View
    started_at: int
    runs: list[ContainerRun] = field(default_factory=list)
    is_stopping: bool = False
    is_past_deadline: bool = False
    is_forgotten: bool = False
    #: nothing of it goes on any more
    has_ended: bool = False
    #: its main containers ended, the sidecars were told to
    is_closing: bool = False
    #: a process may still be inside the view
    is_tainted: bool = False
    #: something that is nobody's exit code
    fault: Ending | None = None
    ready_at: int = 0
    progress: str = ""
    #: how it ended, while its outputs are still to be saved
    ending: Ending | None = None
    parameters: dict[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.order.name
