"""The committed build belongs to the committed sources. Needs no Node: the build has a hash of them."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[2]
_SOURCES = _ROOT / "frontend"
#: see frontend/scripts/stamp.mjs
_SINGLE = ["package.json", "package-lock.json", "vite.config.ts", "tsconfig.json", "postcss.config.js"]


def test_the_build_was_made_from_these_sources():
    files = [
        *_SINGLE,
        *(str(path.relative_to(_SOURCES)) for path in (_SOURCES / "src").rglob("*") if path.is_file()),
    ]
    digest = hashlib.sha256()
    for name in sorted(files):
        digest.update(f"{name}\n".encode() + (_SOURCES / name).read_bytes() + b"\n")
    built = json.loads((_ROOT / "static/app/BUILD.json").read_text())
    assert built["source"] == digest.hexdigest(), "the front end has changed: `make ui`, commit static/app"
