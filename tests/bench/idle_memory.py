"""Memory of web, engine and worker in one process at rest."""

from __future__ import annotations

import time

from tests.bench import server
from tests.bench.results import tell


def main() -> None:
    import config.asgi  # noqa: F401 - what the web part loads

    with server.running():
        time.sleep(2)
        tell("idle_memory.one_process", server.peak_mb(), "MB", "≤ 200")


if __name__ == "__main__":
    main()
