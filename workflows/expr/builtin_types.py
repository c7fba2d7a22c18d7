"""Argument and result types of expr-lang's built-in functions, for the checker.

Functions with fixed types are a table of overloads; the others have a rule of their own.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from workflows.expr.errors import Fault
from workflows.expr.natures import (
    ANY,
    ANY_MAP,
    BOOL,
    FLOAT,
    GROUPS,
    INT,
    LIST,
    TIME,
    UNKNOWN,
    Nature,
    Signature,
    list_of,
    nature_of,
)
from workflows.expr.signature import parse_signature
from workflows.expr.syntax.nodes import Builtin, Node

Visit = Callable[[Node], Nature]

_OVERLOADS: Final[dict[str, tuple[str, ...]]] = {
    "type": ("any -> string",),
    "string": ("any -> string",),
    "trim": ("string -> string", "string, string -> string"),
    "trimPrefix": ("string, string -> string", "string -> string"),
    "trimSuffix": ("string, string -> string", "string -> string"),
    "upper": ("string -> string",),
    "lower": ("string -> string",),
    "split": ("string, string -> []string", "string, string, int -> []string"),
    "splitAfter": ("string, string -> []string", "string, string, int -> []string"),
    "replace": ("string, string, string, int -> string", "string, string, string -> string"),
    "repeat": ("string, int -> string",),
    "join": (
        "[]string, string -> string", "[]any, string -> string", "[]any -> string",
        "[]string, string -> string", "[]string -> string",
    ),
    "indexOf": ("string, string -> int",),
    "lastIndexOf": ("string, string -> int",),
    "hasPrefix": ("string, string -> bool",),
    "hasSuffix": ("string, string -> bool",),
    "toJSON": ("any -> string",),
    "fromJSON": ("string -> any",),
    "toBase64": ("string -> string",),
    "fromBase64": ("string -> string",),
    "duration": ("string -> time.Duration",),
    "timezone": ("string -> *time.Location",),
    "sort": (
        "[]any, string -> []any", "[]int, string -> []any", "[]float64, string -> []any",
        "[]string, string -> []any", "[]any -> []any", "[]float64 -> []any", "[]string -> []any",
        "[]int -> []any",
    ),
    **dict.fromkeys(
        ("bitand", "bitor", "bitxor", "bitnand", "bitshl", "bitshr", "bitushr"), ("int, int -> int",)
    ),
    "bitnot": ("int -> int",),
}  # fmt: skip


def _signature(text: str) -> Signature:
    parameters, _, result = text.partition(" -> ")
    fixed, rest = parse_signature(parameters)
    return Signature(fixed, rest, result.replace("any", "interface {}"))


_SIGNATURES: Final = {name: tuple(map(_signature, texts)) for name, texts in _OVERLOADS.items()}


def check_call(visit: Visit, node: Builtin) -> Nature:
    """The nature of a call; raises a `Fault` when the arguments do not fit."""
    rule = _RULES.get(node.name)
    if rule is not None:
        natures = [visit(argument) for argument in node.arguments]
        try:
            return rule(node.name, natures)
        except Fault as fault:
            fault.locate(node.at)
            raise
    last: Fault | None = None
    for signature in _SIGNATURES[node.name]:
        found = match(visit, node.name, signature, node.arguments, node.at)
        if isinstance(found, Nature):
            return found
        last = found
    raise last or Fault(f"no matching overload for {node.name}", position=node.at)


def match(visit: Visit, name: str, signature: Signature, arguments: list[Node], at: int) -> Nature | Fault:
    """The result of a call with one signature, or why it does not fit."""
    wanted = len(signature.fixed)
    if len(arguments) < wanted or (len(arguments) > wanted and signature.rest is None):
        for argument in arguments:
            visit(argument)
        amount = "not enough" if len(arguments) < wanted else "too many"
        return Fault(f"{amount} arguments to call {name}", position=at)
    types = [*signature.fixed, *([signature.rest or ""] * (len(arguments) - wanted))]
    for argument, expected in zip(arguments, types, strict=True):
        problem = _mismatch(visit(argument), nature_of(expected), expected, name)
        if problem:
            return Fault(problem, position=argument.at)
    return nature_of(signature.result)


def _mismatch(nature: Nature, wanted: Nature, shown: str, name: str) -> str:
    if wanted.is_integer and nature.is_integer:
        return ""
    if nature.is_nil:
        if shown == "interface {}" or shown.startswith("*"):
            return ""
        return f"cannot use nil as argument (type {shown}) to call {name}"
    if wanted.is_unknown or nature.is_unknown or nature.fits(wanted):
        return ""
    return f"cannot use {nature} as argument (type {shown}) to call {name} "


# --- rules ----------------------------------------------------------------------------------------

Rule = Callable[[str, list[Nature]], Nature]
_NO_TYPE: Final = "%!s(<nil>)"


def _shown(nature: Nature) -> str:
    """Go's text for the type; what it prints for nil is a flaw of the original."""
    return _NO_TYPE if nature.is_nil else nature.type or "interface {}"


def _one(natures: list[Nature]) -> Nature:
    if len(natures) != 1:
        raise Fault(f"invalid number of arguments (expected 1, got {len(natures)})")
    return natures[0]


