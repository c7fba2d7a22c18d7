"""Whether an engine still turns, told to other threads while its loop may hang. Not for what it counted."""

from __future__ import annotations

import time
from collections.abc import Callable

#: a turn may wait for a large run to be read, never so long
HUNG_S = 120.0
#: without a turn that went well for so long an engine does nothing for its runs
UNWELL_S = 30.0


class Vitals:
    """The loop calls `turned` before each turn and `worked` after each that went well."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._turned_at = self._worked_at = clock()

    def turned(self) -> None:
        self._turned_at = self._clock()

    def worked(self) -> None:
        self._worked_at = self._clock()

    def sickness(self) -> str:
        """Why the process should be started anew, "" when it need not."""
        still = self._clock() - self._turned_at
        return f"the engine's loop has stood still for {still:.0f} seconds" if still > HUNG_S else ""

    def unreadiness(self) -> str:
        """Why runs do not go on, "" when they do."""
        failing = self._clock() - self._worked_at
        return f"the engine has failed for {failing:.0f} seconds" if failing > UNWELL_S else ""
