"""sprig's regular expressions. Source: sprig documentation, "String Functions", regex part."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from workflows.expr.errors import LIMIT, Fault
from workflows.expr.formatting import quote_go
from workflows.expr.regex import Pattern, compile_pattern, quote_meta
from workflows.expr.run import Run
from workflows.expr.values import NilStrList, StrList


def _must_compile(pattern: str) -> Pattern:
    """regexp.MustCompile: another text than the ``must`` functions give."""
    try:
        return compile_pattern(pattern)
    except Fault as fault:
        if fault.code == LIMIT:
            raise
        shown = f"`{pattern}`" if _fits_backquotes(pattern) else quote_go(pattern)
        raise Fault(f"regexp: Compile({shown}): {fault.message}") from None


def _fits_backquotes(text: str) -> bool:
    return "`" not in text and all(char == "\t" or char.isprintable() for char in text)


Compile = Callable[[str], Pattern]


def _match(run: Run, pattern: str, text: str) -> bool:
    try:
        return compile_pattern(pattern).search(text, run)
    except Fault as fault:
        if fault.code == LIMIT:
            raise
        return False


def _find_all(compile_it: Compile) -> Callable[..., StrList]:
    def call(run: Run, pattern: str, text: str, limit: int) -> StrList:
        found = compile_it(pattern).find_all(text, limit, run)
        run.allocate(len(found))
        return StrList(found) if found else NilStrList()

    return call


def _find(compile_it: Compile) -> Callable[..., str]:
    return lambda run, pattern, text: compile_it(pattern).find(text, run)


def _replace(compile_it: Compile, *, literal: bool) -> Callable[..., str]:
    def call(run: Run, pattern: str, text: str, replacement: str) -> str:
        return compile_it(pattern).replace_all(text, replacement, run, literal=literal)

    return call


def _split(compile_it: Compile) -> Callable[..., StrList]:
    def call(run: Run, pattern: str, text: str, limit: int) -> StrList:
        parts = compile_it(pattern).split(text, limit, run)
        run.allocate(len(parts))
        return StrList(parts) if parts or limit != 0 else NilStrList()

    return call


FUNCTIONS: Final[dict[str, tuple[str, Callable[..., Any]]]] = {
    "regexMatch": ("string, string", _match),
    "mustRegexMatch": (
        "string, string",
        lambda run, pattern, text: compile_pattern(pattern).search(text, run),
    ),
    "regexFindAll": ("string, string, int", _find_all(_must_compile)),
    "mustRegexFindAll": ("string, string, int", _find_all(compile_pattern)),
    "regexFind": ("string, string", _find(_must_compile)),
    "mustRegexFind": ("string, string", _find(compile_pattern)),
    "regexReplaceAll": ("string, string, string", _replace(_must_compile, literal=False)),
    "mustRegexReplaceAll": ("string, string, string", _replace(compile_pattern, literal=False)),
    "regexReplaceAllLiteral": ("string, string, string", _replace(_must_compile, literal=True)),
    "mustRegexReplaceAllLiteral": ("string, string, string", _replace(compile_pattern, literal=True)),
    "regexSplit": ("string, string, int", _split(_must_compile)),
    "mustRegexSplit": ("string, string, int", _split(compile_pattern)),
    "regexQuoteMeta": ("string", lambda run, text: quote_meta(text)),
}
