"""Loops: the items of withItems, withParam and withSequence, and what each adds to names and variables.

An item is a raw JSON text, as in Argo, and is kept as such with the loop. Names show escapes of other than
ASCII characters resolved. Source: Argo's `Item`, `processItem`, `expandSequence`. Not for creating nodes.
"""

from __future__ import annotations

import json
import re
from typing import Any

from workflows.engine.errors import EngineError
from workflows.engine.jsontexts import decoded_text, elements, escaped, members, written
from workflows.expr.errors import Fault
from workflows.expr.gojson import marshal
from workflows.expr.jsonscan import explain

#: more items than this in one loop is taken for an accident or an attack
MAX_ITEMS = 1_000_000
_FORMAT = re.compile(r"%([-+ 0#]*)(\d*)(?:\.(\d+))?([a-zA-Z%])")
_INTEGER = re.compile(r"[+-]?[0-9]+", re.ASCII)
_INT64 = 2**63
_KINDS = {"{": "object", '"': "string", "t": "bool", "f": "bool"}

Item = str


def listed_items(values: list[Any]) -> list[Item]:
    """The items of a withItems list, its tags already substituted."""
    try:
        return [marshal(value) for value in values]
    except Fault as fault:
        raise EngineError(fault.message) from None


def parse_param_items(text: str) -> list[Item]:
    """The items of a withParam text, which must be a JSON list (or null, which is an empty one)."""
    stripped = text.strip(" \t\r\n")
    if stripped == "null":
        return []
    if stripped[:1] not in ("", "["):
        _refuse_other(text, stripped)
    try:
        items = elements(text)
    except ValueError:
        raise _not_a_list(text, explain(text)) from None
    except RecursionError:
        raise _not_a_list(text, "exceeded max depth") from None
    if len(items) > MAX_ITEMS:
        raise EngineError(f"withParam of {len(items)} items exceeds the limit of {MAX_ITEMS}")
    return items


def _refuse_other(text: str, stripped: str) -> None:
    """Raise for JSON that is no list, and for what is no JSON at all."""
    try:
        json.loads(stripped, parse_int=str, parse_float=str)
    except ValueError:
        raise _not_a_list(text, explain(text)) from None
    except RecursionError:
        raise _not_a_list(text, "exceeded max depth") from None
    kind = _KINDS.get(stripped[0], "number")
    raise _not_a_list(text, f"json: cannot unmarshal {kind} into Go value of type []v1alpha1.Item")


def sequence_items(start: str | None, end: str | None, count: str | None, format: str) -> list[Item]:
    """The items of a withSequence; `end` is inclusive and may lie below `start`, `end` wins over `count`."""
    first = _integer(start) if start is not None else 0
    if end is not None:
        last = _integer(end)
    elif count is not None:
        number = _integer(count)
        if number == 0:
            return []
        last = first + number - 1
    else:
        raise EngineError("neither end nor count was specified in withSequence")
    if abs(last - first) >= MAX_ITEMS:
        raise EngineError(f"withSequence of {abs(last - first) + 1} items exceeds the limit of {MAX_ITEMS}")
    numbers = range(first, last + 1) if first <= last else range(first, last - 1, -1)
    return [json.dumps(go_format(format, number) if format else str(number)) for number in numbers]


def item_text(item: Item) -> str:
    """What ``{{item}}`` stands for: a text as it is, anything else as JSON."""
    match item[0]:
        case '"':
            return decoded_text(item)
        case "{":
            values = members(item)
            return "{" + ",".join(f"{written(name)}:{escaped(values[name])}" for name in sorted(values)) + "}"
        case _:
            return escaped(item)


def item_label(item: Item) -> str:
    """How an item appears in a node's name: maps as sorted key:value pairs, lists in brackets."""
    match item[0]:
        case "{":
            return ",".join(sorted(f"{name}:{_plain(raw)}" for name, raw in members(item).items()))
        case "[":
            return f"[{' '.join(_plain(raw) for raw in elements(item))}]"
        case "n":
            return "[]"  # null, an empty list to Go
        case _:
            return _plain(item)


def item_variables(item: Item) -> dict[str, str]:
    """The variables of one iteration: ``item``, and ``item.KEY`` for each key of a map."""
    variables = {"item": item_text(item)}
    if item[0] == "{":
        for name, raw in members(item).items():
            variables[f"item.{name}"] = _plain(raw)
    return variables


def go_format(format: str, number: int) -> str:
    """Go's Sprintf of one integer, for the verbs that make sense in a sequence (d x X o b c v q U and %%)."""
    used = False

    def replace(match: re.Match[str]) -> str:
        nonlocal used
        flags, width, precision, verb = match.groups()
        if verb == "%":
            return "%"
        if used:
            return f"%!{verb}(MISSING)"
        used = True
        return _pad(_verb(verb, number, precision), flags, width)

    text = _FORMAT.sub(replace, format)
    return text if used else f"{text}%!(EXTRA int={number})"


def _verb(verb: str, number: int, precision: str | None) -> str:
    match verb:
        case "d" | "v":
            text = str(abs(number))
        case "x" | "X" | "o" | "b":
            text = format(abs(number), verb)
        case "c":
            return chr(number) if 0 <= number < 0x110000 else "\ufffd"
        case "U":
            return f"U+{number:04X}"
        case "q":
            return f"'{chr(number)}'"
        case _:
            return f"%!{verb}(int={number})"
    if precision:
        text = text.rjust(min(int(precision), 1000), "0")
    return f"-{text}" if number < 0 else text


def _pad(text: str, flags: str, width: str) -> str:
    if "+" in flags and not text.startswith("-"):
        text = f"+{text}"
    size = min(int(width or 0), 1000)
    if "-" in flags:
        return text.ljust(size)
    return text.zfill(size) if "0" in flags else text.rjust(size)


def _plain(raw: str) -> str:
    """Argo's Item.String: JSON without the outer quotes of a text."""
    if raw[0] == '"':
        return json.dumps(decoded_text(raw), ensure_ascii=False)[1:-1]
    return raw


def _integer(text: str) -> int:
    if not _INTEGER.fullmatch(text):
        raise EngineError(f'strconv.Atoi: parsing "{text}": invalid syntax')
    number = int(text) if len(text) <= 20 else _INT64
    if not -_INT64 <= number < _INT64:
        raise EngineError(f'strconv.Atoi: parsing "{text}": value out of range')
    return number


def _not_a_list(text: str, reason: str) -> EngineError:
    return EngineError(f"withParam value could not be parsed as a JSON list: {text.strip()}: {reason}")
