"""Celery tasks: orders in, facts out, never an exception."""

from __future__ import annotations

import msgspec
import pytest

from workflows import tasks
from workflows.engine.messages import Cleanup, Kill, Launch, NodeFinished
from workflows.executors import dispatch, registry
from workflows.executors.simulated import ManualClock, SimulatedExecutor

ORDER = Launch(
    run_uid="u", run_name="r", namespace="n", node_id="i", node_name="r", attempt=0, pod_name="r", template={}
)
KILL = Kill(run_uid="u", node_id="i", attempt=0)


class Broken(SimulatedExecutor):
    """Cannot do anything it is asked for."""

    def launch(self, orders):
        raise OSError("no space left on device")

    kill = cleanup = launch


@pytest.fixture
def told():
    """Facts by run, in order; the executor of the process is put back afterwards."""
    facts: list[tuple[str, object]] = []
    registry.install(SimulatedExecutor(clock=ManualClock()))
    registry.open_once(lambda uid, found: facts.extend((uid, fact) for fact in found))
    yield facts
    registry.configure("simulated", {})


def encoded(*orders) -> str:
    return msgspec.json.encode(orders).decode()


def test_a_launched_node_is_reported(told):
    tasks.launch(encoded(ORDER))

    assert [(uid, fact.node_id, fact.phase) for uid, fact in told] == [("u", "i", "Succeeded")]


def test_orders_that_cannot_be_given_become_facts(told):
    registry.install(Broken(clock=ManualClock()))
    registry.open_once(lambda uid, found: told.extend((uid, fact) for fact in found))

    tasks.launch(encoded(ORDER, ORDER))
    tasks.kill(encoded(KILL))
    tasks.cleanup(encoded(Cleanup(run_uid="u")))

    assert [(fact.phase, fact.message) for _, fact in told] == [
        ("Error", "could not be started: no space left on device")
    ] * 2


def test_orders_travel_in_chunks_and_in_order(monkeypatch):
    sent: list[tuple[str, int]] = []
    monkeypatch.setattr(
        dispatch.current_app,
        "send_task",
        lambda name, args, **_: sent.append((name, len(msgspec.json.decode(args[0])))),
    )

    assert dispatch.send([ORDER] * 90 + [KILL] + [ORDER]) is True

    assert sent == [
        ("sluice.launch", 40), ("sluice.launch", 40), ("sluice.launch", 10), ("sluice.kill", 1),
        ("sluice.launch", 1),
    ]  # fmt: skip


def test_an_order_that_cannot_be_json_is_told_and_hinders_no_other(told, monkeypatch):
    sent: list[str] = []
    monkeypatch.setattr(dispatch.current_app, "send_task", lambda name, args, **_: sent.extend(args))
    bad = msgspec.structs.replace(ORDER, node_id="bad", template={"args": ["half \ud83d"]})

    dispatch.send([ORDER, bad, ORDER])

    assert [len(msgspec.json.decode(payload)) for payload in sent] == [2]
    assert [(fact.node_id, fact.phase) for _, fact in told] == [("bad", "Error")]


def test_without_a_broker_nothing_is_sent_and_nobody_waits(monkeypatch):
    monkeypatch.setattr(dispatch, "_broken_until", 0.0)
    tries: list[str] = []

    def refuse(name, **_):
        tries.append(name)
        raise ConnectionRefusedError("nobody listens")

    monkeypatch.setattr(dispatch.current_app, "send_task", refuse)

    assert [dispatch.send([ORDER]), dispatch.send([ORDER])] == [False, False]
    assert tries == ["sluice.launch"]


@pytest.mark.django_db(transaction=True)
def test_a_worker_without_an_engine_reports_through_the_inbox():
    from workflows.models import Namespace, Run, Signal

    home = Namespace.objects.create(name="team", created_at=0)
    run = Run.objects.create(uid="u", namespace=home, name="r", created_at=0, wake_at=None)
    fact = NodeFinished(node_id="i", attempt=0, at=1, phase="Succeeded")

    tasks.report_to_inbox("u", [fact])

    run.refresh_from_db()
    assert (Signal.objects.get().kind, run.wake_at) == ("NodeFinished", 0)
