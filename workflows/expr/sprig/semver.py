"""Semantic versions and constraints. Source: documentation of Masterminds/semver 3.

``semver`` gives a version with the methods Major, Minor, Patch, Prerelease, Metadata, Original,
String, Compare and friends; ``semverCompare`` tests a constraint such as ``>=1.2, <2 || ~3.1``.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from workflows.expr.errors import Fault
from workflows.expr.methods import Method
from workflows.expr.run import Run

_IDENTIFIERS: Final = r"[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*"
_VERSION: Final = re.compile(
    rf"v?([0-9]+)(?:\.([0-9]+))?(?:\.([0-9]+))?(?:-({_IDENTIFIERS}))?(?:\+({_IDENTIFIERS}))?"
)
_PART: Final = r"[0-9xX*|]+"
_LOOSE: Final = rf"v?({_PART})(?:\.({_PART}))?(?:\.({_PART}))?(?:-({_IDENTIFIERS}))?(?:\+(?:{_IDENTIFIERS}))?"
_PLAIN_LOOSE: Final = re.sub(r"\((?!\?)", "(?:", _LOOSE)
_OPERATOR: Final = r"=>|=<|!=|>=|<=|~>|=|>|<|~|\^|"
_CONSTRAINT: Final = re.compile(rf"\s*({_OPERATOR})\s*{_LOOSE}\s*")
_RANGE: Final = re.compile(rf"\s*({_PLAIN_LOOSE})\s+-\s+({_PLAIN_LOOSE})\s*")
_SEPARATOR: Final = re.compile(r"\s*,\s*|\s+")
_LONGEST: Final = 512


@dataclass(frozen=True, slots=True)
class Version:
    """A parsed version; `original` is the text it came from."""

    major: int
    minor: int
    patch: int
    prerelease: str
    metadata: str
    original: str

    go_type: ClassVar[str] = "*semver.Version"
    go_methods: ClassVar[dict[str, Method]]

    def __str__(self) -> str:
        text = f"{self.major}.{self.minor}.{self.patch}"
        text += f"-{self.prerelease}" if self.prerelease else ""
        return text + (f"+{self.metadata}" if self.metadata else "")

    def as_json(self) -> str:
        return str(self)

    @property
    def order(self) -> tuple[int, int, int, tuple[Any, ...]]:
        """A key that sorts versions; metadata does not count."""
        return self.major, self.minor, self.patch, _prerelease_order(self.prerelease)


def _prerelease_order(text: str) -> tuple[Any, ...]:
    """No prerelease comes last; numbers sort before words."""
    if not text:
        return (1,)
    parts = ((0, int(part), "") if part.isdigit() else (1, 0, part) for part in text.split("."))
    return (0, tuple(parts))


def _compare(a: Version, b: Version) -> int:
    return (a.order > b.order) - (a.order < b.order)


Version.go_methods = {
    "Major": Method("", "uint64", lambda v: v.major),
    "Minor": Method("", "uint64", lambda v: v.minor),
    "Patch": Method("", "uint64", lambda v: v.patch),
    "Prerelease": Method("", "string", lambda v: v.prerelease),
    "Metadata": Method("", "string", lambda v: v.metadata),
    "Original": Method("", "string", lambda v: v.original),
    "String": Method("", "string", str),
    "Compare": Method("*semver.Version", "int", _compare),
    "Equal": Method("*semver.Version", "bool", lambda a, b: _compare(a, b) == 0),
    "LessThan": Method("*semver.Version", "bool", lambda a, b: _compare(a, b) < 0),
    "GreaterThan": Method("*semver.Version", "bool", lambda a, b: _compare(a, b) > 0),
}


def parse_version(text: str) -> Version:
    match = _VERSION.fullmatch(text) if len(text) <= _LONGEST else None
    if match is None:
        raise Fault("Invalid Semantic Version")
    major, minor, patch = (int(part or "0") for part in match.groups()[:3])
    for part in (match.group(4) or "").split("."):
        if len(part) > 1 and part.isdigit() and part[0] == "0":
            raise Fault("Version segment starts with 0")
    if max(major, minor, patch) >= 1 << 64:
        raise Fault("Error parsing version segment: value out of range")
    return Version(major, minor, patch, match.group(4) or "", match.group(5) or "", text)


@dataclass(frozen=True, slots=True)
class _Constraint:
    """`wild` says from which part on the version was left open: 0 major, 1 minor, 2 patch, 3 none."""

    operator: str
    version: Version
    wild: int

    def allows(self, version: Version) -> bool:
        if version.prerelease and not self.version.prerelease:
            return False
        return _TESTS[self.operator](self, version)


def _not_equal(rule: _Constraint, version: Version) -> bool:
    if rule.wild == 3:
        return _compare(version, rule.version) != 0
    wanted = (rule.version.major, rule.version.minor)
    if rule.wild == 0:
        return version.major != wanted[0] or version.minor != wanted[1] or version.patch != rule.version.patch
    if rule.wild == 1 or version.major != wanted[0]:
        return version.major != wanted[0]
    if version.minor != wanted[1]:
        return True
    return (
        bool(version.prerelease or rule.version.prerelease) and version.prerelease != rule.version.prerelease
    )


def _greater(rule: _Constraint, version: Version) -> bool:
    if rule.wild in (0, 3):
        return _compare(version, rule.version) > 0
    if version.major != rule.version.major or rule.wild == 1:
        return version.major > rule.version.major
    return version.minor > rule.version.minor


def _at_most(rule: _Constraint, version: Version) -> bool:
    if rule.wild == 3:
        return _compare(version, rule.version) <= 0
    if version.major > rule.version.major:
        return False
    return not (version.major == rule.version.major and version.minor > rule.version.minor and rule.wild != 1)


def _tilde(rule: _Constraint, version: Version) -> bool:
    if _compare(version, rule.version) < 0:
        return False
    wanted = rule.version
    if (wanted.major, wanted.minor, wanted.patch) == (0, 0, 0) and rule.wild not in (1, 2):
        return True
    return version.major == wanted.major and (version.minor == wanted.minor or rule.wild == 1)


def _equal(rule: _Constraint, version: Version) -> bool:
    return _tilde(rule, version) if rule.wild != 3 else _compare(version, rule.version) == 0


def _caret(rule: _Constraint, version: Version) -> bool:
    wanted = rule.version
    if _compare(version, wanted) < 0:
        return False
    if wanted.major > 0 or rule.wild == 1:
        return version.major == wanted.major
    if version.major > 0:
        return False
    if wanted.minor > 0 or rule.wild == 2:
        return version.minor == wanted.minor
    return version.minor == 0 and version.patch == wanted.patch


_TESTS: Final[dict[str, Callable[[_Constraint, Version], bool]]] = {
    "": _equal,
    "=": _equal,
    "!=": _not_equal,
    ">": _greater,
    "<": lambda rule, version: _compare(version, rule.version) < 0,
    ">=": lambda rule, version: _compare(version, rule.version) >= 0,
    "=>": lambda rule, version: _compare(version, rule.version) >= 0,
    "<=": _at_most,
    "=<": _at_most,
    "~": _tilde,
    "~>": _tilde,
    "^": _caret,
}


def _parse_constraints(text: str) -> list[list[_Constraint]]:
    """Alternatives of rules that must all hold."""
    if len(text) > _LONGEST:
        raise Fault(f"improper constraint: {text}")
    rewritten = _RANGE.sub(lambda match: f">= {match.group(1)}, <= {match.group(2)} ", text)
    return [_parse_rules(part) for part in rewritten.split("||")]


def _parse_rules(text: str) -> list[_Constraint]:
    rules: list[_Constraint] = []
    at = 0
    while at < len(text) or not rules:
        match = _CONSTRAINT.match(text, at)
        if match is None:
            raise Fault(f"improper constraint: {text}")
        rules.append(_parse_rule(match))
        at = match.end()
        if at < len(text):
            separator = _SEPARATOR.match(text, at)
            if separator is None and not text[at - 1].isspace():
                raise Fault(f"improper constraint: {text}")
            at = separator.end() if separator else at
    return rules


def _parse_rule(match: re.Match[str]) -> _Constraint:
    operator, *parts, prerelease = match.groups()
    wild = next((i for i, part in enumerate(parts) if not part or part in ("x", "X", "*")), 3)
    suffix = f"-{prerelease}" if prerelease else ""
    numbers = [part or "0" for part in parts[:wild]] + ["0"] * (3 - wild)
    try:
        version = parse_version(".".join(numbers) + suffix)
    except Fault:
        raise Fault("constraint Parser Error") from None
    return _Constraint(operator, version, wild)


def _semver_compare(run: Run, constraint: str, text: str) -> bool:
    alternatives = _parse_constraints(constraint)
    version = parse_version(text)
    run.spend(sum(map(len, alternatives)))
    return any(all(rule.allows(version) for rule in rules) for rules in alternatives)


FUNCTIONS: Final[dict[str, tuple[str, Callable[..., Any]]]] = {
    "semver": ("string", lambda run, text: parse_version(text)),
    "semverCompare": ("string, string", _semver_compare),
}
