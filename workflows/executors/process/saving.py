"""Saves output artifacts and logs of attempts whose containers have ended, before anybody hears of the end.

The shepherd hands out descriptors of what lies in an attempt's private file system. After a kill at any
moment it is done again: what is stored under the same keys is replaced by the same.
"""

from __future__ import annotations

import contextlib
import logging
import os
import socket
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from workflows.artifacts import ArtifactNotFound, Surroundings
from workflows.engine.messages import JsonObject
from workflows.errors import EnvironmentFault, SluiceError
from workflows.executors.process.launcher import connect_to_running
from workflows.executors.process.shepherd.folders import STREAMS, Layout
from workflows.executors.process.shepherd.frames import Decoder, encode
from workflows.executors.process.shepherd.outputs import ABSENT
from workflows.executors.process.stores import SurroundingsOf, save, save_log

#: what may wait in one message; the kernel passes no more than 253
_DESCRIPTORS_AT_ONCE: Final = 100
_PATIENCE_SECONDS: Final = 30.0
#: where Argo's executor collects output artifacts, as its messages show
_COLLECTED: Final = "/var/run/argo/outputs/artifacts"
_FAILED: Final = "wait: Error (exit code 64): {}"

log = logging.getLogger(__name__)


def save_outputs(
    record: JsonObject, layout: Layout, surroundings: SurroundingsOf
) -> tuple[list[JsonObject], str]:
    """What was saved, with the locations, and in Argo's words what could not be, "" when all was."""
    saving = record["saving"]
    saved: list[JsonObject] = []
    faults: list[str] = []
    around = surroundings(saving["namespace"])
    if record["exit_code"] is not None:
        with _opened(layout, record["name"], saving["artifacts"]) as opened:
            for artifact, found in opened:
                try:
                    stored = _save(artifact, found, saving["location"], around)
                except (SluiceError, OSError) as error:
                    log.warning("output of %s: %s", record["name"], error)
                    faults.append(f"{error}; ")
                else:
                    saved += [stored] if stored is not None else []
    fault = "".join(faults)
    logs, log_faults = _save_logs(record, layout, around)
    return saved + logs, _FAILED.format(fault or log_faults[0]) if fault or log_faults else ""


def _save(
    artifact: JsonObject, found: int | str, location: JsonObject, around: Surroundings
) -> JsonObject | None:
    if found == ABSENT:
        if artifact.get("optional"):
            return None
        path = f"{_COLLECTED}{str(artifact['path']).rstrip('/')}.tgz"
        raise ArtifactNotFound(f"open {path}: no such file or directory")
    if isinstance(found, str):
        raise ArtifactNotFound(f"open {artifact['path']}: {found}")
    # Under the name it has inside, which archives and folders keep.
    with tempfile.TemporaryDirectory(prefix="sluice-output-") as work:
        source = Path(work) / (os.path.basename(str(artifact["path"]).rstrip("/")) or "root")
        source.symlink_to(f"/proc/self/fd/{found}")
        return save(artifact, source, location, around)


def _save_logs(
    record: JsonObject, layout: Layout, around: Surroundings
) -> tuple[list[JsonObject], list[str]]:
    """Logs of containers that wrote nothing are saved empty; those that never ran have none."""
    saved, faults = [], []
    for container in record["saving"]["logs"] if record["started_at"] else ():
        paths = [Path(layout.output(record["name"], container, stream)) for stream in STREAMS]
        try:
            present = [path for path in paths if path.exists()]
            saved.append(save_log(container, present, record["saving"]["location"], around))
        except (SluiceError, OSError) as error:
            log.warning("log of %s: %s", record["name"], error)
            faults.append(str(error))
    return saved, faults


@contextlib.contextmanager
def _opened(
    layout: Layout, name: str, artifacts: Sequence[JsonObject]
) -> Iterator[list[tuple[JsonObject, int | str]]]:
    """Each artifact with a descriptor, or why there is none. Raises EnvironmentFault, OSError."""
    found: list[tuple[JsonObject, int | str]] = []
    try:
        for start in range(0, len(artifacts), _DESCRIPTORS_AT_ONCE):
            part = artifacts[start : start + _DESCRIPTORS_AT_ONCE]
            found += zip(part, _ask(layout, name, [str(each["name"]) for each in part]), strict=True)
        yield found
    finally:
        for _, each in found:
            if isinstance(each, int):
                os.close(each)


def _ask(layout: Layout, name: str, artifacts: list[str]) -> list[int | str]:
    peer = connect_to_running(layout)
    if peer is None:
        raise EnvironmentFault(f"no shepherd answers for {layout.root}")
    with peer:
        peer.settimeout(_PATIENCE_SECONDS)
        peer.sendall(encode({"op": "open", "name": name, "artifacts": artifacts}))
        faults, descriptors = _receive(peer)
    given = iter(descriptors)
    return [fault or next(given) for fault in faults]


def _receive(peer: socket.socket) -> tuple[list[str], list[int]]:
    decoder = Decoder()
    descriptors: list[int] = []
    while True:
        data, received, _, _ = socket.recv_fds(peer, 1 << 16, _DESCRIPTORS_AT_ONCE, socket.MSG_CMSG_CLOEXEC)
        descriptors += received
        if not data:
            for descriptor in descriptors:
                os.close(descriptor)
            raise EnvironmentFault("the shepherd has gone")
        for message in decoder.feed(data):
            faults: list[Any] = message["faults"]
            return faults, descriptors
