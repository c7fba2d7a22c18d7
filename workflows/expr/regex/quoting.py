"""Texts taken literally in patterns."""

from __future__ import annotations

from typing import Final

_META: Final = frozenset("\\.+*?()|[]{}^$")


def quote_meta(text: str) -> str:
    """Go's regexp.QuoteMeta."""
    return "".join("\\" + char if char in _META else char for char in text)
