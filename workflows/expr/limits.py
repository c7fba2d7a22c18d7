"""How much an expression may cost. Every loop and every allocation is charged to a `Budget`.

The numbers are chosen so that a hostile expression ends within about a second and a few dozen
megabytes; expr-lang's own limits (10,000 nodes, 1,000,000 list items) are kept where it has them.
Not for time: a pure package has no clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from workflows.expr.errors import limit_fault


@dataclass(frozen=True, slots=True)
class Limits:
    """`source` and `text` count characters, `items` list and map items made during one evaluation."""

    source: int = 65_536
    nodes: int = 10_000
    depth: int = 100
    value_depth: int = 200
    steps: int = 1_000_000
    items: int = 1_000_000
    text: int = 1_048_576
    regex_program: int = 10_000
    tags: int = 10_000


LIMITS: Final = Limits()

#: this many characters of text handled cost one step
CHARACTERS_PER_STEP: Final = 256


class Budget:
    """What is left for one evaluation. Overdrawing raises a fault with code ``expression-limit``."""

    __slots__ = ("items", "steps")

    def __init__(self, steps: int = LIMITS.steps, items: int = LIMITS.items) -> None:
        self.steps = steps
        self.items = items

    def spend(self, steps: int) -> None:
        self.steps -= steps
        if self.steps < 0:
            raise limit_fault("step limit exceeded")

    def characters(self, count: int) -> None:
        """Charge work that looks at `count` characters one by one."""
        self.spend(count >> 2)

    def allocate(self, items: int) -> None:
        """Charge a list or map of `items` entries, before it is made."""
        self.items -= items
        self.steps -= items >> 3
        if self.items <= 0 or self.steps < 0:
            raise limit_fault("memory budget exceeded")

    def text(self, length: int) -> None:
        """Charge a text of `length` characters, before it is made."""
        if length > LIMITS.text:
            raise limit_fault(f"text of {length} characters exceeds the limit of {LIMITS.text}")
        self.steps -= length // CHARACTERS_PER_STEP
        if self.steps < 0:
            raise limit_fault("step limit exceeded")
