"""What every executor promises, kept by the agent. See tests/contract for the promises."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence

import pytest

from tests.contract.executor_harness import RUN, Harness
from tests.integration.agent.conftest import MakeHarness
from tests.integration.agent.servers import Reply, Seen, Server, serving
from workflows.engine.messages import Fact, Kill, NodeFinished
from workflows.executors.agent import Hear, Requester


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    """Requests for /slow are answered once it is set."""
    event = threading.Event()
    yield event
    event.set()


@pytest.fixture
def server(gate: threading.Event) -> Iterator[Server]:
    def answer(seen: Seen) -> Reply:
        return Reply(body=seen.path.encode(), wait_for=gate if seen.path == "/slow" else None)

    with serving(answer) as server:
        yield server


def _get(server: Server, path: str) -> dict[str, object]:
    return {"name": "get", "http": {"url": f"{server.url}{path}"}}


def test_an_answer_is_reported_with_its_times(harness: Harness, server: Server) -> None:
    end = harness.run("a", _get(server, "/x"))

    assert end.started_at is not None
    assert end == NodeFinished(
        node_id="a", attempt=0, at=end.at, phase="Succeeded", started_at=end.started_at, result="/x",
        host=end.host,
    )  # fmt: skip
    assert harness.start_of("a").at == end.started_at <= end.at


def test_launching_again_repeats_the_end_and_sends_nothing(harness: Harness, server: Server) -> None:
    harness.run("a", _get(server, "/x"))

    harness.executor.launch([harness.order("a", _get(server, "/x"))])

    harness.end_of("a", count=2)
    assert len(server.seen) == 1


def test_launching_again_meanwhile_sends_nothing_new(
    harness: Harness, server: Server, gate: threading.Event
) -> None:
    order = harness.order("a", _get(server, "/slow"))
    harness.executor.launch([order])
    assert server.arrived.wait(10)

    harness.executor.launch([order, order])
    gate.set()

    assert harness.end_of("a").result == "/slow"
    assert len(server.seen) == 1


def test_another_attempt_is_sent_anew_with_a_key_of_its_own(harness: Harness, server: Server) -> None:
    harness.run("a", _get(server, "/x"))
    harness.run("a", _get(server, "/x"), attempt=1)

    keys = [seen.headers["Idempotency-Key"] for seen in server.seen]
    assert keys == [f"{RUN}/a/0", f"{RUN}/a/1"]


def test_killing_ends_a_request_that_is_not_answered(harness: Harness, server: Server) -> None:
    harness.executor.launch([harness.order("a", _get(server, "/slow"))])
    assert server.arrived.wait(10)

    harness.kill("a")

    end = harness.end_of("a")
    assert (end.phase, end.exit_code) == ("Failed", 143)


def test_killing_what_had_ended_reports_nothing(harness: Harness, server: Server) -> None:
    end = harness.run("a", _get(server, "/x"))

    harness.kill("a")
    harness.run("b", _get(server, "/x"))

    assert harness.ends_of("a") == [end]


def test_a_kill_that_overtakes_its_launch_wins(harness: Harness, server: Server) -> None:
    harness.kill("a")
    killed = harness.end_of("a")

    harness.executor.launch([harness.order("a", _get(server, "/x"))])

    assert (killed.phase, killed.exit_code, killed.started_at) == ("Failed", None, None)
    harness.end_of("a", count=2)
    assert server.seen == []


def test_observing_repeats_what_is_known_and_returns_the_unknown(harness: Harness, server: Server) -> None:
    harness.run("a", _get(server, "/x"))
    harness.executor.launch([harness.order("b", _get(server, "/slow"))])
    harness.start_of("b")
    harness.facts.clear()

    assert harness.observe("a", "b", "c") == ["c"]

    assert harness.end_of("a").result == "/x"
    assert harness.start_of("b").node_id == "b"


def test_what_ended_before_a_restart_is_found_again(harness: Harness, server: Server) -> None:
    end = harness.run("a", _get(server, "/x"))
    harness.close()

    harness.open()

    assert harness.observe("a") == []
    assert harness.end_of("a", count=2) == end


def test_what_had_not_ended_is_begun_again(
    make_harness: MakeHarness, server: Server, gate: threading.Event
) -> None:
    """Whoever answers slowly across a restart is asked twice, with the same key."""
    harness = make_harness()
    harness.executor.launch([harness.order("a", _get(server, "/slow"))])
    assert server.arrived.wait(10)
    harness.close()

    gate.set()
    harness.open()

    assert harness.end_of("a").result == "/slow"
    keys = {seen.headers["Idempotency-Key"] for seen in server.seen}
    assert (len(server.seen), keys) == (2, {f"{RUN}/a/0"})


def test_a_deadline_counts_from_the_beginning_and_ends_in_argos_words(
    harness: Harness, server: Server
) -> None:
    end = harness.run("a", _get(server, "/slow"), active_deadline_seconds=1)

    assert end.message == "Pod was active on the node longer than the specified deadline"


def test_cleanup_forgets_a_run_and_what_it_still_does(harness: Harness, server: Server) -> None:
    harness.run("a", _get(server, "/x"))
    harness.executor.launch([harness.order("b", _get(server, "/slow"))])
    assert server.arrived.wait(10)

    harness.cleanup()

    assert harness.observe("a", "b") == ["a", "b"]
    assert harness.ends_of("b") == []


def test_the_log_tells_what_was_done(harness: Harness, server: Server) -> None:
    harness.run("a", _get(server, "/x"))

    assert harness.log("a", follow=True) == f"GET {server.url}/x\n200 OK, 2 bytes\n"
    assert harness.log("a", offset=4).startswith(server.url)
    assert harness.log("nobody", follow=True) == ""


def test_many_slow_requests_do_not_need_a_thread_each_to_be_waited_for(
    make_harness: MakeHarness, server: Server, gate: threading.Event
) -> None:
    harness = make_harness(request_threads=2)
    orders = [harness.order(f"n{number}", _get(server, "/slow")) for number in range(6)]
    harness.executor.launch(orders)
    gate.set()

    assert {harness.end_of(order.node_id).phase for order in orders} == {"Succeeded"}
    names = [thread.name for thread in threading.enumerate() if thread.name.startswith("agent-request")]
    assert len(names) <= 2


def test_an_end_that_could_not_be_told_is_told_later(
    make_harness: MakeHarness, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever listens has no database for a while: at first it raises, then the process dies."""
    monkeypatch.setattr("workflows.executors.agent.telling.AGAIN_S", 0.02)
    harness = make_harness()
    harness.close()
    failures = iter([True, True])
    told: list[object] = []
    heard = threading.Event()

    def report(_: str, facts: Sequence[Fact]) -> None:
        ended = [fact for fact in facts if isinstance(fact, NodeFinished)]
        if ended and next(failures, False):
            raise OSError("no database")
        told.extend(ended)
        if ended:
            heard.set()

    harness.executor.open(report)
    harness.executor.launch([harness.order("a", _get(server, "/x"))])

    assert heard.wait(20)
    assert len(told) == 1


