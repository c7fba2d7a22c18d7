"""Columnar graphs: one snapshot, and views kept up by patches."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.wire.graph import ROW, GraphView, OutOfStep, Row, graph_json, index_of, unknown_ids


def row(
    idx: int, *, parents: tuple[int, ...] = (), boundary: int | None = None, phase: str = "Running"
) -> Row:
    values: dict[str, Any] = {
        "idx": idx,
        "id": f"r-{idx}",
        "name": f"r.{idx}",
        "displayName": str(idx),
        "type": "Pod",
        "phase": phase,
        "boundary": "" if boundary is None else f"r-{boundary}",
        "parents": [f"r-{parent}" for parent in parents],
        "templateName": "t",
        "message": "",
        "startedAt": 5,
        "finishedAt": None,
        "nodeFlag": None,
        "waiting": None,
    }
    return tuple(values[name] for name in ROW)


def test_a_snapshot_names_other_nodes_by_idx() -> None:
    graph = graph_json([row(0), row(1, parents=(0,), boundary=0)], since=0, seq=4)

    assert graph == {
        "since": 0,
        "seq": 4,
        "count": 2,
        "columns": {
            "idx": [0, 1],
            "id": ["r-0", "r-1"],
            "name": ["r.0", "r.1"],
            "displayName": ["0", "1"],
            "type": ["Pod", "Pod"],
            "phase": ["Running", "Running"],
            "boundary": [None, 0],
            "parents": [[], [0]],
            "templateName": ["t", "t"],
            "message": ["", ""],
            "startedAt": [5, 5],
            "finishedAt": [None, None],
            "nodeFlag": [None, None],
            "waiting": [None, None],
        },
        "deleted": [],
    }


def test_a_graph_without_rows_has_no_columns() -> None:
    assert graph_json([], since=3, seq=3, deleted=[4]) == {
        "since": 3,
        "seq": 3,
        "count": 0,
        "columns": {},
        "deleted": [4],
    }


def test_a_patch_needs_the_idx_of_nodes_that_did_not_change() -> None:
    rows = [row(7, parents=(2, 6), boundary=0), row(6, parents=(2,), boundary=0)]

    assert unknown_ids(rows) == {"r-0", "r-2"}
    columns = graph_json(rows, since=1, seq=2, others={"r-0": 0, "r-2": 2})["columns"]
    assert columns["boundary"] == [0, 0]
    assert columns["parents"] == [[2, 6], [2]]


def test_a_parent_that_was_taken_away_is_left_out() -> None:
    assert graph_json([row(3, parents=(1,))], since=0, seq=1)["columns"]["parents"] == [[]]


def test_a_gap_is_noticed_and_leaves_the_view_as_it_was() -> None:
    view = GraphView()
    view.apply(graph_json([row(0)], since=0, seq=2))

    with pytest.raises(OutOfStep, match="have seq 2, got the changes since 5"):
        view.apply(graph_json([row(1)], since=5, seq=6))
    assert (view.seq, set(view.nodes)) == (2, {0})


def test_an_old_patch_changes_nothing() -> None:
    view = GraphView()
    view.apply(graph_json([row(0, phase="Succeeded")], since=0, seq=9))

    view.apply(graph_json([row(0, phase="Running")], since=2, seq=3))

    assert (view.seq, view.nodes[0]["phase"]) == (9, "Succeeded")


class _Server:
    """A run's rows with their seq: what the store would answer."""

    def __init__(self) -> None:
        self.seq = 0
        self.rows: dict[int, tuple[int, Row]] = {}
        self.deleted: list[tuple[int, int]] = []

    def write(self, changed: dict[int, str]) -> None:
        self.seq += 1
        for idx, phase in sorted(changed.items()):
            if idx <= len(self.rows):
                parents = (idx - 1,) if idx else ()
                boundary = 0 if idx else None
                self.rows[idx] = (self.seq, row(idx, parents=parents, boundary=boundary, phase=phase))

    def delete(self, first: int) -> None:
        """Take away a node and all that come after it."""
        self.seq += 1
        for idx in [idx for idx in self.rows if idx >= first]:
            del self.rows[idx]
            self.deleted.append((self.seq, idx))

    def changes(self, since: int) -> dict[str, Any]:
        rows = [row for seq, row in self.rows.values() if seq > since]
        deleted = [idx for seq, idx in self.deleted if seq > since]
        others = index_of(row for _, row in self.rows.values())
        return graph_json(rows, since=since, seq=self.seq, deleted=deleted, others=others)


_CHANGES = st.one_of(
    st.dictionaries(st.integers(0, 8), st.sampled_from(["Pending", "Running", "Succeeded"]), min_size=1),
    st.integers(0, 8),
    st.just("sync"),
    st.just("late"),
)


@given(st.lists(_CHANGES, max_size=30))
def test_an_old_view_and_patches_equal_a_fresh_snapshot(steps: list[Any]) -> None:
    server, view = _Server(), GraphView()
    late = server.changes(0)
    for step in steps:
        if step == "sync":
            late = server.changes(view.seq)
            view.apply(late)
        elif step == "late" and late["since"] > 0:
            view.apply(late)
        elif isinstance(step, int):
            server.delete(step)
        elif isinstance(step, dict):
            server.write(step)
    view.apply(server.changes(view.seq))
    fresh = GraphView()
    fresh.apply(server.changes(0))

    assert (view.seq, view.nodes) == (fresh.seq, fresh.nodes)
