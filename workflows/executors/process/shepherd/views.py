"""What the processes of an attempt see of the file system, and the pool of such views.

Building a private file system costs about a millisecond, most of it in the kernel. A view whose attempt
changed nothing outside /tmp and /argo is therefore emptied and used again, for a few seconds only: an
overlay does not promise to notice what changes on the host below it.
"""

from __future__ import annotations

import contextlib
import os
import stat
import time
from collections.abc import Iterator, Sequence
from typing import Final

from . import syscalls
from .folders import Layout
from .mounts import make_root, make_slot, place, unwritable_folders
from .plan import BIN, HOME, PROGRESS, SCRIPT, TEMPORARY, CannotMountError, Mount, Placement, Plan
from .trash import Trash

_MAX_AGE_SECONDS: Final = 3.0
_MAX_IDLE: Final = 32
#: A folder with more files than this is not worth emptying at once.
_MAX_FILES_TO_REMOVE: Final = 64
_SCRATCH_FOLDERS: Final = (TEMPORARY, "argo/staging", "argo/home")
_CHANGEABLE_FOLDERS: Final = ("upper", "layers", TEMPORARY, "argo")


class View:
    """A slot on disk and, where the host allows it, the mount namespace that shows it as the root."""

    def __init__(self, folder: str, *, stand_ins: str) -> None:
        self.folder = folder
        self.is_reusable = False
        self.born = time.monotonic()
        self._stand_ins = stand_ins
        self._namespace = -1
        self._inode = 0
        self._blanks: set[str] = set()
        self._pristine: dict[str, int] = {}

    @property
    def is_private(self) -> bool:
        return self._namespace >= 0

    @property
    def script(self) -> str:
        return SCRIPT if self.is_private else f"{self.folder}{SCRIPT}"

    @property
    def staged(self) -> str:
        """Where on the host the files lie that were staged for the attempt."""
        return f"{self.folder}/staged"

    @property
    def progress(self) -> str:
        """Where on the host the file lies that commands know by the variable ARGO_PROGRESS_FILE."""
        return f"{self.folder}{PROGRESS}"

    @property
    def default_folder(self) -> str:
        return "/" if self.is_private else f"{self.folder}/work"

    def environment(self) -> dict[str, str]:
        """Variables that depend on where things lie; ``PATH`` holds only what must come first."""
        if self.is_private:
            return {"HOME": HOME, "PATH": BIN, "ARGO_PROGRESS_FILE": PROGRESS}
        home, temporary = f"{self.folder}{HOME}", f"{self.folder}/{TEMPORARY}"
        return {
            "HOME": home,
            "PATH": self._stand_ins,
            "TMPDIR": temporary,
            "ARGO_PROGRESS_FILE": self.progress,
        }

    def contains(self, process: int) -> bool:
        """Is this living process inside? Always False without a namespace."""
        try:
            return self.is_private and os.stat(f"/proc/{process}/ns/mnt").st_ino == self._inode
        except OSError:
            return False

    def stage_script(self, source: str) -> None:
        path = f"{self.folder}{SCRIPT}"
        with open(path, "w", encoding="utf-8", errors="replace", newline="") as file:
            file.write(source)
        os.chmod(path, 0o755)  # noqa: S103 - Argo's mode, and the folder is private

    def blank_output(self, stream: str) -> str:
        """The path of an empty file that may receive a stream. Raises OSError."""
        path = f"{self.folder}/{stream}"
        if stream not in self._blanks:
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
            self._blanks.add(stream)
        return path

    def use_up_output(self, stream: str) -> None:
        """Something was written to it, so it is not blank any more."""
        os.unlink(f"{self.folder}/{stream}")
        self._blanks.remove(stream)

    def build(self, home: int, plan: Plan, mounts: Sequence[Mount], claimed: Sequence[str]) -> None:
        """Make the namespace; `home` is the shepherd's own, in which it is again afterwards."""
        syscalls.unshare(syscalls.CLONE_NEWNS)
        try:
            make_root(self.folder, plan, mounts, claimed)
            self._namespace = os.open("/proc/self/ns/mnt", os.O_RDONLY | os.O_CLOEXEC)
            self._inode = os.fstat(self._namespace).st_ino
        finally:
            syscalls.enter_mount_namespace(home)
        if not (mounts or claimed or plan.in_memory):
            self.is_reusable = True
            self._pristine = self._traces(limit=1000)

    def enter(self) -> None:
        if self.is_private:
            syscalls.enter_mount_namespace(self._namespace)

    def close(self) -> None:
        if self._namespace >= 0:
            os.close(self._namespace)
            self._namespace = -1

    def make_pristine(self) -> bool:
        """Remove the files commands usually leave; False when there are other traces, or very many."""
        try:
            for name in _SCRATCH_FOLDERS:
                _remove_files(f"{self.folder}/{name}")
            return self._traces(limit=len(self._pristine)) == self._pristine
        except OSError:
            return False

    def _traces(self, *, limit: int) -> dict[str, int]:
        """What is in the folders that take changes: paths with modes and owners."""
        found: dict[str, int] = {}
        for name in _CHANGEABLE_FOLDERS:
            found |= _tree(f"{self.folder}/{name}", limit=limit)
        return found


