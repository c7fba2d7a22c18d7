"""Folders of finished runs go after a time, the runs stay."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from workflows.engine.messages import Cleanup, Order
from workflows.engine.node import Run
from workflows.executors import dispatch
from workflows.models import Run as Row
from workflows.services import retention


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[Order]:
    orders: list[Order] = []
    monkeypatch.setattr(dispatch, "send", lambda new: orders.extend(new) or True)
    return orders


def test_each_is_freed_once_per_attempt(make_run: Callable[..., Run], sent: list[Order]) -> None:
    old, _ = make_run([], name="old", finished_at=100), make_run([], name="new", finished_at=200)

    assert retention.free_folders(150) == 1
    assert sent == [Cleanup(run_uid=old.uid, namespace="demo")]
    assert retention.free_folders(150) == 0

    Row.objects.filter(uid=old.uid).update(attempt=1, finished_at=120)
    assert retention.free_folders(150) == 1
    assert Row.objects.count() == 2


def test_a_run_that_goes_on_keeps_its_folders(make_run: Callable[..., Run], sent: list[Order]) -> None:
    run = make_run([], finished_at=100)
    Row.objects.filter(uid=run.uid).update(phase="Running")

    assert retention.free_folders(150) == 0
    assert sent == []
