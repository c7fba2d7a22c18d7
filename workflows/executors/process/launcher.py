"""Find the shepherd of a state folder, start one when there is none. Not for talking to it: see `client`."""

from __future__ import annotations

import json
import os
import select
import shutil
import socket
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from workflows.errors import EnvironmentFault
from workflows.executors.process.images import BUSYBOX_SHELL
from workflows.executors.process.settings import ProcessSettings
from workflows.executors.process.shepherd.folders import Layout

_PROGRAM: Final = Path(__file__).parent / "shepherd"
_STAND_INS: Final = Path(__file__).parent / "standins"
_PATIENCE_SECONDS: Final = 20.0
_PAUSE_SECONDS: Final = 0.05


@dataclass(frozen=True, slots=True)
class ShepherdOptions:
    """What the shepherd is told when it starts; one that runs already keeps what it was told."""

    max_processes: int
    linger_seconds: float
    path: str
    shared_folders: tuple[str, ...]
    private: bool


@dataclass(frozen=True, slots=True)
class Isolation:
    """Whether commands get a file system of their own, and if not, why."""

    private: bool
    reason: str


def connect(layout: Layout, settings: ProcessSettings) -> socket.socket:
    """A connection to the shepherd of the folder, which is started when needed. Raises EnvironmentFault."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while True:
        found = connect_to_running(layout)
        if found is not None:
            return found
        if time.monotonic() > deadline:
            raise EnvironmentFault(f"no shepherd answers for {layout.root}: {_last_words(layout)}")
        _start(layout, settings, deadline)
        time.sleep(_PAUSE_SECONDS)


def read_isolation(layout: Layout) -> Isolation:
    """What the serving shepherd found out when it started."""
    try:
        with open(layout.isolation) as file:
            found = json.load(file)
    except (OSError, ValueError):
        return Isolation(private=False, reason="unknown: no shepherd has started yet")
    return Isolation(private=found["private"], reason=found["reason"])


def install_stand_ins(layout: Layout, path: str) -> None:
    """Copied, not linked: where this package lies may not be visible to commands. Raises OSError.

    A program that the host itself has in `path` needs none.
    """
    for stand_in in _STAND_INS.iterdir():
        if shutil.which(stand_in.name, path=path):
            Path(layout.bin, stand_in.name).unlink(missing_ok=True)
            continue
        draft = Path(layout.bin, f".{stand_in.name}.{os.getpid()}")
        shutil.copyfile(stand_in, draft)
        draft.chmod(0o755)
        draft.replace(Path(layout.bin, stand_in.name))
    for name in ("python", "python3"):
        _link(layout, name, os.path.realpath(sys.executable))
    shells = (shutil.which(name, path=path) for name in ("busybox", "bash", "sh"))
    _link(layout, BUSYBOX_SHELL, next(filter(None, shells), "/bin/sh"))


def _link(layout: Layout, name: str, program: str) -> None:
    draft = Path(layout.bin, f".{name}.{os.getpid()}")
    draft.unlink(missing_ok=True)
    draft.symlink_to(program)
    draft.replace(Path(layout.bin, name))


def connect_to_running(layout: Layout) -> socket.socket | None:
    """None when no shepherd serves. Through /proc, because a path may be longer than a socket address can be.

    Raises OSError.
    """
    peer = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    folder = os.open(layout.root, os.O_PATH | os.O_DIRECTORY)
    try:
        peer.connect(f"/proc/self/fd/{folder}/{os.path.basename(layout.socket)}")
    except (FileNotFoundError, ConnectionError):
        peer.close()
        return None
    except BaseException:
        peer.close()
        raise
    finally:
        os.close(folder)
    return peer


def _start(layout: Layout, settings: ProcessSettings, deadline: float) -> None:
    """Start a shepherd and wait until it serves, or leaves because another does."""
    reader, writer = os.pipe()
    try:
        arguments = [sys.executable, "-I", "-S", "-X", "utf8", str(_PROGRAM), layout.root]
        arguments += [json.dumps(asdict(_options(settings))), str(writer)]
        with open(layout.log, "ab") as log:
            # The program makes itself a daemon, so this one ends at once.
            subprocess.run(  # noqa: S603 - our own program
                arguments,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                env={"PATH": settings.path},
                pass_fds=(writer,),
                start_new_session=True,
                check=False,
            )
        os.close(writer)
        writer = -1
        select.select([reader], [], [], max(0.0, deadline - time.monotonic()))
    finally:
        os.close(reader)
        if writer >= 0:
            os.close(writer)


def _last_words(layout: Layout) -> str:
    try:
        lines = Path(layout.log).read_text(errors="replace").splitlines()
    except OSError:
        lines = []
    return lines[-1][:500] if lines else f"nothing in {layout.log}"


def _options(settings: ProcessSettings) -> ShepherdOptions:
    return ShepherdOptions(
        max_processes=settings.max_processes,
        linger_seconds=settings.linger_seconds,
        path=settings.path,
        shared_folders=tuple(os.path.realpath(folder) for folder in settings.shared_folders),
        private=settings.private_file_systems,
    )
