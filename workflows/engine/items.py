"""Loops: the items of withItems, withParam and withSequence, and what each contributes to names and
variables.

Source: Argo's `Item`, `processItem`, `expandSequence`. Not for creating the nodes of a loop.
"""

from __future__ import annotations

import json
import re
from typing import Any

from workflows.engine.errors import EngineError
from workflows.expr.gojson import marshal
from workflows.expr.jsonscan import explain

#: more items than this in one loop is taken for an accident or an attack
MAX_ITEMS = 1_000_000
_FORMAT = re.compile(r"%([-+ 0#]*)(\d*)(?:\.(\d+))?([a-zA-Z%])")
_JSON_TYPES = {dict: "object", str: "string", bool: "bool", int: "number", float: "number"}


def parse_param_items(text: str) -> list[Any]:
    """The items of a withParam text, which must be a JSON list (or null, which is an empty one)."""
    try:
        value = json.loads(text)
    except ValueError:
        raise _not_a_list(text, explain(text)) from None
    except RecursionError:
        raise _not_a_list(text, "exceeded max depth") from None
    if value is None:
        return []
    if not isinstance(value, list):
        kind = _JSON_TYPES[type(value)]
        raise _not_a_list(text, f"json: cannot unmarshal {kind} into Go value of type []v1alpha1.Item")
    return _limited(value)


def sequence_items(start: str | None, end: str | None, count: str | None, format: str) -> list[str]:
    """The texts of a withSequence; `end` is inclusive and may lie below `start`, `end` wins over `count`."""
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
    return (
        [go_format(format, number) for number in numbers] if format else [str(number) for number in numbers]
    )


def item_text(item: Any) -> str:
    """What ``{{item}}`` stands for: a text as it is, anything else as JSON."""
    return item if isinstance(item, str) else marshal(item)


def item_label(item: Any) -> str:
    """How an item appears in a node's name: maps as sorted key:value pairs, lists in brackets."""
    if isinstance(item, dict):
        return ",".join(sorted(f"{key}:{_plain(value)}" for key, value in item.items()))
    if isinstance(item, list):
        return f"[{' '.join(_plain(value) for value in item)}]"
    return _plain(item)


def item_variables(item: Any) -> dict[str, str]:
    """The variables of one iteration: ``item``, and ``item.KEY`` for each key of a map."""
    variables = {"item": item_text(item)}
    if isinstance(item, dict):
        for key, value in item.items():
            variables[f"item.{key}"] = _plain(value)
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


def _plain(value: Any) -> str:
    """Argo's Item.String: JSON without the outer quotes of a text."""
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)[1:-1]
    return marshal(value)


def _integer(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise EngineError(f'strconv.Atoi: parsing "{text}": invalid syntax') from None


def _limited(items: list[Any]) -> list[Any]:
    if len(items) > MAX_ITEMS:
        raise EngineError(f"withParam of {len(items)} items exceeds the limit of {MAX_ITEMS}")
    return items


def _not_a_list(text: str, reason: str) -> EngineError:
    return EngineError(f"withParam value could not be parsed as a JSON list: {text.strip()}: {reason}")
