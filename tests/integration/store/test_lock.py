"""One server per data folder."""

from __future__ import annotations

import subprocess
import sys

import pytest

from workflows.errors import EnvironmentFault
from workflows.store import lock

HOLDER = """
import sys
from pathlib import Path
from workflows.store import lock
lock.hold(Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.read()
"""


def test_a_folder_is_held_once_and_free_when_its_holder_is_gone(tmp_path):
    command = [sys.executable, "-c", HOLDER, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout.readline() == "held\n"

        with pytest.raises(EnvironmentFault, match=rf"process {other.pid}\) uses the data folder") as caught:
            lock.hold(tmp_path)
        other.kill()

    lock.hold(tmp_path)
    lock.hold(tmp_path)
    assert caught.value.code == "data-folder-in-use"
