"""Users with roles, signed-in clients, and stored runs for the API to show."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from workflows.engine.node import Node, Run
from workflows.models import Namespace, NamespaceRole
from workflows.store import create
from workflows.store.commit import RunWrite, commit

SignIn = Callable[..., Client]


@pytest.fixture
def namespace(db: None) -> Namespace:
    return Namespace.objects.create(name="demo", created_at=0)


@pytest.fixture
def admin(db: None) -> User:
    return User.objects.create_superuser("ada")


@pytest.fixture
def api(admin: User, namespace: Namespace) -> Client:
    """Signed in as a superuser; the namespace "demo" exists."""
    client = Client()
    client.force_login(admin)
    return client


@pytest.fixture
def sign_in(namespace: Namespace) -> SignIn:
    """A client of a new user, with a role in "demo" unless it is None."""

    def make(role: str | None) -> Client:
        user = User.objects.create_user(f"user-{role}")
        if role is not None:
            NamespaceRole.objects.create(namespace=namespace, user=user, role=role)
        client = Client()
        client.force_login(user)
        return client

    return make


MakeRun = Callable[..., Run]


@pytest.fixture
def make_run(namespace: Namespace) -> MakeRun:
    """Store a run as if an engine had brought it here; `nodes` are dicts for `Node`."""

    def make(name: str, *, nodes: list[dict[str, Any]] | None = None, **fields: Any) -> Run:
        about = {"created_at": 1_767_268_800_000, "phase": "Running"} | fields
        workflow = about.pop("workflow", {"metadata": {"name": name}, "spec": {"entrypoint": "main"}})
        home = about.pop("home", namespace)
        run = Run(uid=str(uuid.uuid4()), name=name, namespace=home.name, **about)
        new = create.NewRun(
            run=run,
            namespace_id=home.id,
            creator_id=None,
            creator_name="ada",
            text="# as written\nkind: Workflow\n",
            workflow=workflow,
            library={},
            template_name=about.get("labels", {}).get("workflows.argoproj.io/workflow-template", ""),
        )
        run_id = create.create_run(new)
        if nodes:
            _write_nodes(run_id, run, nodes)
        return run

    return make


def _write_nodes(run_id: int, run: Run, nodes: list[dict[str, Any]]) -> None:
    run.seq += 1
    write = RunWrite(run_id, 0, run)
    for idx, fields in enumerate(nodes):
        defaults = {"type": "Pod", "phase": "Running", "display_name": fields["name"], "seq": run.seq}
        write.created[idx] = Node(**({"id": f"{run.name}-{idx}", "idx": idx} | defaults | fields))
    run.node_count = len(nodes)
    assert commit([write]) == set()
