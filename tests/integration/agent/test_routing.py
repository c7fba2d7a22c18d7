"""Orders find the executor they are for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contract.executor_harness import RUN, Harness
from tests.integration.agent.servers import Reply, Server, serving
from workflows.artifacts.egress import read_rule
from workflows.engine.messages import Kill
from workflows.executors.agent import AgentExecutor, AgentSettings, Kinds
from workflows.executors.base import Attempt
from workflows.executors.routing import RoutingExecutor
from workflows.executors.simulated import ManualClock, Outcome, Rule, SimulatedExecutor, by_rules

POD = {"name": "pod", "container": {"image": "busybox"}}
ENDLESS = {"name": "endless", "container": {"image": "busybox"}}


@pytest.fixture
def server() -> Iterator[Server]:
    with serving(lambda _: Reply(body=b"web")) as server:
        yield server


@pytest.fixture
def harness(tmp_path: Path) -> Iterator[Harness]:
    settings = AgentSettings(egress=read_rule(["127.0.0.0/8"], refuses_private=False))
    outcomes = by_rules([Rule(Outcome(duration_ms=1000), template="endless"), Rule(Outcome(result="pod"))])
    harness = Harness(
        RoutingExecutor(
            SimulatedExecutor(outcomes, clock=ManualClock()),
            AgentExecutor(tmp_path / "agent", Kinds(settings), settings),
        )
    )
    yield harness
    harness.close()


def _http(server: Server) -> dict[str, object]:
    return {"name": "web", "http": {"url": server.url}}


def test_each_template_is_carried_out_by_its_executor(harness: Harness, server: Server) -> None:
    orders = [
        harness.order("pod", POD, capture_result=True),
        harness.order("web", _http(server), capture_result=True),
    ]
    harness.executor.launch(orders)

    assert (harness.end_of("pod").result, harness.end_of("web").result) == ("pod", "web")
    assert (harness.end_of("pod").host, harness.end_of("web").host) == ("simulated", "agent")


def test_both_are_asked_what_they_know(harness: Harness, server: Server) -> None:
    harness.run("pod", POD)
    harness.run("web", _http(server))

    assert harness.observe("pod", "web", "nobody") == ["nobody"]

    harness.end_of("pod", count=2)
    harness.end_of("web", count=2)


@pytest.mark.parametrize("kind", ["container", ""])
def test_a_kill_finds_the_node_with_and_without_its_kind(harness: Harness, server: Server, kind: str) -> None:
    harness.executor.launch([harness.order("pod", ENDLESS)])
    web = harness.run("web", _http(server))

    harness.executor.kill(
        [
            Kill(run_uid=RUN, node_id="pod", attempt=0, kind=kind),
            Kill(run_uid=RUN, node_id="web", attempt=0, kind="http" if kind else ""),
        ]
    )

    assert harness.end_of("pod").exit_code == 143
    assert harness.ends_of("web") == [web]


def test_a_kill_of_a_request_nobody_began_is_answered_by_the_agent(harness: Harness) -> None:
    harness.executor.kill([Kill(run_uid=RUN, node_id="a", attempt=0, kind="http")])

    assert harness.end_of("a").host == "agent"


def test_logs_come_from_whoever_did_the_work(harness: Harness, server: Server) -> None:
    harness.run("pod", POD, capture_result=True)
    harness.run("web", _http(server))

    assert harness.log("pod") == "pod"
    assert harness.log("web").startswith("GET ")


def test_cleanup_reaches_both(harness: Harness, server: Server) -> None:
    harness.run("pod", POD)
    harness.run("web", _http(server))

    harness.cleanup()

    assert harness.observe("pod", "web") == ["pod", "web"]


def test_each_says_what_it_cannot_honour(harness: Harness) -> None:
    resource = {"name": "r", "resource": {"manifest": "apiVersion: apps/v1\nkind: Deployment"}}

    assert harness.executor.unsupported(POD) == []
    assert harness.executor.unsupported(resource) == [
        "resource.manifest (objects of kind Deployment need a cluster)"
    ]
    assert harness.executor.name == "simulated"
    assert list(harness.executor.logs(Attempt(RUN, "nobody", 0), follow=True)) == []
