"""Fetches what an attempt needs before its first container starts, into a folder the shepherd takes over.

Threads of the server do it, a few at a time, so that the shepherd never waits for a store. What a killed
server left behind goes when another one starts: its folder's lock is free then.
"""

from __future__ import annotations

import contextlib
import fcntl
import logging
import os
import shutil
import threading
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

from workflows.engine.messages import JsonObject
from workflows.errors import EnvironmentFault, SluiceError
from workflows.executors.process.object_volumes import Files
from workflows.executors.process.orders import Built
from workflows.executors.process.shepherd.folders import Layout
from workflows.executors.process.stores import SurroundingsOf, fetch

_OWNER: Final = "owner"

log = logging.getLogger(__name__)


class Staging:
    """`launch` is called with orders that are ready, `refuse` with an order and why it cannot become so."""

    def __init__(
        self,
        layout: Layout,
        surroundings: SurroundingsOf,
        pool: ThreadPoolExecutor,
        *,
        launch: Callable[[JsonObject], None],
        refuse: Callable[[JsonObject, str], None],
    ) -> None:
        self._layout = layout
        self._surroundings = surroundings
        self._pool = pool
        self._launch = launch
        self._refuse = refuse
        self._lock = threading.Lock()
        #: attempts being staged, each with a token: forgotten and ordered anew, it is another one
        self._going_on: dict[str, object] = {}
        _remove_abandoned(Path(layout.staging))
        self._folder = Path(layout.staging, uuid.uuid4().hex)
        self._folder.mkdir(mode=0o700)
        self._owner = os.open(self._folder / _OWNER, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        fcntl.flock(self._owner, fcntl.LOCK_EX)

    def close(self) -> None:
        """What is being staged is left half done; it is ordered again."""
        with self._lock:
            self._going_on.clear()

    def remove(self) -> None:
        """Once nothing is staged any more."""
        shutil.rmtree(self._folder, ignore_errors=True)
        os.close(self._owner)

    def start(self, built: Built, is_known: Callable[[str], bool]) -> None:
        """Fetch, unless that is going on or `is_known`, asked in a thread, says the attempt has begun."""
        name, token = built.message["name"], object()
        with self._lock:
            if name in self._going_on:
                return
            self._going_on[name] = token
        self._pool.submit(self._stage, built, token, is_known)

    def is_going_on(self, name: str) -> bool:
        with self._lock:
            return name in self._going_on

    def drop(self, name: str) -> None:
        """The attempt is not launched any more."""
        with self._lock:
            self._going_on.pop(name, None)

    def drop_run(self, run: str) -> None:
        """None of the run's attempts is launched any more."""
        prefix = f"{run}/"
        with self._lock:
            for name in [name for name in self._going_on if name.startswith(prefix)]:
                del self._going_on[name]

    def _stage(self, built: Built, token: object, is_known: Callable[[str], bool]) -> None:
        name = built.message["name"]
        folder = self._folder / uuid.uuid4().hex
        try:
            if is_known(name):
                self._hand_on(name, token, lambda: self._launch(built.message))
                return
            folder.mkdir(mode=0o755)
            message = self._fill(built, folder)
        except EnvironmentFault as error:
            # Nobody knows whether it has begun; it will be ordered again.
            log.warning("input of %s: %s", name, error)
            self._hand_on(name, token, lambda: None)
        except _StagingError as error:
            fault = str(error)
            self._hand_on(name, token, lambda: self._refuse(built.message, fault))
        except Exception as error:
            log.exception("input of %s", name)
            fault = f"init: Error (exit code 64): {error}"
            self._hand_on(name, token, lambda: self._refuse(built.message, fault))
        else:
            if self._hand_on(name, token, lambda: self._launch(message)):
                return
        shutil.rmtree(folder, ignore_errors=True)

    def _hand_on(self, name: str, token: object, action: Callable[[], None]) -> bool:
        """Do it unless the attempt was dropped meanwhile."""
        with self._lock:
            if self._going_on.get(name) is not token:
                return False
            action()
            del self._going_on[name]
            return True

    def _fill(self, built: Built, folder: Path) -> JsonObject:
        """Returns the order with what was found; absent optional artifacts are mounted nowhere."""
        for name, files in (built.folders or {}).items():
            _write(folder / name, files)
        around = self._surroundings(built.namespace)
        for each in built.artifacts:
            try:
                fetch(each.artifact, folder / each.staged, around)
            except (SluiceError, OSError) as error:
                text = f"artifact {each.artifact.get('name')} failed to load: {error}"
                raise _StagingError(f"init: Error (exit code 64): {text}") from error
        message = built.message
        return {
            **message,
            "staged": os.path.relpath(folder, self._layout.root),
            "mounts": [each for each in message["mounts"] if _is_there(each, folder)],
            "placements": [each for each in message.get("placements", ()) if _is_there(each, folder)],
        }


class _StagingError(Exception):
    """The text is for the user."""


def _is_there(use: JsonObject, folder: Path) -> bool:
    return "staged" not in use or (folder / use["staged"]).exists()


def _write(folder: Path, files: Files) -> None:
    folder.mkdir(mode=0o755)
    for path, (content, mode) in files.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
        file.chmod(mode)


def _remove_abandoned(staging: Path) -> None:
    for folder in staging.iterdir():
        with contextlib.suppress(OSError):
            owner = os.open(folder / _OWNER, os.O_RDWR | os.O_CLOEXEC)
            try:
                fcntl.flock(owner, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder, ignore_errors=True)
            finally:
                os.close(owner)
