"""Inputs and outputs a template declares. Not for the arguments it is called with.

Source: Argo's `validateInputs`, `validateOutputs` and `validateOutputParameter`.
"""

from __future__ import annotations

from typing import Final

from workflows.spec import codes
from workflows.spec.arguments import Artifact, Parameter, ValueFrom
from workflows.spec.lint.artifacts import check_location, check_path
from workflows.spec.lint.interface import KIND_NAMES, LEAF_KINDS
from workflows.spec.lint.names import check_names, holds_tag, parameter_name_fault
from workflows.spec.lint.report import Report
from workflows.spec.lint.scope import check_tags
from workflows.spec.lint.settings import ARTIFACT_GC_STRATEGIES, check_choice
from workflows.spec.lint.walk import Visit, Walk
from workflows.spec.marks import Path

_ALL_BITS: Final = 0o777
_SOURCES: Final = "path, jqFilter, jsonPath, parameter, raw"


def check_inputs(report: Report, visit: Visit) -> None:
    template, path = visit.template, (*visit.path, "inputs")
    argo = f"templates.{template.name}.inputs"
    parameters = [item.name for item in template.inputs.parameters]
    check_names(report, parameters, (*path, "parameters"), f"{argo}.parameters", parameters=True)
    artifacts = [item.name for item in template.inputs.artifacts]
    check_names(report, artifacts, (*path, "artifacts"), f"{argo}.artifacts", parameters=True)
    for index, artifact in enumerate(template.inputs.artifacts):
        at = (*path, "artifacts", index)
        said = f"{argo}.artifacts.{artifact.name}"
        _check_artifact_path(report, visit, artifact, at, said)
        _check_artifact_settings(report, artifact, at)
        if artifact.from_:
            message = "an input artifact takes `from` from the caller, not here"
            report.error(
                codes.NOT_ALLOWED_HERE, message, (*at, "from"), argo=f"{said}.from not valid in inputs"
            )
        check_location(report, artifact, at, said)


def check_outputs(walk: Walk, visit: Visit) -> None:
    report, template, path = walk.report, visit.template, (*visit.path, "outputs")
    argo = f"templates.{template.name}.outputs"
    parameters = [item.name for item in template.outputs.parameters]
    check_names(report, parameters, (*path, "parameters"), f"{argo}.parameters ", parameters=True)
    artifacts = [item.name for item in template.outputs.artifacts]
    check_names(report, artifacts, (*path, "artifacts"), f"{argo}.artifacts ", parameters=True)
    check_tags(report, template.outputs, visit.scope, path, argo=f"{argo} ")
    for index, artifact in enumerate(template.outputs.artifacts):
        at = (*path, "artifacts", index)
        said = f"{argo}.artifacts.{artifact.name}"
        _check_artifact_path(report, visit, artifact, at, said)
        _check_artifact_settings(report, artifact, at)
        _check_global_name(report, artifact.global_name, at, said)
        if artifact.from_ and artifact.from_expression:
            report.error(codes.EXCLUSIVE_FIELDS, "give `from` or `fromExpression`, not both", at)
    for index, parameter in enumerate(template.outputs.parameters):
        at = (*path, "parameters", index)
        said = f"{argo}.parameters.{parameter.name}"
        if _check_value(report, parameter, at, said) and parameter.value_from is not None:
            _check_source_of_kind(report, template.kind, parameter.value_from, at, said)
        _check_global_name(report, parameter.global_name, at, said)


def _check_artifact_settings(report: Report, artifact: Artifact, path: Path) -> None:
    """Fields that the schema of Kubernetes restricts."""
    if artifact.mode is not None and not 0 <= artifact.mode <= _ALL_BITS:
        message = f"`mode` is permission bits, 0 to {_ALL_BITS} (octal 777), not {artifact.mode}"
        report.error(codes.BAD_NUMBER, message, (*path, "mode"))
    if artifact.artifact_gc is not None:
        at = (*path, "artifactGC", "strategy")
        check_choice(report, artifact.artifact_gc.strategy, ARTIFACT_GC_STRATEGIES, at, tags=True)


def _check_artifact_path(report: Report, visit: Visit, artifact: Artifact, path: Path, argo: str) -> None:
    if visit.template.kind in LEAF_KINDS:
        check_path(report, artifact, path, argo)
    elif artifact.path:
        message = "a `path` is only possible in templates that run something"
        said = f"{argo}.path only valid in container/script templates"
        report.error(codes.NOT_ALLOWED_HERE, message, (*path, "path"), argo=said)


def _check_global_name(report: Report, name: str, path: Path, argo: str) -> None:
    if not name or holds_tag(name):
        return
    fault = parameter_name_fault(name)
    if fault:
        message = f"{name[:80]!r} is not a valid name"
        report.error(codes.BAD_NAME, message, (*path, "globalName"), argo=f"{argo}.globalName: {fault}")


def _check_value(report: Report, parameter: Parameter, path: Path, argo: str) -> bool:
    """Exactly one of value and valueFrom, the latter with exactly one source."""
    source = parameter.value_from
    if source is None:
        if parameter.value is None:
            message = f"the output {parameter.name!r} needs `value` or `valueFrom`"
            said = f"{argo} does not have valueFrom or value specified"
            report.error(codes.MISSING_VALUE, message, path, argo=said)
        return False
    if parameter.value is not None:
        said = f"{argo} has both valueFrom and value specified, choose one"
        report.error(codes.EXCLUSIVE_FIELDS, "give `value` or `valueFrom`, not both", path, argo=said)
        return False
    return _check_one_source(report, parameter.name, source, (*path, "valueFrom"))


def _check_one_source(report: Report, name: str, source: ValueFrom, path: Path) -> bool:
    texts = (source.path, source.jq_filter, source.json_path, source.parameter, source.expression)
    count = sum(map(bool, texts)) + (source.supplied is not None)
    if count == 0:
        said = f"valueFrom type unspecified. choose one of: {_SOURCES}, expression"
        message = f"`valueFrom` of {name!r} does not say where the value comes from"
        report.error(
            codes.BAD_VALUE_FROM, message, path, argo=said, remedy=f"give one of {_SOURCES}, expression"
        )
    elif count > 1:
        said = f"multiple valueFrom types specified. choose one of: {_SOURCES}"
        report.error(
            codes.EXCLUSIVE_FIELDS, f"`valueFrom` of {name!r} names several sources", path, argo=said
        )
    return count == 1


def _check_source_of_kind(report: Report, kind: str, source: ValueFrom, path: Path, argo: str) -> None:
    name = KIND_NAMES[kind]
    if kind in ("container", "container_set", "script") and not source.path:
        said, wanted = f"{argo}.path must be specified for {name} templates", "path"
    elif kind == "resource" and not source.jq_filter and not source.json_path:
        said, wanted = (
            f"{argo} .jqFilter or jsonPath must be specified for {name} templates",
            "jqFilter or jsonPath",
        )
    elif kind in ("steps", "dag") and not source.parameter and not source.expression:
        said = f"{argo}.parameter or expression must be specified for {name} templates"
        wanted = "parameter or expression"
    else:
        return
    message = f"outputs of {name} templates come from {wanted}"
    report.error(codes.BAD_VALUE_FROM, message, (*path, "valueFrom"), argo=said)
