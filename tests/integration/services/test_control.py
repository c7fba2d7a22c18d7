"""Wishes about runs: who may have them, when they are refused, what reaches the inbox."""

from __future__ import annotations

import pytest

from tests.integration.services.conftest import HELLO
from workflows.engine.messages import ResumeRun, RetryRun, SetNode, Stop, SuspendRun, Terminate
from workflows.errors import ConflictError, ForbiddenError, NotFoundError
from workflows.executors import dispatch
from workflows.models import Node, Run, Signal
from workflows.services import control, retention, retries, submit
from workflows.store import bus, clock, signals

WISHES = {
    "stop": (lambda actor, uid: control.stop(actor, uid, message="m"), Stop(message="m", actor="root")),
    "terminate": (control.terminate, Terminate(actor="root")),
    "suspend": (control.suspend, SuspendRun(actor="root")),
    "resume": (
        lambda actor, uid: control.resume(actor, uid, selector="id=x", values={"a": "b"}),
        ResumeRun(selector="id=x", values={"a": "b"}, actor="root"),
    ),
    "set": (
        lambda actor, uid: control.set_node(actor, uid, selector="id=x", phase="Failed"),
        SetNode(selector="id=x", phase="Failed", actor="root"),
    ),
}


@pytest.fixture
def run(root):
    return submit.submit(root, namespace="team", text=HELLO)[0]


def set_phase(uid: str, phase: str) -> int:
    Run.objects.filter(uid=uid).update(phase=phase, finished_at=1000)
    return Run.objects.get(uid=uid).id


@pytest.mark.parametrize(("act", "wish"), WISHES.values(), ids=WISHES)
def test_a_wish_goes_to_the_inbox(root, run, act, wish):
    act(root, run.uid)

    [received] = signals.read([Run.objects.get().id])
    assert received.message == wish


@pytest.mark.parametrize(("act", "_wish"), WISHES.values(), ids=WISHES)
def test_a_wish_about_a_finished_run_is_refused(root, run, act, _wish):
    set_phase(run.uid, "Succeeded")

    with pytest.raises(ConflictError, match="already finished"):
        act(root, run.uid)

    assert Signal.objects.count() == 0


@pytest.mark.parametrize(("act", "_wish"), WISHES.values(), ids=WISHES)
@pytest.mark.parametrize(("role", "error"), [("viewer", ForbiddenError), ("nobody", NotFoundError)])
def test_a_wish_needs_the_right(make_user, run, act, _wish, role, error):
    with pytest.raises(error):
        act(make_user(role), run.uid)


@pytest.mark.parametrize("phase", ["Failed", "Error"])
@pytest.mark.argo("16-archive-verbs")
def test_a_failed_run_can_be_retried(root, run, phase):
    run_id = set_phase(run.uid, phase)

    retries.retry(root, run.uid, parameters={"a": "b"})

    assert [one.message for one in signals.read([run_id])] == [RetryRun(parameters={"a": "b"}, actor="root")]


@pytest.mark.parametrize("phase", ["", "Running", "Succeeded"])
def test_other_runs_cannot_be_retried(root, run, phase):
    set_phase(run.uid, phase)

    with pytest.raises(ConflictError) as caught:
        retries.retry(root, run.uid)

    assert caught.value.code == "not-retryable"


@pytest.mark.argo("8-retry-single-node")
def test_chosen_nodes_of_a_successful_run_can_be_done_again(root, run):
    set_phase(run.uid, "Succeeded")

    retries.retry(root, run.uid, restart_successful=True, selector="id=x")

    assert Signal.objects.count() == 1


def test_a_wish_wakes_the_engine(root, run, django_capture_on_commit_callbacks):
    woken: list[str] = []
    end = bus.current().on_wake(woken.append)

    with django_capture_on_commit_callbacks(execute=True):
        control.terminate(root, run.uid)
    end()

    assert woken == [run.uid]


def test_a_running_run_is_not_deleted(root, run):
    with pytest.raises(ConflictError) as caught:
        retention.delete_run(root, run.uid)

    assert (caught.value.code, Run.objects.count()) == ("not-finished", 1)


@pytest.mark.usefixtures("_no_broker")
@pytest.mark.argo("16-deletion")
def test_a_finished_run_goes_with_everything_it_had(root, run, django_capture_on_commit_callbacks):
    run_id = set_phase(run.uid, "Failed")
    Node.objects.create(id=run_id << 24, run_id=run_id, idx=0, seq=1, node_id="n", name="n", phase="Failed")
    signals.post(run_id, [Terminate()], now=1)

    with django_capture_on_commit_callbacks(execute=True):
        retention.delete_run(root, run.uid)

    assert (Run.objects.count(), Node.objects.count(), Signal.objects.count()) == (0, 0, 0)


@pytest.fixture
def _no_broker(monkeypatch):
    monkeypatch.setattr(dispatch, "send", lambda _: True)


@pytest.mark.usefixtures("_no_broker")
@pytest.mark.parametrize(
    ("phase", "age_s", "kept"),
    [("Succeeded", 59, 1), ("Succeeded", 60, 0), ("Failed", 60, 1), ("Failed", 90, 0), ("Running", 999, 1)],
)
@pytest.mark.argo("2-ttl-strategy")
def test_a_run_is_kept_as_long_as_its_ttl(root, run, phase, age_s, kept):
    now = clock.now()
    Run.objects.update(phase=phase, finished_at=now - age_s * 1000, ttl_success=60, ttl_failure=90)

    retention.delete_expired(now)

    assert Run.objects.count() == kept


@pytest.mark.usefixtures("_no_broker")
@pytest.mark.argo("16-retention-policy", "16-archive")
def test_the_newest_finished_runs_are_kept(root):
    uids = [submit.submit(root, namespace="team", text=HELLO)[0].uid for _ in range(5)]
    for uid in uids[:4]:
        set_phase(uid, "Succeeded")

    retention.delete_beyond(2)

    assert list(Run.objects.order_by("id").values_list("uid", flat=True)) == uids[2:]
