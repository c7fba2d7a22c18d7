"""JSON texts as Go's encoding/json leaves them: own values are written, values of others kept as they are.

Argo keeps items and results as raw JSON, so ``1.0`` stays ``1.0`` and keys keep their order; hence raw texts.
Not for values of expressions: see `workflows.expr.gojson`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, NoReturn

_HTML = {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026", 0x2028: "\\u2028", 0x2029: "\\u2029"}
_BLANKS = re.compile(r'("(?:[^"\\]|\\.)*")|[ \t\r\n]+')
_BLANK = re.compile(r"[ \t\r\n]*")
_SURROGATE = re.compile("[\ud800-\udfff]")


def written(value: Any) -> str:
    """Texts, lists and maps (text keys, in their order) as JSON without blanks; <, > and & are escaped."""
    return escaped(json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False))


def escaped(text: str) -> str:
    """JSON as Go writes it into HTML: its special characters can only stand inside texts."""
    return cleaned(text).translate(_HTML)


def cleaned(text: str) -> str:
    """The text with halves of surrogate pairs, which nothing can store, replaced."""
    return _SURROGATE.sub("\ufffd", text) if _SURROGATE.search(text) else text


def decoded_text(raw: str) -> str:
    """The text that a JSON text, quotes included, stands for."""
    return cleaned(json.loads(raw))


def compact(raw: str) -> str:
    """JSON without the blanks between its parts."""
    return _BLANKS.sub(r"\1", raw)


def check(text: str) -> None:
    """Raise ValueError, or RecursionError, when the text is not one JSON value."""
    _end_of(text, _after_blank(text, _decode(text, _after_blank(text, 0))))


def elements(text: str) -> list[str]:
    """The raw elements of a JSON list. Raises ValueError, or RecursionError, when it is none."""
    return [raw for raw, _ in _parts(text, "[", "]")]


def members(text: str) -> dict[str, str]:
    """The raw values of a JSON map by their names. Raises ValueError, or RecursionError, when it is none."""
    return {decoded_text(name): raw for raw, name in _parts(text, "{", "}")}


def _parts(text: str, opening: str, closing: str) -> Iterator[tuple[str, str]]:
    """Raw values with the raw names before them, "" in a list."""
    at = _after_blank(text, _expected(text, _after_blank(text, 0), opening))
    if text[at : at + 1] == closing:
        _end_of(text, _after_blank(text, at + 1))
        return
    while True:
        name = ""
        if opening == "{":
            end = _decode(text, at)
            name = text[at:end]
            at = _after_blank(text, _expected(text, _after_blank(text, end), ":"))
        end = _decode(text, at)
        yield compact(text[at:end]), name
        at = _after_blank(text, end)
        if text[at : at + 1] == closing:
            _end_of(text, _after_blank(text, at + 1))
            return
        at = _after_blank(text, _expected(text, at, ","))


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")


#: numbers stay texts: they are not looked at, and converting long ones takes long
_DECODER = json.JSONDecoder(parse_int=str, parse_float=str, parse_constant=_refuse)


def _decode(text: str, at: int) -> int:
    """Where the value that begins at a place ends."""
    _, end = _DECODER.raw_decode(text, at)
    return end


def _after_blank(text: str, at: int) -> int:
    match = _BLANK.match(text, at)
    return match.end() if match is not None else at


def _expected(text: str, at: int, sign: str) -> int:
    if text[at : at + 1] != sign:
        raise ValueError(f"{sign} expected")
    return at + 1


def _end_of(text: str, at: int) -> None:
    if at != len(text):
        raise ValueError("something stands after the value")
