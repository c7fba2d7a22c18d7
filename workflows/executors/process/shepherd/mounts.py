"""How a private file system is put together: an overlay over the host's, private /tmp and /argo, volumes.

    /            overlay: what the host has, changes go to the slot
    /proc /dev … the host's, as are all other file systems mounted below /
    /tmp         the slot's own
    /argo        the slot's own: staging/ (scripts), home/, bin/ (stand-ins)

Only the attempt's processes are in it; it goes when they do. Not a defence against the commands it runs:
they keep the rights of the server's user.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from . import syscalls

SCRIPT: Final = "/argo/staging/script"
HOME: Final = "/argo/home"
BIN: Final = "/argo/bin"
#: the slot's folder that is /tmp inside
TEMPORARY: Final = "tmp"

#: Folders every slot has on disk, and the mode of each.
SLOT_FOLDERS: Final = {
    "upper": 0o755,
    "upper/tmp": 0o1777,
    "upper/argo": 0o755,
    "work": 0o700,
    "root": 0o755,
    "tmp": 0o1777,
    "argo": 0o755,
    "argo/staging": 0o755,
    "argo/home": 0o755,
    "argo/bin": 0o755,
}

#: Parts of the view that are plain folders of the slot, not of the overlay.
_PRIVATE: Final = {"/tmp": TEMPORARY, "/argo": "argo"}  # noqa: S108 - the path inside the view


class CannotMountError(Exception):
    """A wanted mount is impossible here; the text names the path and the reason."""


@dataclass(frozen=True)
class Mount:
    """One mount of a volume, which is a folder of the slot."""

    path: str
    volume: str
    sub_path: str = ""
    read_only: bool = False

    @classmethod
    def from_message(cls, message: dict[str, Any]) -> Mount:
        return cls(**message)


@dataclass(frozen=True)
class Plan:
    """What is the same for all slots of one shepherd."""

    #: mount points of the host to bind, those directly below / and deeper ones on the root file system
    host_mounts: tuple[str, ...]
    #: host folders that commands may change in place
    shared_folders: tuple[str, ...]
    stand_ins: str
    #: the state folder, hidden from commands
    hidden: str
    #: an empty folder
    void: str
    #: with a user namespace of its own, the shepherd may use other overlay options
    in_user_namespace: bool
    #: keep changes in memory: the state folder's own file system cannot hold them
    in_memory: bool = False


def make_slot(folder: str) -> None:
    """The folders of a slot on disk. Raises OSError."""
    os.mkdir(folder, 0o700)
    for name, mode in SLOT_FOLDERS.items():
        os.mkdir(f"{folder}/{name}")
        os.chmod(f"{folder}/{name}", mode)


def make_root(folder: str, plan: Plan, mounts: Sequence[Mount], claimed: Sequence[str]) -> None:
    """Build the file system of the slot `folder` in the current mount namespace and make it the root.

    `claimed` are folders that must be writable though they may belong to another user on the host.
    Raises OSError and CannotMountError.
    """
    root = f"{folder}/root"
    if plan.in_memory:
        _move_to_memory(folder)
    for path in (*plan.shared_folders, *claimed, *(mount.path for mount in mounts)):
        _make_mount_point(folder, path, plan)
    option = ",userxattr" if plan.in_user_namespace else ""
    data = f"lowerdir=/,upperdir={folder}/upper,workdir={folder}/work{option}"
    syscalls.mount("overlay", root, "overlay", data=data)
    for path in plan.host_mounts:
        syscalls.bind(path, root + path, recursive=True)
    for path, name in _PRIVATE.items():
        syscalls.bind(f"{folder}/{name}", root + path)
    syscalls.bind(plan.stand_ins, root + BIN)
    for path in plan.shared_folders:
        syscalls.bind(path, root + path, recursive=True)
    if os.path.isdir(root + plan.hidden):
        syscalls.bind(plan.void, root + plan.hidden)
    for mount in sorted(mounts, key=lambda mount: mount.path):
        _mount_volume(folder, mount)
    syscalls.make_root(root)


def host_mount_points() -> tuple[str, ...]:
    """Mount points of the host that an overlay over / does not show: the topmost ones, except below /tmp."""
    with open("/proc/self/mountinfo") as file:
        points = sorted({_unescape(line.split()[4]) for line in file})
    topmost: list[str] = []
    for point in points:
        covered = any(_is_below(point, other) for other in (*topmost, "/tmp"))  # noqa: S108
        if point != "/" and not covered and os.path.exists(point):
            topmost.append(point)
    return tuple(topmost)


def unwritable_folders(paths: Sequence[str]) -> tuple[str, ...]:
    """Folders of the host in which files at `paths` could not be made by this user; none for root.

    In a container these paths are writable, so the view gets folders of its own over them.
    """
    if os.geteuid() == 0:
        return ()
    found = {_nearest_folder(os.path.realpath(os.path.dirname(path))) for path in paths}
    private = ("/", *_PRIVATE)
    return tuple(
        sorted(folder for folder in found if folder not in private and not os.access(folder, os.W_OK))
    )


def _nearest_folder(path: str) -> str:
    if any(_is_below(path, private) for private in _PRIVATE):
        return "/"
    while path != "/" and not os.path.isdir(path):
        path = os.path.dirname(path)
    return path


def _unescape(path: str) -> str:
    return path.encode().decode("unicode_escape").encode("latin-1").decode(errors="surrogateescape")


def _move_to_memory(folder: str) -> None:
    memory = f"{folder}/memory"
    os.mkdir(memory)
    syscalls.mount("tmpfs", memory, "tmpfs", data="mode=0755")
    for name in ("upper", "work"):
        os.mkdir(f"{memory}/{name}")
        syscalls.bind(f"{memory}/{name}", f"{folder}/{name}")
    for name in _PRIVATE.values():
        os.mkdir(f"{folder}/upper/{name}")


def _make_mount_point(folder: str, path: str, plan: Plan) -> None:
    """In the overlay's upper layer, before the overlay is mounted: cheap, and it belongs to this user."""
    real = os.path.realpath(path)
    for private, name in _PRIVATE.items():
        if _is_below(real, private):
            os.makedirs(f"{folder}/{name}{real.removeprefix(private)}", exist_ok=True)
            return
    if any(_is_below(real, point) for point in plan.host_mounts):
        if not os.path.isdir(real):
            raise CannotMountError(
                f"{path}: no such folder, and it cannot be made on a file system of the host"
            )
        return
    os.makedirs(f"{folder}/upper{real}", exist_ok=True)


def _mount_volume(folder: str, mount: Mount) -> None:
    source = f"{folder}/volumes/{mount.volume}"
    if mount.sub_path:
        source = f"{source}/{mount.sub_path}"
    os.makedirs(source, exist_ok=True)
    syscalls.bind(source, f"{folder}/root{os.path.realpath(mount.path)}", read_only=mount.read_only)


def _is_below(path: str, folder: str) -> bool:
    return path == folder or path.startswith(f"{folder}/")
