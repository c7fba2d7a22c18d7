"""Secrets: sealed at rest, shown by key only, opened for executors, sealed anew."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from django.db import connection

from workflows.errors import (
    ConflictError,
    EnvironmentFault,
    ForbiddenError,
    ManifestError,
    NotFoundError,
    UserError,
)
from workflows.models import Namespace, Secret
from workflows.services import secrets, submit, templates
from workflows.store import cipher, configuration

SECRET = """\
apiVersion: v1
kind: Secret
metadata: {name: store, labels: {of: s3}}
type: Opaque
data: {accessKey: QUtJQQ==}
stringData: {secretKey: "top \\u2713 secret"}
"""


@pytest.fixture
def key_file(tmp_path: Path, settings) -> Path:
    settings.SLUICE_SECRET_KEYS = []
    settings.SLUICE_SECRET_KEY_FILE = str(tmp_path / "secrets.keys")
    return tmp_path / "secrets.keys"


@pytest.mark.argo("21-secrets")
def test_a_manifest_stores_sealed_values(root, team: Namespace) -> None:
    submit.submit(root, namespace="team", text=SECRET)
    assert configuration.read_secret("team", "store") == {
        "accessKey": b"AKIA",
        "secretKey": "top ✓ secret".encode(),
    }
    row = Secret.objects.get()
    assert "secret" not in "".join(row.data.values())
    assert (row.type, row.labels, row.updated_by) == ("Opaque", {"of": "s3"}, root)
    assert configuration.read_secret("other", "store") is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param(SECRET.replace("QUtJQQ==", "hunter2!"), "'accessKey' under `data` is no", id="base64"),
        pytest.param(SECRET.replace("QUtJQQ==", "12345"), "the value of 'accessKey' is no text", id="number"),
        pytest.param(SECRET.replace("name: store, ", ""), "a Secret needs a name", id="nameless"),
        pytest.param(SECRET.replace("name: store", "name: A_B"), "'A_B' is no name for a Secret", id="name"),
        pytest.param(SECRET.replace("accessKey:", '"a b":'), "'a b' is no key of a Secret", id="key"),
        pytest.param(
            SECRET.replace("{accessKey: QUtJQQ==}", "[accessKey]"), "`data` maps keys to texts", id="list"
        ),
        pytest.param(
            f"apiVersion: v1\nkind: Secret\nmetadata: {{name: big}}\nstringData: {{a: {'x' * 1_048_577}}}\n",
            "at most 1048576 bytes",
            id="large",
        ),
    ],
)
def test_what_kubernetes_would_refuse_is_refused_without_the_value(root, text: str, said: str) -> None:
    with pytest.raises(ManifestError) as caught:
        submit.submit(root, namespace="team", text=text)
    told = "\n".join(str(problem) for problem in caught.value.problems)
    assert said in told
    assert "hunter2" not in told
    assert not Secret.objects.exists()


@pytest.mark.parametrize(
    ("role", "act", "refused"),
    [
        ("editor", "put", None),
        ("operator", "put", ForbiddenError),
        ("nobody", "put", NotFoundError),
        ("editor", "list", None),
        ("operator", "list", ForbiddenError),
        ("viewer", "list", ForbiddenError),
        ("operator", "delete", ForbiddenError),
    ],
)
def test_who_may(make_user, root, role: str, act: str, refused: type[Exception] | None) -> None:
    secrets.put_secret(root, "team", "kept", {"k": b"v"})
    actor = make_user(role)
    does = {
        "put": lambda: secrets.put_secret(actor, "team", "new", {"k": b"v"}),
        "list": lambda: secrets.list_secrets(actor, "team"),
        "delete": lambda: secrets.delete_secret(actor, "team", "kept"),
    }[act]
    if refused is None:
        does()
        return
    with pytest.raises(refused):
        does()


def test_replacing_drops_keys_that_are_not_given(root, team: Namespace) -> None:
    secrets.put_secret(root, "team", "s", {"a": b"1", "b": b"2"})
    with pytest.raises(ConflictError):
        secrets.put_secret(root, "team", "s", {"a": b"3"}, update=False)
    secrets.put_secret(root, "team", "s", {"a": b"3"}, create=False)
    assert configuration.read_secret("team", "s") == {"a": b"3"}
    secrets.delete_secret(root, "team", "s")
    with pytest.raises(NotFoundError):
        secrets.put_secret(root, "team", "s", {"a": b"3"}, create=False)
    with pytest.raises(NotFoundError):
        secrets.delete_secret(root, "team", "s")


def test_a_secret_is_not_stored_by_who_may_only_submit(make_user, team: Namespace) -> None:
    runner = make_user("nobody", "submit_run")
    with pytest.raises(ForbiddenError):
        submit.submit(runner, namespace="team", text=SECRET)
    assert not Secret.objects.exists()


def test_the_key_file_is_private_and_rotation_reaches_readers(root, team: Namespace, key_file: Path) -> None:
    secrets.put_secret(root, "team", "s", {"a": b"1"})
    assert key_file.stat().st_mode & 0o777 == 0o600
    [first] = key_file.read_text().split()
    before = Secret.objects.get().data["a"]

    assert secrets.rotate(root) == 1
    second, kept = key_file.read_text().split()
    assert kept == first
    assert second != first
    assert Secret.objects.get().data["a"] != before
    assert configuration.read_secret("team", "s") == {"a": b"1"}
    assert cipher.unseal(before) == b"1"

    secrets.rotate(root, forget_old=True)
    assert len(key_file.read_text().split()) == 1
    assert key_file.stat().st_mode & 0o777 == 0o600
    assert configuration.read_secret("team", "s") == {"a": b"1"}
    with pytest.raises(EnvironmentFault, match="does not have"):
        cipher.unseal(before)


def test_keys_in_a_setting_are_rotated_there(root, team: Namespace, settings) -> None:
    secrets.put_secret(root, "team", "s", {"a": b"1"})
    new = Fernet.generate_key().decode()
    settings.SLUICE_SECRET_KEYS = [new, *settings.SLUICE_SECRET_KEYS]
    assert secrets.rotate(root) == 1
    settings.SLUICE_SECRET_KEYS = [new]
    assert configuration.read_secret("team", "s") == {"a": b"1"}
    with pytest.raises(EnvironmentFault, match="SLUICE_SECRET_KEYS"):
        secrets.rotate(root, forget_old=True)
    settings.SLUICE_SECRET_KEYS = ["short"]
    with pytest.raises(EnvironmentFault, match="32 bytes"):
        configuration.read_secret("team", "s")


def test_only_administrators_rotate(make_user, team: Namespace) -> None:
    with pytest.raises(ForbiddenError):
        secrets.rotate(make_user("admin"))


def test_config_maps_are_read_and_templates_refuse_bad_secrets(root, team: Namespace) -> None:
    text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {a: '1'}\n"
    templates.store_text(root, namespace="team", text=text)
    assert configuration.read_config_map("team", "c") == {"a": b"1"}
    assert configuration.read_config_map("team", "d") is None
    with pytest.raises(UserError):
        secrets.put_secret(root, "team", "s", {"a b": b""})


@pytest.mark.django_db(transaction=True)
def test_a_thread_is_not_left_with_a_connection() -> None:
    left: list[object] = []

    def read() -> None:
        left.append(configuration.read_secret("team", "s"))
        left.append(connection.connection)

    thread = threading.Thread(target=read)
    thread.start()
    thread.join()
    assert left == [None, None]
