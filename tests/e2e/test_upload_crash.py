"""The server is killed while it stores a file that somebody sends: nothing half-stored, nothing forgotten."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
import requests

from tests.contract.artifact_servers import ACCESS_KEY, SECRET_KEY, s3_server, serving
from tests.contract.faulty_proxy import FaultyProxy
from tests.e2e.conftest import Client, Server
from tests.e2e.test_artifacts import REPOSITORIES
from tests.e2e.test_crash import _kill
from workflows.artifacts.s3 import S3Credentials, S3Driver
from workflows.artifacts.stores import S3

UPLOADS = "/api/namespaces/default/uploads"
WITHIN_S = 30


@pytest.fixture
def proxy(tmp_path: Path) -> Iterator[FaultyProxy]:
    with s3_server(tmp_path / "s3") as endpoint, serving(FaultyProxy(endpoint)) as proxy:
        yield proxy
        proxy.go_on.set()


def use_as_repository(client: Client, endpoint: str) -> None:
    client.post(
        "/api/namespaces/default/secrets", name="s3", stringData={"access": ACCESS_KEY, "secret": SECRET_KEY}
    )
    document = REPOSITORIES.format(endpoint=endpoint, secret="s3").partition("---")[0]
    document = document.replace(
        "{name: stores}",
        "{name: artifact-repositories, annotations: {workflows.argoproj.io/default-artifact-repository: s3}}",
    )
    client.post("/api/namespaces/default/runs", manifest=document)


def send(client: Client) -> requests.Response:
    return client.session.post(
        client.server.url + UPLOADS, files={"file": ("data", b"x" * 20_000_000)}, timeout=WITHIN_S
    )


def send_and_forget(client: Client) -> None:
    try:
        send(client).close()
    except requests.ConnectionError:
        return


def rows(server: Server) -> list[tuple[str, ...]]:
    with closing(sqlite3.connect(server.data / "sluice.sqlite3")) as database:
        return list(database.execute("SELECT state FROM workflows_upload ORDER BY id"))


def wait_until(holds: Callable[[], bool]) -> None:
    ends = time.monotonic() + WITHIN_S
    while not holds():
        assert time.monotonic() < ends
        time.sleep(0.1)


@pytest.mark.slow
def test_killed_while_it_stores_a_file_the_server_forgets_nothing(tmp_path: Path, proxy: FaultyProxy) -> None:
    server = Server(tmp_path / "data")
    try:
        server.start()
        client = Client(server, server.sign_in())
        use_as_repository(client, proxy.address)
        proxy.plan = lambda method, path: "hang" if "partNumber=2" in path else None
        sending = threading.Thread(target=send_and_forget, args=[client])
        sending.start()
        assert proxy.hanging.wait(WITHIN_S)
        _kill(server)
        sending.join()
        proxy.plan = lambda method, path: None

        server.start()
        client = Client(server, server.sign_in())
        bucket = S3Driver(
            S3(endpoint=proxy.address, bucket="team", insecure=True), S3Credentials(ACCESS_KEY, SECRET_KEY)
        )
        assert client.get(UPLOADS)["items"] == []
        assert rows(server) == [("receiving",)]
        assert bucket.list("uploads") == []

        assert send(client).status_code == 201
        [stored] = bucket.list("uploads")
        assert (stored.size, rows(server)) == (20_000_000, [("receiving",), ("stored",)])

        with closing(sqlite3.connect(server.data / "sluice.sqlite3", timeout=WITHIN_S)) as database:
            database.execute("UPDATE workflows_upload SET expires_at = 0")
            database.commit()
        wait_until(lambda: rows(server) == [])
        assert bucket.list("uploads") == []
    finally:
        server.clean_up()
