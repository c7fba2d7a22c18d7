"""Progress that a node's own process reports while it runs. Not for sums: see `wire.progress`.

Source: Argo's `ARGO_PROGRESS_FILE`, `Progress.IsValid`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from workflows.engine.messages import NodeProgress

if TYPE_CHECKING:
    from workflows.engine.core import Core
    from workflows.engine.node import Node

FIELD = "progress"
_PROGRESS = re.compile(r"([0-9]{1,15})/([0-9]{1,15})", re.ASCII)


def take_progress(core: Core, node: Node, fact: NodeProgress) -> None:
    """Note what the process says, as far as it makes sense."""
    match = _PROGRESS.fullmatch(fact.progress.strip())
    if match is None:
        return
    done, total = int(match[1]), int(match[2])
    text = f"{done}/{total}"
    if 0 < total >= done and (node.extra or {}).get(FIELD) != text:
        node.extra = {**(node.extra or {}), FIELD: text}
        core.touch(node)
