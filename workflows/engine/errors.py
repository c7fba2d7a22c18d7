"""Errors that end a node. They never leave the engine: `calls` turns them into phases and messages."""

from __future__ import annotations

from workflows.errors import SluiceError


class EngineError(SluiceError):
    """What Argo's controller would return as an error; the message is Argo's text."""

    code = "engine-error"


class TimedOut(EngineError):
    """A template's timeout passed before its process started."""

    code = "timeout"

    def __init__(self) -> None:
        super().__init__("timeout")
