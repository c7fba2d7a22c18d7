"""Go's text functions where Python's differ: splitting, trimming, case, quoting errors."""

from __future__ import annotations

from typing import Final

from workflows.expr.errors import Fault

#: what Go's unicode.IsSpace accepts; Python's strip() also takes the separators 0x1c to 0x1f
SPACES: Final = (
    "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007"
    "\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
)
_BASE32: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
_BASE64: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")


def trim_space(text: str) -> str:
    return text.strip(SPACES)


def to_upper(text: str) -> str:
    """Go maps one character to one: ß stays ß."""
    return text.upper() if text.isascii() else "".join(_single(char, char.upper()) for char in text)


def to_lower(text: str) -> str:
    return text.lower() if text.isascii() else "".join(_single(char, char.lower()) for char in text)


def _single(char: str, mapped: str) -> str:
    return mapped if len(mapped) == 1 else char


def split_text(text: str, separator: str, limit: int = -1, *, keep: bool = False) -> list[str]:
    """strings.SplitN and SplitAfterN: a negative limit means all, 0 means none."""
    if limit == 0:
        return []
    if not separator:
        if limit < 0 or limit >= len(text):
            return list(text)
        return [*text[: limit - 1], text[limit - 1 :]]
    parts = text.split(separator, limit - 1 if limit > 0 else -1)
    return [part + separator for part in parts[:-1]] + parts[-1:] if keep else parts


def base64_fault(text: str) -> Fault:
    """The error of Go's base64 decoder: the place of the first bad byte."""
    return Fault(f"illegal base64 data at input byte {_first_bad(text, _BASE64, 4)}")


def _first_bad(text: str, alphabet: frozenset[str], group: int) -> int:
    """Bytes read before the input stops making sense."""
    count = 0
    places = [index for index, char in enumerate(text) if char not in "\r\n"]
    for index in places:
        char = text[index]
        if char == "=" and count % group >= 2:
            return _bad_padding(text, index, group - count % group)
        if char not in alphabet:
            return index
        count += 1
    return len(text) - count % group if count % group else len(text)


def _bad_padding(text: str, index: int, wanted: int) -> int:
    """Padding starts at `index`: too little of it or something after it."""
    given = 0
    while given < wanted and index + given < len(text) and text[index + given] == "=":
        given += 1
    return index + given


def base32_fault(text: str) -> Fault:
    return Fault(f"illegal base32 data at input byte {_first_bad(text, _BASE32, 8)}")
