"""Phases and types of nodes and runs, in Argo's words, and what each phase implies.

Source: Argo's `status.nodes[*].phase` and `.type`. Not for transitions: those are decided by the frames.
"""

from __future__ import annotations

from typing import Final

PENDING: Final = "Pending"
RUNNING: Final = "Running"
SUCCEEDED: Final = "Succeeded"
SKIPPED: Final = "Skipped"
FAILED: Final = "Failed"
ERROR: Final = "Error"
OMITTED: Final = "Omitted"

PHASES: Final = (PENDING, RUNNING, SUCCEEDED, SKIPPED, FAILED, ERROR, OMITTED)

#: A node in one of these phases never changes again (unless a person retries the run).
FULFILLED: Final = frozenset({SUCCEEDED, SKIPPED, FAILED, ERROR, OMITTED})
#: Argo's `Completed`: the node really ran to an end. Exit hooks fire only for these.
COMPLETED: Final = frozenset({SUCCEEDED, FAILED, ERROR})
FAILED_OR_ERROR: Final = frozenset({FAILED, ERROR})

RUN_FINISHED: Final = frozenset({SUCCEEDED, FAILED, ERROR})

POD: Final = "Pod"
STEPS: Final = "Steps"
STEP_GROUP: Final = "StepGroup"
DAG: Final = "DAG"
TASK_GROUP: Final = "TaskGroup"
RETRY: Final = "Retry"
SKIPPED_NODE: Final = "Skipped"
SUSPEND: Final = "Suspend"
CONTAINER: Final = "Container"
HTTP: Final = "HTTP"
PLUGIN: Final = "Plugin"

#: for these something is done outside the engine
LAUNCHED: Final = frozenset({POD, HTTP, PLUGIN})

NODE_TYPES: Final = (
    POD, CONTAINER, STEPS, STEP_GROUP, DAG, TASK_GROUP, RETRY, SKIPPED_NODE, SUSPEND, HTTP, PLUGIN,
)  # fmt: skip
