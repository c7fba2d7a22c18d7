"""JSON the way Go's encoding/json writes and reads it: sorted keys, escaped <>&, float64 numbers.

Source: the package documentation of ``encoding/json``. Not for manifests: see `workflows.spec`.
"""

from __future__ import annotations

import base64
import json
import re
from typing import Any, Final

from workflows.expr import jsonscan
from workflows.expr.errors import Fault, limit_fault
from workflows.expr.formatting import decimal_parts, exponent_float, plain_float
from workflows.expr.gotime import Duration, NamedInt, Time, Zone
from workflows.expr.limits import LIMITS
from workflows.expr.timelayout import RFC3339_NANO, format_time
from workflows.expr.values import AnyMap, is_nil, type_name

_HTML: Final = {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026"}
_LINES: Final = {0x2028: "\\u2028", 0x2029: "\\u2029"}
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_encode_string: Final = json.encoder.encode_basestring


def marshal(value: Any, *, escape_html: bool = True) -> str:
    """Go's json.Marshal. Raises a `Fault` for what JSON cannot hold (NaN, maps with mixed keys)."""
    parts: list[str] = []
    _Writer(parts, escape_html=escape_html).write(value, 0)
    return "".join(parts)


def marshal_indent(value: Any) -> str:
    """Go's json.MarshalIndent with two blanks."""
    parts: list[str] = []
    _Writer(parts, escape_html=True, indent="  ").write(value, 0)
    return "".join(parts)


def json_float(value: float) -> str:
    """A float64 as JSON: shortest digits, an exponent only below 1e-6 and from 1e21 on."""
    if value != value or value in (float("inf"), float("-inf")):
        text = "NaN" if value != value else "+Inf" if value > 0 else "-Inf"
        raise Fault(f"json: unsupported value: {text}")
    sign, digits, exponent = decimal_parts(value)
    if digits != "0" and (exponent - 1 < -6 or exponent - 1 >= 21):
        text = exponent_float(sign, digits, exponent)
        return text.replace("e-0", "e-") if "e-0" in text else text
    return plain_float(sign, digits, exponent)


class _Writer:
    __slots__ = ("escape_html", "indent", "parts", "size")

    def __init__(self, parts: list[str], *, escape_html: bool, indent: str = "") -> None:
        self.parts = parts
        self.escape_html = escape_html
        self.indent = indent
        self.size = 0

    def put(self, text: str) -> None:
        self.size += len(text)
        if self.size > LIMITS.text:
            raise limit_fault(f"JSON text exceeds the limit of {LIMITS.text} characters")
        self.parts.append(text)

    def string(self, text: str) -> str:
        if _SURROGATE.search(text):
            text = _SURROGATE.sub("\ufffd", text)
        quoted = _encode_string(text)
        if not quoted.isascii():
            quoted = quoted.translate(_LINES)
        return quoted.translate(_HTML) if self.escape_html else quoted

    def write(self, value: Any, depth: int) -> None:
        kind = type(value)
        if kind is str:
            self.put(self.string(value))
        elif value is None:
            self.put("null")
        elif kind is bool:
            self.put("true" if value else "false")
        elif isinstance(value, int):
            self.put(str(int(value)))
        elif kind is float:
            self.put(json_float(value))
        elif depth > LIMITS.value_depth:
            raise limit_fault("value is nested too deeply for JSON")
        elif isinstance(value, dict):
            self.write_map(value, depth)
        elif isinstance(value, list):
            self.write_list(value, depth)
        else:
            self.put(self.special(value))

    def special(self, value: Any) -> str:
        if isinstance(value, bytes):
            return f'"{base64.b64encode(value).decode()}"'
        if isinstance(value, Time):
            return f'"{format_time(value, RFC3339_NANO)}"'
        if isinstance(value, Duration):
            return str(value.ns)
        if isinstance(value, NamedInt):
            return str(value.value)
        if isinstance(value, Zone):
            return "{}"
        if (as_json := getattr(value, "as_json", None)) is not None:
            return self.string(as_json())
        raise Fault(f"json: unsupported type: {type_name(value)}")

    def write_map(self, value: dict[Any, Any], depth: int) -> None:
        if isinstance(value, AnyMap):
            raise Fault(f"json: unsupported type: {type_name(value)}")
        if not value:
            self.put("{}")
            return
        between, colon = self.separators(depth), ": " if self.indent else ":"
        self.put("{" + between[0])
        for index, key in enumerate(sorted(value)):
            self.put((between[1] if index else "") + self.string(str(key)) + colon)
            self.write(value[key], depth + 1)
        self.put(between[2] + "}")

    def write_list(self, value: list[Any], depth: int) -> None:
        if not value:
            self.put("null" if is_nil(value) else "[]")
            return
        between = self.separators(depth)
        self.put("[" + between[0])
        for index, item in enumerate(value):
            if index:
                self.put(between[1])
            self.write(item, depth + 1)
        self.put(between[2] + "]")

    def separators(self, depth: int) -> tuple[str, str, str]:
        if not self.indent:
            return "", ",", ""
        inner = "\n" + self.indent * (depth + 1)
        return inner, "," + inner, "\n" + self.indent * depth


def _constant(_: str) -> Any:
    raise ValueError


_decoder: Final = json.JSONDecoder(parse_int=float, parse_float=float, parse_constant=_constant)


def unmarshal(text: str, *, most: int = LIMITS.text) -> Any:
    """Go's json.Unmarshal into ``any``: every number becomes a float64. Faults carry Go's text.

    `most` is in characters.
    """
    if len(text) > most:
        raise limit_fault(f"JSON text of {len(text)} characters exceeds the limit of {most}")
    try:
        value = _decoder.decode(text.strip(" \t\r\n"))
    except ValueError:
        raise Fault(jsonscan.explain(text)) from None
    except RecursionError:
        raise limit_fault("JSON text is nested too deeply") from None
    if "\\u" in text or "\\U" in text:
        value = _repaired(value)
    if "e" in text or "E" in text or len(text) > 300:
        _reject_infinity(value, text)
    return value


def _repaired(value: Any) -> Any:
    """Lone surrogates become U+FFFD, as Go decodes them."""
    if isinstance(value, str):
        return _SURROGATE.sub("\ufffd", value)
    if isinstance(value, list):
        return [_repaired(item) for item in value]
    if isinstance(value, dict):
        return {_SURROGATE.sub("\ufffd", key): _repaired(item) for key, item in value.items()}
    return value


def _reject_infinity(value: Any, text: str) -> None:
    if isinstance(value, float):
        if value in (float("inf"), float("-inf")):
            literal = jsonscan.first_overflowing_number(text)
            raise Fault(f"json: cannot unmarshal number {literal} into Go value of type float64")
    elif isinstance(value, list):
        for item in value:
            _reject_infinity(item, text)
    elif isinstance(value, dict):
        for item in value.values():
            _reject_infinity(item, text)
