"""The operators, built-in functions and constants of expr-lang 1.17.

Source: expr-lang's language definition. Numbers are binding powers; the larger binds the tighter.
"""

from __future__ import annotations

from typing import Final

UNARY: Final = {"not": 50, "!": 50, "-": 90, "+": 90}
BINARY: Final = {
    "|": 0,
    "or": 10, "||": 10,
    "and": 15, "&&": 15,
    "==": 20, "!=": 20, "<": 20, ">": 20, ">=": 20, "<=": 20,
    "in": 20, "matches": 20, "contains": 20, "startsWith": 20, "endsWith": 20,
    "..": 25,
    "+": 30, "-": 30,
    "*": 60, "/": 60, "%": 60,
    "**": 100, "^": 100,
    "??": 500,
}  # fmt: skip
RIGHT_ASSOCIATIVE: Final = frozenset({"**", "^"})
COMPARISONS: Final = frozenset({"<", ">", ">=", "<="})

#: functions that take a closure: what each argument is; a trailing ? marks what may be left out
PREDICATES: Final[dict[str, tuple[str, ...]]] = {
    "all": ("expr", "predicate"),
    "none": ("expr", "predicate"),
    "any": ("expr", "predicate"),
    "one": ("expr", "predicate"),
    "filter": ("expr", "predicate"),
    "map": ("expr", "predicate"),
    "count": ("expr", "predicate?"),
    "sum": ("expr", "predicate?"),
    "find": ("expr", "predicate"),
    "findIndex": ("expr", "predicate"),
    "findLast": ("expr", "predicate"),
    "findLastIndex": ("expr", "predicate"),
    "groupBy": ("expr", "predicate"),
    "sortBy": ("expr", "predicate", "expr?"),
    "reduce": ("expr", "predicate", "expr?"),
}
#: the other built-in functions
FUNCTIONS: Final = frozenset({
    "len", "type", "abs", "ceil", "floor", "round", "int", "float", "string",
    "trim", "trimPrefix", "trimSuffix", "upper", "lower", "split", "splitAfter", "replace", "repeat", "join",
    "indexOf", "lastIndexOf", "hasPrefix", "hasSuffix",
    "max", "min", "mean", "median", "toJSON", "fromJSON", "toBase64", "fromBase64",
    "now", "duration", "date", "timezone", "first", "last", "get", "take", "keys", "values",
    "toPairs", "fromPairs", "reverse", "uniq", "concat", "flatten", "sort",
    "bitand", "bitor", "bitxor", "bitnand", "bitshl", "bitshr", "bitushr", "bitnot",
})  # fmt: skip
CONSTANTS: Final = {"true": True, "false": False, "nil": None}
