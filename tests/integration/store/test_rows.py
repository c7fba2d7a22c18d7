"""Rows hold everything the engine's values hold."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.engine import Node, Run
from workflows.store import rows

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=20)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)
objects = st.dictionaries(texts, json_values, min_size=1, max_size=3)
maybe = st.none() | objects
millis = st.none() | st.integers(0, 2**50)
maps = st.dictionaries(texts, texts, max_size=3)

nodes = st.builds(
    Node,
    id=texts, idx=st.integers(0, rows.MAX_NODES - 1), name=texts, display_name=texts, type=st.just("Pod"),
    phase=st.sampled_from(["Pending", "Failed"]), boundary_id=texts, parents=st.lists(texts, max_size=3),
    template_name=texts, template_ref=maybe, template_scope=texts, message=texts, started_at=millis,
    finished_at=millis, inputs=maybe, outputs=maybe, outbound=st.none() | st.lists(texts, max_size=3),
    flag=st.none() | st.just({"hooked": True}), host=texts, attempt=st.integers(0, 9), waiting=maybe,
    memo=maybe, extra=maybe, seq=st.integers(0, 2**40),
)  # fmt: skip
runs = st.builds(
    Run,
    uid=texts, name=texts, namespace=texts, created_at=st.integers(0, 2**50), phase=texts, message=texts,
    started_at=millis, finished_at=millis, labels=maps, annotations=maps, arguments=maps,
    outputs=maybe, suspended=st.booleans(), shutdown=texts, attempt=st.integers(0, 9),
    seq=st.integers(0, 2**40), node_count=st.integers(0, 99),
    phase_counts=st.dictionaries(texts, st.integers(0, 9), max_size=3),
    memo=st.dictionaries(texts, json_values),
)  # fmt: skip


def fields(value: object) -> dict[str, object]:
    return {name: getattr(value, name) for name in type(value).__slots__}


@given(node=nodes)
def test_a_node_comes_back_from_its_row(node):
    assert fields(rows.node_from_row(rows.node_row(7, node))) == fields(node)


@given(run=runs)
def test_a_run_comes_back_from_its_row(run):
    back = rows.run_from_row(
        rows.run_row(run), uid=run.uid, name=run.name, namespace=run.namespace, created_at=run.created_at
    )

    assert fields(back) == fields(run)


def test_a_library_comes_back_from_its_text():
    library = {("cluster", "b"): {"kind": "C"}, ("namespaced", "a"): {"kind": "W", "spec": {}}}

    assert rows.parse_library(rows.dump_library(library)) == library


def test_keys_of_a_run_lie_between_those_of_its_neighbours():
    first, last = rows.node_keys(5)

    assert (rows.node_key(5, 0), rows.node_key(5, rows.MAX_NODES - 1)) == (first, last)
    assert rows.node_key(4, rows.MAX_NODES - 1) < first < last < rows.node_key(6, 0)


@pytest.mark.parametrize("idx", [-1, rows.MAX_NODES])
def test_a_run_cannot_have_more_nodes_than_keys(idx):
    with pytest.raises(OverflowError):
        rows.node_key(1, idx)
