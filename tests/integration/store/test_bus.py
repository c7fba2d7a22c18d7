"""Hints reach their subscribers, within a process and between processes."""

from __future__ import annotations

import threading

import pytest
from django.db import connection

from workflows.store.bus import Bus, Change, LocalBus, PostgresBus

postgres = pytest.mark.skipif(
    "connection.vendor != 'postgresql'", reason="needs a PostgreSQL server named by SLUICE_TEST_POSTGRES"
)


class Heard:
    """Collects hints from whatever thread brings them."""

    def __init__(self) -> None:
        self.wakes: list[str] = []
        self.changes: list[Change] = []
        self._arrived = threading.Condition()

    def wake(self, uid: str) -> None:
        with self._arrived:
            self.wakes.append(uid)
            self._arrived.notify_all()

    def change(self, changes) -> None:
        with self._arrived:
            self.changes.extend(changes)
            self._arrived.notify_all()

    def wait(self, *, wakes: int = 0, changes: int = 0) -> bool:
        with self._arrived:
            return self._arrived.wait_for(
                lambda: len(self.wakes) >= wakes and len(self.changes) >= changes, timeout=10
            )


@pytest.fixture
def listen():
    """listen(bus) -> everything the bus says from now on"""
    buses: list[Bus] = []

    def start(bus: Bus) -> Heard:
        heard = Heard()
        bus.on_wake(heard.wake)
        bus.on_changes(heard.change)
        buses.append(bus)
        return heard

    yield start
    for bus in buses:
        bus.close()


def test_in_one_process_hints_are_calls(listen):
    bus = LocalBus()
    heard = listen(bus)

    bus.wake("a")
    bus.announce([Change("team", "a", 3)])

    assert (heard.wakes, heard.changes) == (["a"], [Change("team", "a", 3)])


def test_an_ended_subscription_hears_nothing_more():
    bus, heard = LocalBus(), Heard()
    end = bus.on_wake(heard.wake)

    end()
    bus.wake("a")

    assert heard.wakes == []


@postgres
@pytest.mark.django_db(transaction=True)
def test_hints_pass_from_one_process_to_another(listen):
    sender, heard = PostgresBus(), listen(PostgresBus())
    assert heard.wait(wakes=1), "a new listener looks once at everything it may have missed"

    sender.wake("a")
    sender.announce([Change("team", "a", 3), Change("team", "b", 4)])

    assert heard.wait(wakes=2, changes=2)
    assert (heard.wakes, heard.changes) == (["", "a"], [Change("team", "a", 3), Change("team", "b", 4)])


@postgres
@pytest.mark.django_db(transaction=True)
def test_a_listener_that_lost_its_connection_comes_back_and_looks_at_everything(listen, monkeypatch):
    monkeypatch.setattr("workflows.store.bus._RECONNECT_S", 0.05)
    sender, heard = PostgresBus(), listen(PostgresBus())
    assert heard.wait(wakes=1)

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE query = 'LISTEN sluice_changes' AND pid <> pg_backend_pid()"
        )

    assert heard.wait(wakes=2)
    sender.wake("a")
    assert heard.wait(wakes=3)
    assert heard.wakes == ["", "", "a"]
