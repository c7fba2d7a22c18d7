"""Executor plugins that manifests bring along: their sidecars' commands, run beside the server.

A cluster would run them inside the run's own pod; a server without one is told their addresses. Only for
commands in Python, since images are not at hand.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable
from contextlib import ExitStack
from types import TracebackType
from typing import Any

from tests.conformance.corpus import Entry
from workflows.spec import parse_documents

_GRACE_S = 5


class PluginHosts:
    """Started by `with`; `setting` is what the server must be told."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._plugins = [
            plugin for entry in entries if "plugin-host" in entry.needs for plugin in _plugins(entry.text)
        ]
        self._running = ExitStack()

    @property
    def setting(self) -> str:
        return ",".join(
            f"{plugin['metadata']['name']}=http://127.0.0.1:{_container(plugin)['ports'][0]['containerPort']}"
            for plugin in self._plugins
        )

    def __enter__(self) -> PluginHosts:
        for plugin in self._plugins:
            container = _container(plugin)
            command = [*(container.get("command") or ()), *(container.get("args") or ())]
            if command[0] in ("python", "python3"):
                command[0] = sys.executable
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            self._running.callback(_end, process)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self._running.close()


def _plugins(text: str) -> list[dict[str, Any]]:
    return [
        plugin
        for document in parse_documents(text)
        for plugin in ((document.raw or {}).get("spec") or {}).get("executorPlugins") or ()
    ]


def _container(plugin: dict[str, Any]) -> dict[str, Any]:
    container: dict[str, Any] = plugin["spec"]["sidecar"]["container"]
    return container


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(_GRACE_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
