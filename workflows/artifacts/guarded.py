"""An urllib3 pool whose connections go to addresses that an `EgressRule` has allowed, and to no other.

The name is resolved once, and the connection is made to what was checked, so an answer of the name server
that changes between check and connection (DNS rebinding) gains nothing. Certificates are checked as ever.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from typing import Any

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import NewConnectionError

from workflows.artifacts.egress import EgressRule

#: called with each socket as soon as it is connected
OnSocket = Callable[[socket.socket], None]


class DialError(NewConnectionError):
    """No connection came about; `reason` is in the words of Go's net package."""

    def __init__(self, connection: HTTPConnection, reason: str) -> None:
        super().__init__(connection, reason)
        self.reason = reason


def guarded_pool(
    rule: EgressRule, *, on_socket: OnSocket | None = None, **options: Any
) -> urllib3.PoolManager:
    """A PoolManager with urllib3's `options`. Requests raise ArtifactRefused for what is not allowed."""

    class _Plain(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            return _connect(self, rule, on_socket)

    class _Secure(HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            return _connect(self, rule, on_socket)

    class _PlainPool(HTTPConnectionPool):
        ConnectionCls = _Plain

    class _SecurePool(HTTPSConnectionPool):
        ConnectionCls = _Secure

        def _validate_conn(self, conn: Any) -> None:
            """Without a warning: whoever leaves certificates unchecked has asked for it."""
            if conn.is_closed:
                conn.connect()

    manager = urllib3.PoolManager(**options)
    manager.pool_classes_by_scheme = {"http": _PlainPool, "https": _SecurePool}
    return manager


def _connect(connection: HTTPConnection, rule: EgressRule, on_socket: OnSocket | None) -> socket.socket:
    fault: DialError | None = None
    for address in rule.resolve(connection.host, connection.port):
        try:
            made = socket.create_connection((address, connection.port), connection.timeout)
        except OSError as error:
            fault = DialError(connection, f"dial tcp {address}:{connection.port}: {_worded(error)}")
            continue
        for option in connection.socket_options or ():
            made.setsockopt(*option)
        if on_socket is not None:
            on_socket(made)
        return made
    raise fault or DialError(connection, f"dial tcp: lookup {connection.host}: no such host")


def _worded(error: OSError) -> str:
    if isinstance(error, TimeoutError):
        return "i/o timeout"
    return f"connect: {os.strerror(error.errno).lower()}" if error.errno else f"{error}"
