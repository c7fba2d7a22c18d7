"""Sets of characters: ranges, Unicode properties, case folding, negation."""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Iterable
from typing import Final

Range = tuple[int, int]

MAX_CODE: Final = 0x10FFFF
_FOLD_LIMIT: Final = 1_000
#: characters whose simple case folding leaves the pair of upper and lower case
_EXTRA_FOLDS: Final = {
    "k": "\u212a", "K": "\u212a", "\u212a": "kK", "s": "\u017f", "S": "\u017f", "\u017f": "sS",
    "å": "\u212b", "Å": "\u212b", "\u212b": "åÅ", "ß": "\u1e9e", "\u1e9e": "ß",
    "θ": "\u03d1\u03f4", "Θ": "\u03d1\u03f4", "µ": "μΜ", "μ": "µ", "Μ": "µ", "ς": "σΣ", "σ": "ς", "Σ": "ς",
}  # fmt: skip

DIGITS: Final[tuple[Range, ...]] = ((0x30, 0x39),)
SPACES: Final[tuple[Range, ...]] = ((0x09, 0x0A), (0x0C, 0x0D), (0x20, 0x20))
WORD: Final[tuple[Range, ...]] = ((0x30, 0x39), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A))

POSIX: Final[dict[str, tuple[Range, ...]]] = {
    "alnum": ((0x30, 0x39), (0x41, 0x5A), (0x61, 0x7A)),
    "alpha": ((0x41, 0x5A), (0x61, 0x7A)),
    "ascii": ((0x00, 0x7F),),
    "blank": ((0x09, 0x09), (0x20, 0x20)),
    "cntrl": ((0x00, 0x1F), (0x7F, 0x7F)),
    "digit": DIGITS,
    "graph": ((0x21, 0x7E),),
    "lower": ((0x61, 0x7A),),
    "print": ((0x20, 0x7E),),
    "punct": ((0x21, 0x2F), (0x3A, 0x40), (0x5B, 0x60), (0x7B, 0x7E)),
    "space": ((0x09, 0x0D), (0x20, 0x20)),
    "upper": ((0x41, 0x5A),),
    "word": WORD,
    "xdigit": ((0x30, 0x39), (0x41, 0x46), (0x61, 0x66)),
}

_CATEGORIES: Final = frozenset({
    "C", "Cc", "Cf", "Co", "Cs", "L", "Ll", "Lm", "Lo", "Lt", "Lu", "M", "Mc", "Me", "Mn",
    "N", "Nd", "Nl", "No", "P", "Pc", "Pd", "Pe", "Pf", "Pi", "Po", "Ps", "S", "Sc", "Sk", "Sm", "So",
    "Z", "Zl", "Zp", "Zs",
})  # fmt: skip
#: scripts told by the beginning of the character's name
_SCRIPTS: Final = {
    "Latin": "LATIN ", "Greek": "GREEK ", "Cyrillic": "CYRILLIC ", "Armenian": "ARMENIAN ",
    "Hebrew": "HEBREW ", "Arabic": "ARABIC ", "Devanagari": "DEVANAGARI ", "Thai": "THAI ",
    "Hangul": "HANGUL ", "Hiragana": "HIRAGANA ", "Katakana": "KATAKANA ", "Han": "CJK ",
}  # fmt: skip

Property = Callable[[str], bool]


def property_test(name: str) -> Property | None:
    """The test of ``\\p{name}``, None for a name that is not known."""
    if name == "Any":
        return lambda char: True
    if name in _CATEGORIES:
        return lambda char: unicodedata.category(char).startswith(name)
    start = _SCRIPTS.get(name)
    return None if start is None else lambda char: unicodedata.name(char, "").startswith(start)


def normalize(ranges: Iterable[Range]) -> tuple[Range, ...]:
    """Sorted, without overlaps."""
    result: list[Range] = []
    for low, high in sorted(ranges):
        if result and low <= result[-1][1] + 1:
            result[-1] = (result[-1][0], max(result[-1][1], high))
        else:
            result.append((low, high))
    return tuple(result)


def negate(ranges: Iterable[Range]) -> tuple[Range, ...]:
    result: list[Range] = []
    start = 0
    for low, high in normalize(ranges):
        if low > start:
            result.append((start, low - 1))
        start = high + 1
    if start <= MAX_CODE:
        result.append((start, MAX_CODE))
    return tuple(result)


def fold_orbit(char: str) -> set[str]:
    """The characters that equal `char` when case is ignored."""
    mapped = {char, char.lower(), char.upper(), *_EXTRA_FOLDS.get(char, "")}
    return {other for other in mapped if len(other) == 1}


class CharSet:
    """A set of characters; `contains` is what a matcher calls for each character."""

    __slots__ = ("_ascii", "_starts", "fold", "negated", "properties", "ranges")

    def __init__(
        self,
        ranges: Iterable[Range],
        *,
        properties: tuple[tuple[Property, bool], ...] = (),
        negated: bool = False,
        fold: bool = False,
    ) -> None:
        self.ranges = normalize(ranges)
        self.properties = properties
        self.negated = negated
        self.fold = fold
        if fold and not properties and sum(high - low + 1 for low, high in self.ranges) <= _FOLD_LIMIT:
            self.ranges = normalize(
                (ord(other), ord(other))
                for low, high in self.ranges
                for code in range(low, high + 1)
                for other in fold_orbit(chr(code))
            )
            self.fold = False
        if negated and not properties and not self.fold:
            self.ranges = negate(self.ranges)
            self.negated = False
        self._starts = [low for low, _ in self.ranges]
        self._ascii = tuple(self._test(chr(code)) for code in range(128))

    @property
    def is_plain(self) -> bool:
        """Whether the ranges alone say everything."""
        return not (self.properties or self.negated or self.fold)

    def contains(self, char: str) -> bool:
        code = ord(char)
        return self._ascii[code] if code < 128 else self._test(char)

    def _test(self, char: str) -> bool:
        candidates = fold_orbit(char) if self.fold else (char,)
        return any(map(self._test_one, candidates)) is not self.negated

    def _test_one(self, char: str) -> bool:
        code = ord(char)
        index = bisect_right(self._starts, code) - 1
        if index >= 0 and code <= self.ranges[index][1]:
            return True
        return any(test(char) is not negated for test, negated in self.properties)
