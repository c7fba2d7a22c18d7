"""Inbox, timers and announcer, each on its own."""

from __future__ import annotations

from workflows.driver.announcer import Announcer
from workflows.driver.inbox import Inbox
from workflows.driver.timers import Timers
from workflows.engine.messages import NodeStarted
from workflows.store.bus import Change, LocalBus


def fact(name: str) -> NodeStarted:
    return NodeStarted(node_id=name, attempt=0, at=1)


def test_the_inbox_gives_facts_by_run_in_order_and_no_more_than_asked():
    inbox = Inbox()
    inbox.report("a", [fact("1"), fact("2")])
    inbox.report("b", [fact("3")])
    inbox.report("a", [fact("4")])
    inbox.wake("c")

    first, second = inbox.take(3), inbox.take(3)

    assert first.facts == {"a": [fact("1"), fact("2")], "b": [fact("3")]}
    assert (first.wakes, second.facts, inbox.empty) == ({"c"}, {"a": [fact("4")]}, True)


def test_waiting_ends_at_once_when_something_is_there():
    inbox = Inbox()
    inbox.wake()

    inbox.wait(3600)

    assert not inbox.empty


def test_only_the_last_time_of_a_run_counts():
    timers = Timers()
    timers.set("a", 50)
    timers.set("b", 20)
    timers.set("a", 10)
    timers.set("b", None)
    timers.set("c", 15)

    assert (timers.next(), timers.pop_due(9)) == (10, [])
    assert (timers.pop_due(60), timers.next()) == (["a", "c"], None)


def test_a_time_set_twice_fires_once():
    timers = Timers()
    for at in (10, 20, 10):
        timers.set("a", at)

    assert (timers.pop_due(100), timers.pop_due(100)) == (["a"], [])


def test_watchers_hear_the_newest_seq_ten_times_a_second_at_most():
    bus, heard = LocalBus(), []
    bus.on_changes(heard.append)
    announcer = Announcer(bus)

    for now in range(1000, 2000):
        announcer.moved("team", "a", now)
        announcer.flush(now)
    announcer.flush(2100)

    assert len(heard) == 11
    assert heard[0] == [Change("team", "a", 1000)]
    assert (heard[-1], announcer.next()) == ([Change("team", "a", 1999)], None)


def test_a_run_whose_time_is_put_off_for_ever_does_not_fill_the_memory():
    timers = Timers()

    for at in range(10_000):
        timers.set("a", at)

    assert len(timers._heap) < 3_000
    assert timers.pop_due(10_000) == ["a"]
