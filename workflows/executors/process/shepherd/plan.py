"""What a private file system consists of: the values that `mounts` and `mountpoints` work from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

SCRIPT: Final = "/argo/staging/script"
HOME: Final = "/argo/home"
BIN: Final = "/argo/bin"
#: what commands write "N/M" to
PROGRESS: Final = "/argo/progress"
#: the slot's folder that is /tmp inside
TEMPORARY: Final = "tmp"

#: Parts of the view that are plain folders of the slot.
PRIVATE: Final = {"/tmp": TEMPORARY, "/argo": "argo"}  # noqa: S108 - the path inside the view


class CannotMountError(Exception):
    """A wanted mount is impossible here; the text names the path and the reason."""


@dataclass(frozen=True)
class Mount:
    """One mount: of a volume, which is a folder of the slot or the folder `claim`, or of the `staged` file or
    folder. `claim` is relative to the state folder.
    """

    path: str
    volume: str = ""
    sub_path: str = ""
    read_only: bool = False
    staged: str = ""
    claim: str = ""


@dataclass(frozen=True)
class Placement:
    """A `staged` file or folder that goes into a volume, where `sub_path` says."""

    staged: str
    volume: str
    sub_path: str
    claim: str = ""


@dataclass(frozen=True)
class Plan:
    """What is the same for all slots of one shepherd. Paths are those of the host, absolute and resolved."""

    #: folders that get an overlay; ("/",) is one for all
    layers: tuple[str, ...]
    #: folders bound as they are
    bound: tuple[str, ...]
    #: symbolic links in / and where they lead, unless / has an overlay
    links: tuple[tuple[str, str], ...]
    #: folders that commands may change in place
    shared: tuple[str, ...]
    stand_ins: str
    #: the state folder, hidden from commands by laying the empty folder `void` over it
    hidden: str
    void: str
    in_user_namespace: bool
    #: keep changes in memory: the state folder's own file system cannot hold them
    in_memory: bool = False

    @property
    def folders_of_root(self) -> tuple[str, ...]:
        """What must exist in the upper layer of / before anything is mounted."""
        if self.layers == ("/",):
            return tuple(PRIVATE)
        return (*PRIVATE, *self.layers, *self.bound)


def is_below(path: str, folder: str) -> bool:
    """Also True when they are the same."""
    return path == folder or folder == "/" or path.startswith(f"{folder}/")
