"""Memoization with a real database: what is asked, kept, shared by runs, and lost or not in a crash."""

from __future__ import annotations

import pytest
from django.db import OperationalError

from tests.integration.driver.conftest import takes
from workflows.driver import memos as desk
from workflows.engine.messages import LookUpMemo, MemoAnswer, SaveMemo
from workflows.executors.simulated import Outcome, Rule
from workflows.models import Memo
from workflows.store import load, memo
from workflows.store.memo import Found, look_up, prune_beyond, prune_unused

pytestmark = pytest.mark.argo("13-memoize", "13-cache-store")

TWICE = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: %s}
spec:
  entrypoint: main
  templates:
    - name: main
      %s
    - name: work
      memoize: {key: "the-key", maxAge: 1h, cache: {configMap: {name: cache}}}
      container: {image: busybox, command: ["true"]}
      outputs: {parameters: [{name: v, valueFrom: {path: /v}}]}
"""
STEPS = "steps: [[{name: first, template: work}], [{name: second, template: work}]]"
TOGETHER = "steps: [[{name: first, template: work}, {name: second, template: work}]]"


def twice(name="twice", body=STEPS):
    return TWICE % (name, body)


def made(value, **kept):
    return Rule(Outcome(parameters={"v": value}, **kept), template="work")


def hits(run_id):
    nodes = load.load_nodes(run_id)
    return {n.display_name: n.extra["memoizationStatus"]["hit"] for n in nodes if n.extra}


@pytest.mark.argo("13-memoize", "13-cache-store")
def test_one_run_fills_the_cache_for_itself_and_others(make_world):
    world = make_world(made("x"))
    first = world.submit(twice())
    engine = world.engine()
    engine.work()
    second = world.submit(twice("again"))
    world.pass_ms(1000)

    engine.work()

    assert hits(first) == {"first": False, "second": True}
    assert hits(second) == {"first": True, "second": True}
    assert engine.launched() == ["twice[0].first"]
    entry = Memo.objects.get()
    assert (entry.cache, entry.key, entry.run_name, entry.namespace.name) == (
        "cache", "the-key", "twice", "team")  # fmt: skip
    assert entry.last_hit_at == entry.created_at + 1000
    assert world.run(second).phase == "Succeeded"


def test_another_namespace_has_caches_of_its_own(make_world):
    world = make_world(made("x"))
    world.submit(twice())
    other = world.submit(twice(), namespace="others")

    world.engine().work()

    assert hits(other) == {"first": False, "second": True}
    assert Memo.objects.count() == 2


def test_calls_at_the_same_time_all_run_and_the_last_one_counts(make_world):
    world = make_world(made("x"))
    run = world.submit(twice(body=TOGETHER))

    world.engine().work()

    assert hits(run) == {"first": False, "second": False}
    assert Memo.objects.count() == 1


@pytest.mark.argo("13-memoize")
def test_an_old_entry_is_replaced(make_world):
    world = make_world(made("x"))
    world.submit(twice())
    engine = world.engine()
    engine.work()
    made_at = Memo.objects.get().created_at
    world.pass_ms(3_600_001)
    later = world.submit(twice("later"))

    engine.work()

    assert hits(later) == {"first": False, "second": True}
    assert Memo.objects.get().created_at == made_at + 3_600_001


def test_an_entry_not_yet_committed_counts_in_its_namespace(entries):
    memos = desk.Memos()
    memos.note("team", [SaveMemo(node_id="n", cache="c", key="1", at=77, outputs={"result": "fresh"})])
    question = LookUpMemo(namespace="team", call_id="a", cache="c", key="1")

    fresh = memos.answer("team", [question])
    elsewhere = memos.answer("others", [question])
    memos.forget()
    stored = memos.answer("team", [question])

    assert fresh == [MemoAnswer(call_id="a", found=True, created_at=77, outputs={"result": "fresh"})]
    assert elsewhere == [MemoAnswer(call_id="a")]
    assert stored == [MemoAnswer(call_id="a", found=True, created_at=1, outputs={})]


@pytest.mark.parametrize("cut", range(8))
def test_a_crash_at_any_step_loses_no_entry(make_world, cut):
    world = make_world(made("x", duration_ms=10))
    run = world.submit(twice())
    first = world.engine()
    for _ in range(cut):
        first.driver.step()
        if first.driver.inbox.empty:
            world.pass_ms(5)
    first.crash()

    second = world.engine(sole=True)
    for _ in range(10):
        second.work()
        world.pass_ms(10)

    assert hits(run) == {"first": False, "second": True}
    assert Memo.objects.count() == 1
    assert world.run(run).phase == "Succeeded"


def test_a_database_that_fails_while_a_cache_is_asked_ends_no_run(make_world, monkeypatch):
    world = make_world(made("x"))
    run = world.submit(twice())
    engine = world.engine()
    fails = iter([True, True])

    def flaky(namespace, wanted):
        if next(fails, False):
            raise OperationalError("away")
        return look_up(namespace, wanted)

    monkeypatch.setattr(desk, "look_up", flaky)
    monkeypatch.setattr("workflows.driver.loop._PAUSE_AFTER_FAULT_S", 0)

    engine.work()

    assert world.run(run).phase == "Succeeded"
    assert hits(run) == {"first": False, "second": True}


@pytest.mark.argo("13-limits")
def test_entries_outlive_their_run_and_its_failure_makes_none(make_world):
    world = make_world(takes(1, template="work", phase="Failed"))
    world.submit(twice())
    engine = world.engine()
    engine.work()
    world.pass_ms(5)

    engine.work()

    assert not Memo.objects.exists()


@pytest.fixture
def entries(db, make_world):
    from workflows.models import Namespace

    home = Namespace.objects.create(name="team", created_at=0)
    for number in range(5):
        Memo.objects.create(
            namespace=home, cache="c", key=str(number), outputs="{}", size=10, node_id="n",
            run_uid="u", run_name="r", created_at=number, last_hit_at=number,
        )  # fmt: skip


def keys():
    return sorted(Memo.objects.values_list("key", flat=True))


def test_entries_are_found_by_cache_and_key(entries):
    assert look_up("team", [("c", "1"), ("c", "9"), ("d", "1")]) == {("c", "1"): Found(1, {})}
    assert look_up("elsewhere", [("c", "1")]) == {}
    assert look_up("team", []) == {}


def test_many_keys_are_looked_up_in_pieces(entries, monkeypatch):
    monkeypatch.setattr(memo, "_IN_LIMIT", 2)

    assert len(look_up("team", [("c", str(number)) for number in range(5)])) == 5


def test_what_nobody_used_for_long_goes(entries):
    assert prune_unused(3, limit=2) == 2
    assert prune_unused(3, limit=10) == 1
    assert keys() == ["3", "4"]


def test_what_was_used_longest_ago_makes_room(entries):
    assert prune_beyond(50, limit=10) == 0
    assert prune_beyond(25, limit=10) == 3
    assert keys() == ["3", "4"]
