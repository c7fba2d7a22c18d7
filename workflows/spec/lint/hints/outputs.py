"""Outputs that a template of its kind never sets. Not for outputs that only may be missing."""

from __future__ import annotations

from typing import Final

from workflows.spec import codes
from workflows.spec.arguments import ValueFrom
from workflows.spec.lint.hints.places import Place
from workflows.spec.lint.report import Report

#: kinds that have no files, and what their outputs can come from
_WITHOUT_FILES: Final = {"suspend": "supplied", "http": "expression", "data": "expression"}


def hint_at_lost_outputs(report: Report, place: Place) -> None:
    kind = place.template.kind
    if kind not in _WITHOUT_FILES:
        return
    outputs = place.template.outputs
    for index, parameter in enumerate(outputs.parameters):
        source = parameter.value_from
        if source is not None and source.default is None and not _is_set(kind, source):
            message = f"a {kind} template never sets the output {parameter.name!r}"
            at = (*place.path, "outputs", "parameters", index, "valueFrom")
            remedy = f"use `{_WITHOUT_FILES[kind]}`, or give a `default`"
            report.warning(codes.OUTPUT_NEVER_SET, message, at, remedy=remedy)
    for index, artifact in enumerate(outputs.artifacts):
        if kind in ("suspend", "http") and not artifact.optional:
            message = f"a {kind} template never makes the artifact {artifact.name!r}"
            at = (*place.path, "outputs", "artifacts", index)
            report.warning(codes.OUTPUT_NEVER_SET, message, at, remedy="remove it")


def _is_set(kind: str, source: ValueFrom) -> bool:
    if kind == "suspend":
        return source.supplied is not None
    return not (source.path or source.json_path or source.jq_filter or source.parameter)
