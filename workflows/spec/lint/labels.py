"""Labels that Kubernetes takes. Not for what labels mean, nor for those that are computed as a run begins.

Source: Kubernetes' `IsQualifiedName` and `IsValidLabelValue`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from workflows.spec import codes
from workflows.spec.lint.report import Report
from workflows.spec.marks import Path

_LONGEST: Final = 63
_LONGEST_PREFIX: Final = 253
_WORD = re.compile(r"([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]\Z")
_PREFIX = re.compile(r"[a-z0-9]([-a-z0-9.]*[a-z0-9])?\Z")


def check_labels(report: Report, labels: Mapping[str, str], path: Path, *, required: bool) -> None:
    """Labels that Argo itself puts on a run are `required` to be right, and may hold tags; others only matter
    to a cluster.
    """
    for key, value in labels.items():
        if not _is_key(key):
            message = f"{key[:80]!r} is no key of a label"
            report.add(codes.BAD_LABEL, message, (*path, key), required=required)
        if not _is_value(value) and not (required and "{{" in value):
            message = f"{value[:80]!r} is no value of a label"
            report.add(codes.BAD_LABEL, message, (*path, key), required=required)


def _is_key(key: str) -> bool:
    prefix, slash, name = key.rpartition("/")
    if slash and not (len(prefix) <= _LONGEST_PREFIX and _PREFIX.match(prefix)):
        return False
    return len(name) <= _LONGEST and _WORD.match(name) is not None


def _is_value(value: str) -> bool:
    return value == "" or (len(value) <= _LONGEST and _WORD.match(value) is not None)
