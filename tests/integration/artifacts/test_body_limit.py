"""Bodies that are too large end where they arrive, whoever sends them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.asgi import get_asgi_application

from tests.integration.artifacts.conftest import run_async
from workflows.api.body_limit import BodyLimit

MIB = 1024 * 1024
FORM = b"multipart/form-data; boundary=x"
RUNS, LINT = "/api/namespaces/demo/runs", "/api/namespaces/demo/lint"


class Sender:
    """A client that sends `size` bytes a mebibyte at a time; counts those taken."""

    def __init__(self, size: int) -> None:
        self.left, self.taken = size, 0
        self.answers: list[dict[str, Any]] = []

    async def receive(self) -> dict[str, Any]:
        block = min(MIB, self.left)
        self.left -= block
        self.taken += block
        return {"type": "http.request", "body": bytes(block), "more_body": self.left > 0}

    async def send(self, message: dict[str, Any]) -> None:
        self.answers.append(message)

    @property
    def status(self) -> int:
        return int(self.answers[0]["status"])


async def reading(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Answers 200 once all has come, nothing when the client leaves."""
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        if not message["more_body"]:
            break
    await send({"type": "http.response.start", "status": 200, "headers": []})


@pytest.fixture(autouse=True)
def limit(settings: Any) -> None:
    settings.SLUICE_UPLOAD_MAX_BYTES = 10 * MIB


def post(path: str, size: int, *, application: Any = reading, **headers: bytes) -> Sender:
    sender = Sender(size)
    named = [(name.replace("_", "-").encode(), value) for name, value in headers.items()]
    scope = {"type": "http", "method": "POST", "path": path, "headers": named, "query_string": b""}
    run_async(BodyLimit(application)(scope, sender.receive, sender.send))
    return sender


@pytest.mark.parametrize(
    ("path", "content_type", "size", "status"),
    [
        (LINT, b"application/yaml", 16 * MIB, 200),
        (LINT, b"application/yaml", 17 * MIB, 413),
        (LINT, FORM, 17 * MIB, 413),
        (RUNS, b"application/yaml", 17 * MIB, 413),
        (RUNS, FORM, 26 * MIB, 200),
        (RUNS, FORM, 27 * MIB, 413),
        ("/api/namespaces/demo/uploads", FORM, 26 * MIB, 200),
        ("/api/namespaces/a/b/uploads", FORM, 17 * MIB, 413),
        ("/login/", FORM, 17 * MIB, 413),
    ],
)
def test_what_may_be_sent_depends_on_the_address(
    path: str, content_type: bytes, size: int, status: int
) -> None:
    sender = post(path, size, content_type=content_type)

    assert sender.status == status
    assert sender.left == 0


def test_nothing_is_read_of_what_is_declared_too_large() -> None:
    sender = post(LINT, 100 * MIB, content_length=str(100 * MIB).encode())

    assert (sender.status, sender.taken) == (413, 0)
    assert json.loads(sender.answers[1]["body"])["code"] == "too-large"


def test_the_rest_of_what_is_too_large_is_not_read() -> None:
    assert post(LINT, 100 * MIB).taken == 17 * MIB


def test_django_gives_way(db: None) -> None:
    sender = post(LINT, 20 * MIB, application=get_asgi_application(), host=b"localhost")

    assert [answer["type"] for answer in sender.answers] == ["http.response.start", "http.response.body"]
    assert sender.status == 413
