"""Actions offered on a run."""

from __future__ import annotations

from typing import Any

import pytest

from workflows.engine.node import Run
from workflows.wire.actions import ACTIONS, allowed_actions

ALL = frozenset({"view", "operate", "run-template", "delete"})


def make_run(**changes: Any) -> Run:
    return Run(uid="u", name="r", namespace="n", created_at=0, **changes)


def refused(run: Run, rights: frozenset[str] = ALL) -> dict[str, str]:
    verdicts = allowed_actions(run, rights)
    return {action: verdict["code"] for action, verdict in verdicts.items() if not verdict["allowed"]}


@pytest.mark.parametrize(
    ("run", "expected"),
    [
        pytest.param(make_run(), {"retry": "not-failed", "delete": "not-finished"}, id="new"),
        pytest.param(
            make_run(phase="Running", suspended=True),
            {"suspend": "already-suspended", "retry": "not-failed", "delete": "not-finished"},
            id="suspended",
        ),
        pytest.param(
            make_run(phase="Running", shutdown="Stop"),
            {"stop": "already-stopping", "retry": "not-failed", "delete": "not-finished"},
            id="stopping",
        ),
        pytest.param(
            make_run(phase="Running", shutdown="Terminate"),
            {
                "stop": "already-stopping",
                "terminate": "already-stopping",
                "retry": "not-failed",
                "delete": "not-finished",
            },
            id="terminating",
        ),
        pytest.param(
            make_run(phase="Failed"),
            dict.fromkeys(("stop", "terminate", "suspend", "resume", "set"), "finished"),
            id="failed",
        ),
        pytest.param(
            make_run(phase="Succeeded"),
            dict.fromkeys(("stop", "terminate", "suspend", "resume", "set"), "finished")
            | {"retry": "not-failed"},
            id="succeeded",
        ),
    ],
)
def test_the_state_of_the_run_decides(run: Run, expected: dict[str, str]) -> None:
    assert refused(run) == expected


def test_without_rights_everything_is_refused_for_that_reason() -> None:
    assert refused(make_run(phase="Failed"), frozenset({"view"})) == dict.fromkeys(ACTIONS, "missing-right")


def test_the_reason_names_the_missing_right() -> None:
    verdict = allowed_actions(make_run(phase="Failed"), frozenset())["delete"]

    assert verdict == {
        "allowed": False,
        "code": "missing-right",
        "reason": "you do not have the right to delete in this namespace",
    }
