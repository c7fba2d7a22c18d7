"""expr-lang's functions on texts. Source: language definition, "String Functions"."""

from __future__ import annotations

import base64
import binascii
import math
from collections.abc import Callable
from typing import Any, Final

from workflows.expr.errors import Fault, limit_fault
from workflows.expr.gotext import base64_fault, split_text, to_lower, to_upper, trim_space
from workflows.expr.operators import as_text, to_int
from workflows.expr.run import Run
from workflows.expr.values import INTEGERS, StrList, type_name


def _trim(run: Run, text: Any, characters: Any = None) -> str:
    if characters is None:
        return trim_space(as_text(text))
    return as_text(text).strip(as_text(characters)) if characters else as_text(text)


def _trim_prefix(run: Run, text: Any, prefix: Any = " ") -> str:
    return as_text(text).removeprefix(as_text(prefix))


def _trim_suffix(run: Run, text: Any, suffix: Any = " ") -> str:
    return as_text(text).removesuffix(as_text(suffix))


def _upper(run: Run, text: Any) -> str:
    run.characters(len(as_text(text)))
    return to_upper(text)


def _lower(run: Run, text: Any) -> str:
    run.characters(len(as_text(text)))
    return to_lower(text)


def _splitter(*, keep: bool) -> Callable[..., StrList]:
    def call(run: Run, text: Any, separator: Any, limit: Any = -1) -> StrList:
        run.text(len(as_text(text)))
        parts = split_text(as_text(text), as_text(separator), to_int(limit), keep=keep)
        run.allocate(len(parts))
        return StrList(parts)

    return call


def replace_text(run: Run, text: str, old: str, new: str, count: int = -1) -> str:
    """strings.Replace; the size of the result is charged before it is made."""
    found = text.count(old) if old else len(text) + 1
    found = found if count < 0 else min(found, count)
    run.text(len(text) + found * (len(new) - len(old)))
    return text.replace(old, new, count)


def _replace(run: Run, text: Any, old: Any, new: Any, count: Any = -1) -> str:
    return replace_text(run, as_text(text), as_text(old), as_text(new), to_int(count))


def _repeat(run: Run, text: Any, count: Any) -> str:
    value, times = as_text(text), to_int(count)
    if times < 0:
        raise Fault(f"invalid argument for repeat (expected positive integer, got {times})")
    if times > 1_000_000:
        raise limit_fault("memory budget exceeded")
    run.text(len(value) * times)
    return value * times


def _join(run: Run, items: Any, glue: Any = "") -> str:
    if not isinstance(items, list):
        raise Fault(f"invalid argument for join (type {type_name(items)})")
    texts = [as_text(item) for item in items]
    run.text(sum(map(len, texts)) + len(as_text(glue)) * len(texts))
    return as_text(glue).join(texts)


def _index_of(run: Run, text: Any, part: Any) -> int:
    """Bytes before the first occurrence, as in Go."""
    return _byte_index(as_text(text), as_text(text).find(as_text(part)))


def _last_index_of(run: Run, text: Any, part: Any) -> int:
    return _byte_index(as_text(text), as_text(text).rfind(as_text(part)))


def _byte_index(text: str, index: int) -> int:
    return index if index < 0 or text.isascii() else len(text[:index].encode("utf-8", "replace"))


def _to_base64(run: Run, text: Any) -> str:
    run.text(len(as_text(text)) * 2)
    return base64.b64encode(as_text(text).encode("utf-8", "replace")).decode()


def _from_base64(run: Run, text: Any) -> str:
    return decode_base64(run, as_text(text))


def decode_base64(run: Run, text: str) -> str:
    """Standard alphabet with padding; line breaks are ignored, as in Go."""
    run.text(len(text))
    body = text.replace("\r", "").replace("\n", "")
    try:
        return base64.b64decode(body.encode("ascii"), validate=True).decode("utf-8", "replace")
    except (binascii.Error, UnicodeEncodeError):
        raise base64_fault(text) from None


def _rounded(name: str, apply: Callable[[float], float]) -> Callable[..., float]:
    def call(run: Run, value: Any) -> float:
        if type(value) in INTEGERS:
            return float(value)
        if type(value) is not float:
            raise Fault(f"invalid argument for {name} (type {type_name(value)})")
        return apply(value) if math.isfinite(value) else value

    return call


def round_half_away(value: float) -> float:
    """Go's math.Round."""
    if abs(value) >= 2**52:
        return value
    cut = float(math.trunc(value))
    result = cut + math.copysign(1.0, value) if abs(value - cut) >= 0.5 else cut
    return math.copysign(result, value)


FUNCTIONS: Final[dict[str, Callable[..., Any]]] = {
    "trim": _trim,
    "trimPrefix": _trim_prefix,
    "trimSuffix": _trim_suffix,
    "upper": _upper,
    "lower": _lower,
    "split": _splitter(keep=False),
    "splitAfter": _splitter(keep=True),
    "replace": _replace,
    "repeat": _repeat,
    "join": _join,
    "indexOf": _index_of,
    "lastIndexOf": _last_index_of,
    "hasPrefix": lambda run, text, part: as_text(text).startswith(as_text(part)),
    "hasSuffix": lambda run, text, part: as_text(text).endswith(as_text(part)),
    "toBase64": _to_base64,
    "fromBase64": _from_base64,
    "ceil": _rounded("ceil", lambda value: math.copysign(math.ceil(value), value)),
    "floor": _rounded("floor", lambda value: math.copysign(math.floor(value), value)),
    "round": _rounded("round", round_half_away),
}
