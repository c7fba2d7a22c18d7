"""A process executor that the tests of a module share, and short words for what they ask of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.contract.executor_harness import RUN, Harness
from workflows.artifacts import ArtifactRefused, Surroundings
from workflows.engine.messages import NodeFinished
from workflows.executors.base import Attempt
from workflows.executors.process import ProcessExecutor, ProcessSettings
from workflows.executors.process.stores import SurroundingsOf


@pytest.fixture(scope="module")
def harness(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Harness]:
    root = tmp_path_factory.mktemp("executor") / "state"
    settings = ProcessSettings(linger_seconds=0, variables={"TEAM": "red"})
    objects = {
        ("team", "s"): {"password": b"geheim"},
        ("team", "c"): {"color": b"blue"},
    }
    made = ProcessExecutor(
        root,
        settings,
        secrets=lambda namespace, name: objects.get((namespace, name)),
        config_maps=lambda namespace, name: objects.get((namespace, name)),
        surroundings=stores_below(root.parent / "artifacts"),
    )
    harness = Harness(made)
    yield harness
    harness.cleanup()
    harness.close()


def stores_below(folder: Path) -> SurroundingsOf:
    """Each namespace's folder store below `folder`, and nothing secret."""

    def read_secret(name: str, key: str) -> str:
        raise ArtifactRefused(f"no secret {name}/{key}")

    return lambda namespace: Surroundings(read_secret=read_secret, folder=folder / namespace)


@pytest.fixture
def private(harness: Harness) -> None:
    isolation = executor(harness).isolation
    if not isolation.private:
        pytest.skip(isolation.reason)


def attempt(node: str) -> Attempt:
    return Attempt(RUN, node, 0)


def executor(harness: Harness) -> ProcessExecutor:
    assert isinstance(harness.executor, ProcessExecutor)
    return harness.executor


def shell(script: str, **container: Any) -> dict[str, Any]:
    return {"container": {"image": "busybox", "command": ["sh", "-c", script], **container}}


def result(end: NodeFinished) -> str:
    assert end.phase == "Succeeded", end
    assert end.result is not None
    return end.result
