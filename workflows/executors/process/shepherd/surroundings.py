"""Find out, once and by trying, whether this host lets the shepherd build private file systems, and how."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from . import syscalls
from .folders import Layout
from .plan import CannotMountError, Plan, is_below
from .trash import Trash
from .views import ViewPool

#: Folders no ordinary user can change anything in; binding is cheaper than an overlay.
_SYSTEM_FOLDERS: Final = frozenset(
    {"/bin", "/boot", "/dev", "/etc", "/lib", "/lib32", "/lib64", "/libx32", "/proc", "/sbin", "/sys", "/usr"}
)
_REPLACED_FOLDERS: Final = ("/tmp", "/argo")  # noqa: S108 - the path inside the view


@dataclass(frozen=True)
class Surroundings:
    """`reason` says why there is no private file system; empty when there is."""

    pool: ViewPool
    reason: str = ""


def explore(layout: Layout, trash: Trash, *, shared: Sequence[str], wanted: bool) -> Surroundings:
    """Moves this process to a mount namespace of its own, and if need be to a user namespace."""
    if not wanted:
        return Surroundings(ViewPool(layout, -1, None, trash), "private file systems are switched off")
    try:
        in_user_namespace = _leave_host_namespace()
        syscalls.mount("none", "/", flags=syscalls.MS_REC | syscalls.MS_PRIVATE)
        home = os.open("/proc/self/ns/mnt", os.O_RDONLY | os.O_CLOEXEC)
        plan = make_plan(layout, shared, in_user_namespace=in_user_namespace)
    except OSError as error:
        reason = f"the host allows no mount namespaces: {error}"
        return Surroundings(ViewPool(layout, -1, None, trash), reason)
    faults: list[str] = []
    for candidate in (plan, replace(plan, in_memory=True)):
        pool = ViewPool(layout, home, candidate, trash)
        fault = _try(pool)
        if not fault:
            return Surroundings(pool)
        faults.append(fault)
    return Surroundings(ViewPool(layout, home, None, trash), f"no overlay file system: {'; '.join(faults)}")


def make_plan(layout: Layout, shared: Sequence[str], *, in_user_namespace: bool) -> Plan:
    """Raises OSError."""
    points = _mount_points()
    links: tuple[tuple[str, str], ...] = ()
    if in_user_namespace:
        layers, bound, links = _patchwork(points)
    else:
        layers, bound = ("/",), _topmost(points)
    return Plan(
        layers=layers,
        bound=bound,
        links=links,
        shared=tuple(shared),
        stand_ins=layout.bin,
        hidden=layout.root,
        void=layout.void,
        in_user_namespace=in_user_namespace,
    )


def _patchwork(points: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...], tuple[tuple[str, str], ...]]:
    """Folders of / to lay an overlay over, folders to bind, links to copy."""
    layers: list[str] = []
    bound: list[str] = []
    links: list[tuple[str, str]] = []
    with os.scandir("/") as entries:
        for entry in sorted(entries, key=lambda entry: entry.path):
            path = entry.path
            if path in _REPLACED_FOLDERS:
                continue
            if entry.is_symlink():
                links.append((path, os.readlink(path)))
            elif entry.is_dir():
                holds_mounts = any(is_below(point, path) for point in points)
                is_fixed = holds_mounts or path in _SYSTEM_FOLDERS or not os.access(path, os.R_OK | os.X_OK)
                (bound if is_fixed else layers).append(path)
    return tuple(layers), tuple(bound), tuple(links)


def _topmost(points: Sequence[str]) -> tuple[str, ...]:
    """Those an overlay over / does not show; what is below another one comes with it."""
    found: list[str] = []
    for point in points:
        if not any(is_below(point, other) for other in (*found, *_REPLACED_FOLDERS)):
            found.append(point)
    return tuple(found)


def _mount_points() -> list[str]:
    """Of the host, sorted, without / itself and those this user cannot see."""
    with open("/proc/self/mountinfo") as file:
        points = {_unescape(line.split()[4]) for line in file}
    return sorted(point for point in points if point != "/" and os.path.exists(point))


def _unescape(path: str) -> str:
    return path.encode().decode("unicode_escape").encode("latin-1").decode(errors="surrogateescape")


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
