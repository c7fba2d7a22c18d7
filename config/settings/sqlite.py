"""How Sluice opens SQLite: write-ahead log, writers queue at BEGIN, readers never block."""

from __future__ import annotations

from pathlib import Path
from typing import Any

_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=NORMAL",
    "mmap_size=268435456",
    "temp_store=MEMORY",
    "cache_size=-64000",
    "journal_size_limit=67108864",
    "foreign_keys=ON",
)


def database(path: Path) -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(path),
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "; ".join(f"PRAGMA {pragma}" for pragma in _PRAGMAS),
        },
    }
