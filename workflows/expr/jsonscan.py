"""Says why a text is not JSON, in the words of Go's encoding/json. Used only after decoding failed."""

from __future__ import annotations

import re
from typing import Final

_BLANK: Final = " \t\r\n"
_LITERALS: Final = {"t": "true", "f": "false", "n": "null"}
_NUMBER: Final = re.compile(r"-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")


class _Stop(Exception):
    """Carries the finished explanation."""


def explain(text: str) -> str:
    """The error of json.Unmarshal for a text that is not one JSON value."""
    scanner = _Scanner(text)
    try:
        scanner.document()
    except _Stop as stop:
        return str(stop)
    return "unexpected end of JSON input"


def first_overflowing_number(text: str) -> str:
    """The first number literal that no float64 can hold."""
    for match in _NUMBER.finditer(text):
        if float(match.group()) in (float("inf"), float("-inf")):
            return match.group()
    return ""


def _quoted(char: str) -> str:
    if char == "'":
        return "'\\''"
    if char == '"':
        return "'\"'"
    named = {
        "\n": "\\n",
        "\t": "\\t",
        "\r": "\\r",
        "\a": "\\a",
        "\b": "\\b",
        "\f": "\\f",
        "\v": "\\v",
        "\\": "\\\\",
    }
    if char in named:
        return f"'{named[char]}'"
    # Go looks at bytes: a character beyond ASCII shows as its first byte
    byte = char.encode("utf-8", "replace")[0]
    if byte < 0x20 or byte == 0x7F:
        return f"'\\x{byte:02x}'"
    if byte < 0x80:
        return f"'{char}'"
    return f"'{chr(byte)}'" if chr(byte).isprintable() else f"'\\u{byte:04x}'"


class _Scanner:
    """Walks the text without recursion; `stack` holds the open brackets."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.stack: list[str] = []

    def peek(self) -> str:
        if self.at >= len(self.text):
            raise _Stop("unexpected end of JSON input")
        return self.text[self.at]

    def blank(self) -> None:
        while self.at < len(self.text) and self.text[self.at] in _BLANK:
            self.at += 1

    def fail(self, context: str) -> None:
        raise _Stop(f"invalid character {_quoted(self.next_or_blank())} {context}")

    def document(self) -> None:
        self.value()
        while self.stack:
            self.after_value()
        self.blank()
        if self.at < len(self.text):
            self.fail("after top-level value")

    def value(self) -> None:
        """One value, or the opening bracket of one."""
        self.blank()
        char = self.peek()
        if char in "{[":
            self.open(char)
        elif char == '"':
            self.string()
        elif char == "-" or char in "0123456789":
            self.number()
        elif char in _LITERALS:
            self.literal(_LITERALS[char])
        else:
            self.fail("looking for beginning of value")

    def open(self, char: str) -> None:
        self.at += 1
        self.blank()
        closing = "}" if char == "{" else "]"
        if self.peek() == closing:
            self.at += 1
            return
        self.stack.append(char)
        if char == "{":
            self.key("looking for beginning of object key string")
        self.value()

    def key(self, context: str) -> None:
        self.blank()
        if self.peek() != '"':
            self.fail(context)
        self.string()
        self.blank()
        if self.peek() != ":":
            self.fail("after object key")
        self.at += 1

    def after_value(self) -> None:
        self.blank()
        char, opened = self.peek(), self.stack[-1]
        if char == ",":
            self.at += 1
            if opened == "{":
                self.key("looking for beginning of object key string")
            self.value()
        elif char == ("}" if opened == "{" else "]"):
            self.at += 1
            self.stack.pop()
        else:
            self.fail("after object key:value pair" if opened == "{" else "after array element")

    def next_or_blank(self) -> str:
        """Inside numbers, words and escapes Go reads a blank past the end."""
        return self.text[self.at] if self.at < len(self.text) else " "

    def literal(self, word: str) -> None:
        for index, expected in enumerate(word):
            if self.next_or_blank() != expected:
                self.fail(f"in literal {word} (expecting '{word[index]}')")
            self.at += 1

    def string(self) -> None:
        self.at += 1
        while (char := self.peek()) != '"':
            if char == "\\":
                self.escape()
            elif char < " ":
                self.fail("in string literal")
            else:
                self.at += 1
        self.at += 1

    def escape(self) -> None:
        self.at += 1
        char = self.next_or_blank()
        if char == "u":
            for _ in range(4):
                self.at += 1
                if self.next_or_blank() not in "0123456789abcdefABCDEF":
                    self.fail("in \\u hexadecimal character escape")
        elif char not in '"\\/bfnrt':
            self.fail("in string escape code")
        self.at += 1

    def number(self) -> None:
        if self.peek() == "-":
            self.at += 1
        if self.next_or_blank() == "0":
            self.at += 1
        else:
            self.digits("in numeric literal")
        if self.at < len(self.text) and self.text[self.at] == ".":
            self.at += 1
            self.digits("after decimal point in numeric literal")
        if self.at < len(self.text) and self.text[self.at] in "eE":
            self.at += 1
            if self.next_or_blank() in "+-":
                self.at += 1
            self.digits("in exponent of numeric literal")

    def digits(self, context: str) -> None:
        if self.next_or_blank() not in "0123456789":
            self.fail(context)
        while self.at < len(self.text) and self.text[self.at] in "0123456789":
            self.at += 1
