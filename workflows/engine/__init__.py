"""The engine: a pure state machine that runs Argo workflows. Start reading at `machine`."""

from workflows.engine.decision import Decision
from workflows.engine.errors import EngineError
from workflows.engine.machine import RunState
from workflows.engine.manual_retry import RetryPlan, plan_retry
from workflows.engine.node import Node, Run
from workflows.engine.program import Library, Program, compile_program

__all__ = [
    "Decision",
    "EngineError",
    "Library",
    "Node",
    "Program",
    "RetryPlan",
    "Run",
    "RunState",
    "compile_program",
    "plan_retry",
]
