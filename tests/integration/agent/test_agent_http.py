"""http templates against a real server."""

from __future__ import annotations

import base64
import gzip
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from tests.contract.executor_harness import Harness
from tests.integration.agent.conftest import MakeHarness
from tests.integration.agent.servers import Reply, Seen, Server, serving
from workflows.artifacts.egress import EgressRule, read_rule
from workflows.engine.messages import NodeFinished

REFUSED = "dial tcp 127.0.0.1:1: connect: connection refused"

pytestmark = pytest.mark.argo("3-http")


def _answer(seen: Seen) -> Reply:
    match seen.path.partition("?")[0].split("/")[1:]:
        case ["status", code]:
            return Reply(int(code), b"body of " + code.encode())
        case ["to", code, *rest]:
            return Reply(int(code), headers={"Location": "/" + "/".join(rest)})
        case ["loop"]:
            return Reply(302, headers={"Location": "/loop"})
        case ["inside"]:
            return Reply(302, headers={"Location": "http://169.254.169.254/latest/"})
        case ["big"]:
            return Reply(200, b"x" * 200_000)
        case ["bomb"]:
            return Reply(200, gzip.compress(b"\0" * 50_000_000), {"Content-Encoding": "gzip"})
        case ["packed"]:
            return Reply(200, gzip.compress(b"hello"), {"Content-Encoding": "gzip"})
        case ["headers"]:
            return Reply(200, b"", {"x-ANSWER": "42"})
    return Reply(200, b"hello")


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serving(_answer) as server:
        yield server


def _run(harness: Harness, server: Server, path: str, **http: Any) -> NodeFinished:
    server.seen.clear()
    return harness.run("a", {"name": "t", "http": {"url": f"{server.url}{path}", **http}})


@pytest.mark.parametrize(
    ("path", "http", "phase", "message"),
    [
        ("/", {}, "Succeeded", ""),
        ("/status/204", {}, "Succeeded", ""),
        ("/status/404", {}, "Failed", "received non-2xx response code: 404"),
        ("/status/500", {}, "Failed", "received non-2xx response code: 500"),
        ("/status/404", {"successCondition": "response.statusCode == 404"}, "Succeeded", ""),
        ("/", {"successCondition": 'response.body contains "ell"'}, "Succeeded", ""),
        (
            "/",
            {"successCondition": "response.statusCode == 201"},
            "Failed",
            "successCondition 'response.statusCode == 201' evaluated false",
        ),
        ("/headers", {"successCondition": 'response.headers["X-Answer"][0] == "42"'}, "Succeeded", ""),
        ("/", {"method": "PUT", "successCondition": 'request.method == "PUT"'}, "Succeeded", ""),
        ("/", {"successCondition": 'request.method == ""'}, "Succeeded", ""),
        (
            "/",
            {"body": "b", "successCondition": 'request.body == "b" && request.url contains "http"'},
            "Succeeded",
            "",
        ),
    ],
)
def test_the_answer_decides(
    harness: Harness, server: Server, path: str, http: dict[str, Any], phase: str, message: str
) -> None:
    end = _run(harness, server, path, **http)

    assert (end.phase, end.message) == (phase, message)


def test_a_broken_condition_fails_the_node_without_a_result(harness: Harness, server: Server) -> None:
    end = _run(harness, server, "/", successCondition="response.statusCode")

    assert (end.phase, end.result) == ("Failed", None)
    assert end.message == "unable to cast expression result '%!s(int=200)' to bool"


def test_method_headers_and_body_are_sent(harness: Harness, server: Server) -> None:
    headers = [
        {"name": "X-Own", "value": "1"},
        {"name": "X-Own", "value": "2"},
        {"name": "host", "value": "other.example"},
        {"name": "Authorization", "valueFrom": {"secretKeyRef": {"name": "login", "key": "token"}}},
    ]
    _run(harness, server, "/q?a=b", method="PATCH", headers=headers, body="text")

    [seen] = server.seen
    assert (seen.method, seen.path, seen.body) == ("PATCH", "/q?a=b", b"text")
    assert seen.headers["Host"] == "other.example"
    assert seen.headers["Authorization"] == "s3cret"
    assert seen.headers["X-Own"] in ("1, 2", "2")
    assert "s3cret" not in harness.log("a")


