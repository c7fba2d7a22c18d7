"""Parameters nobody reads: inputs of templates and parameters of runs. Not for arguments nobody declares.

A name counts as read wherever it stands after ``inputs.parameters`` or ``workflow.parameters``. Mentioning
all, or a name that is only known at run time, reads them all.
"""

from __future__ import annotations

import re
from typing import Final

from workflows.spec import codes
from workflows.spec.lint.hints.places import Place, json_text
from workflows.spec.lint.report import Report
from workflows.spec.marks import Path
from workflows.spec.template import Template
from workflows.spec.types import WorkflowSpec

_NAMED: Final = r"""\??\.parameters(?:\??\.([-\w]+)|\??\.?\[\s*(?:'|\\")([^'"\\]+)(?:'|\\")\s*\])?"""
_OF_TEMPLATE = re.compile("inputs" + _NAMED)
_OF_RUN = re.compile("workflow" + _NAMED)
#: kinds that show or hand on their inputs as a whole
_TAKES_ALL: Final = frozenset({"suspend", "plugin"})


def hint_at_unused_inputs(report: Report, place: Place, defaults: Template | None) -> None:
    """`defaults` are the run's templateDefaults, whose texts are also the template's."""
    template = place.template
    if not template.inputs.parameters or template.kind in _TAKES_ALL:
        return
    read = _read(_OF_TEMPLATE, place.text + (json_text(defaults) if defaults is not None else ""))
    for index, parameter in enumerate(template.inputs.parameters):
        if read is not None and parameter.name not in read:
            message = f"the template {template.name!r} does not use its input {parameter.name!r}"
            remedy = f"use {{{{inputs.parameters.{parameter.name}}}}} or remove the input"
            at = (*place.path, "inputs", "parameters", index)
            report.warning(codes.UNUSED_PARAMETER, message, at, remedy=remedy)


def hint_at_unused_parameters(report: Report, spec: WorkflowSpec, path: Path) -> None:
    """Parameters of a run that it neither mentions nor gives to its first or last template."""
    parameters = spec.arguments.parameters
    if not parameters or not spec.entrypoint:
        return
    text = json_text(spec)
    if '"templateRef":{' in text:
        return  # stored templates may read them
    read = _read(_OF_RUN, text)
    if read is None:
        return
    called = {spec.entrypoint, spec.on_exit}
    given = {
        item.name
        for template in spec.templates
        if template.name in called
        for item in template.inputs.parameters
    }
    for index, parameter in enumerate(parameters):
        if parameter.name not in read | given:
            message = f"the parameter {parameter.name!r} of the run is not used"
            remedy = f"use {{{{workflow.parameters.{parameter.name}}}}} or remove it"
            at = (*path, "arguments", "parameters", index)
            report.warning(codes.UNUSED_PARAMETER, message, at, remedy=remedy)


def _read(pattern: re.Pattern[str], text: str) -> set[str] | None:
    """The names that are read, None when any may be."""
    names: set[str] = set()
    for match in pattern.finditer(text):
        name = match[1] or match[2]
        if not name or name == "json":
            return None
        names.add(name)
    return names
