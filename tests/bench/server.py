"""A server for benchmarks: an empty data folder, the embedded settings, the simulated executor.

Import this before anything of Django or Sluice.
"""

from __future__ import annotations

import atexit
import os
import resource
import shutil
import tempfile
import time
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path
from typing import Any

DATA = Path(tempfile.mkdtemp(prefix="sluice-bench-"))
atexit.register(shutil.rmtree, DATA, ignore_errors=True)
os.environ |= {"SLUICE_DATA_DIR": str(DATA), "DJANGO_SETTINGS_MODULE": "config.settings.embedded"}
os.environ.setdefault("SLUICE_EXECUTOR", "simulated")

import django  # noqa: E402

django.setup()

from django.contrib.auth.models import User  # noqa: E402

from workflows.models import Run  # noqa: E402
from workflows.services.first_start import prepare  # noqa: E402

prepare(DATA, password="bench")
ADMIN = User.objects.get()
NAMESPACE = "default"


@contextmanager
def running() -> Any:
    """The embedded server without its web part."""
    from config.embedded import EmbeddedServer

    server = EmbeddedServer()
    server.start()
    try:
        yield server
    finally:
        server.stop()


def wait_until(condition: Callable[[], bool], *, seconds: float = 300, every: float = 0.002) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError("the benchmark does not come to its end")
        time.sleep(every)


def wait_finished(uid: str, *, every: float = 0.002) -> None:
    finished = ("Succeeded", "Failed", "Error")
    wait_until(lambda: Run.objects.filter(uid=uid, phase__in=finished).exists(), every=every)
    run = Run.objects.get(uid=uid)
    if run.phase != "Succeeded":
        raise RuntimeError(f"run {run.name} ended {run.phase}: {run.message}")


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
