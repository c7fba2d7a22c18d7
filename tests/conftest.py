"""Fixtures that every test may use. Tests that need no database pay nothing for them."""

from __future__ import annotations

import pytest


class FakeClock:
    """Stands in for `workflows.store.clock.now`; moves only when told."""

    def __init__(self) -> None:
        self.ms = 1_700_000_000_000

    def now(self) -> int:
        return self.ms

    def pass_ms(self, milliseconds: int) -> None:
        self.ms += milliseconds


@pytest.fixture
def fake_clock(monkeypatch: pytest.MonkeyPatch) -> FakeClock:
    from workflows.store import clock

    fake = FakeClock()
    monkeypatch.setattr(clock, "now", fake.now)
    return fake
