"""jq filters of resource outputs, each run in a process of its own with limits on time and memory.

A filter is a program of the user's: it may loop for ever or build a list without end.
"""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any, Final

from workflows.executors.agent.work import Failed

_SECONDS: Final = 10
_MEMORY_BYTES: Final = 512 * 1024 * 1024
_LONGEST: Final = 10_000
_MAX_OUTPUT: Final = 1024 * 1024

#: reads [filter, document] and writes one line for each result, texts without quotes
_PROGRAM: Final = f"""
import json, resource, sys
import jq
resource.setrlimit(resource.RLIMIT_AS, ({_MEMORY_BYTES}, {_MEMORY_BYTES}))
resource.setrlimit(resource.RLIMIT_CPU, ({_SECONDS}, {_SECONDS}))
source, document = json.load(sys.stdin)
try:
    for value in jq.compile(source).input_value(document):
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, separators=",:")
        print(text)
except ValueError as fault:
    print(fault, file=sys.stderr)
    sys.exit(1)
"""


def run_filter(source: str, document: Any) -> str:
    """The results, one a line, without blanks around. Raises Failed."""
    if len(source) > _LONGEST:
        raise Failed(f"a jq filter of more than {_LONGEST} characters")
    try:
        ended = subprocess.run(  # noqa: S603 the program is ours, the filter is data
            [sys.executable, "-I", "-X", "utf8", "-c", _PROGRAM],
            input=json.dumps([source, document]).encode(),
            capture_output=True,
            timeout=_SECONDS,
            check=False,
            env={},
        )
    except subprocess.TimeoutExpired as fault:
        raise Failed(f"the jq filter took longer than {_SECONDS} s") from fault
    if ended.returncode != 0:
        raise Failed(_reason(ended.stderr.decode(errors="replace")))
    if len(ended.stdout) > _MAX_OUTPUT:
        raise Failed(f"the jq filter gave more than {_MAX_OUTPUT} bytes")
    return ended.stdout.decode(errors="replace").strip()


def _reason(text: str) -> str:
    if "MemoryError" in text or not text.strip():
        return "the jq filter used too much memory or time"
    if "No module named 'jq'" in text:
        return "jqFilter needs the package jq: pip install -r requirements.txt"
    return " ".join(text.split())[:2000]
