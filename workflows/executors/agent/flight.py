"""One attempt on its way: its work, its log, and whether it is moving, waiting or over.

Not for what any kind of template does, see `Work`, nor for who is told, see `executor`.
"""

from __future__ import annotations

import threading
from enum import Enum

from workflows.engine.messages import Launch, Millis, NodeFinished, NodeProgress, NodeReported, NodeStarted
from workflows.executors.agent.pool import Alarm
from workflows.executors.agent.work import Ending, Pause, Work

HOST = "agent"
_MAX_LOG = 64 * 1024
#: Kubernetes' limit of a termination message
_MAX_MESSAGE = 4096
_TORN = "… (cut off)\n"


class State(Enum):
    READY = "waits for a thread"
    MOVING = "in a thread"
    PAUSED = "waits for time or a topic"
    OVER = "has ended"


class Flight:
    """`turn` is held by whoever lets the work do something; `state` changes under the executor's lock."""

    def __init__(self, order: Launch, began_at: Millis) -> None:
        self.order = order
        self.began_at = began_at
        self.work: Work | None = None
        self.state = State.READY
        #: something happened while it was moving: no pause this time
        self.again = False
        self.ending_by_order = False
        self.topic = ""
        self.turn = threading.Lock()
        self.pause: Alarm | None = None
        self.deadlines: list[Alarm] = []
        self._log: list[str] = []
        self._logged = 0
        self._shown: Pause | None = None

    @property
    def key(self) -> tuple[str, int]:
        return self.order.node_id, self.order.attempt

    @property
    def log(self) -> str:
        return "".join(self._log)

    def end_pause(self) -> None:
        if self.pause is not None:
            self.pause.cancel()

    def over(self) -> None:
        self.state = State.OVER
        self.end_pause()
        for alarm in self.deadlines:
            alarm.cancel()

    def note(self, line: str) -> None:
        if self._logged > _MAX_LOG:
            return
        self._logged += len(line) + 1
        self._log.append(_TORN if self._logged > _MAX_LOG else f"{presentable(line)}\n")

    def started(self) -> NodeStarted:
        node_id, attempt = self.key
        return NodeStarted(node_id=node_id, attempt=attempt, at=self.began_at, host=HOST)

    def news(self, pause: Pause, at: Millis) -> list[NodeReported | NodeProgress]:
        """What a pause shows that the one before did not."""
        before, self._shown = self._shown or Pause(0), pause
        node_id, attempt = self.key
        news: list[NodeReported | NodeProgress] = []
        if pause.phase and (pause.phase, pause.message) != (before.phase, before.message):
            message = presentable(pause.message)
            news.append(
                NodeReported(node_id=node_id, attempt=attempt, at=at, phase=pause.phase, message=message)
            )
        if pause.progress and pause.progress != before.progress:
            news.append(NodeProgress(node_id=node_id, attempt=attempt, at=at, progress=pause.progress))
        return news

    def finished(self, ending: Ending, at: Millis) -> NodeFinished:
        node_id, attempt = self.key
        return NodeFinished(
            node_id=node_id,
            attempt=attempt,
            at=max(at, self.began_at),
            phase=ending.phase,
            started_at=self.began_at,
            message=presentable(ending.message)[:_MAX_MESSAGE],
            exit_code=ending.exit_code,
            parameters={name: presentable(value) for name, value in ending.parameters.items()},
            result=None if ending.result is None else presentable(ending.result),
            artifacts=[dict(artifact) for artifact in ending.artifacts],
            host=HOST,
        )


def presentable(text: str) -> str:
    """What may be stored anywhere: servers answer with anything."""
    return text.encode(errors="replace").decode().replace("\0", "�")
