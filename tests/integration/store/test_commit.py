"""What one commit makes true, and what it leaves alone."""

from __future__ import annotations

import pytest
from django.db import IntegrityError

from workflows.engine import Node
from workflows.engine.messages import Terminate
from workflows.models import DeletedNode, RunLabel, Signal
from workflows.models import Run as RunRow
from workflows.store import leases, load, read, signals
from workflows.store.commit import RunWrite, commit


def fields(value: object) -> dict[str, object]:
    return {name: getattr(value, name) for name in type(value).__slots__}


def lease(run_id: int, member: str = "engine-1") -> int:
    leases.join(member, host="here", now=0, alive_ms=1000)
    [found] = [one for one in leases.claim(member, now=10, limit=100) if one.run_id == run_id]
    return found.fence


def test_what_was_committed_is_what_is_loaded(make_run, make_node):
    run_id, run = make_run()
    fence = lease(run_id)
    node = make_node(
        0,
        run=run,
        phase="Running",
        parents=["a", "b"],
        template_ref={"name": "t", "template": "x"},
        inputs={"parameters": [{"name": "p", "value": 'quotes " and 🙂'}]},
        flag={"retried": True},
        waiting={"reason": "parallelism"},
        memo={"items": [1, 2]},
        started_at=5,
    )
    run.phase, run.seq, run.node_count, run.phase_counts = "Running", 1, 1, {"Running": 1}
    run.memo = {"x": [1]}

    lost = commit([RunWrite(run_id, fence, run, created={0: node})])

    stored = load.load_run(run_id)
    assert (lost, fields(stored.run)) == (set(), fields(run))
    assert [fields(found) for found in stored.nodes] == [fields(node)]


def test_updates_replace_every_field_but_identity(make_run, make_node):
    run_id, run = make_run()
    fence = lease(run_id)
    nodes = {idx: make_node(idx, run=run) for idx in range(3)}
    commit([RunWrite(run_id, fence, run, created=nodes)])
    nodes[1].phase, nodes[1].message, nodes[1].outputs = (
        "Failed",
        "main: Error (exit code 1)",
        {"exitCode": "1"},
    )
    nodes[1].seq, nodes[1].finished_at, nodes[1].outbound = 2, 77, ["z"]

    commit([RunWrite(run_id, fence, run, updated={1: nodes[1]})])

    assert [fields(node) for node in load.load_nodes(run_id)] == [fields(node) for node in nodes.values()]


def test_a_node_created_and_updated_in_one_write_is_inserted_once(make_run, make_node):
    run_id, run = make_run()
    node = make_node(0, run=run, phase="Running")

    commit([RunWrite(run_id, lease(run_id), run, created={0: node}, updated={0: node})])

    assert [found.phase for found in load.load_nodes(run_id)] == ["Running"]


def test_a_stale_fence_writes_nothing_and_keeps_signals(make_run, make_node):
    run_id, run = make_run()
    old = lease(run_id)
    leases.leave("engine-1")
    lease(run_id, "engine-2")
    signals.post(run_id, [Terminate()], now=5)
    run.phase, run.labels = "Running", {"a": "b"}
    signal_ids = [one.id for one in signals.read([run_id])]

    lost = commit(
        [
            RunWrite(
                run_id,
                old,
                run,
                created={0: make_node(0, run=run)},
                deleted=["x"],
                signals=signal_ids,
                release=True,
                labels_changed=True,
            )
        ]
    )

    row = RunRow.objects.get(id=run_id)
    assert lost == {run_id}
    assert (row.phase, row.lease_owner, load.load_nodes(run_id)) == ("", "engine-2", [])
    assert (Signal.objects.count(), RunLabel.objects.count()) == (1, 0)


def test_a_stale_run_does_not_hinder_the_others(make_run, make_node):
    (mine, run), (other, other_run) = make_run(), make_run()
    fence = lease(mine)

    lost = commit(
        [
            RunWrite(other, 99, other_run, created={0: make_node(0, run=other_run)}),
            RunWrite(mine, fence, run, created={0: make_node(0, run=run)}),
        ]
    )

    assert (lost, len(load.load_nodes(mine)), len(load.load_nodes(other))) == ({other}, 1, 0)


@pytest.mark.django_db(transaction=True)
def test_a_commit_that_fails_anywhere_changes_nothing(make_run, make_node):
    (first, run), (second, other) = make_run(), make_run()
    leases.join("e", host="", now=0, alive_ms=1000)
    fences = {one.run_id: one.fence for one in leases.claim("e", now=1, limit=9)}
    run.phase = other.phase = "Running"
    twins = {0: make_node(0, run=other), 1: make_node(0, run=other)}
    twins[1].idx = 1

    with pytest.raises(IntegrityError):
        commit(
            [
                RunWrite(first, fences[first], run, created={0: make_node(0, run=run)}),
                RunWrite(second, fences[second], other, created=twins),
            ]
        )

    assert list(RunRow.objects.values_list("phase", flat=True)) == ["", ""]
    assert load.load_nodes(first) == []


def test_deleted_nodes_leave_a_trace_for_clients_with_an_older_graph(make_run, make_node):
    run_id, run = make_run()
    fence = lease(run_id)
    nodes = {idx: make_node(idx, run=run, seq=1) for idx in range(3)}
    run.seq = 1
    commit([RunWrite(run_id, fence, run, created=nodes)])
    run.seq = 2
    again = Node(
        id=nodes[1].id, idx=3, name=nodes[1].name, display_name="", type="Pod", phase="Pending", seq=2
    )

    commit([RunWrite(run_id, fence, run, created={3: again}, deleted=[nodes[1].id, "never stored"])])

    graph = read.read_graph(run_id, since=1)
    assert (graph.reset, graph.seq, [row[0] for row in graph.rows], graph.deleted) == (False, 2, [3], [1])
    assert [node.idx for node in load.load_nodes(run_id)] == [0, 2, 3]
    assert DeletedNode.objects.count() == 1


def test_many_deletions_pass_the_parameter_limit(make_run, make_node):
    run_id, run = make_run()
    fence = lease(run_id)
    nodes = {idx: make_node(idx, run=run) for idx in range(2000)}
    commit([RunWrite(run_id, fence, run, created=nodes)])

    commit([RunWrite(run_id, fence, run, deleted=[node.id for node in nodes.values()])])

    assert load.load_nodes(run_id) == []


def test_signals_go_with_the_commit_of_their_effect(make_run):
    run_id, run = make_run()
    fence = lease(run_id)
    signals.post(run_id, [Terminate(), Terminate()], now=5)
    first, second = signals.read([run_id])

    commit([RunWrite(run_id, fence, run, signals=[first.id])])

    assert signals.read([run_id]) == [second]


def test_text_that_no_database_takes_is_replaced(make_run, make_node):
    run_id, run = make_run()
    node = make_node(0, run=run, message="a\x00b", outputs={"result": "c\x00d"})
    run.phase, run.message = "Running", "e\x00"

    commit([RunWrite(run_id, lease(run_id), run, created={0: node})])

    stored = load.load_run(run_id)
    assert (stored.run.message, stored.nodes[0].message) == ("e\ufffd", "a\ufffdb")
    assert stored.nodes[0].outputs == {"result": "c\x00d"}


def test_labels_are_indexed_anew_when_they_changed(make_run):
    run_id, run = make_run(labels={"team": "a", "old": "x"})
    run.labels = {"team": "b"}

    commit([RunWrite(run_id, lease(run_id), run, labels_changed=True)])

    assert list(RunLabel.objects.values_list("key", "value", "created_at")) == [("team", "b", run.created_at)]
