"""Arguments of a run, step or task by themselves: names, values, sources, enums.

Source: Argo's `validateArguments`. Not for whether the called template wants them: see `walk`.
"""

from __future__ import annotations

from workflows.spec import codes
from workflows.spec.arguments import Arguments, Artifact, Parameter
from workflows.spec.lint.artifacts import has_location_or_key
from workflows.spec.lint.names import check_names
from workflows.spec.lint.report import Report
from workflows.spec.marks import Path


def check_arguments(
    report: Report, arguments: Arguments, path: Path, argo: str, *, values_required: bool
) -> None:
    """`argo` is Argo's prefix, ending in "arguments."; without `values_required` values may come later."""
    parameters, artifacts = arguments.parameters, arguments.artifacts
    if parameters:
        names = [item.name for item in parameters]
        check_names(report, names, (*path, "parameters"), f"{argo}parameters", parameters=True)
    if artifacts:
        names = [item.name for item in artifacts]
        check_names(report, names, (*path, "artifacts"), f"{argo}artifacts", parameters=True)
    for index, parameter in enumerate(parameters):
        if parameter.value is None or parameter.value_from is not None or parameter.enum is not None:
            _check_parameter(report, parameter, (*path, "parameters", index), argo, values_required)
    for index, artifact in enumerate(artifacts):
        _check_artifact(report, artifact, (*path, "artifacts", index), argo)


def _check_parameter(
    report: Report, parameter: Parameter, path: Path, argo: str, values_required: bool
) -> None:
    name = f"{argo}{parameter.name}"
    if parameter.value is None and parameter.value_from is None and values_required:
        message = f"the parameter {parameter.name!r} has no value"
        said = f"{name}.value or {name}.valueFrom is required"
        report.error(codes.MISSING_VALUE, message, path, argo=said, remedy="give `value` or `valueFrom`")
    _check_source(report, parameter, path, name)
    if parameter.enum is not None:
        _check_enum(report, parameter, path, name, values_required)


def _check_source(report: Report, parameter: Parameter, path: Path, name: str) -> None:
    source = parameter.value_from
    if source is None:
        return
    allowed = source.config_map_key_ref is not None or source.event or source.supplied is not None
    if not allowed or source.path or source.json_path or source.parameter or source.expression:
        message = (
            "an argument's `valueFrom` may only be configMapKeyRef, supplied or (in an event binding) event"
        )
        said = f"{name}.valueFrom only allows: default, configMapKeyRef and supplied"
        report.error(codes.BAD_VALUE_FROM, message, (*path, "valueFrom"), argo=said)


def _check_enum(report: Report, parameter: Parameter, path: Path, name: str, values_required: bool) -> None:
    allowed = parameter.enum or []
    at = (*path, "enum")
    if not allowed:
        said = f"{name}.enum should contain at least one value"
        report.error(codes.EMPTY_ENUM, f"`enum` of {parameter.name!r} is empty", at, argo=said)
    elif parameter.value is None:
        if values_required:
            message = f"the parameter {parameter.name!r} has an enum and so needs a value"
            report.error(codes.MISSING_VALUE, message, path, argo=f"{name}.value is required")
    elif parameter.value not in allowed:
        message = f"{parameter.value[:80]!r} is not among the values allowed for {parameter.name!r}"
        said = f"{name}.value should be present in {name}.enum list"
        remedy = f"use one of {', '.join(map(repr, allowed[:10]))}"
        report.error(codes.NOT_IN_ENUM, message, (*path, "value"), argo=said, remedy=remedy)


def _check_artifact(report: Report, artifact: Artifact, path: Path, argo: str) -> None:
    name = f"{argo}{artifact.name}"
    if not artifact.from_ and not has_location_or_key(artifact) and not artifact.from_expression:
        message = f"the artifact {artifact.name!r} needs `from`, a location or a key"
        said = f"{name}.from, artifact location, or key is required"
        report.error(codes.MISSING_VALUE, message, path, argo=said)
    if artifact.from_ and artifact.from_expression:
        said = f"{name} shouldn't have both `from` and `fromExpression` in Artifact"
        report.error(codes.EXCLUSIVE_FIELDS, "give `from` or `fromExpression`, not both", path, argo=said)
