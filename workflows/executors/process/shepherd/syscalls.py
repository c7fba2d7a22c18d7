"""The Linux calls Python 3.11 has no function for: namespaces, mounts, subreaper, a careful open.

Every function raises OSError as the ones in `os` do. Not for decisions about what to mount: see `views`.
"""

from __future__ import annotations

import ctypes
import os
from typing import Final

CLONE_NEWNS: Final = 0x0002_0000
CLONE_NEWUSER: Final = 0x1000_0000

MS_RDONLY: Final = 0x1
MS_NOSUID: Final = 0x2
MS_REMOUNT: Final = 0x20
MS_BIND: Final = 0x1000
MS_REC: Final = 0x4000
MS_PRIVATE: Final = 0x4_0000
MNT_DETACH: Final = 2

_PR_SET_CHILD_SUBREAPER: Final = 36
_SYS_OPENAT2: Final = 437  # the same number on every architecture
_AT_FDCWD: Final = -100
_RESOLVE_NO_MAGICLINKS: Final = 0x02

_libc = ctypes.CDLL(None, use_errno=True)
_libc.mount.argtypes = [ctypes.c_char_p, ctypes.c_char_p, ctypes.c_char_p, ctypes.c_ulong, ctypes.c_char_p]
_libc.syscall.restype = ctypes.c_long


class _OpenHow(ctypes.Structure):
    _fields_ = [("flags", ctypes.c_uint64), ("mode", ctypes.c_uint64), ("resolve", ctypes.c_uint64)]


def unshare(flags: int) -> None:
    _check(_libc.unshare(ctypes.c_int(flags)))


def enter_mount_namespace(descriptor: int) -> None:
    """The caller's root and working directory become the root of that namespace."""
    _check(_libc.setns(ctypes.c_int(descriptor), ctypes.c_int(CLONE_NEWNS)))


def mount(source: str, target: str, kind: str = "none", flags: int = 0, data: str = "") -> None:
    arguments = (os.fsencode(source), os.fsencode(target), kind.encode(), flags, os.fsencode(data) or None)
    _check(_libc.mount(*arguments), target)


def bind(source: str, target: str, *, recursive: bool = False, read_only: bool = False) -> None:
    mount(source, target, flags=MS_BIND | (MS_REC if recursive else 0))
    if read_only:
        mount("none", target, flags=MS_BIND | MS_REMOUNT | MS_RDONLY)


def unmount(target: str) -> None:
    """Detach at once, whoever still uses it."""
    _check(_libc.umount2(os.fsencode(target), ctypes.c_int(MNT_DETACH)), target)


def make_root(folder: str) -> None:
    """Make `folder`, a mount point, the root of this mount namespace and let go of the old root."""
    os.chdir(folder)
    _check(_libc.pivot_root(b".", b"."), folder)
    unmount(".")
    os.chdir("/")


def become_subreaper() -> None:
    """Orphaned descendants become children of this process instead of init's."""
    _check(_libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0))


def open_for_reading(path: str) -> int:
    """Open without blocking on FIFOs and without following magic links of /proc."""
    return _open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)


def open_path(path: str) -> int:
    """A descriptor that only stands for a file or folder, whatever it is; magic links are not followed."""
    return _open(path, os.O_PATH | os.O_CLOEXEC)


def _open(path: str, flags: int) -> int:
    how = _OpenHow(flags, 0, _RESOLVE_NO_MAGICLINKS)
    size = ctypes.c_size_t(ctypes.sizeof(how))
    result = _libc.syscall(
        ctypes.c_long(_SYS_OPENAT2), ctypes.c_int(_AT_FDCWD), os.fsencode(path), ctypes.byref(how), size
    )
    _check(result, path)
    return int(result)


def _check(result: int, subject: str | None = None) -> None:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), subject)
