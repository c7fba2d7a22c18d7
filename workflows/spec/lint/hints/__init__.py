"""Second thoughts about manifests without a fault: what is valid and yet hardly meant. All are warnings.

Argo has nothing like it. Not for faults: they are told first, and while there is one, no hints are given.
"""

from __future__ import annotations

from workflows.spec.lint.hints.constants import hint_at_constants
from workflows.spec.lint.hints.deprecated import hint_at_deprecated
from workflows.spec.lint.hints.outputs import hint_at_lost_outputs
from workflows.spec.lint.hints.places import Place, places
from workflows.spec.lint.hints.shadows import hint_at_shadows
from workflows.spec.lint.hints.unreached import hint_at_unreached_tasks, hint_at_unreached_templates
from workflows.spec.lint.hints.unused import hint_at_unused_inputs, hint_at_unused_parameters
from workflows.spec.lint.hints.writing import hint_at_writing
from workflows.spec.lint.holders import Stored
from workflows.spec.lint.report import Report
from workflows.spec.load import Manifest
from workflows.spec.marks import Path
from workflows.spec.types import CronWorkflow, Workflow, WorkflowSpec, WorkflowTemplate

__all__ = ["hint_at_object"]


def hint_at_object(report: Report, manifest: Manifest, stored: Stored) -> None:
    """Hints about a run, a stored template or a schedule."""
    if isinstance(manifest, Workflow):
        _hint_at_spec(report, manifest.spec, ("spec",), stored, is_run=True)
    elif isinstance(manifest, WorkflowTemplate):
        _hint_at_spec(report, manifest.spec, ("spec",), stored, is_run=False)
    elif isinstance(manifest, CronWorkflow):
        path = ("spec", "workflowSpec")
        _hint_at_spec(report, manifest.spec.workflow_spec, path, stored, is_run=True)


def _hint_at_spec(report: Report, spec: WorkflowSpec, path: Path, stored: Stored, *, is_run: bool) -> None:
    """`is_run`: nobody else can call the templates of `spec`, which stands at `path`."""
    found = list(places(spec, path))
    for place in found:
        _hint_at_place(report, place, spec)
    if spec.workflow_template_ref is not None:
        return
    hint_at_unused_parameters(report, spec, path)
    hint_at_shadows(report, spec, found, stored)
    if is_run:
        hint_at_unreached_templates(report, spec, path)


def _hint_at_place(report: Report, place: Place, spec: WorkflowSpec) -> None:
    hint_at_unused_inputs(report, place, spec.template_defaults)
    hint_at_lost_outputs(report, place)
    hint_at_constants(report, place)
    hint_at_unreached_tasks(report, place)
    hint_at_deprecated(report, place)
    hint_at_writing(report, place)