def test_bytes_are_sent_as_they_are(harness: Harness, server: Server) -> None:
    content = bytes(range(256))

    _run(harness, server, "/", method="POST", bodyFrom={"bytes": base64.b64encode(content).decode()})

    assert server.seen[0].body == content


def test_secrets_are_not_visible_to_conditions(harness: Harness, server: Server) -> None:
    header = {"name": "X-A", "valueFrom": {"secretKeyRef": {"name": "login", "key": "token"}}}

    end = _run(harness, server, "/", headers=[header], successCondition='"X-A" in request.headers')

    assert end.phase == "Failed"


@pytest.mark.parametrize(
    ("reference", "message"),
    [
        ({"name": "nothing", "key": "token"}, 'secrets "nothing" not found'),
        ({"name": "login", "key": "nothing"}, "secret 'login' does not have the key 'nothing'"),
    ],
)
def test_a_missing_secret_fails_the_node(
    harness: Harness, server: Server, reference: dict[str, str], message: str
) -> None:
    header = {"name": "X-A", "valueFrom": {"secretKeyRef": reference}}

    end = _run(harness, server, "/", headers=[header])

    assert (end.phase, end.message, server.seen) == ("Failed", message, [])


@pytest.mark.parametrize(
    ("code", "method", "arrives"),
    [
        (301, "POST", ("GET", b"")),
        (303, "PUT", ("GET", b"")),
        (307, "POST", ("POST", b"x")),
        (308, "PUT", ("PUT", b"x")),
    ],
)
def test_redirects_are_followed_as_go_does(
    harness: Harness, server: Server, code: int, method: str, arrives: tuple[str, bytes]
) -> None:
    end = _run(harness, server, f"/to/{code}/end", method=method, body="x")

    assert end.result == "hello"
    assert (server.seen[-1].method, server.seen[-1].body) == arrives


def test_secrets_stay_with_the_host_they_were_meant_for(harness: Harness, server: Server) -> None:
    with serving(lambda _: Reply(302, headers={"Location": f"{server.url}/"})) as other:
        http = {
            "url": other.url.replace("127.0.0.1", "localhost"),
            "headers": [{"name": "Authorization", "value": "mine"}, {"name": "X-Other", "value": "all"}],
        }
        server.seen.clear()
        harness.run("a", {"name": "t", "http": http})

    assert other.seen[0].headers["Authorization"] == "mine"
    assert "Authorization" not in server.seen[0].headers
    assert server.seen[0].headers["X-Other"] == "all"


def test_a_redirect_does_not_lead_where_a_request_may_not_go(harness: Harness, server: Server) -> None:
    end = _run(harness, server, "/inside")

    assert end.phase == "Failed"
    assert end.message.startswith('Get "http://169.254.169.254/latest/": connections to 169.254.169.254 are')


def test_a_circle_of_redirects_ends(harness: Harness, server: Server) -> None:
    end = _run(harness, server, "/loop")

    assert end.message == f'Get "{server.url}/loop": stopped after 10 redirects'


def test_addresses_of_this_machine_are_refused_by_default(make_harness: MakeHarness, server: Server) -> None:
    end = _run(make_harness(egress=EgressRule()), server, "/")

    assert (end.phase, server.seen) == ("Failed", [])
    assert "127.0.0.1 is a loopback address" in end.message


