"""Where the tags of a text are, in one pass, since texts come from outside. Not for what tags mean.

As Argo has it, a tag runs from ``{{`` to the next ``}}``, so a tag inside a tag ends the outer one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

OPEN = "{{"
CLOSE = "}}"


def find_tags(text: str) -> Iterator[str]:
    """What stands between the braces of each tag, in order."""
    start = text.find(OPEN)
    while start >= 0:
        end = text.find(CLOSE, start + 2)
        if end < 0:
            return
        yield text[start + 2 : end]
        start = text.find(OPEN, end + 2)


def replace_tags(text: str, replacement: Callable[[str], str | None]) -> str:
    """`text` with each tag replaced; None leaves it. `replacement` gets what is between the braces."""
    parts: list[str] = []
    done = 0
    start = text.find(OPEN)
    while start >= 0:
        end = text.find(CLOSE, start + 2)
        if end < 0:
            break
        put_in = replacement(text[start + 2 : end])
        parts += [text[done:start], text[start : end + 2] if put_in is None else put_in]
        done = end + 2
        start = text.find(OPEN, done)
    return "".join(parts) + text[done:]


def unclosed(text: str) -> str | None:
    """What follows a ``{{`` that has no end, None when there is none."""
    start = text.rfind(OPEN)
    if start < 0 or text.find(CLOSE, start + 2) >= 0:
        return None
    return text[start + 2 :]
