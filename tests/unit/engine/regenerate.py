"""Writes the trees of own manifests anew: ``python -m tests.unit.engine.regenerate [PATTERN …]``.

Look at the differences before you commit them: what stands there is what must come out from then on.
"""

from __future__ import annotations

import fnmatch
import json
import sys
from pathlib import Path

from tests.unit.engine.scripted import FOLDER, Script, scripts
from workflows.engine.messages import JsonObject

CORPUS = FOLDER / "corpus.json"


def corpus() -> JsonObject:
    """The content of corpus.json."""
    return {"format": "workflow-corpus/1", "entries": [script.entry() for script in scripts()]}


def golden(script: Script) -> JsonObject:
    return {"file": script.file, "runs": script.run()}


def write(path: Path, content: JsonObject) -> None:
    text = json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    if not path.exists() or path.read_text() != text:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        sys.stdout.write(f"{path.relative_to(FOLDER)}\n")


def main(patterns: list[str]) -> None:
    for script in scripts():
        wanted = not patterns or any(fnmatch.fnmatch(script.file, pattern) for pattern in patterns)
        if wanted and script.workflows:
            write(script.golden, golden(script))
    write(CORPUS, corpus())


if __name__ == "__main__":
    main(sys.argv[1:])
