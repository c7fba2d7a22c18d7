"""A compiled expr-lang expression: its names, its evaluation, its cache.

Source: Argo's util/expr. The environment is a flat scope plus Argo's functions, see `scope` and
`functions`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from workflows.expr.cache import TextCache
from workflows.expr.checker import check
from workflows.expr.compiler import compile_tree, evaluate
from workflows.expr.context import NO_CONTEXT, Context
from workflows.expr.errors import LIMIT, ExprError, Fault, bind, shortened
from workflows.expr.formatting import format_go
from workflows.expr.functions import ENVIRONMENT
from workflows.expr.names import Reference, declared_names, find_references, identifiers
from workflows.expr.natures import nature_of
from workflows.expr.run import Closure, Run
from workflows.expr.scope import MISSING, has_children
from workflows.expr.syntax.parser import parse
from workflows.expr.values import type_name

_MAP: Final = "map[string]interface {}"
#: how many combinations of types of first names one expression remembers as checked
_MAX_CHECKED: Final = 64


class Expression:
    """One expression text, ready to be evaluated any number of times by any thread.

    `names` are the dotted references it makes, such as ``steps.a.outputs.result`` or ``item``: constant
    paths only, the constant beginning of others. `source` is the text. `problem` is what is wrong with
    it whatever the scope (types that do not fit, a bad pattern); `evaluate` raises it.
    """

    __slots__ = (
        "_checked",
        "_closure",
        "_identifiers",
        "_roots",
        "_tree",
        "_variables",
        "names",
        "problem",
        "source",
    )

    def __init__(self, source: str) -> None:
        self.source = source
        self.problem: ExprError | None = None
        self._identifiers: tuple[tuple[str, tuple[str, ...]], ...] | None = None
        self._closure: Closure | None = None
        self._variables = 0
        try:
            self._tree = parse(source)
        except Fault as fault:
            raise bind(fault, source) from None
        except RecursionError:
            raise ExprError("expression is nested too deeply", code=LIMIT) from None
        references = find_references(self._tree)
        self.names = frozenset(reference.path for reference in references)
        self._roots = _by_root(references, declared_names(self._tree))
        self._checked: set[tuple[str | None, ...]] = set()
        self._compile()

    def _compile(self) -> None:
        try:
            self._closure, self._variables = compile_tree(self._tree)
            check(self._tree)
        except Fault as fault:
            self.problem = bind(fault, self.source)
        except RecursionError:
            self.problem = ExprError("expression is nested too deeply", code=LIMIT)

    @property
    def identifiers(self) -> tuple[str, ...]:
        """Every variable and constant path in it, inner ones too, unless guarded by ``??`` or ``?.``.

        This is what Argo wants to find in a scope before it trusts a failure.
        """
        return tuple(name for name, _ in self._extended_identifiers())

    def missing(self, scope: Mapping[str, Any]) -> list[str]:
        """Those of `identifiers` that the scope does not have; a key with the value None is there."""
        return [
            name
            for name, longer in self._extended_identifiers()
            if name not in scope and not any(path in scope for path in longer) and not is_known(scope, name)
        ]

    def _extended_identifiers(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Each identifier with the longer ones that prove it."""
        if self._identifiers is None:
            found = [name for name in identifiers(self._tree) if not _is_function(name)]
            self._identifiers = tuple(
                (name, tuple(other for other in found if other.startswith(f"{name}."))) for name in found
            )
        return self._identifiers

    def evaluate(self, scope: Mapping[str, Any], context: Context = NO_CONTEXT) -> Any:
        """The value for a flat scope of dotted keys; raises `ExprError`."""
        run = Run(scope, context, self._variables)
        try:
            self._check_roots(run)
            if self._closure is None:
                raise self.problem or ExprError("expression was not compiled")
            return evaluate(self._closure, run)
        except Fault as fault:
            raise bind(fault, self.source) from None

    def check(self, scope: Mapping[str, Any]) -> None:
        """What expr-lang finds before it runs the expression: unknown names, types that cannot fit."""
        try:
            self._check_roots(Run(scope, NO_CONTEXT, self._variables))
        except Fault as fault:
            raise bind(fault, self.source) from None

    def _check_roots(self, run: Run) -> None:
        """Check the types again for those that the scope's first names have; once per combination."""
        types = tuple([_type_of_root(run, root, paths) for root, paths in self._roots])
        if types not in self._checked:
            known = zip(self._roots, types, strict=True)
            check(self._tree, {root: nature_of(found) for (root, _), found in known if found})
            if len(self._checked) < _MAX_CHECKED:
                self._checked.add(types)


def _type_of_root(run: Run, root: str, paths: tuple[str, ...]) -> str | None:
    """Go's type of a first name of the scope, None when the scope does not have it."""
    for path in paths:
        if path in run.scope:
            return _MAP
    if run.has_children(root):
        return _MAP
    value = run.get(root, MISSING)
    return None if value is MISSING else type_name(value)


def _by_root(references: list[Reference], declared: list[str]) -> list[tuple[str, tuple[str, ...]]]:
    """Each first name with the longer keys that prove that it is a map; variables must not hide them."""
    found: dict[str, list[str]] = {name: [] for name in declared}
    for reference in references:
        paths = found.setdefault(reference.root, [])
        if reference.path != reference.root:
            paths.append(reference.path)
    return [(root, tuple(dict.fromkeys(paths))) for root, paths in found.items()]


def is_known(scope: Mapping[str, Any], name: str) -> bool:
    """Whether a dotted name leads somewhere: a key, a key further down, or into a value that is a map."""
    if name in scope or has_children(scope, name):
        return True
    prefix, rest = name, []
    while prefix not in scope:
        prefix, dot, last = prefix.rpartition(".")
        if not dot:
            return False
        rest.append(last)
    value: Any = scope[prefix]
    for key in reversed(rest):
        if not isinstance(value, dict) or key not in value:
            return False
        value = value[key]
    return True


def _is_function(name: str) -> bool:
    library, _, function = name.partition(".")
    value = ENVIRONMENT.get(library)
    return value is not None and (not function or (isinstance(value, dict) and function in value))


_cache: Final = TextCache(Expression, characters=500_000)


def compile_expression(source: str) -> Expression:
    """Parse and compile; cached by text. Raises `ExprError` when the text is no expression."""
    return _cache.get(source)


def evaluate_bool(source: str, scope: Mapping[str, Any], context: Context = NO_CONTEXT) -> bool:
    """Argo's EvalBool: for hooks, retries, ``depends``. Raises `ExprError` with Argo's messages."""
    expression = compile_expression(source)
    expression.check(scope)
    try:
        value = expression.evaluate(scope, context)
    except ExprError as error:
        message = f"unable to evaluate expression '{shortened(source)}': {error.message}"
        raise ExprError(message, code=error.code, position=error.position, detail=error.detail) from None
    if isinstance(value, bool):
        return value
    raise ExprError(f"unable to cast expression result '{_as_percent_s(value)}' to bool")


def _as_percent_s(value: Any) -> str:
    """What Go's ``%s`` prints for values that are no text."""
    if isinstance(value, str):
        return shortened(value)
    return "%!s(<nil>)" if value is None else f"%!s({type_name(value)}={shortened(format_go(value))})"
