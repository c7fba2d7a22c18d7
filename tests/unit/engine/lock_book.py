"""Who holds which lock, as a database would keep it: first come, first served, all of a claim or none."""

from __future__ import annotations

from collections.abc import Iterable

from workflows.engine.messages import (
    AcquireLocks,
    LockFact,
    LockRef,
    LocksGranted,
    LocksRefused,
    LocksWaiting,
    Record,
    ReleaseLocks,
)


class LockBook:
    """`limits` are those of semaphores, by the last part of their names; without one they are refused."""

    def __init__(self, limits: dict[str, int]) -> None:
        self.limits = limits
        self.claims: dict[int, AcquireLocks] = {}
        self.held: set[int] = set()

    def take(self, records: Iterable[Record]) -> list[LockFact]:
        """The answers to what one decision recorded."""
        asked: list[int] = []
        refused: list[LockFact] = []
        for record in records:
            if isinstance(record, AcquireLocks):
                without = [ref.name for ref in record.locks if self.limit(ref) == 0]
                if without:
                    message = f"failed to initialize semaphore {without[0]} with limit"
                    refused.append(LocksRefused(node_id=record.node_id, message=message))
                    continue
                self.claims.setdefault(record.node_idx, record)
                asked.append(record.node_idx)
            elif isinstance(record, ReleaseLocks):
                self.claims.pop(record.node_idx, None)
                self.held.discard(record.node_idx)
        granted = self._grant()
        again = [idx for idx in asked if idx in self.held and idx not in granted]
        answers: list[LockFact] = [
            LocksGranted(node_id=self.claims[idx].node_id) for idx in [*granted, *again] if idx in self.claims
        ]
        waiting = [idx for idx in asked if idx in self.claims and idx not in self.held]
        return [*refused, *answers, *(self._waiting(self.claims[idx]) for idx in waiting)]

    def limit(self, ref: LockRef) -> int:
        return 1 if ref.mutex else self.limits.get(ref.name.rpartition("/")[2], 0)

    def used(self, ref: LockRef) -> int:
        return sum(ref in self.claims[idx].locks for idx in self.held)

    def _grant(self) -> list[int]:
        granted = []
        for idx in sorted(self.claims.keys() - self.held):
            if all(self.used(ref) < self.limit(ref) for ref in self.claims[idx].locks):
                self.held.add(idx)
                granted.append(idx)
        return granted

    def _waiting(self, claim: AcquireLocks) -> LocksWaiting:
        ref = next(ref for ref in claim.locks if self.used(ref) >= self.limit(ref))
        return LocksWaiting(
            node_id=claim.node_id, lock=ref, used=self.used(ref), limit=self.limit(ref), holders=["somebody"]
        )
