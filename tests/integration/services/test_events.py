"""Events: stored with their runs or not at all, once however often they are sent, failures tried again."""

from __future__ import annotations

import threading
from io import StringIO

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import connection

from workflows.errors import ConflictError, ForbiddenError, NotFoundError, UserError
from workflows.models import Event, EventOutcome, Namespace, NamespaceRole, Run, Template
from workflows.services import bindings, events, runs, submit, templates
from workflows.services.events import Reception

TEMPLATE = """\
apiVersion: argoproj.io/v1alpha1
kind: WorkflowTemplate
metadata: {name: consumer}
spec:
  entrypoint: main
  arguments: {parameters: [{name: message}]}
  workflowMetadata: {labels: {from: template}}
  templates:
    - name: main
      container: {image: busybox, command: [echo, "{{workflow.parameters.message}}"]}
"""
BINDING = """\
apiVersion: argoproj.io/v1alpha1
kind: WorkflowEventBinding
metadata: {name: BINDING}
spec:
  event: {selector: 'payload.message != "" && discriminator == "push"'}
  submit:
    workflowTemplateRef: {name: consumer}
    metadata: {labels: {kind: '"event"'}, annotations: {said: payload.message}}
    arguments:
      parameters: [{name: message, valueFrom: {event: payload.message}}]
"""
LABEL = "workflows.argoproj.io/workflow-event-binding"


def store(actor: User, *texts: str) -> None:
    for text in texts:
        templates.store_text(actor, namespace="team", text=text)


def named(name: str, text: str = BINDING) -> str:
    return text.replace("BINDING", name)


def send(actor: User, payload: bytes = b'{"message": "hi"}', *, to: str = "push", key: str = "") -> Reception:
    return events.accept(actor, "team", to, payload, {"x-kind": ["test"]}, key=key)


def told(reception: Reception) -> dict[str, tuple[str, str]]:
    return {one.binding: (one.result, one.message) for one in reception.outcomes}


@pytest.mark.argo("20-event-endpoint", "20-binding-submit", "1-workflow-event-binding")
def test_a_matching_binding_starts_a_run(root) -> None:
    store(root, TEMPLATE, named("first"))
    reception = send(root)
    [outcome] = reception.outcomes
    assert (outcome.result, outcome.revision, reception.again) == ("Submitted", 1, False)
    run = runs.get_run(root, outcome.run_uid).run
    assert run.name == outcome.run_name
    assert run.name.startswith("consumer-")
    assert run.arguments == {"message": "hi"}
    assert run.annotations == {"said": "hi"}
    assert run.labels == {
        "from": "template",
        "kind": "event",
        LABEL: "first",
        "workflows.argoproj.io/creator": "root",
        "workflows.argoproj.io/workflow-template": "consumer",
    }
    [event] = events.list_events(root, "team", limit=10)
    assert (event.payload, event.actor_name, event.retry_at) == ('{"message": "hi"}', "root", None)


def test_every_binding_is_asked_and_none_keeps_the_others_from_starting(root) -> None:
    broken = named("b-broken").replace("payload.message != ", "payload.message.x.y != ")
    missing = named("c-missing").replace("name: consumer", "name: unknown")
    idle = named("d-idle").partition("  submit:")[0]
    other = named("e-other").replace('"push"', '"pull"')
    store(root, TEMPLATE, named("a-good"), broken, missing, idle, other, named("f-good"))
    reception = send(root)
    outcomes = told(reception)
    assert outcomes["a-good"] == outcomes["f-good"] == ("Submitted", "")
    assert outcomes["b-broken"][0] == "Failed"
    assert outcomes["b-broken"][1].startswith("failed to evaluate workflow template expression: ")
    assert outcomes["c-missing"] == ("Failed", "there is no WorkflowTemplate 'unknown'")
    assert outcomes["d-idle"] == ("NothingToSubmit", "")
    assert outcomes["e-other"] == ("NotMatched", "")
    assert Run.objects.count() == 2


def test_an_event_that_is_sent_twice_is_one_event(root) -> None:
    store(root, TEMPLATE, named("first"))
    first, second = send(root, key="k1"), send(root, key="k1")
    assert (second.again, second.event.id, told(second)) == (True, first.event.id, told(first))
    assert [one.run_uid for one in second.outcomes] == [one.run_uid for one in first.outcomes]
    assert Run.objects.count() == 1
    with pytest.raises(ConflictError, match="another payload"):
        send(root, b'{"message": "other"}', key="k1")
    assert not send(root, to="pull", key="k1").again
    assert not send(root, key="k2").again
    assert not send(root).again
    assert not send(root).again


def test_an_event_that_cannot_be_stored_starts_nothing(root, monkeypatch: pytest.MonkeyPatch) -> None:
    store(root, TEMPLATE, named("first"))
    real = bindings.carry_out

    def fail(*args: object) -> object:
        real(*args)
        raise RuntimeError("the process dies here")

    monkeypatch.setattr(events, "carry_out", fail)
    with pytest.raises(RuntimeError):
        send(root, key="k")
    assert (Event.objects.count(), Run.objects.count()) == (0, 0)
    monkeypatch.undo()
    assert not send(root, key="k").again
    assert Run.objects.count() == 1


