"""Input files of queued orders: taken over from the server that staged them, which may end at any moment.

They lie in ``staging/kept`` until the attempt starts and they become part of its view.
"""

from __future__ import annotations

import os
import time
from dataclasses import replace
from typing import Final

from .attempts import Order
from .folders import Layout
from .trash import Trash

#: what nobody has asked for since belongs to orders that were never repeated
_MAX_AGE_SECONDS: Final = 3600


class Belongings:
    """Makes its folder, and clears what an earlier shepherd left too long ago. Raises OSError."""

    def __init__(self, layout: Layout, trash: Trash) -> None:
        self._layout = layout
        self._trash = trash
        self._folder = f"{layout.staging}/kept"
        os.makedirs(self._folder, mode=0o700, exist_ok=True)
        limit = time.time() - _MAX_AGE_SECONDS
        with os.scandir(self._folder) as entries:
            for entry in entries:
                if entry.stat().st_mtime < limit:
                    trash.add(entry.path)

    def take_over(self, order: Order) -> Order | None:
        """The order with its files where they are safe; None when they are gone with who staged them."""
        if not order.staged:
            return order
        kept = f"{self._folder}/{os.path.basename(order.staged)}"
        try:
            os.rename(f"{self._layout.root}/{order.staged}", kept)
        except OSError:
            if not os.path.isdir(kept):
                return None
        return replace(order, staged=kept)

    def drop(self, order: Order) -> None:
        """The order will not be carried out."""
        if order.staged:
            self._trash.add(order.staged)
