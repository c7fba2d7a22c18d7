"""Prepare the view of an attempt and start its containers in it. Not for what happens next: see `keeper`."""

from __future__ import annotations

import os
import shutil
import sys
from typing import Final

from .attempts import Attempt, ContainerRun, Probe
from .commands import start
from .folders import STREAMS, Layout
from .processes import MARK
from .views import ViewPool

#: a program of this folder, started with the interpreter the shepherd itself runs on
_ADDRESS_PROBE: Final = os.path.join(os.path.dirname(os.path.abspath(__file__)), "address_probe.py")


class Starter:
    """What all starts of one shepherd have in common."""

    def __init__(self, layout: Layout, pool: ViewPool, *, default_path: str) -> None:
        self._layout = layout
        self._pool = pool
        self._default_path = default_path
        self._identity = layout.identity()
        self._null = os.open(os.devnull, os.O_RDWR | os.O_CLOEXEC)

    def mark_of(self, attempt: Attempt, run: ContainerRun) -> str:
        """The value of MARK in the environment of a container's processes."""
        return f"{self._identity}/{attempt.name}~{run.name}"

    def stage(self, attempt: Attempt) -> None:
        """Write the script and the files that come with the order. Raises OSError, ValueError."""
        order = attempt.order
        if order.script is not None:
            attempt.view.stage_script(order.script)
        if not attempt.view.is_private:
            self._copy_staged(attempt)
        if not order.files:
            return
        with self._pool.inside(attempt.view):
            for path, content in order.files.items():
                os.makedirs(os.path.dirname(path), exist_ok=True)
                with open(path, "w", encoding="utf-8", errors="replace", newline="") as file:
                    file.write(content)

    def start(self, attempt: Attempt, run: ContainerRun) -> int:
        """Start a container; returns the process id. Raises CannotStartError, OSError."""
        container, view = run.container, attempt.view
        script = (view.script,) if container.takes_script else ()
        stdout = self._open_output(attempt, run, "stdout")
        try:
            stderr = self._open_output(attempt, run, "stderr")
            try:
                files = (self._null, stdout, stderr)
                with self._pool.inside(view):
                    folder = container.folder or view.default_folder
                    arguments = (*container.arguments, *script)
                    return start(arguments, self._environment(attempt, run), folder, files)
            finally:
                os.close(stderr)
        finally:
            os.close(stdout)

    def start_probe(self, attempt: Attempt, run: ContainerRun, probe: Probe) -> int:
        """Start a probe of a container; its output goes nowhere. Raises CannotStartError, OSError."""
        files = (self._null, self._null, self._null)
        environment = self._environment(attempt, run)
        if probe.address:
            headers = [word for header in probe.headers for word in header]
            command = [sys.executable, "-I", "-S", _ADDRESS_PROBE, probe.address, str(probe.timeout)]
            return start([*command, *headers], environment, "/", files)
        with self._pool.inside(attempt.view):
            folder = run.container.folder or attempt.view.default_folder
            return start(probe.arguments, environment, folder, files)

    def keep_outputs(self, attempt: Attempt, run: ContainerRun) -> None:
        """After the container ended: what is empty goes back to the view. Raises OSError."""
        for stream in STREAMS:
            path = self._layout.output(attempt.name, run.name, stream)
            if os.stat(path).st_size:
                attempt.view.use_up_output(_blank(attempt, run, stream))
            else:
                os.unlink(path)

    def _environment(self, attempt: Attempt, run: ContainerRun) -> dict[str, str]:
        given = attempt.view.environment()
        return {
            **given,
            "PATH": f"{given['PATH']}:{self._default_path}",
            **run.container.environment,
            MARK: self.mark_of(attempt, run),
        }

    def _open_output(self, attempt: Attempt, run: ContainerRun, stream: str) -> int:
        """A blank file of the view, linked to where readers look; making a new one each time is slow.

        A container that is started again goes on writing where it stopped.
        """
        blank = attempt.view.blank_output(_blank(attempt, run, stream))
        path = self._layout.output(attempt.name, run.name, stream)
        try:
            os.link(blank, path)
        except FileExistsError:  # started again, or left by a start that was interrupted
            os.unlink(path)
            os.link(blank, path)
        return os.open(blank, os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC)

    @staticmethod
    def _copy_staged(attempt: Attempt) -> None:
        """Without a private file system there is nothing to mount on."""
        for mount in attempt.order.mounts:
            if mount.staged:
                source = f"{attempt.view.staged}/{mount.staged}"
                os.makedirs(os.path.dirname(mount.path), exist_ok=True)
                if os.path.isdir(source):
                    shutil.copytree(source, mount.path, symlinks=True, dirs_exist_ok=True)
                else:
                    shutil.copy2(source, mount.path)


def _blank(attempt: Attempt, run: ContainerRun, stream: str) -> str:
    """Containers that run at the same time write to different files."""
    return stream if len(attempt.runs) == 1 else f"{run.name}.{stream}"