def test_a_failed_binding_is_tried_again_until_its_template_is_there(root, fake_clock) -> None:
    store(root, named("early"))
    reception = send(root)
    assert told(reception)["early"][0] == "Failed"
    store(root, TEMPLATE)
    assert events.retry_due(fake_clock.ms) == 0
    fake_clock.pass_ms(15_000)
    assert events.retry_due(fake_clock.ms) == 1
    outcome = EventOutcome.objects.get()
    assert (outcome.result, outcome.message) == ("Submitted", "")
    fake_clock.pass_ms(3_600_000)
    assert events.retry_due(fake_clock.ms) == 0
    assert Run.objects.count() == 1


def test_trying_again_ends(root, fake_clock) -> None:
    store(root, named("early"))
    send(root)
    for _ in range(20):
        fake_clock.pass_ms(3_600_000)
        events.retry_due(fake_clock.ms)
    event = Event.objects.get()
    assert (event.tries, event.retry_at) == (7, None)


def test_what_no_time_cures_is_not_tried_again(root) -> None:
    store(root, TEMPLATE, named("broken").replace('"event"', "payload.n"))
    reception = send(root)
    assert told(reception)["broken"][0] == "Failed"
    assert reception.event.retry_at is None


def test_a_sender_that_lost_the_right_starts_nothing_later(make_user, root, fake_clock) -> None:
    store(root, named("early"))
    sender = make_user("operator")
    send(sender)
    store(root, TEMPLATE)
    NamespaceRole.objects.all().delete()
    fake_clock.pass_ms(15_000)
    events.retry_due(fake_clock.ms)
    assert (Event.objects.get().retry_at, Run.objects.count()) == (None, 0)


def test_a_replay_asks_bindings_without_a_run_and_new_ones(root) -> None:
    store(root, TEMPLATE, named("good"), named("missing").replace("name: consumer", "name: unknown"))
    first = send(root)
    store(root, named("late"), named("missing"))
    again = events.replay(root, "team", first.event.id)
    assert told(again) == dict.fromkeys(("good", "late", "missing"), ("Submitted", ""))
    assert Run.objects.count() == 3
    assert events.replay(root, "team", first.event.id).event.retry_at is None
    assert Run.objects.count() == 3


@pytest.mark.parametrize(
    ("role", "refused"), [("viewer", ForbiddenError), ("nobody", NotFoundError), ("operator", None)]
)
def test_senders_may_run_templates(make_user, root, role: str, refused: type[Exception] | None) -> None:
    store(root, TEMPLATE, named("first"))
    actor = make_user(role)
    if refused is None:
        assert told(send(actor)) == {"first": ("Submitted", "")}
        return
    with pytest.raises(refused):
        send(actor)
    assert not Event.objects.exists()


@pytest.mark.parametrize(
    ("payload", "code"),
    [(b"{", "invalid-payload"), (b"\xff", "invalid-payload"), (b'"\x00"', "invalid-payload"),
     (b'"' + b"x" * 2_097_152 + b'"', "too-large")],
)  # fmt: skip
def test_payloads_that_are_refused(root, payload: bytes, code: str) -> None:
    with pytest.raises(UserError) as caught:
        send(root, payload)
    assert caught.value.code == code
    assert not Event.objects.exists()


def test_a_run_of_the_given_name_is_a_failure_that_is_told(root) -> None:
    store(
        root,
        TEMPLATE,
        named("first").replace("metadata: {labels", "metadata: {name: payload.message, labels"),
    )
    assert send(root).outcomes[0].run_name == "hi"
    reception = send(root)
    assert told(reception)["first"][0] == "Failed"
    assert "there is a run named 'hi'" in told(reception)["first"][1]


def test_a_binding_is_not_run_itself(root) -> None:
    store(root, named("first"))
    with pytest.raises(UserError, match="sent an event"):
        submit.submit_from_template(root, namespace="team", template="first", kind=Template.Kind.BINDING)


def test_old_events_are_forgotten_unless_they_wait(root, fake_clock) -> None:
    store(root, TEMPLATE, named("first"))
    send(root)
    Template.objects.filter(kind=Template.Kind.NAMESPACED).delete()
    waiting = send(root)
    fake_clock.pass_ms(1000)
    kept = send(root, to="pull")
    assert events.delete_old(kept.event.received_at) == 1
    assert set(Event.objects.values_list("id", flat=True)) == {waiting.event.id, kept.event.id}


@pytest.mark.django_db(transaction=True)
def test_one_key_from_many_senders_at_once_is_one_run() -> None:
    actor = User.objects.create_superuser("root")
    Namespace.objects.create(name="team", created_at=0)
    store(actor, TEMPLATE, named("first"))
    found: list[tuple[bool, str]] = []

    def post() -> None:
        try:
            reception = send(actor, key="same")
            found.append((reception.again, reception.outcomes[0].run_uid))
        finally:
            connection.close()

    threads = [threading.Thread(target=post) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(again for again, _ in found) == [False] + [True] * 5
    assert len({uid for _, uid in found}) == 1
    assert Run.objects.count() == 1


def test_the_command_lists_and_replays(root) -> None:
    def manage(*words: str) -> list[str]:
        out = StringIO()
        call_command("events", *words, "-n", "team", stdout=out)
        return out.getvalue().splitlines()

    store(root, named("early"))
    event = send(root).event
    first, outcome = manage("list")
    assert first.split()[0] == str(event.id)
    assert outcome == "    early: Failed  there is no WorkflowTemplate 'consumer'"
    store(root, TEMPLATE)
    [outcome] = manage("replay", str(event.id))
    assert outcome.startswith("    early: Submitted  consumer-")
    with pytest.raises(CommandError, match="say which"):
        manage("replay")
