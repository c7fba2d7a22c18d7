"""The program that probes an address: ``python -I -S <this file> ADDRESS TIMEOUT [NAME VALUE]…``.

Ends with 0 when the address takes connections (tcp://) or answers from 200 to 399 (http://, https://).
"""

from __future__ import annotations

import http.client
import socket
import ssl
import sys
from urllib.parse import urlsplit


def main(address: str, timeout: float, headers: dict[str, str]) -> int:
    parts = urlsplit(address)
    host, port = parts.hostname or "127.0.0.1", parts.port
    try:
        if parts.scheme == "tcp":
            socket.create_connection((host, port or 0), timeout).close()
            return 0
        connection = _connection(parts.scheme, host, port, timeout)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("GET", path, headers={"User-Agent": "kube-probe/1", **headers})
        return 0 if 200 <= connection.getresponse().status < 400 else 1
    except (OSError, http.client.HTTPException, ValueError):
        return 1


def _connection(scheme: str, host: str, port: int | None, timeout: float) -> http.client.HTTPConnection:
    if scheme == "https":
        context = ssl._create_unverified_context()  # noqa: S323 - as kubelet probes
        return http.client.HTTPSConnection(host, port, timeout=timeout, context=context)
    return http.client.HTTPConnection(host, port, timeout=timeout)


if __name__ == "__main__":
    given = sys.argv[3:]
    sys.exit(main(sys.argv[1], float(sys.argv[2]), dict(zip(given[::2], given[1::2], strict=True))))
