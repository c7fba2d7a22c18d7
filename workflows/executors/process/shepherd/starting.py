"""Prepare the view of an attempt and start its containers in it. Not for what happens next: see `keeper`."""

from __future__ import annotations

import os

from .attempts import Attempt
from .commands import start
from .folders import STREAMS, Layout
from .processes import MARK
from .views import ViewPool


class Starter:
    """What all starts of one shepherd have in common."""

    def __init__(self, layout: Layout, pool: ViewPool, *, default_path: str) -> None:
        self._layout = layout
        self._pool = pool
        self._default_path = default_path
        self._identity = layout.identity()
        self._null = os.open(os.devnull, os.O_RDWR | os.O_CLOEXEC)

    def mark_of(self, attempt: Attempt) -> str:
        """The value of MARK in the environment of the attempt's processes."""
        return f"{self._identity}/{attempt.name}"

    def stage(self, attempt: Attempt) -> None:
        """Write the script and the files that come with the order. Raises OSError, ValueError."""
        order = attempt.order
        if order.script is not None:
            attempt.view.stage_script(order.script)
        if not order.files:
            return
        with self._pool.inside(attempt.view):
            for path, content in order.files.items():
                os.makedirs(os.path.dirname(path), exist_ok=True)
                with open(path, "w", encoding="utf-8", errors="replace", newline="") as file:
                    file.write(content)

    def start(self, attempt: Attempt) -> int:
        """Start the current container; returns the process id. Raises CannotStartError, OSError."""
        container, view = attempt.current, attempt.view
        script = (view.script,) if container.takes_script else ()
        stdout = self._open_output(attempt, "stdout")
        try:
            stderr = self._open_output(attempt, "stderr")
            try:
                files = (self._null, stdout, stderr)
                with self._pool.inside(view):
                    folder = container.folder or view.default_folder
                    arguments = (*container.arguments, *script)
                    return start(arguments, self._environment(attempt), folder, files)
            finally:
                os.close(stderr)
        finally:
            os.close(stdout)

    def keep_outputs(self, attempt: Attempt) -> None:
        """After the container ended: what is empty goes back to the view. Raises OSError."""
        for stream in STREAMS:
            path = self._layout.output(attempt.name, attempt.current.name, stream)
            if os.stat(path).st_size:
                attempt.view.use_up_output(stream)
            else:
                os.unlink(path)

    def _environment(self, attempt: Attempt) -> dict[str, str]:
        given = attempt.view.environment()
        return {
            **given,
            "PATH": f"{given['PATH']}:{self._default_path}",
            **attempt.current.environment,
            MARK: self.mark_of(attempt),
        }

    def _open_output(self, attempt: Attempt, stream: str) -> int:
        """A blank file of the view, linked to where readers look; making a new one each time is slow."""
        blank = attempt.view.blank_output(stream)
        path = self._layout.output(attempt.name, attempt.current.name, stream)
        try:
            os.link(blank, path)
        except FileExistsError:  # left by a start that was interrupted
            os.unlink(path)
            os.link(blank, path)
        return os.open(blank, os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC)
