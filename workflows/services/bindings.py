"""One event binding and one event: what is to be done, and doing it. Events as a whole are in `events`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from workflows.engine.errors import EngineError
from workflows.engine.event_binding import Scope, Submission, matches, submission
from workflows.engine.messages import Millis
from workflows.errors import EnvironmentFault, NotFoundError, SluiceError
from workflows.expr import Context
from workflows.models import EventOutcome, Namespace, Template
from workflows.services.access import Access
from workflows.services.manifests import as_text
from workflows.services.new_runs import Prepared, prepare, start
from workflows.services.overrides import Overrides
from workflows.services.submit import workflow_of
from workflows.spec import WorkflowEventBinding, object_from_json
from workflows.store import clock

Result = EventOutcome.Result


@dataclass(slots=True)
class Plan:
    """What a binding makes of an event.

    prepared   the run to be started, None when there is none
    result     what it came to, if `prepared` is None
    curable    it failed for a reason that may go away: a template is missing, a name is taken
    """

    binding: str
    revision: int
    prepared: Prepared | None = None
    result: str = Result.NOT_MATCHED
    message: str = ""
    curable: bool = False


def plan(home: Namespace, row: Template, scope: Scope, now: Millis) -> Plan:
    """Decide without writing anything, so that slow expressions hold no lock."""
    planned = Plan(row.name, row.revision)
    try:
        wanted = _wanted(row, scope, Context(now_ms=now), planned)
        if wanted is not None:
            planned.prepared = _prepare(home, wanted)
    except EngineError as fault:
        planned.result, planned.message = Result.FAILED, fault.message
    except SluiceError as fault:
        planned.result, planned.message, planned.curable = Result.FAILED, fault.message, True
    return planned


def carry_out(access: Access, planned: Plan) -> dict[str, Any]:
    """Start the run in the caller's transaction; returns the fields of the outcome."""
    outcome: dict[str, Any] = {
        "revision": planned.revision,
        "result": planned.result,
        "message": planned.message,
        "decided_at": clock.now(),
    }
    if planned.prepared is None:
        return outcome
    try:
        [run] = start(access, planned.prepared)
    except EnvironmentFault:
        raise
    except SluiceError as fault:
        planned.curable = True
        return outcome | {"result": Result.FAILED, "message": fault.message}
    return outcome | {
        "result": Result.SUBMITTED,
        "message": "",
        "run_uid": run.uid,
        "run_name": run.name,
    }


def _wanted(row: Template, scope: Scope, context: Context, planned: Plan) -> Submission | None:
    """None when the binding does not match or submits nothing, as `planned` then says."""
    binding = object_from_json(row.manifest)
    if not isinstance(binding, WorkflowEventBinding):
        raise TypeError(f"template {row.pk} is no WorkflowEventBinding")
    if not matches(binding, scope, context):
        return None
    planned.result = Result.NOTHING
    return submission(binding, scope, context)


def _prepare(home: Namespace, wanted: Submission) -> Prepared:
    kind = Template.Kind.CLUSTER if wanted.cluster else Template.Kind.NAMESPACED
    rows = Template.objects.filter(kind=kind, name=wanted.template)
    stored = (rows if wanted.cluster else rows.filter(namespace=home)).first()
    if stored is None:
        raise NotFoundError(f"there is no {kind} {wanted.template!r}")
    workflow = workflow_of(stored)
    metadata = workflow["metadata"]
    metadata["labels"] = {**metadata.get("labels", {}), **wanted.labels}
    metadata["annotations"] = {**metadata.get("annotations", {}), **wanted.annotations}
    overrides = Overrides(
        name=wanted.name or None,
        generate_name=wanted.generate_name or None,
        parameters=wanted.parameters,
    )
    return prepare(home, as_text(workflow), overrides)
