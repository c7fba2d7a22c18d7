"""Which tags can be resolved where. Source: Argo's `resolveAllVariables` and the scopes it is given.

Only simple tags count: expressions are compiled elsewhere. Not for substitution of whole templates.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

import msgspec

from workflows.spec import codes
from workflows.spec.lint.expressions import check_expression_tags, is_readable
from workflows.spec.lint.report import Report
from workflows.spec.lint.tags import find_tags, replace_tags, unclosed
from workflows.spec.marks import Path

#: the first words Argo knows; tags that begin otherwise belong to other template languages
_ROOTS: Final = ("item.", "steps.", "inputs.", "outputs.", "pod.", "workflow.", "tasks.")
#: known only at run time, whatever follows
_LATE: Final = (
    "outputs.",
    "workflow.creationTimestamp",
    "workflow.scheduledTime",
    "workflow.duration",
    "tasks.name",
    "steps.name",
)
_SIMPLE = re.compile(r" *[-a-zA-Z0-9_.]+ *\Z")
_NOTHING: Final[frozenset[str]] = frozenset()
_encode: Final = msgspec.json.Encoder().encode


@dataclass(slots=True)
class Globals:
    """Names every template may use, with their values where the manifest has them.

    `lenient`: a stored template is checked on its own, so any ``workflow.parameters`` may come from its user.
    """

    values: dict[str, str | None] = field(default_factory=dict)
    lenient: bool = False
    any_artifact: bool = False


@dataclass(slots=True)
class Scope:
    """Names one template's texts may use; `nodes` maps "steps.NAME" or "tasks.NAME" to what it gives."""

    globals: Globals
    names: dict[str, str | None] = field(default_factory=dict)
    nodes: dict[str, frozenset[str]] = field(default_factory=dict)
    parent: Scope | None = None
    any_item: bool = False
    any_parameter: bool = False
    any_artifact: bool = False

    def nested(self) -> Scope:
        """A scope that knows all this one does, now and later."""
        return Scope(self.globals, parent=self)

    def resolves(self, name: str) -> bool:
        """Whether the simple tag `name` can be resolved, or is not ours to resolve."""
        if not name.startswith(_ROOTS) or name.startswith(_LATE) or name in self.globals.values:
            return True
        if self.globals.lenient and name.startswith("workflow.parameters"):
            return True
        if self.globals.any_artifact and name.startswith("workflow.outputs.artifacts."):
            return True
        scope: Scope | None = self
        while scope is not None:
            if scope._knows(name):
                return True
            scope = scope.parent
        return False

    def _knows(self, name: str) -> bool:
        if name in self.names:
            return True
        root, _, rest = name.partition(".")
        if root in ("steps", "tasks"):
            node, _, wanted = rest.partition(".")
            return wanted in self.nodes.get(f"{root}.{node}", _NOTHING)
        if root == "item":
            return self.any_item
        return (self.any_parameter and name.startswith("workflow.outputs.parameters.")) or (
            self.any_artifact and name.startswith("workflow.outputs.artifacts.")
        )

    def value(self, name: str) -> str | None:
        """The literal value of a name, None when it is not known before the run."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope.names:
                return scope.names[name]
            scope = scope.parent
        return self.globals.values.get(name)

    def known(self) -> Iterator[str]:
        """Every name that can be listed, for suggestions."""
        scope: Scope | None = self
        while scope is not None:
            yield from scope.names
            for node, fields in scope.nodes.items():
                for wanted in fields:
                    yield f"{node}.{wanted}"
            scope = scope.parent
        yield from self.globals.values

    def substitute(self, text: str) -> Substituted:
        """`text` with what is known put in for its tags.

        What is only known at run time becomes "x", so that the grammar of the rest can still be checked.
        """
        if "{{" not in text:
            return Substituted(text, late=False, open=False)
        late = still_open = False

        def replacement(tag: str) -> str | None:
            nonlocal late, still_open
            name = tag.strip()
            value = self.value(name)
            if value is not None:
                return value
            if self._is_known(name):
                late = True
                return "x"
            still_open = still_open or not tag.startswith("=")
            return None

        return Substituted(replace_tags(text, replacement), late, still_open)

    def _is_known(self, name: str) -> bool:
        if name.startswith("="):
            return is_readable(name[1:])
        return name in self.globals.values or name in self.names or name in ("steps.name", "tasks.name")


class Substituted(NamedTuple):
    """`late`: part of the text is only known at run time; `open`: a simple tag is left unresolved."""

    text: str
    late: bool
    open: bool


def check_tags(
    report: Report, value: Any, scope: Scope, path: Path, *, argo: str, required: bool = True
) -> None:
    """Every simple tag in the texts of `value` (a struct or a text) must be resolvable.

    `argo` is Argo's prefix. Where Argo does not look (not `required`), findings are warnings.
    """
    encoded = _encode(value)
    if b"{{" not in encoded or _plainly_resolved(encoded, scope):
        return
    for at, text in texts(msgspec.to_builtins(value), path):
        check_expression_tags(report, text, at)
        for tag in dict.fromkeys(unresolved(text, scope)):
            _report(report, tag, scope, at, argo, required)
        if _is_unclosed(text, encoded):
            report.add(codes.UNCLOSED_TAG, "a tag is opened and not closed", at, required=required)


def _report(report: Report, tag: str, scope: Scope, path: Path, argo: str, required: bool) -> None:
    name = tag.strip()
    message = f"{{{{{name[:120]}}}}} refers to nothing that exists here"
    said = f"{argo}failed to resolve {{{{{tag}}}}}"
    remedy = _remedy(report, name, scope)
    report.add(codes.UNRESOLVED_TAG, message, path, argo=said, remedy=remedy, required=required)


def _is_unclosed(text: str, encoded: bytes) -> bool:
    """Whether Argo, which looks at the whole JSON, takes a tag of ours as open, or finds no end at all."""
    rest = unclosed(text)
    if rest is None:
        return False
    return rest.lstrip().startswith(_ROOTS) or encoded.rfind(b"}}") < encoded.rfind(b"{{")


def _plainly_resolved(encoded: bytes, scope: Scope) -> bool:
    """Whether every tag in the JSON is simple and resolved: the common case, without a look at each text."""
    text = encoded.decode()
    for tag in find_tags(text):
        if not _SIMPLE.match(tag) or not scope.resolves(tag.strip()):
            return False
    return unclosed(text) is None


def unresolved(text: str, scope: Scope) -> Iterator[str]:
    """The simple tags of `text` that cannot be resolved. A tag inside a tag is resolved first."""
    for tag in dict.fromkeys(find_tags(text)):
        if tag.startswith("="):
            continue
        inner = tag.rfind("{{")
        if inner < 0:
            if not scope.resolves(tag.strip()):
                yield tag
        elif not _nested_resolves(tag[:inner], tag[inner + 2 :], scope):
            yield tag


def _nested_resolves(before: str, inner: str, scope: Scope) -> bool:
    if not before.lstrip().startswith(_ROOTS):
        return True
    if not scope.resolves(inner.strip()):
        return False
    value = scope.value(inner.strip())
    return value is None or scope.resolves((before + value).strip())


def texts(value: Any, path: Path) -> Iterator[tuple[Path, str]]:
    """The texts inside a JSON value that hold a tag, with their paths."""
    if isinstance(value, str):
        if "{{" in value:
            yield path, value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from texts(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from texts(item, (*path, index))


def _remedy(report: Report, name: str, scope: Scope) -> str:
    found = report.suggest(name, scope.known())
    if found.startswith("did you mean"):
        return found
    if name.startswith("inputs.parameters."):
        return "declare the parameter in the template's `inputs`"
    return "correct the name, or use it where it is known"
