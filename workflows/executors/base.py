"""What every executor offers the driver, and how it answers.

An executor carries out `Launch`, `Kill` and `Cleanup` orders and reports facts through the callback it was
opened with. It knows nothing of runs, templates' meaning, the database or Django.

The contract, checked for each executor by tests/contract/:

* idempotent: launching the same (run_uid, node_id, attempt) again starts nothing new; if that attempt had
  already ended its NodeFinished is reported once more;
* each attempt gets exactly one effective NodeFinished (repeats are equal);
* `observe` repeats what is known of given attempts: started or finished ones are reported, unknown ones are
  returned, so that the caller can order them again;
* everything reported survives a kill of the whole program: it can be observed again afterwards.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from workflows.engine.messages import Cleanup, Fact, JsonObject, Kill, Launch


@dataclass(frozen=True, slots=True)
class Attempt:
    """Names one incarnation of one node."""

    run_uid: str
    node_id: str
    attempt: int


class ReadObject(Protocol):
    """Reads a Secret or a ConfigMap of a namespace: its keys and their values, None when there is none.

    Given to executors as `secrets` and `config_maps`. Called from any thread, each time the values are
    needed; what it returned is never stored or shown.
    """

    def __call__(self, namespace: str, name: str, /) -> Mapping[str, bytes] | None: ...


def no_objects(namespace: str, name: str, /) -> Mapping[str, bytes] | None:
    """The `ReadObject` of a server that keeps none."""
    return None


class ClaimStore(Protocol):
    """Volume claims of namespaces, where the executor keeps them itself. Manifests are complete objects."""

    def create(self, namespace: str, manifest: JsonObject, *, replace: bool = False) -> JsonObject:
        """Raises ConflictError for one that exists, unless `replace`: then only its manifest is another."""

    def get(self, namespace: str, name: str) -> JsonObject:
        """Raises NotFoundError."""

    def list(self, namespace: str) -> Sequence[JsonObject]:
        """By name."""

    def delete(self, namespace: str, name: str) -> None:
        """With its files. Raises NotFoundError."""


@runtime_checkable
class KeepsClaims(Protocol):
    """An executor that has a `ClaimStore`."""

    @property
    def claims(self) -> ClaimStore: ...


#: called from any thread with facts about nodes of one run: report(run_uid, facts)
Report = Callable[[str, Sequence[Fact]], None]


@dataclass(frozen=True, slots=True)
class LogChunk:
    """A piece of one container's output. `offset` is where it starts in the stream, in bytes."""

    container: str
    stream: str
    offset: int
    text: str


class Executor(Protocol):
    """See the module text for the contract."""

    name: str

    def open(self, report: Report) -> None:
        """Start watching; facts may arrive before this returns."""

    def close(self) -> None:
        """Stop watching. Running attempts go on and are found again by the next `open`."""

    def launch(self, orders: Sequence[Launch]) -> None:
        """Start the ordered attempts. A single order that cannot be carried out is reported as Error."""

    def kill(self, orders: Sequence[Kill]) -> None: ...

    def observe(self, attempts: Iterable[Attempt]) -> list[Attempt]:
        """Report what is known of `attempts` again; returns those this executor knows nothing of."""

    def cleanup(self, orders: Sequence[Cleanup]) -> None: ...

    def unsupported(self, template: dict[str, object]) -> list[str]:
        """Fields of a template this executor cannot honour, as field paths; empty when all is well."""

    def unsupported_settings(self, spec: dict[str, object]) -> list[str]:
        """The same for what the spec of a run says outside its templates."""

    def logs(
        self, attempt: Attempt, *, container: str = "main", offset: int = 0, follow: bool = False
    ) -> Iterator[LogChunk]:
        """Output of an attempt from byte `offset` per stream on; with `follow` until it ended."""
