"""`manage.py stop`, `resume` and `retry` leave their wishes in the inbox of the run."""

from __future__ import annotations

import io

import pytest
from django.core.management import CommandError, call_command

from tests.integration.services.conftest import HELLO
from workflows.engine.messages import ResumeRun, RetryRun, Stop, Terminate
from workflows.models import Run
from workflows.services import submit
from workflows.store import signals

COMMANDS = {
    "stop": ("Running", ["stop", "--message", "enough"], Stop(message="enough", actor="root")),
    "terminate": ("Running", ["stop", "--terminate"], Terminate(actor="root")),
    "resume": ("Running", ["resume"], ResumeRun(actor="root")),
    "answer": (
        "Running",
        ["resume", "--node", "displayName=ask", "-p", "approve=yes"],
        ResumeRun(selector="displayName=ask", values={"approve": "yes"}, actor="root"),
    ),
    "retry": ("Failed", ["retry", "-p", "text=again"], RetryRun(parameters={"text": "again"}, actor="root")),
}


@pytest.fixture(autouse=True)
def _a_run(root):
    submit.submit(root, namespace="team", text=HELLO)


def _command(name: str, *options: str) -> str:
    out = io.StringIO()
    call_command(name, "@latest", *options, "-n", "team", stdout=out)
    return out.getvalue()


@pytest.mark.argo("18-control")
@pytest.mark.parametrize(("phase", "words", "wish"), COMMANDS.values(), ids=COMMANDS)
def test_a_command_leaves_a_wish(phase, words, wish):
    Run.objects.update(phase=phase, finished_at=1)

    said = _command(*words)

    [received] = signals.read([Run.objects.get().id])
    assert said.startswith("team/hello-")
    assert received.message == wish


def test_what_cannot_be_is_told():
    Run.objects.update(phase="Succeeded", finished_at=1)

    with pytest.raises(CommandError, match="already finished"):
        _command("stop")
