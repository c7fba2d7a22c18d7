"""Static types of expressions, as expr-lang's checker sees them.

A nature is Go's type text, or unknown, or nil. Lists may know more of their items than their type says.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from workflows.expr.signature import parse_signature

_BASIC_KINDS: Final = {
    "bool": "bool", "int": "int", "int64": "int64", "uint8": "uint8", "uint64": "uint64",
    "float64": "float64", "string": "string", "time.Duration": "int64",
    "time.Month": "int", "time.Weekday": "int", "time.Time": "struct", "time.Location": "struct",
    "semver.Version": "struct", "interface {}": "interface",
}  # fmt: skip
_INTEGERS: Final = frozenset({"int", "int64", "uint8", "uint64"})
_NILLABLE: Final = frozenset({"ptr", "interface", "func", "map", "slice"})


class Signature(NamedTuple):
    """Parameter types, the type of the variadic rest or None, and the result type."""

    fixed: tuple[str, ...]
    rest: str | None
    result: str


class Nature(NamedTuple):
    """`type` is None for an unknown value and for nil; `item` is the nature of a list's items if known."""

    type: str | None = None
    item: Nature | None = None
    is_nil: bool = False
    signature: Signature | None = None

    @property
    def is_unknown(self) -> bool:
        return not self.is_nil and self.type in (None, "interface {}")

    @property
    def kind(self) -> str:
        """Go's reflect.Kind in words, "invalid" for unknown and nil."""
        return kind_of(self.type)

    @property
    def is_integer(self) -> bool:
        return self.type in _INTEGERS

    @property
    def is_number(self) -> bool:
        return self.type in _INTEGERS or self.type == "float64"

    @property
    def is_list(self) -> bool:
        return self.kind == "slice"

    @property
    def is_map(self) -> bool:
        return self.kind == "map"

    @property
    def key(self) -> Nature:
        """The nature of a map's keys."""
        return nature_of((self.type or "")[4:].partition("]")[0])

    @property
    def element(self) -> Nature:
        """The nature of a list's items or a map's values."""
        if self.item is not None:
            return self.item
        text = self.type or ""
        if self.is_map:
            return nature_of(text[4:].partition("]")[2])
        return nature_of(text[text.index("]") + 1 :]) if self.is_list else UNKNOWN

    def __str__(self) -> str:
        return self.type or "unknown"

    def fits(self, wanted: Nature) -> bool:
        """Go's assignability."""
        if self.is_nil and wanted.kind in _NILLABLE:
            return True
        if self.type is None or wanted.type is None:
            return False
        return self.type == wanted.type or wanted.type == "interface {}"

    def is_comparable_to(self, other: Nature) -> bool:
        """Whether ``==`` makes sense between the two."""
        if self.is_unknown or other.is_unknown or self.is_nil or other.is_nil:
            return True
        if (self.is_number and other.is_number) or (self.is_list and other.is_list):
            return True
        return self.fits(other)


UNKNOWN: Final = Nature()
NIL: Final = Nature(is_nil=True)
#: unknown, too, but shown with its type
ANY: Final = Nature("interface {}")
BOOL: Final = Nature("bool")
INT: Final = Nature("int")
FLOAT: Final = Nature("float64")
STRING: Final = Nature("string")
TIME: Final = Nature("time.Time")
DURATION: Final = Nature("time.Duration")
LIST: Final = Nature("[]interface {}")
MAP: Final = Nature("map[string]interface {}")
ANY_MAP: Final = Nature("map[interface {}]interface {}")
GROUPS: Final = Nature("map[interface {}][]interface {}")
BYTES: Final = Nature("[]uint8")


def kind_of(type_text: str | None) -> str:
    if type_text is None:
        return "invalid"
    basic = _BASIC_KINDS.get(type_text)
    if basic is not None:
        return basic
    if type_text.startswith("["):
        return "slice"
    if type_text.startswith("map["):
        return "map"
    return "func" if type_text.startswith("func") else "ptr"


def nature_of(type_text: str) -> Nature:
    """The nature of a value of this Go type."""
    if type_text == "<nil>":
        return NIL
    return Nature(type_text)


def list_of(item: Nature) -> Nature:
    return Nature("[]interface {}", item)


def function(parameters: str, result: str) -> Nature:
    """The nature of a function; `parameters` in the notation of `signature`."""
    fixed, rest = parse_signature(parameters)
    shown = ", ".join([*fixed, *([f"...{rest}"] if rest else [])])
    return Nature(f"func({shown}) {result}", signature=Signature(fixed, rest, result))
