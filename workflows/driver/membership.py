"""This engine's standing among the engines: joined, renewed in time, left at the end."""

from __future__ import annotations

import logging
import os
import secrets
import socket

from workflows.driver.statistics import Statistics
from workflows.engine.messages import Millis
from workflows.store import leases

logger = logging.getLogger(__name__)


class Membership:
    """`name` is new for every start, so that leases of an earlier start are never taken for ours."""

    def __init__(self, statistics: Statistics, *, lease_ms: Millis) -> None:
        self._statistics = statistics
        self._host = socket.gethostname()
        self._lease_ms = lease_ms
        self._renew_at: Millis = 0
        self.name = f"{self._host[:32]}-{os.getpid()}-{secrets.token_hex(4)}"

    def join(self, now: Millis, *, sole: bool) -> None:
        """With `sole` every other member is known to be dead, whatever its row says."""
        if sole:
            leases.bury_all()
        leases.join(self.name, host=self._host, now=now, alive_ms=self._lease_ms)
        self._renew_at = now + self._lease_ms // 3

    def keep(self, now: Millis) -> bool:
        """Renew when it is time. False when others took us for dead: every lease is gone."""
        if now < self._renew_at:
            return True
        self._renew_at = now + self._lease_ms // 3
        stats = self._statistics.as_text()
        if leases.renew(self.name, now=now, alive_ms=self._lease_ms, stats=stats):
            return True
        logger.warning("this engine was silent for too long and lost its runs")
        leases.join(self.name, host=self._host, now=now, alive_ms=self._lease_ms)
        return False

    def leave(self) -> None:
        leases.leave(self.name)
