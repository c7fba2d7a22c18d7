"""A stored run that tests change as an engine would, and sockets that watch it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from django.contrib.auth.models import User

from workflows.engine.node import Node, Run
from workflows.models import Namespace
from workflows.store import bus, create
from workflows.store.bus import Change
from workflows.store.commit import RunWrite, commit


@dataclass
class StoredRun:
    """Writes through the same `commit` as the driver."""

    run: Run
    run_id: int
    nodes: dict[int, Node] = field(default_factory=dict)

    def write(self, phases: dict[int, str], *, announce: bool = True) -> None:
        """Create or change the nodes with these idx; a node's parent is the one before it."""
        self.run.seq += 1
        write = RunWrite(self.run_id, 0, self.run)
        for idx, phase in sorted(phases.items()):
            if idx > len(self.nodes):
                continue
            if idx in self.nodes:
                self.nodes[idx].phase = phase
                write.updated[idx] = self.nodes[idx]
            else:
                self.nodes[idx] = write.created[idx] = self._node(idx, phase)
            self.nodes[idx].seq = self.run.seq
        self._commit(write, announce=announce)

    def delete_from(self, first: int, *, announce: bool = True) -> None:
        self.run.seq += 1
        write = RunWrite(self.run_id, 0, self.run)
        for idx in [idx for idx in self.nodes if idx >= first]:
            write.deleted.append(self.nodes.pop(idx).id)
        self._commit(write, announce=announce)

    def _node(self, idx: int, phase: str) -> Node:
        name = f"{self.run.name}.{idx}"
        return Node(
            id=f"{self.run.name}-{idx}",
            idx=idx,
            name=name,
            display_name=str(idx),
            type="Pod",
            phase=phase,
            boundary_id=f"{self.run.name}-0" if idx else "",
            parents=[f"{self.run.name}-{idx - 1}"] if idx else [],
        )

    def _commit(self, write: RunWrite, *, announce: bool) -> None:
        self.run.node_count = len(self.nodes)
        assert commit([write]) == set()
        if announce:
            bus.current().announce([Change(self.run.namespace, self.run.uid, self.run.seq)])


MakeRun = Callable[..., StoredRun]


@pytest.fixture
def namespace(transactional_db: None) -> Namespace:
    return Namespace.objects.create(name="demo", created_at=0)


@pytest.fixture
def make_run(namespace: Namespace) -> MakeRun:
    def make(name: str | None = None) -> StoredRun:
        uid = str(uuid.uuid4())
        run = Run(
            uid=uid, name=name or f"run-{uid[:8]}", namespace=namespace.name, created_at=0, phase="Running"
        )
        new = create.NewRun(
            run=run,
            namespace_id=namespace.id,
            creator_id=None,
            creator_name="ada",
            text="",
            workflow={},
            library={},
        )
        return StoredRun(run, create.create_run(new))

    return make


@pytest.fixture
def admin(transactional_db: None) -> User:
    return User.objects.create_superuser("admin")


@pytest.fixture
def stranger(transactional_db: None) -> User:
    return User.objects.create_user("stranger")
