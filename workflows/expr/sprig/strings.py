"""sprig's text functions. Source: sprig documentation, "String Functions" and "String Slice Functions"."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from workflows.expr.errors import Fault
from workflows.expr.formatting import format_go, quote_go
from workflows.expr.function_texts import replace_text
from workflows.expr.gotext import SPACES, split_text, to_lower, to_upper, trim_space
from workflows.expr.run import Run
from workflows.expr.sprig import words
from workflows.expr.sprig.cast import to_text
from workflows.expr.values import StrList, StrMap

_PANIC: Final = "runtime error: slice bounds out of range"


def _cut(text: str, start: int, end: int) -> str:
    """Go's ``text[start:end]`` by bytes."""
    raw = text.encode("utf-8", "replace")
    if not 0 <= start <= end <= len(raw):
        raise Fault(f"{_PANIC} [{start}:{end}]")
    return raw[start:end].decode("utf-8", "replace")


def _size(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-8", "replace"))


def _trunc(run: Run, count: int, text: str) -> str:
    size = _size(text)
    if count < 0 and size + count > 0:
        return _cut(text, size + count, size)
    return _cut(text, 0, count) if 0 <= count < size else text


def _substr(run: Run, start: int, end: int, text: str) -> str:
    if start < 0:
        return _cut(text, 0, end)
    return _cut(text, start, _size(text) if end < 0 or end > _size(text) else end)


def _abbrev(run: Run, width: int, text: str) -> str:
    return text if width < 4 else _abbreviate(text, 0, width)


def _abbrevboth(run: Run, left: int, width: int, text: str) -> str:
    return text if width < 4 or (left > 0 and width < 7) else _abbreviate(text, left, width)


def _abbreviate(text: str, offset: int, width: int) -> str:
    size = _size(text)
    if width < 4 or not text:
        return ""
    if size <= width:
        return text
    offset = min(offset, size)
    if size - offset < width - 3:
        offset = size - (width - 3)
    if offset <= 4:
        return _cut(text, 0, width - 3) + "..."
    if width < 7:
        return ""
    if offset + width - 3 < size:
        return "..." + _abbreviate(_cut(text, offset, size), 0, width - 3)
    return "..." + _cut(text, size - (width - 3), size)


def _repeat(run: Run, count: int, text: str) -> str:
    if count < 0:
        raise Fault("strings: negative Repeat count")
    run.text(len(text) * count)
    return text * count


def _trim_all(run: Run, characters: str, text: str) -> str:
    return text.strip(characters) if characters else text


def _nospace(text: str) -> str:
    """Goes byte by byte as the original does, which spoils characters beyond ASCII beside blanks."""
    raw = text.encode("utf-8", "replace").decode("latin-1")
    kept = "".join(char for char in raw if char not in SPACES)
    return text if len(kept) == len(raw) else kept


def _initials(text: str) -> str:
    raw = text.encode("utf-8", "replace").decode("latin-1")
    return "".join(
        char for i, char in enumerate(raw) if char not in SPACES and (i == 0 or raw[i - 1] in SPACES)
    )


def _indent(run: Run, count: int, text: str) -> str:
    if count < 0:
        raise Fault("strings: negative Repeat count")
    run.text(len(text) + count * (text.count("\n") + 1))
    pad = " " * count
    return pad + text.replace("\n", "\n" + pad)


def _by_character(change: Callable[[str], str]) -> Callable[[Run, str], str]:
    def call(run: Run, text: str) -> str:
        run.characters(8 * len(text))
        return change(text)

    return call


def _quote(run: Run, *values: Any) -> str:
    texts = [quote_go(to_text(value)) for value in values if value is not None]
    run.characters(sum(map(len, texts)))
    return " ".join(texts)


def _squote(run: Run, *values: Any) -> str:
    texts = [f"'{format_go(value)}'" for value in values if value is not None]
    run.characters(sum(map(len, texts)))
    return " ".join(texts)


def _cat(run: Run, *values: Any) -> str:
    texts = [format_go(value) for value in values if value is not None]
    run.characters(sum(map(len, texts)))
    return " ".join(texts)


def _replace(run: Run, old: str, new: str, text: str) -> str:
    return replace_text(run, text, old, new)


def string_list(run: Run, value: Any) -> list[str]:
    """sprig's strslice: the texts of a list without its nils, or of a single value."""
    if isinstance(value, list | bytes):
        texts = [to_text(item) for item in value if item is not None]
    else:
        texts = [] if value is None else [to_text(value)]
    run.text(sum(map(len, texts)))
    run.allocate(len(texts))
    return texts


def _to_strings(run: Run, value: Any) -> StrList:
    return StrList(string_list(run, value))


def _join(run: Run, separator: str, value: Any) -> str:
    texts = string_list(run, value)
    run.text(sum(map(len, texts)) + len(separator) * len(texts))
    return separator.join(texts)


def _sort_alpha(run: Run, value: Any) -> StrList:
    if not isinstance(value, list | bytes):
        return StrList([to_text(value)])
    texts = string_list(run, value)
    run.spend(len(texts))
    return StrList(sorted(texts))


def _split_list(run: Run, separator: str, text: str) -> StrList:
    parts = split_text(text, separator)
    run.allocate(len(parts))
    return StrList(parts)


def _numbered(parts: list[str]) -> StrMap:
    return StrMap({f"_{index}": part for index, part in enumerate(parts)})


def _split(run: Run, separator: str, text: str) -> StrMap:
    return _numbered(_split_list(run, separator, text))


def _splitn(run: Run, separator: str, count: int, text: str) -> StrMap:
    parts = split_text(text, separator, count)
    run.allocate(len(parts))
    return _numbered(parts)


def _random(alphabet: str) -> Callable[[Run, int], str]:
    def call(run: Run, count: int) -> str:
        if count <= 0:
            return ""
        run.text(count)
        run.spend(count)
        return "".join(alphabet[random_below(run, len(alphabet))] for _ in range(count))

    return call


def random_below(run: Run, limit: int) -> int:
    """An even choice of 0 … limit - 1 from the context's random bytes."""
    if limit <= 0:
        raise Fault("invalid argument to Intn")
    size = (limit.bit_length() + 7) // 8 + 1
    span = 256**size - 256**size % limit
    while True:
        value = int.from_bytes(run.context.random_bytes(size), "big")
        if value < span:
            return value % limit
        run.spend(1)


def _shuffle(run: Run, text: str) -> str:
    characters = list(text)
    run.spend(len(characters))
    for index in range(len(characters) - 1, 0, -1):
        other = random_below(run, index + 1)
        characters[index], characters[other] = characters[other], characters[index]
    return "".join(characters)


_LOWER: Final = "abcdefghijklmnopqrstuvwxyz"
_DIGITS: Final = "0123456789"
_ASCII: Final = "".join(map(chr, range(32, 127)))

FUNCTIONS: Final[dict[str, tuple[str, Callable[..., Any]]]] = {
    "hello": ("", lambda run: "Hello!"),
    "abbrev": ("int, string", _abbrev),
    "abbrevboth": ("int, int, string", _abbrevboth),
    "trunc": ("int, string", _trunc),
    "trim": ("string", lambda run, text: trim_space(text)),
    "upper": ("string", _by_character(to_upper)),
    "lower": ("string", _by_character(to_lower)),
    "title": ("string", _by_character(words.title)),
    "untitle": ("string", _by_character(words.untitle)),
    "substr": ("int, int, string", _substr),
    "repeat": ("int, string", _repeat),
    "trimall": ("string, string", _trim_all),
    "trimAll": ("string, string", _trim_all),
    "trimSuffix": ("string, string", lambda run, suffix, text: text.removesuffix(suffix)),
    "trimPrefix": ("string, string", lambda run, prefix, text: text.removeprefix(prefix)),
    "nospace": ("string", _by_character(_nospace)),
    "initials": ("string", _by_character(_initials)),
    "randAlphaNum": ("int", _random(_LOWER + _LOWER.upper() + _DIGITS)),
    "randAlpha": ("int", _random(_LOWER + _LOWER.upper())),
    "randAscii": ("int", _random(_ASCII)),
    "randNumeric": ("int", _random(_DIGITS)),
    "shuffle": ("string", _shuffle),
    "swapcase": ("string", _by_character(words.swap_case)),
    "snakecase": ("string", _by_character(lambda text: words.separated(text, "_"))),
    "kebabcase": ("string", _by_character(lambda text: words.separated(text, "-"))),
    "camelcase": ("string", _by_character(words.pascal)),
    "wrap": ("int, string", lambda run, width, text: words.wrap(run, text, width, "", break_words=False)),
    "wrapWith": (
        "int, string, string",
        lambda run, n, line, text: words.wrap(run, text, n, line, break_words=True),
    ),
    "contains": ("string, string", lambda run, part, text: part in text),
    "hasPrefix": ("string, string", lambda run, prefix, text: text.startswith(prefix)),
    "hasSuffix": ("string, string", lambda run, suffix, text: text.endswith(suffix)),
    "quote": ("any...", _quote),
    "squote": ("any...", _squote),
    "cat": ("any...", _cat),
    "indent": ("int, string", _indent),
    "nindent": ("int, string", lambda run, count, text: "\n" + _indent(run, count, text)),
    "replace": ("string, string, string", _replace),
    "plural": ("string, string, int", lambda run, one, many, count: one if count == 1 else many),
    "toString": ("any", lambda run, value: to_text(value)),
    "toStrings": ("any", _to_strings),
    "join": ("string, any", _join),
    "sortAlpha": ("any", _sort_alpha),
    "split": ("string, string", _split),
    "splitn": ("string, int, string", _splitn),
    "splitList": ("string, string", _split_list),
}
