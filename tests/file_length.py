"""Checks the length of source files: over 400 lines is remarked on, over 500 fails. Run by `make check`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

REMARK = 400
LIMIT = 500
SUFFIXES = frozenset({".py", ".go", ".ts", ".tsx", ".js", ".css"})
EXEMPT = ("migrations", "static/app", "generated", "frontend/src/shared/api/schema.ts", "uv.lock")


def source_files() -> list[Path]:
    """Files git knows or would add; generated ones and migrations are exempt."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    paths = (Path(line) for line in listed)
    return [p for p in paths if p.suffix in SUFFIXES and p.is_file() and not any(e in str(p) for e in EXEMPT)]


def main() -> int:
    lengths = sorted(((len(p.read_bytes().splitlines()), p) for p in source_files()), reverse=True)
    long = [(count, path) for count, path in lengths if count > REMARK]
    for count, path in long:
        verdict = "too long, split it" if count > LIMIT else "long, consider a split"
        sys.stdout.write(f"{path}: {count} lines, {verdict}\n")
    return 1 if any(count > LIMIT for count, _ in long) else 0


if __name__ == "__main__":
    raise SystemExit(main())
