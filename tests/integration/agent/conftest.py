"""An agent over a folder of its own, with loopback allowed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.contract.executor_harness import Harness
from workflows.artifacts import Surroundings
from workflows.artifacts.egress import read_rule
from workflows.executors.agent import AgentExecutor, AgentSettings, Kinds

SECRETS = {"login": {"token": b"s3cret\n"}}
MakeHarness = Callable[..., Harness]


def _no_secret(name: str, key: str) -> str:
    raise AssertionError(f"nobody asks for {name}/{key}")


@pytest.fixture
def make_harness(tmp_path: Path) -> Iterator[MakeHarness]:
    """make_harness(**settings) opens an agent on the test's folder."""
    made: list[Harness] = []

    def make(store: Any = None, **settings: Any) -> Harness:
        chosen = AgentSettings(
            **{"egress": read_rule(["127.0.0.0/8"], refuses_private=False), "poll_seconds": 0.02, **settings}
        )
        kinds = Kinds(
            chosen,
            secrets=lambda namespace, name: SECRETS.get(name) if namespace == "team" else None,
            store=store,
            surroundings=lambda _: Surroundings(read_secret=_no_secret, folder=tmp_path / "store"),
        )
        made.append(Harness(AgentExecutor(tmp_path / "agent", kinds, chosen)))
        return made[-1]

    yield make
    for harness in made:
        harness.close()


@pytest.fixture
def harness(make_harness: MakeHarness) -> Harness:
    return make_harness()
