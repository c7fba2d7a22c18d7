"""What an attempt does next and how it ended, as its containers stand. Pure.

init containers one by one ─► main containers, each after its dependencies, and sidecars beside them
─► when the main containers ended, sidecars are told to end
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from .attempts import INIT, MAIN, SIDECAR, Attempt, ContainerRun
from .endings import (
    DEADLINE_MESSAGE,
    FAILED,
    KILLED_SIDECAR,
    RUNNING,
    STOPPED_BEFORE_START,
    SUCCEEDED,
    Ending,
    container_failure,
    container_state,
    init_failure,
)

#: the container whose exit code and outputs are the node's
MAIN_NAME = "main"


def startable(attempt: Attempt) -> list[ContainerRun]:
    """Containers that may start now."""
    if attempt.is_stopping or attempt.is_closing or attempt.fault is not None:
        return []
    if len(attempt.runs) == 1:  # almost always
        return attempt.runs if attempt.runs[0].is_untouched else []
    for run in _of(attempt, INIT):
        if not _ended_well(run):
            return [run] if run.is_untouched else []
    by_name = {run.name: run for run in attempt.runs}
    return [
        run
        for run in attempt.runs
        if run.is_untouched and all(_ended_well(by_name[name]) for name in run.container.dependencies)
    ]


def blocked(attempt: Attempt) -> list[tuple[ContainerRun, str]]:
    """Containers that never start because one they depend on failed, with Argo's termination message.

    Dependencies are waited for in the order in which they are given, as Argo's executor does.
    """
    found: list[tuple[ContainerRun, str]] = []
    if len(attempt.runs) == 1:
        return found
    by_name = {run.name: run for run in attempt.runs}
    for run in attempt.runs:
        if not run.is_untouched:
            continue
        for name in run.container.dependencies:
            needed = by_name[name]
            if not needed.is_over:
                break
            if needed.exit_code:
                found.append((run, f'dependency "{name}" exited with non-zero code: {needed.exit_code}'))
                break
    return found


def mains_are_over(attempt: Attempt) -> bool:
    return all(run.is_over for run in _of(attempt, MAIN))


def is_over(attempt: Attempt) -> bool:
    """Nothing goes on and nothing will start."""
    return not any(run.is_going_on for run in attempt.runs) and not startable(attempt)


def is_ready(attempt: Attempt) -> bool:
    """All containers run and say that they are ready."""
    return all(run.process and run.is_ready for run in attempt.runs if run.container.role != INIT)


def exit_code_of(attempt: Attempt) -> int | None:
    """That of the container `main`; None when it never ran or there is none."""
    return next((run.exit_code for run in _of(attempt, MAIN) if run.name == MAIN_NAME), None)


def container_states(attempt: Attempt) -> list[list[Any]]:
    """``[name, phase, message, exit code, at]`` of the containers that have started or ended."""
    states: list[list[Any]] = []
    for run in attempt.runs:
        if run.is_over and run.exit_code is not None:
            phase, message = container_state(run.name, run.exit_code, detail=run.detail)
            states.append([run.name, phase, message, run.exit_code, run.ended_at])
        elif not run.is_untouched:
            states.append([run.name, RUNNING, "", None, attempt.started_at])
    return states


def ending_of(attempt: Attempt) -> Ending:
    """How an attempt that is over ended. Source: Argo's `inferFailedReason`."""
    exit_code = exit_code_of(attempt)
    if attempt.fault is not None:
        return attempt.fault
    if attempt.is_past_deadline:
        return Ending(FAILED, DEADLINE_MESSAGE, exit_code)
    for run in _of(attempt, INIT):
        if run.exit_code:
            return init_failure(run.name, run.exit_code, detail=run.detail, stopped=attempt.is_stopping)
    mains = sorted(_of(attempt, MAIN), key=lambda run: run.name)
    for run in mains:
        if run.exit_code:
            return container_failure(run.name, run.exit_code, detail=run.detail, node_exit_code=exit_code)
    if any(run.exit_code is None for run in mains):
        return Ending(FAILED, STOPPED_BEFORE_START, exit_code)
    for run in sorted(_of(attempt, SIDECAR), key=lambda run: run.name):
        if run.exit_code and run.exit_code not in KILLED_SIDECAR:
            return container_failure(run.name, run.exit_code, detail=run.detail, node_exit_code=exit_code)
    return Ending(SUCCEEDED, "", exit_code)


def living(runs: Iterable[ContainerRun]) -> Iterator[ContainerRun]:
    """Those that have a process now."""
    return (run for run in runs if run.process)


def _of(attempt: Attempt, role: str) -> list[ContainerRun]:
    return [run for run in attempt.runs if run.container.role == role]


def _ended_well(run: ContainerRun) -> bool:
    return run.is_over and run.exit_code == 0
