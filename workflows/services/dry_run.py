"""Dry runs of a submit: everything is done as always, shown, and undone again.

Done inside the database, so that names that are taken and missing rights are found, too. Nothing is executed.
Source: Argo's `--dry-run` and `--server-dry-run`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.db import transaction

from workflows.engine.messages import JsonObject
from workflows.errors import InternalError, Problem
from workflows.services.new_runs import SubmittedRun, merged_spec
from workflows.store import read


@dataclass(frozen=True, slots=True)
class DryRun:
    """The Workflow objects that would have been stored, and what the linter says about their text.

    An object that runs a stored template as a whole has what it would run, merged, where Argo keeps it: in
    ``status.storedWorkflowTemplateSpec``.
    """

    workflows: Sequence[JsonObject]
    warnings: Sequence[Problem]


def dry_run(start: Callable[[], Sequence[SubmittedRun]]) -> DryRun:
    """What `start`, a submit, would store. Raises what it raises."""
    with transaction.atomic():
        started = start()
        workflows = [_would_be(run) for run in started]
        transaction.set_rollback(True)
    found = dict.fromkeys(problem for run in started for problem in run.warnings)
    return DryRun(workflows, list(found))


def _would_be(submitted: SubmittedRun) -> JsonObject:
    record = read.find_run(submitted.uid)
    if record is None:
        raise InternalError(f"run {submitted.uid} was not stored")
    made_from = read.get_manifest(record.run_id)
    run = record.run
    # Not as the manifest gives it: the name is made up by now, labels tell creator and template.
    metadata = made_from.workflow["metadata"] | {
        "name": run.name,
        "namespace": run.namespace,
        "labels": run.labels,
    }
    shown = made_from.workflow | {"metadata": metadata}
    if "workflowTemplateRef" in shown["spec"]:
        shown["status"] = {"storedWorkflowTemplateSpec": merged_spec(shown, made_from.library)}
    return shown