def test_a_name_that_changes_its_address_gains_nothing(
    make_harness: MakeHarness, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first answer of the name server is allowed, each later one is this machine."""
    real, asked = socket.getaddrinfo, []

    def resolve(host: str, port: int, *about: Any, **more: Any) -> list[Any]:
        if host != "rebinding.example":
            return real(host, port, *about, **more)
        asked.append(host)
        address = "127.0.0.2" if len(asked) == 1 else "127.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    harness = make_harness(egress=read_rule(["127.0.0.2"], refuses_private=False))
    server.seen.clear()

    end = harness.run("a", {"name": "t", "http": {"url": f"http://rebinding.example:{server.port}/"}})

    assert (end.phase, len(asked), server.seen) == ("Failed", 1, [])
    assert end.message.endswith("connect: connection refused")


@pytest.mark.parametrize("path", ["/big", "/bomb"])
def test_an_answer_may_not_be_longer_than_allowed(
    make_harness: MakeHarness, server: Server, path: str
) -> None:
    end = _run(make_harness(max_body_bytes=100_000), server, path)

    assert end.phase == "Error"
    assert end.message == (
        "HTTP request completed successfully but an error occurred when patching its result: "
        "the response body is longer than 100000 bytes"
    )


def test_packed_answers_are_unpacked_unless_the_template_speaks_of_it(
    harness: Harness, server: Server
) -> None:
    assert _run(harness, server, "/packed").result == "hello"
    raw = harness.run(
        "b",
        {
            "name": "t",
            "http": {
                "url": f"{server.url}/packed", "headers": [{"name": "accept-encoding", "value": "gzip"}],
            },
        },
    )  # fmt: skip

    assert raw.result != "hello"


def test_a_server_that_does_not_answer_in_time(make_harness: MakeHarness) -> None:
    never = threading.Event()
    with serving(lambda _: Reply(wait_for=never)) as server:
        end = _run(make_harness(), server, "/", timeoutSeconds=1)
        never.set()

    assert (end.phase, end.message) == ("Failed", f'Get "{server.url}/": context deadline exceeded')


def test_a_server_that_drips_is_cut_off_in_time(harness: Harness) -> None:
    """Each byte comes in time; all of them never would."""
    stop = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def drip() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
                while not stop.wait(0.05):
                    try:
                        connection.sendall(b"x")
                    except OSError:
                        return

        thread = threading.Thread(target=drip)
        thread.start()
        url = f"http://127.0.0.1:{listening.getsockname()[1]}/"
        end = harness.run("a", {"name": "t", "http": {"url": url, "timeoutSeconds": 1}})
        stop.set()
        thread.join()

    assert end.message == f'Get "{url}": context deadline exceeded'


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("ftp://x/", 'Get "ftp://x/": unsupported protocol scheme "ftp"'),
        ("http:///x", 'Get "http:///x": http: no Host in request URL'),
        ("http://127.0.0.1:1/", f'Get "http://127.0.0.1:1/": {REFUSED}'),
        ("http://u:p@127.0.0.1:1/", f'Get "http://u:***@127.0.0.1:1/": {REFUSED}'),
    ],
)
def test_addresses_that_lead_nowhere(harness: Harness, url: str, message: str) -> None:
    assert harness.run("a", {"name": "t", "http": {"url": url}}).message == message


@pytest.mark.parametrize(
    ("http", "message"),
    [
        ({"method": "GE T"}, 'net/http: invalid method "GE T"'),
        ({"headers": [{"name": "a b", "value": "x"}]}, 'net/http: invalid header field name "a b"'),
        (
            {"headers": [{"name": "X", "value": "a\r\nInjected: b"}]},
            'net/http: invalid header field value for "X"',
        ),
        ({"bodyFrom": {"bytes": "%%%"}}, "bodyFrom.bytes is no base64: "),
    ],
)
def test_what_cannot_be_sent_is_not(
    harness: Harness, server: Server, http: dict[str, Any], message: str
) -> None:
    end = _run(harness, server, "/", **http)

    assert (end.phase, server.seen) == ("Failed", [])
    assert end.message.startswith(message)


@pytest.mark.parametrize(
    "sent", [b"", b"nonsense\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"]
)
def test_servers_that_break_the_protocol_fail_the_node(harness: Harness, sent: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(sent)

        thread = threading.Thread(target=serve)
        thread.start()
        end = harness.run(
            "a", {"name": "t", "http": {"url": f"http://127.0.0.1:{listening.getsockname()[1]}/"}}
        )
        thread.join()

    assert end.phase == "Failed"
    assert end.message
