"""Regular expressions with Go's syntax and results (RE2), in bounded time.

A pattern runs on Python's `re` when an estimate of the worst case shows that it cannot run away on
this text, else on a Thompson machine whose every step is charged to the budget. Both give Go's
leftmost-first match. Texts are matched by characters; no function here shows byte offsets.
"""

from workflows.expr.regex.pattern import Pattern, compile_pattern
from workflows.expr.regex.quoting import quote_meta

__all__ = ["Pattern", "compile_pattern", "quote_meta"]