def _len(name: str, natures: list[Nature]) -> Nature:
    value = _one(natures)
    if value.is_unknown or value.kind in ("slice", "map", "string"):
        return INT
    raise Fault(f"invalid argument for len (type {_shown(value)})")


def _numeric(result: Nature | None, *, texts: bool = False) -> Rule:
    def rule(name: str, natures: list[Nature]) -> Nature:
        value = _one(natures)
        if value.is_unknown or value.kind in _NUMBER_KINDS or (texts and value.kind == "string"):
            return value if result is None else result
        raise Fault(f"invalid argument for {name} (type {_shown(value)})")

    return rule


_NUMBER_KINDS: Final = frozenset({"int", "int64", "uint8", "uint64", "float64"})


def _aggregate(name: str, natures: list[Nature]) -> Nature:
    if not natures:
        raise Fault(f"not enough arguments to call {name}")
    for value in natures:
        if value.is_unknown or value.is_list:
            return ANY
        if value.kind not in _NUMBER_KINDS:
            raise Fault(f"invalid argument for {name} (type {_shown(value)})")
    return natures[0]


def _now(name: str, natures: list[Nature]) -> Nature:
    if not natures or (len(natures) == 1 and natures[0].type == "*time.Location"):
        return TIME
    raise Fault(f"invalid number of arguments (expected 0, got {len(natures)})")


def _date(name: str, natures: list[Nature]) -> Nature:
    if not natures:
        raise Fault("invalid number of arguments (expected at least 1, got 0)")
    count = len(natures) - (natures[0].type == "*time.Location")
    if count > 3:
        raise Fault(f"invalid number of arguments (expected at most 3, got {count})")
    return TIME


def _taking(kind: str, problem: str, result: Nature | None, ending: str = "") -> Rule:
    """One argument of a kind; without a fixed result the result is an item of it."""

    def rule(name: str, natures: list[Nature]) -> Nature:
        value = _one(natures)
        if not value.is_unknown and value.kind != kind:
            raise Fault(f"cannot {problem} {_shown(value)}{ending}")
        if result is not None:
            return result
        return ANY if value.is_unknown else Nature(value.type).element

    return rule


def _take(name: str, natures: list[Nature]) -> Nature:
    if len(natures) != 2:
        raise Fault(f"invalid number of arguments (expected 2, got {len(natures)})")
    value, count = natures
    if not value.is_unknown and not value.is_list:
        raise Fault(f"cannot take from {_shown(value)}")
    if not count.is_unknown and count.kind not in ("int", "int64", "uint8"):
        raise Fault(f"cannot take {_shown(count)} elements")
    return Nature(value.type)


def _concat(name: str, natures: list[Nature]) -> Nature:
    if not natures:
        raise Fault("invalid number of arguments (expected at least 1, got 0)")
    for value in natures:
        if not value.is_unknown and not value.is_list:
            raise Fault(f"cannot concat {_shown(value)}")
    return LIST


_RULES: Final[dict[str, Rule]] = {
    "len": _len,
    "abs": _numeric(None),
    "ceil": _numeric(FLOAT),
    "floor": _numeric(FLOAT),
    "round": _numeric(FLOAT),
    "int": _numeric(INT, texts=True),
    "float": _numeric(FLOAT, texts=True),
    "max": _aggregate,
    "min": _aggregate,
    "mean": _aggregate,
    "median": _aggregate,
    "now": _now,
    "date": _date,
    "first": _taking("slice", "get first element from", None),
    "last": _taking("slice", "get last element from", None),
    "take": _take,
    "keys": _taking("map", "get keys from", LIST),
    "values": _taking("map", "get values from", LIST),
    "toPairs": _taking("map", "transform", LIST, " to pairs"),
    "fromPairs": _taking("slice", "transform", ANY_MAP, " from pairs"),
    "reverse": _taking("slice", "reverse", LIST),
    "uniq": _taking("slice", "uniq", LIST),
    "flatten": _taking("slice", "flatten", LIST),
    "concat": _concat,
}


# --- closures -------------------------------------------------------------------------------------

BOOLEAN_CLOSURES: Final = frozenset({
    "all", "none", "any", "one", "filter", "count", "find", "findLast", "findIndex", "findLastIndex",
})  # fmt: skip


def closure_pointers(name: str) -> dict[str, Nature]:
    if name == "reduce":
        return {"index": INT, "acc": UNKNOWN}
    return {"index": INT} if name == "map" else {}


def closure_result(name: str, collection: Nature, body: Nature) -> Nature:
    if name in ("all", "none", "any", "one"):
        return BOOL
    if name in ("count", "findIndex", "findLastIndex"):
        return INT
    if name == "filter":
        return LIST if collection.is_unknown else list_of(collection.element)
    if name in ("find", "findLast"):
        return UNKNOWN if collection.is_unknown else collection.element
    if name == "map":
        return list_of(body)
    if name == "groupBy":
        return Nature(GROUPS.type, list_of(collection.element))
    if name == "sortBy":
        return collection
    return ANY if name == "sum" and body.is_unknown else body
