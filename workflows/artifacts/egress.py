"""Which addresses outgoing connections may reach, so that a manifest cannot reach what it must not.

Two forms: an `EgressGuard` sees each URL before it is connected to; `EgressRule` also decides about the
addresses that a name resolves to, and `guarded` connects to exactly those. Source of the special ranges: the
IANA registries; of the metadata addresses: the manuals of the clouds.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Final
from urllib.parse import urlsplit

from workflows.artifacts.errors import ArtifactRefused, StoreUnavailable

#: called with each URL before it is connected to, redirects included; raises ArtifactRefused to stop it
EgressGuard = Callable[[str], None]

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

#: where clouds tell machines their credentials, as far as no other range holds them
_METADATA: Final = frozenset(
    map(ipaddress.ip_address, ("100.100.100.200", "168.63.129.16", "192.0.0.192", "fd00:ec2::254"))
)
_NAT64: Final = ipaddress.IPv6Network("64:ff9b::/96")
_PORTS: Final = {"http": 80, "https": 443}


def allow_all(url: str) -> None:
    """The guard of a machine of one's own."""


@dataclass(frozen=True, slots=True)
class EgressRule:
    """`hosts` (shell patterns) and `networks` are allowed whatever they are; else loopback, link-local,
    multicast and metadata addresses are refused and, with `refuses_private`, private networks too.
    """

    hosts: tuple[str, ...] = ()
    networks: tuple[Network, ...] = ()
    refuses_private: bool = False

    def check_url(self, url: str) -> None:
        """An `EgressGuard`. For clients that resolve names themselves: the answer may differ by then."""
        parts = urlsplit(url)
        if parts.hostname:
            self.resolve(parts.hostname, parts.port or _PORTS.get(parts.scheme, 443))

    def resolve(self, host: str, port: int) -> list[str]:
        """The addresses of `host`, all of them allowed. Raises ArtifactRefused, StoreUnavailable."""
        try:
            found = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as fault:
            raise StoreUnavailable(f"dial tcp: lookup {host}: no such host") from fault
        addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
        if not self._names(host):
            for address in addresses:
                self._check(host, _plain(address))
        return addresses

    def _names(self, host: str) -> bool:
        name = host.rstrip(".").lower()
        return any(fnmatchcase(name, pattern.lower()) for pattern in self.hosts)

    def _check(self, host: str, address: Address) -> None:
        if any(address in network for network in self.networks):
            return
        reason = _special(address) or ("private" if self.refuses_private and address.is_private else "")
        if reason:
            raise ArtifactRefused(
                f"connections to {host} are not allowed: {address} is a {reason} address "
                "(an operator can allow it with SLUICE_EGRESS_ALLOW)"
            )


def read_rule(allowed: Sequence[str], *, refuses_private: bool) -> EgressRule:
    """From the words of a setting: networks (``10.0.0.0/8``), addresses, or patterns of host names."""
    hosts: list[str] = []
    networks: list[Network] = []
    for word in filter(None, map(str.strip, allowed)):
        try:
            networks.append(ipaddress.ip_network(word, strict=False))
        except ValueError:
            hosts.append(word)
    return EgressRule(tuple(hosts), tuple(networks), refuses_private)


def _plain(text: str) -> Address:
    """The address that packets go to: what is wrapped for IPv6 is unwrapped."""
    address = ipaddress.ip_address(text.partition("%")[0])
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address


def _special(address: Address) -> str:
    if address in _METADATA:
        return "metadata"
    if address.is_loopback:
        return "loopback"
    if address.is_link_local:
        return "link-local"
    if address.is_multicast:
        return "multicast"
    return "reserved" if address.is_unspecified or address.is_reserved else ""
