"""How a private file system is put together, from what the host has and from folders of a slot.

    /            what the host has; changes go to the slot
    /proc /dev … the host's own, as are all other file systems mounted below /
    /tmp         the slot's own
    /argo        the slot's own: staging/ (scripts), home/, bin/ (stand-ins)

As root, / is one overlay. In a user namespace the kernel allows none over a folder that holds mounts, so
there / is a plain folder, with overlays for the folders a user may change and the others bound.

Only the attempt's processes are in it; it goes when they do. Not a defence against the commands it runs:
they keep the rights of the server's user.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from typing import Final

from . import syscalls
from .mountpoints import make_mount_points
from .plan import BIN, PRIVATE, TEMPORARY, CannotMountError, Mount, Placement, Plan, is_below

#: Folders every slot has on disk, and the mode of each.
SLOT_FOLDERS: Final = {
    "upper": 0o755,
    "layers": 0o755,
    "work": 0o700,
    "root": 0o755,
    TEMPORARY: 0o1777,
    "argo": 0o755,
    "argo/staging": 0o755,
    "argo/home": 0o755,
    "argo/bin": 0o755,
}


def make_slot(folder: str, plan: Plan | None) -> None:
    """The folders of a slot on disk. Raises OSError."""
    os.mkdir(folder, 0o700)
    for name, mode in SLOT_FOLDERS.items():
        os.mkdir(f"{folder}/{name}")
        os.chmod(f"{folder}/{name}", mode)
    if plan is None:
        return
    for path in plan.folders_of_root:
        os.mkdir(f"{folder}/upper{path}")
    for path, target in plan.links:
        os.symlink(target, f"{folder}/upper{path}")
    for path in plan.layers:
        if path != "/":
            os.mkdir(f"{folder}/layers{path}")
            os.mkdir(f"{folder}/work{path}")


def place(folder: str, state: str, placements: Sequence[Placement]) -> None:
    """Move what was staged into volumes; `state` is the state folder. Raises OSError and CannotMountError."""
    for placement in placements:
        volume = _volume_folder(folder, state, placement)
        target = f"{volume}/{placement.sub_path}".rstrip("/")
        source = f"{folder}/staged/{placement.staged}"
        if target != volume:
            _check_inside(os.path.dirname(target), volume)
            os.makedirs(os.path.dirname(target), exist_ok=True)
        else:
            os.makedirs(os.path.dirname(volume), exist_ok=True)
        try:
            os.rename(source, target)
        except OSError as error:
            text = f"there is already something at {placement.sub_path or '/'} of volume {placement.volume}"
            raise CannotMountError(text) from error


def make_root(folder: str, plan: Plan, mounts: Sequence[Mount], claimed: Sequence[str]) -> None:
    """Build the file system of the slot `folder` in the current mount namespace and make it the root.

    `claimed` are folders that must be writable though they may belong to another user on the host.
    Raises OSError and CannotMountError.
    """
    root = f"{folder}/root"
    if plan.in_memory:
        _move_to_memory(folder)
    files = [mount.path for mount in mounts if os.path.isfile(_source(folder, plan.hidden, mount))]
    wanted = (*plan.shared, *(mount.path for mount in mounts if mount.path not in files))
    bound = make_mount_points(folder, plan, wanted=wanted, claimed=claimed, files=files)
    if plan.layers != ("/",):
        syscalls.bind(f"{folder}/upper", root)
    for path in plan.layers:
        _mount_layer(folder, path, in_user_namespace=plan.in_user_namespace)
    for path in bound:
        syscalls.bind(path, root + path, recursive=True)
    for path, name in PRIVATE.items():
        syscalls.bind(f"{folder}/{name}", root + path)
    syscalls.bind(plan.stand_ins, root + BIN)
    for path in plan.shared:
        syscalls.bind(path, root + path, recursive=True)
    if os.path.isdir(root + plan.hidden):
        syscalls.bind(plan.void, root + plan.hidden)
    for mount in sorted(mounts, key=lambda mount: mount.path):
        _mount_volume(folder, plan.hidden, mount)
    syscalls.make_root(root)


def unwritable_folders(paths: Sequence[str], plan: Plan) -> tuple[str, ...]:
    """Folders of the host in which files at `paths` could not be made by this user; none for root.

    In a container these paths are writable, so the view gets folders of its own over them.
    """
    if os.geteuid() == 0:
        return ()
    found = {_nearest_folder(os.path.realpath(os.path.dirname(path))) for path in paths}
    own = ("/", *PRIVATE, *plan.layers)
    return tuple(sorted(folder for folder in found if folder not in own and not os.access(folder, os.W_OK)))


def _mount_layer(folder: str, path: str, *, in_user_namespace: bool) -> None:
    upper, work, target = f"{folder}/layers{path}", f"{folder}/work{path}", f"{folder}/root{path}"
    if path == "/":
        upper, work, target = f"{folder}/upper", f"{folder}/work", f"{folder}/root"
    option = ",userxattr" if in_user_namespace else ""
    data = f"lowerdir={path},upperdir={upper},workdir={work}{option}"
    syscalls.mount("overlay", target, "overlay", data=data)


def _volume_folder(folder: str, state: str, use: Mount | Placement) -> str:
    return f"{state}/{use.claim}" if use.claim else f"{folder}/volumes/{use.volume}"


def _source(folder: str, state: str, mount: Mount) -> str:
    if mount.staged:
        return f"{folder}/staged/{mount.staged}"
    volume = _volume_folder(folder, state, mount)
    if not mount.sub_path:
        return volume
    source = f"{volume}/{mount.sub_path}"
    _check_inside(source, volume)
    return source


def _check_inside(path: str, volume: str) -> None:
    """Whoever wrote to a claim may have left links in it that lead elsewhere."""
    if not is_below(os.path.realpath(path), os.path.realpath(volume)):
        inside = path.removeprefix(f"{volume}/")
        raise CannotMountError(f"{inside} leads out of the volume it is in")


def _mount_volume(folder: str, state: str, mount: Mount) -> None:
    source = _source(folder, state, mount)
    if not os.path.exists(source):
        os.makedirs(source)
    target = f"{folder}/root{os.path.realpath(mount.path)}"
    if not os.path.lexists(target):  # inside a volume mounted before
        _make_point(target, is_file=os.path.isfile(source))
    syscalls.bind(source, target, read_only=mount.read_only)


def _make_point(path: str, *, is_file: bool) -> None:
    if is_file:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600))
    else:
        os.makedirs(path, exist_ok=True)


def _move_to_memory(folder: str) -> None:
    memory = f"{folder}/memory"
    os.mkdir(memory)
    syscalls.mount("tmpfs", memory, "tmpfs", data="mode=0755")
    for name in ("upper", "layers", "work"):
        shutil.copytree(f"{folder}/{name}", f"{memory}/{name}", symlinks=True)
        syscalls.bind(f"{memory}/{name}", f"{folder}/{name}")


def _nearest_folder(path: str) -> str:
    if any(is_below(path, private) for private in PRIVATE):
        return "/"
    while path != "/" and not os.path.isdir(path):
        path = os.path.dirname(path)
    return path
