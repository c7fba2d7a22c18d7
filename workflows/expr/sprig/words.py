"""Word-wise changes of text: case styles and wrapping."""

from __future__ import annotations

import unicodedata
from typing import Final

from workflows.expr.gotext import SPACES
from workflows.expr.limits import Budget


def title(text: str) -> str:
    """Go's strings.Title: the first letter of each word in upper case."""
    before = " "
    parts: list[str] = []
    for char in text:
        parts.append(_one(char, char.title()) if _is_separator(before) else char)
        before = char
    return "".join(parts)


def _is_separator(char: str) -> bool:
    if ord(char) < 0x80:
        return not (char.isalnum() or char == "_")
    return not (char.isalpha() or char.isdigit()) and char in SPACES


def _one(char: str, mapped: str) -> str:
    return mapped if len(mapped) == 1 else char


def untitle(text: str) -> str:
    at_start = True
    parts: list[str] = []
    for char in text:
        if char in SPACES:
            at_start = True
        elif at_start:
            char = _one(char, char.lower())
            at_start = False
        parts.append(char)
    return "".join(parts)


def swap_case(text: str) -> str:
    parts: list[str] = []
    for char in text:
        if char.isupper() or char.istitle():
            char = _one(char, char.lower())
        elif char.islower():
            char = _one(char, char.upper())
        parts.append(char)
    return "".join(parts)


def _is_connector(char: str) -> bool:
    return char in "-_" or char in SPACES


def pascal(text: str) -> str:
    """``some_words`` to ``SomeWords``; connectors at the start stay, alone they double."""
    start = next((i for i, char in enumerate(text) if not _is_connector(char)), len(text))
    if start == len(text):
        return text + text[-1:]
    parts = list(text[:start])
    upper_run = text[start].isupper()
    current = _one(text[start], text[start].upper())
    for char in text[start + 1 :]:
        previous, current = current, char
        if _is_connector(char) and _is_connector(previous):
            parts.append(previous)
            continue
        if _is_connector(previous):
            upper_run = char.isupper()
            current = _one(char, char.upper())
            continue
        if upper_run and char.isupper():
            current = _one(char, char.lower())
        else:
            upper_run = upper_run and char.isupper()
        parts.append(previous)
    return "".join([*parts, current])


# --- snake and kebab case: words of one kind each, joined by rules about numbers -------------------

_NONE: Final = "none"
_NUMBER: Final = "number"
_UPPER: Final = "upper"
_ALPHABET: Final = "alphabet"
_CONNECTOR: Final = "connector"
_PUNCTUATION: Final = "punctuation"
_OTHER: Final = "other"


def _kind(char: str) -> str:
    if _is_connector(char):
        return _CONNECTOR
    category = unicodedata.category(char)
    if category[0] == "P":
        return _PUNCTUATION
    if char.isupper():
        return _UPPER
    if category[0] == "L" and (char.islower() or category in ("Lu", "Ll", "Lt")):
        return _ALPHABET
    return _NUMBER if category[0] == "N" else _OTHER


def _run_length(text: str, start: int, kinds: tuple[str, ...]) -> int:
    end = start
    while end < len(text) and _kind(text[end]) in kinds:
        end += 1
    return end


def _word_end(text: str, start: int) -> int:
    """Where the word that starts at `start` ends: ``HTTPServer`` is ``HTTP`` and ``Server``."""
    kind = _kind(text[start])
    if kind != _UPPER:
        return _run_length(text, start, (kind,))
    end = start + 1
    if end < len(text) and _kind(text[end]) == _UPPER:
        end = _run_length(text, end, (_UPPER,))
        return end - 1 if end < len(text) and _kind(text[end]) == _ALPHABET else end
    return _run_length(text, end, (_ALPHABET,))


def _words(text: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    at = 0
    while at < len(text):
        end = _word_end(text, at)
        found.append((_kind(text[at]), text[at:end]))
        at = end
    return found


def separated(text: str, connector: str) -> str:
    """``FirstName`` to ``first_name``; a number belongs to the word before it unless letters follow."""
    return _Separator(_words(text), connector).run() if text else ""


class _Separator:
    def __init__(self, found: list[tuple[str, str]], connector: str) -> None:
        self.words = found
        self.connector = connector
        self.at = 0
        self.parts: list[str] = []

    def take(self) -> tuple[str, str]:
        """The next word; (none, "") past the end."""
        word = self.words[self.at] if self.at < len(self.words) else (_NONE, "")
        self.at += 1
        return word

    @property
    def is_empty(self) -> bool:
        return self.at >= len(self.words)

    def write(self, kind: str, word: str) -> None:
        if kind in (_UPPER, _CONNECTOR):
            word = "".join(
                self.connector if _is_connector(char) else _one(char, char.lower()) for char in word
            )
        self.parts.append(word)

    def run(self) -> str:
        kind, word = self.take()
        while not self.is_empty:
            if kind != _CONNECTOR:
                self.write(kind, word)
            previous, last = kind, word
            kind, word = self.take()
            if previous == _NUMBER:
                kind, word = self.letters_and_numbers(kind, word)
                self.join_before(kind)
            elif previous == _CONNECTOR:
                self.write(previous, last)
            elif previous != _PUNCTUATION:
                kind, word = self.after_letters(kind, word)
        self.write(kind, word)
        return "".join(self.parts)

    def letters_and_numbers(self, kind: str, word: str) -> tuple[str, str]:
        while kind in (_ALPHABET, _NUMBER):
            self.write(kind, word)
            kind, word = self.take()
        return kind, word

    def join_before(self, kind: str) -> None:
        if kind not in (_NONE, _PUNCTUATION, _CONNECTOR):
            self.parts.append(self.connector)

    def after_letters(self, kind: str, word: str) -> tuple[str, str]:
        if kind != _NUMBER:
            if kind not in (_CONNECTOR, _PUNCTUATION):
                self.parts.append(self.connector)
            return kind, word
        if self.is_empty:
            return kind, word
        number = word
        kind, word = self.take()
        if kind != _ALPHABET:
            self.write(_NUMBER, number)
            if kind not in (_CONNECTOR, _PUNCTUATION):
                self.parts.append(self.connector)
            return kind, word
        self.parts.append(self.connector)
        self.write(_NUMBER, number)
        kind, word = self.letters_and_numbers(kind, word)
        self.join_before(kind)
        return kind, word


# --- wrapping -------------------------------------------------------------------------------------


def wrap(budget: Budget, text: str, width: int, newline: str, *, break_words: bool) -> str:
    """Lines of at most `width` bytes, broken at blanks; long words only with `break_words`."""
    newline = newline or "\n"
    width = max(width, 1)
    raw, line = text.encode("utf-8", "replace"), newline.encode("utf-8", "replace")
    budget.text(len(raw) + len(raw) // width * len(line))
    parts: list[bytes] = []
    at = 0
    while len(raw) - at > width:
        if raw[at] == 0x20:
            at += 1
            continue
        blank = raw.rfind(b" ", at, at + width + 1)
        if blank >= 0:
            end = following = blank
            following += 1
        elif break_words:
            end = following = at + width
        else:
            blank = raw.find(b" ", at + width)
            if blank < 0:
                break
            end, following = blank, blank + 1
        parts += [raw[at:end], line]
        at = following
    parts.append(raw[at:])
    return b"".join(parts).decode("utf-8", "replace")
