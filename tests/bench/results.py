"""One figure of a benchmark, how it is handed to the runner, and how the runner shows all of them."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, dataclass

_MARK = "bench-result "


@dataclass(frozen=True)
class Result:
    """`target` is the value to reach, "≥ 10000" or "≤ 1.2"; empty for figures that only inform."""

    name: str
    value: float
    unit: str
    target: str = ""

    @property
    def reached(self) -> bool | None:
        if not self.target:
            return None
        sign, limit = self.target.split()
        return self.value >= float(limit) if sign == "≥" else self.value <= float(limit)


def tell(name: str, value: float, unit: str, target: str = "") -> None:
    """Called by a benchmark; the name stays the same over the years."""
    print(_MARK + json.dumps(asdict(Result(name, round(value, 3), unit, target))), flush=True)


def parse(output: str) -> list[Result]:
    lines = (line for line in output.splitlines() if line.startswith(_MARK))
    return [Result(**json.loads(line.removeprefix(_MARK))) for line in lines]


def show(results: list[Result]) -> None:
    width = max((len(result.name) for result in results), default=0)
    for result in results:
        verdict = {None: "", True: "reached", False: "MISSED"}[result.reached]
        figures = f"{result.value:>12,.2f} {result.unit:<14} {result.target:<10}"
        sys.stdout.write(f"{result.name:<{width}}  {figures} {verdict}\n")
