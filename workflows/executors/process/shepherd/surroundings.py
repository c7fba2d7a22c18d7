"""Find out, once and by trying, whether this host lets the shepherd build private file systems."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace

from . import syscalls
from .folders import Layout
from .mounts import CannotMountError, Plan, host_mount_points
from .trash import Trash
from .views import ViewPool


@dataclass(frozen=True)
class Surroundings:
    """`reason` says why there is no private file system; empty when there is."""

    pool: ViewPool
    reason: str = ""


def explore(layout: Layout, trash: Trash, *, shared_folders: Sequence[str], wanted: bool) -> Surroundings:
    """Moves this process to a mount namespace of its own, and if need be to a user namespace."""
    if not wanted:
        return Surroundings(ViewPool(layout, -1, None, trash), "private file systems are switched off")
    try:
        in_user_namespace = _leave_host_namespace()
        syscalls.mount("none", "/", flags=syscalls.MS_REC | syscalls.MS_PRIVATE)
        home = os.open("/proc/self/ns/mnt", os.O_RDONLY | os.O_CLOEXEC)
    except OSError as error:
        reason = f"the host allows no mount namespaces: {error}"
        return Surroundings(ViewPool(layout, -1, None, trash), reason)
    plan = Plan(
        host_mounts=host_mount_points(),
        shared_folders=tuple(shared_folders),
        stand_ins=layout.bin,
        hidden=layout.root,
        void=layout.void,
        in_user_namespace=in_user_namespace,
    )
    reasons: list[str] = []
    for candidate in (plan, replace(plan, in_memory=True)):
        pool = ViewPool(layout, home, candidate, trash)
        fault = _try(pool)
        if not fault:
            return Surroundings(pool)
        reasons.append(fault)
    return Surroundings(ViewPool(layout, home, None, trash), f"no overlay file system: {'; '.join(reasons)}")


def _leave_host_namespace() -> bool:
    """Returns whether it took a user namespace. Raises OSError."""
    user, group = os.geteuid(), os.getegid()
    if user == 0:
        try:
            syscalls.unshare(syscalls.CLONE_NEWNS)
        except PermissionError:
            pass  # root without the capability, as in most containers: try as any other user
        else:
            return False
    syscalls.unshare(syscalls.CLONE_NEWNS | syscalls.CLONE_NEWUSER)
    for name, text in (
        ("setgroups", "deny"),
        ("uid_map", f"{user} {user} 1"),
        ("gid_map", f"{group} {group} 1"),
    ):
        with open(f"/proc/self/{name}", "w") as file:
            file.write(text)
    return True


def _try(pool: ViewPool) -> str:
    """What is wrong with the views of `pool`, empty when they work."""
    try:
        view = pool.take()
    except (OSError, CannotMountError) as error:
        return str(error)
    try:
        with pool.inside(view):
            os.mkdir("/.sluice-probe")
            os.rmdir("/.sluice-probe")
    except OSError as error:
        return str(error)
    finally:
        pool.give_back(view, trusted=False)
    return ""
