"""Which addresses outgoing connections may reach. Names are resolved by a table, never by the network."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from workflows.artifacts.egress import read_rule
from workflows.artifacts.errors import ArtifactRefused, StoreUnavailable

NAMES = {
    "public.example": ["93.184.216.34"],
    "private.example": ["10.1.2.3"],
    "both.example": ["93.184.216.34", "127.0.0.1"],
    "loop.example": ["127.0.0.1"],
}


@pytest.fixture(autouse=True)
def _names(monkeypatch: pytest.MonkeyPatch) -> None:
    real = socket.getaddrinfo

    def resolve(host: str, port: int, **about: Any) -> list[Any]:
        if host in NAMES:
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, port)) for ip in NAMES[host]]
        if any(character.isalpha() and character not in "abcdefx" for character in host):
            raise socket.gaierror(-2, "unknown")
        return real(host, port, flags=socket.AI_NUMERICHOST, **about)

    monkeypatch.setattr(socket, "getaddrinfo", resolve)


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "127.9.9.9", "0.0.0.0", "::1", "::", "169.254.169.254", "fe80::1",  # noqa: S104
        "fd00:ec2::254",
        "100.100.100.200", "168.63.129.16", "224.0.0.1", "::ffff:127.0.0.1", "64:ff9b::7f00:1",
        "2002:7f00:1::", "loop.example", "both.example", "240.0.0.1",
    ],
)  # fmt: skip
def test_addresses_of_this_machine_and_its_surroundings_are_refused(host: str) -> None:
    with pytest.raises(ArtifactRefused, match="not allowed"):
        read_rule([], refuses_private=False).resolve(host, 80)


def test_public_addresses_are_allowed_and_private_ones_as_the_operator_says() -> None:
    assert read_rule([], refuses_private=True).resolve("public.example", 80) == ["93.184.216.34"]
    assert read_rule([], refuses_private=False).resolve("private.example", 80) == ["10.1.2.3"]
    with pytest.raises(ArtifactRefused, match="private"):
        read_rule([], refuses_private=True).resolve("private.example", 80)


@pytest.mark.parametrize("word", ["127.0.0.0/8", "127.0.0.1", "loop.example", "*.EXAMPLE"])
def test_what_the_operator_names_is_allowed(word: str) -> None:
    assert read_rule([word], refuses_private=True).resolve("loop.example", 80) == ["127.0.0.1"]


def test_a_guard_sees_the_host_of_a_url() -> None:
    rule = read_rule(["10.0.0.0/8"], refuses_private=True)

    rule.check_url("http://private.example:8080/x")
    with pytest.raises(ArtifactRefused):
        rule.check_url("https://user@loop.example/x")


def test_a_name_that_is_none_is_no_matter_of_rights() -> None:
    with pytest.raises(StoreUnavailable, match="no such host"):
        read_rule([], refuses_private=False).resolve("unknown.zone", 80)
