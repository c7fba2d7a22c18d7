"""What names may look like. Source: Argo's `isValidWorkflowFieldName` and `isValidParamOrArtifactName`.

Not for uniqueness of object names or their lookup.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from workflows.spec import codes
from workflows.spec.lint.report import Report
from workflows.spec.marks import Path

LONGEST_OBJECT_NAME: Final = 63
LONGEST_CRON_NAME: Final = 52
_LONGEST_FIELD_NAME: Final = 128

_FIELD_NAME = re.compile(r"[a-zA-Z0-9][-a-zA-Z0-9]*\Z")
_PARAMETER_NAME = re.compile(r"[-a-zA-Z0-9_]+\Z")
_TAG = re.compile(r"\{\{[-a-zA-Z0-9]+(\.[-a-zA-Z0-9_]+)*\}\}")
#: what Kubernetes takes as an object's name
_OBJECT_NAME = re.compile(r"[a-z0-9]([-a-z0-9.]*[a-z0-9])?\Z")

FIELD_RULE: Final = (
    "name must consist of alpha-numeric characters or '-', and must start with an alpha-numeric character"
    " (e.g. My-name1-2, 123-NAME)"
)
PARAMETER_RULE: Final = (
    "Parameter/Artifact name must consist of alpha-numeric characters, '_' or '-' e.g. my_param_1, MY-PARAM-1"
)


def field_name_fault(name: str) -> str:
    """Argo's words for what is wrong with the name of a template, step or task, "" if nothing is."""
    faults = []
    if len(name) > _LONGEST_FIELD_NAME:
        faults.append(f"must be no more than {_LONGEST_FIELD_NAME} bytes")
    if not _FIELD_NAME.match(name):
        faults.append(FIELD_RULE)
    return ";".join(faults)


def parameter_name_fault(name: str) -> str:
    """Argo's words for what is wrong with the name of a parameter or artifact; "" when it is right."""
    return "" if _PARAMETER_NAME.match(name) else PARAMETER_RULE


def holds_tag(text: str) -> bool:
    """Whether Argo sees a simple tag in the text, so that it is only known at run time."""
    return _TAG.search(text) is not None


def check_object_name(report: Report, name: str, kind: str, *, longest: int, argo_kind: str) -> None:
    path: Path = ("metadata", "name")
    if len(name) > longest:
        most = f"must not be more than {longest} characters long (currently {len(name)})"
        said = f'{argo_kind} name "{name}" {most}'
        report.error(
            codes.NAME_TOO_LONG, f"the name of a {kind} has at most {longest} characters", path, argo=said
        )
    if name and not _OBJECT_NAME.match(name):
        message = f"{name[:80]!r} is not a name Kubernetes accepts"
        report.error(codes.BAD_NAME, message, path, remedy="use lower-case letters, digits, '-' and '.'")


def check_names(
    report: Report, names: Sequence[str], path: Path, argo: str, *, parameters: bool, unique: bool = True
) -> None:
    """Each name must be there, well-formed and, if so wanted, unique; `argo` stands before ``[0].name``."""
    fault_of = parameter_name_fault if parameters else field_name_fault
    seen: set[str] = set()
    for index, name in enumerate(names):
        at = (*path, index, "name")
        if not name:
            report.error(
                codes.MISSING_NAME, "a name is required", at, argo=f"{argo}[{index}].name is required"
            )
            continue
        fault = fault_of(name)
        if fault:
            said = f"{argo}[{index}].name: '{name}' is invalid: {fault}"
            report.error(
                codes.BAD_NAME, f"{name[:80]!r} is not a valid name: {_rule(parameters)}", at, argo=said
            )
        elif unique and name in seen:
            said = f"{argo}[{index}].name '{name}' is not unique"
            report.error(codes.DUPLICATE_NAME, f"the name {name!r} is used twice here", at, argo=said)
        seen.add(name)


def _rule(parameters: bool) -> str:
    if parameters:
        return "use letters, digits, '-' and '_'"
    return f"use letters, digits and '-', first a letter or digit, at most {_LONGEST_FIELD_NAME} characters"
