"""The plugin in the guide works as it stands there."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.agent.conftest import MakeHarness
from workflows.executors.agent import PluginAddress

GUIDE = Path(__file__).resolve().parents[3] / "docs" / "guide" / "plugins.md"


@pytest.fixture
def plugin() -> Iterator[PluginAddress]:
    [program] = re.findall(r"```python\n(.*?)```", GUIDE.read_text(), re.DOTALL)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-c", program.replace("4355", str(port))],
        env={**os.environ, "TOKEN": "tok"},
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(port)
        yield PluginAddress(f"http://127.0.0.1:{port}", "tok")
    finally:
        process.kill()
        process.wait()


def _wait_for(port: int) -> None:
    ends = time.monotonic() + 20
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            assert time.monotonic() < ends, "the plugin does not listen"
            time.sleep(0.05)


@pytest.mark.argo("3-plugin")
def test_the_plugin_of_the_guide_answers(make_harness: MakeHarness, plugin: PluginAddress) -> None:
    harness = make_harness(plugins={"hello": plugin})

    end = harness.run("a", {"name": "greet", "plugin": {"hello": {"to": "you"}}})
    other = harness.run("b", {"name": "greet", "plugin": {"other": {}}})

    assert (end.phase, end.message, end.parameters) == ("Succeeded", "Hello you!", {"text": "Hello you!"})
    assert other.message == "no plugin executed the template"
