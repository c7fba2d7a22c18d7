"""What an operator may set about local processes. Read by nobody else; the environment is not consulted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from workflows.executors.process.images import DEFAULT_IMAGES, ImageRule

#: what becomes of a template whose image no rule knows
UnknownImage = Literal["run", "refuse"]


@dataclass(frozen=True, slots=True)
class ProcessSettings:
    """`images` are tried in order, the first rule that fits decides.

    `unknown_image`: ``run`` starts the command if the host has it, ``refuse`` makes the node an Error.
    `shared_folders` are folders of the host that commands may change in place; everything else they write
    goes to a private copy that vanishes with them. `variables` go to the environment of every command.
    """

    images: tuple[ImageRule, ...] = DEFAULT_IMAGES
    unknown_image: UnknownImage = "run"
    path: str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    variables: Mapping[str, str] = field(default_factory=dict)
    shared_folders: tuple[str, ...] = ()
    max_processes: int = 100
    #: how many artifacts are fetched and saved at a time
    transfers: int = 8
    private_file_systems: bool = True
    #: how long the shepherd waits, idle and with nobody connected, before it ends
    linger_seconds: float = 5.0
