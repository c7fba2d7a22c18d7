"""Following a run until it ends: redrawn in place on a terminal, one line per change elsewhere."""

from __future__ import annotations

import shutil
import time
from typing import TextIO

from workflows.engine.messages import Millis
from workflows.engine.phases import PENDING, RUN_FINISHED, SUCCEEDED
from workflows.management.drawing import GLYPHS, draw_run
from workflows.services import presentation, runs
from workflows.services.access import Actor
from workflows.store import clock
from workflows.store.read import RunRecord
from workflows.wire import GraphView

_PAUSE_S = 0.3


def watch(actor: Actor, uid: str, out: TextIO) -> bool:
    """Returns whether the run succeeded."""
    view, screen = GraphView(), _Screen(out)
    while True:
        record = runs.get_run(actor, uid)
        phases = {idx: node["phase"] for idx, node in view.nodes.items()}
        view.apply(presentation.show_graph(record, since=view.seq))
        screen.show(record, view, phases, now=clock.now())
        if record.run.phase in RUN_FINISHED:
            screen.end(record, view, now=clock.now())
            return record.run.phase == SUCCEEDED
        time.sleep(_PAUSE_S)


class _Screen:
    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._drawn = 0
        self._terminal = out.isatty()

    def show(self, record: RunRecord, view: GraphView, before: dict[int, str], *, now: Millis) -> None:
        if self._terminal:
            self._redraw(draw_run(record.run, view, now=now), fit=True)
            return
        for idx, node in sorted(view.nodes.items()):
            if before.get(idx) != node["phase"]:
                message = f": {node['message']}" if node["message"] else ""
                glyph = GLYPHS.get(node["phase"], "?")
                self._out.write(f"{glyph} {node['phase'] or PENDING:<9} {node['name']}{message}\n")
        self._out.flush()

    def end(self, record: RunRecord, view: GraphView, *, now: Millis) -> None:
        lines = draw_run(record.run, view, now=now)
        if self._terminal:
            self._redraw(lines, fit=False)
        else:
            self._out.write("\n" + "\n".join(lines) + "\n")

    def _redraw(self, lines: list[str], *, fit: bool) -> None:
        """What does not fit the terminal is cut while the run goes on, as lines gone by cannot be redrawn."""
        size = shutil.get_terminal_size()
        if fit and len(lines) >= size.lines:
            hidden = len(lines) - size.lines + 2
            lines = [*lines[: size.lines - 2], f"… {hidden} more lines"]
        shown = [line[: size.columns - 1] for line in lines] if fit else lines
        back = f"\x1b[{self._drawn}A\r\x1b[J" if self._drawn else ""
        self._out.write(back + "\n".join(shown) + "\n")
        self._out.flush()
        self._drawn = len(shown)
