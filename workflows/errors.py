"""Every error Sluice raises on purpose, and the `Problem` value that describes one fault to a person.

    SluiceError
    ├── UserError          the caller must change something (manifest, arguments, rights)
    │   ├── ManifestError    one or more Problems found in a manifest
    │   ├── NotFoundError    no such object, or none this user may see
    │   ├── ForbiddenError   the object is visible, the action is not allowed
    │   └── ConflictError    the object is in a state that does not allow the action
    ├── EnvironmentFault   the surroundings must recover (cluster, broker, database, disk)
    └── InternalError      a defect in Sluice itself

Codes are stable: clients and tests match on them, texts may be improved at any time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault in a manifest.

    `path` is a dotted field path such as ``spec.templates[0].steps[1][0].template``;
    `line` and `column` count from 1, 0 means unknown; `remedy` says what to do about it.
    """

    code: str
    message: str
    path: str = ""
    line: int = 0
    column: int = 0
    remedy: str = ""
    severity: Severity = "error"
    document: int = 0

    def at(self, *, line: int, column: int) -> Problem:
        return replace(self, line=line, column=column)

    def __str__(self) -> str:
        place = f"line {self.line}: " if self.line else ""
        where = f"{self.path}: " if self.path else ""
        remedy = f" ({self.remedy})" if self.remedy else ""
        return f"{place}{where}{self.message}{remedy} [{self.code}]"


class SluiceError(Exception):
    """Base of all errors raised on purpose."""

    code = "sluice-error"

    def __init__(self, message: str, *, code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        if code is not None:
            self.code = code


class UserError(SluiceError):
    """The caller must change something before trying again."""

    code = "invalid-request"


class ManifestError(UserError):
    """A manifest cannot be accepted; `problems` lists every fault found, never only the first."""

    code = "invalid-manifest"

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        count = len(self.problems)
        head = str(self.problems[0]) if self.problems else "invalid manifest"
        super().__init__(head if count <= 1 else f"{head} (and {count - 1} more)")


class NotFoundError(UserError):
    """No such object, or none that this user may see."""

    code = "not-found"


class ForbiddenError(UserError):
    """The object is visible to the user, the action is not theirs."""

    code = "forbidden"


class ConflictError(UserError):
    """The object is in a state that does not allow the action."""

    code = "conflict"


class EnvironmentFault(SluiceError):
    """Something around Sluice failed; trying again later can succeed."""

    code = "unavailable"


class InternalError(SluiceError):
    """A defect in Sluice."""

    code = "internal-error"
