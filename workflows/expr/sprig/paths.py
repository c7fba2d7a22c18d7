"""sprig's paths, with slashes. Source: sprig documentation, "Path and Filepath Functions"."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from workflows.expr.run import Run


def _clean(run: Run, path: str) -> str:
    """Go's path.Clean: the shortest equal path."""
    rooted = path.startswith("/")
    kept: list[str] = []
    for part in path.split("/"):
        if part in ("", "."):
            continue
        if part == ".." and kept and kept[-1] != "..":
            kept.pop()
        elif part != ".." or not rooted:
            kept.append(part)
    return ("/" if rooted else "") + "/".join(kept) or "."


def _base(run: Run, path: str) -> str:
    if not path:
        return "."
    stripped = path.rstrip("/")
    return stripped.rpartition("/")[2] if stripped else "/"


def _dir(run: Run, path: str) -> str:
    return _clean(run, path[: path.rfind("/") + 1])


def _ext(run: Run, path: str) -> str:
    name = path.rpartition("/")[2]
    dot = name.rfind(".")
    return name[dot:] if dot >= 0 else ""


def _is_abs(run: Run, path: str) -> bool:
    return path.startswith("/")


FUNCTIONS: Final[dict[str, tuple[str, Callable[..., Any]]]] = {
    "base": ("string", _base),
    "dir": ("string", _dir),
    "clean": ("string", _clean),
    "ext": ("string", _ext),
    "isAbs": ("string", _is_abs),
    "osBase": ("string", _base),
    "osDir": ("string", _dir),
    "osClean": ("string", _clean),
    "osExt": ("string", _ext),
    "osIsAbs": ("string", _is_abs),
}