class ViewPool:
    """Gives out views. Without a plan there are no private file systems, only private folders."""

    def __init__(self, layout: Layout, home: int, plan: Plan | None, trash: Trash) -> None:
        self._layout = layout
        self._home = home
        self._plan = plan
        self._trash = trash
        self._idle: list[View] = []
        self._count = 0

    @property
    def is_private(self) -> bool:
        return self._plan is not None

    def take(
        self,
        mounts: Sequence[Mount] = (),
        written: Sequence[str] = (),
        *,
        staged: str = "",
        placements: Sequence[Placement] = (),
    ) -> View:
        """A view nobody else uses, in which files at the paths `written` can be made.

        `staged` is a folder on the same file system that becomes the view's. Raises OSError and
        CannotMountError.
        """
        if self._plan is None and any(not mount.staged for mount in mounts):
            raise CannotMountError("volumes need private file systems, which this host does not allow")
        claimed = unwritable_folders(written, self._plan) if self._plan else ()
        if self._idle and not mounts and not claimed and not staged:
            return self._idle.pop()
        self._count += 1
        view = View(f"{self._layout.slots}/{self._count}", stand_ins=self._layout.bin)
        make_slot(view.folder, self._plan)
        try:
            if staged:
                os.rename(staged, view.staged)
                place(view.folder, self._layout.root, placements)
            if self._plan is not None:
                view.build(self._home, self._plan, mounts, claimed)
        except BaseException:
            self._discard(view)
            raise
        return view

    def give_back(self, view: View, *, trusted: bool = True) -> None:
        """`trusted` is False when a process may still be inside."""
        if trusted and view.is_reusable and self._has_room_for(view) and view.make_pristine():
            self._idle.append(view)
        else:
            self._discard(view)

    def trim(self) -> None:
        """Let go of views nobody asked for in time."""
        limit = time.monotonic() - _MAX_AGE_SECONDS
        for view in [view for view in self._idle if view.born < limit]:
            self._idle.remove(view)
            self._discard(view)

    def close(self) -> None:
        """Let go of every idle view."""
        while self._idle:
            self._discard(self._idle.pop())

    @property
    def has_idle(self) -> bool:
        return bool(self._idle)

    @contextlib.contextmanager
    def inside(self, view: View) -> Iterator[None]:
        """Be inside the view for a moment: open no file of the host, import nothing."""
        view.enter()
        try:
            yield
        finally:
            if view.is_private:
                syscalls.enter_mount_namespace(self._home)
            else:
                os.chdir("/")

    def _has_room_for(self, view: View) -> bool:
        return len(self._idle) < _MAX_IDLE and view.born > time.monotonic() - _MAX_AGE_SECONDS

    def _discard(self, view: View) -> None:
        view.close()
        self._trash.add(view.folder)


def _tree(folder: str, *, limit: int) -> dict[str, int]:
    """Paths below `folder` with mode and owner folded into one number; stops early beyond `limit` entries."""
    status = os.stat(folder)
    found = {folder: status.st_mode << 32 | status.st_uid}
    pending = [folder]
    while pending and len(found) <= limit:
        with os.scandir(pending.pop()) as entries:
            for entry in entries:
                status = entry.stat(follow_symlinks=False)
                found[entry.path] = status.st_mode << 32 | status.st_uid
                if stat.S_ISDIR(status.st_mode):
                    pending.append(entry.path)
    return found


def _remove_files(folder: str) -> None:
    """Not from the folders in it, and not very many. Raises OSError."""
    with os.scandir(folder) as entries:
        files = [entry.path for entry in entries if not entry.is_dir(follow_symlinks=False)]
    for path in files[:_MAX_FILES_TO_REMOVE]:
        os.unlink(path)
