"""The wall clock, read in this one place by services, driver and workers, so that tests can set it."""

from __future__ import annotations

import time

from workflows.engine.messages import Millis


def now() -> Millis:
    """Milliseconds since the Unix epoch."""
    return time.time_ns() // 1_000_000
