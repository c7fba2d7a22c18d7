"""The inbox of a run."""

from __future__ import annotations

from workflows.engine.messages import NodeFinished, NodeStarted, ResumeRun, Stop
from workflows.models import Signal
from workflows.store import leases, signals


def test_messages_come_back_as_they_were_posted_oldest_first(make_run):
    (first, _), (second, _) = make_run(), make_run()
    resume = ResumeRun(selector="displayName=ask", values={"go": 'yes "🙂"'}, actor="ada")
    finished = NodeFinished(node_id="n", attempt=2, at=7, phase="Failed", exit_code=3, parameters={"a": "b"})
    signals.post(first, [resume, Stop(message="why")], now=5, actor="ada")
    signals.post(second, [finished], now=6)

    received = signals.read([second, first])

    assert [(one.run_id, one.message) for one in received] == [
        (first, resume), (first, Stop(message="why")), (second, finished),
    ]  # fmt: skip


def test_the_row_tells_people_what_was_asked_and_by_whom(make_run):
    run_id, _ = make_run()

    signals.post(run_id, [Stop()], now=5, actor="ada")

    assert list(Signal.objects.values_list("kind", "actor", "created_at")) == [("Stop", "ada", 5)]


def test_facts_of_a_deleted_run_are_dropped(make_run):
    run_id, run = make_run()
    fact = NodeStarted(node_id="n", attempt=0, at=1)

    signals.post_facts(run.uid, [fact], now=1)
    signals.post_facts("00000000-0000-4000-8000-00000000dead", [fact], now=1)

    assert [(one.run_id, one.message) for one in signals.read([run_id])] == [(run_id, fact)]


def test_only_runs_of_the_member_are_searched_for_forgotten_signals(make_run):
    (mine, _), (free, _) = make_run(), make_run()
    leases.join("me", host="", now=0, alive_ms=1000)
    leases.claim("me", now=1, limit=1)
    for run_id in (mine, free):
        signals.post(run_id, [Stop()], now=5)

    assert len(signals.runs_with_signals("me")) == 1
    assert signals.runs_with_signals("other") == []