def test_an_end_that_was_never_told_is_told_by_the_next_process(
    make_harness: MakeHarness, server: Server
) -> None:
    harness = make_harness()
    harness.close()
    asked = threading.Event()

    def deaf(_: str, facts: Sequence[Fact]) -> None:
        if any(isinstance(fact, NodeFinished) for fact in facts):
            asked.set()
            raise OSError("no database")

    harness.executor.open(deaf)
    harness.executor.launch([harness.order("a", _get(server, "/x"))])
    assert asked.wait(20)
    harness.close()

    harness.open()

    assert harness.end_of("a").result == "/x"
    assert len(server.seen) == 1


class Stopped:
    """An object store of which only one thing is wanted."""

    def __init__(self) -> None:
        self.asked: list[Requester] = []
        self.heard = threading.Event()

    def watch(self, hear: Hear) -> Callable[[], None]:
        return lambda: None

    def run_deleted(self, run_uid: str, namespace: str) -> None:
        """Nothing is kept."""

    def stop_created(self, by: Requester) -> None:
        self.asked.append(by)
        self.heard.set()


def test_what_another_process_created_is_stopped_by_a_kill_that_comes_here(make_harness: MakeHarness) -> None:
    store = Stopped()
    harness = make_harness(store=store)

    harness.executor.kill([Kill(run_uid=RUN, node_id="a", attempt=3, namespace="team", kind="resource")])

    assert store.heard.wait(20)
    [by] = store.asked
    assert by.mark == Requester(RUN, "hello", "team", "a", 3).mark
