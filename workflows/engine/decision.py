"""What one application of facts changed and what must be done about it. Returned by the engine, never
performed by it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from workflows.engine.messages import LookUpMemo, Millis, Order, Record
from workflows.engine.node import Node


@dataclass(slots=True)
class Decision:
    """The nodes are the live objects of the state: turn them into rows before the next `apply`.

    created/updated   nodes to insert/update; a node stands in one of the two at most
    deleted           ids of nodes that a manual retry took away
    run_changed       the run row must be written (also true whenever `seq` moved)
    orders            to be carried out after the commit, in this order
    lookups           questions to answer at once, before the commit, by applying a MemoAnswer for each
    records           what to write together with the nodes
    wake_at           when `apply` must be called again although nothing happens, None for never
    """

    created: list[Node] = field(default_factory=list)
    updated: list[Node] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    run_changed: bool = False
    orders: list[Order] = field(default_factory=list)
    lookups: list[LookUpMemo] = field(default_factory=list)
    records: list[Record] = field(default_factory=list)
    wake_at: Millis | None = None

    @property
    def transitions(self) -> int:
        return len(self.created) + len(self.updated) + len(self.deleted)
