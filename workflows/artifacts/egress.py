"""The guard that outgoing connections of drivers ask, so that a manifest cannot reach what it must not.

Only the hook: which addresses are allowed is the caller's decision. It sees names, not the addresses they
resolve to: rules about addresses belong into the network as well.
"""

from __future__ import annotations

from collections.abc import Callable

#: called with each URL before it is connected to, redirects included; raises ArtifactRefused to stop it
EgressGuard = Callable[[str], None]


def allow_all(url: str) -> None:
    """The guard of a machine of one's own."""
