"""`manage.py artifacts`: listing, fetching, and finding what no run names."""

from __future__ import annotations

import io
import json
import os
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command

from tests.conftest import FakeClock
from tests.integration.artifacts.conftest import folder_artifact, outputs
from workflows.artifacts.folder import FolderDriver
from workflows.engine.node import Run
from workflows.models import Memo, Namespace, Template, Upload
from workflows.models import Run as Row
from workflows.services import artifact_sweep
from workflows.store import create

Save = Callable[[str, Any], None]


@pytest.fixture
def run(admin: User, make_run: Callable[..., Run], save: Save) -> Run:
    save("r/text.txt", b"hello")
    save("r/tree", {"a": b"1", "b/c": b"22"})
    nodes = [
        outputs(folder_artifact("text", "r/text.txt"), folder_artifact("tree", "r/tree"))
        | {"display_name": "make"},
        {"display_name": "read", "inputs": {"artifacts": [folder_artifact("in", "r/lost")]}},
    ]
    return make_run(nodes)


def command(*words: str) -> str:
    out = io.StringIO()
    call_command("artifacts", *words, "-n", "demo", stdout=out)
    return out.getvalue()


def test_artifacts_are_listed(run: Run) -> None:
    lines = [line.split(maxsplit=3) for line in command("list", "r").splitlines()]

    assert [line[:3] for line in lines] == [["make", ">", "text"], ["make", ">", "tree"], ["read", "<", "in"]]
    assert lines[0][3].split() == ["5", "r/text.txt"]
    assert "no artifact 'r/lost'" in lines[2][3]


def test_one_is_saved(run: Run, tmp_path: Path) -> None:
    command("get", "r", "make/text", "-o", str(tmp_path / "out"))
    command("get", "r", "make/tree", "--path", "b/c", "-o", str(tmp_path / "inner"))
    command("get", "r", "r-0/tree", "-o", str(tmp_path / "tree.tgz"))

    assert (tmp_path / "out").read_bytes() == b"hello"
    assert (tmp_path / "inner").read_bytes() == b"22"
    with tarfile.open(tmp_path / "tree.tgz") as tar:
        assert tar.getnames() == ["tree/a", "tree/b/c"]
    assert not list(tmp_path.glob("*.part"))


@pytest.mark.parametrize("words", [("get", "r", "make/no"), ("get", "r", "no/text"), ("list", "nobody")])
def test_what_is_not_there_is_told(run: Run, words: tuple[str, ...]) -> None:
    with pytest.raises(CommandError) as caught:
        command(*words)

    assert caught.value.returncode == 2


@pytest.fixture
def sweep(admin: User, store: FolderDriver, fake_clock: FakeClock) -> Callable[..., list[str]]:
    """Says a day later what could be deleted."""

    def make(*, delete: bool = False, hours: int = 25) -> list[str]:
        written = fake_clock.now() / 1000 - hours * 3600
        for path in store._objects.rglob("*"):
            if path.is_file():
                os.utime(path, (written, written))
        return [file.key for file in artifact_sweep.sweep(admin, "demo", delete=delete)]

    return make


def test_only_what_nothing_names_is_swept(
    run: Run, save: Save, store: FolderDriver, namespace: Namespace, sweep: Callable[..., list[str]]
) -> None:
    kept = {
        "memo/kept": {"artifacts": [folder_artifact("a", "memo/kept")]},
        "upload/kept": folder_artifact("a", "upload/kept"),
        "fixed/kept": {"spec": {"arguments": {"artifacts": [{"name": "a", "s3": {"key": "fixed"}}]}}},
        "tagged/7/kept": {"spec": {"templates": [{"x": [{"s3": {"key": "tagged/{{inputs.x}}/kept"}}]}]}},
    }
    for key in [*kept, "r/other-pod/unwritten", "gone/pod/text.tgz", "fixed2/x", "tagge"]:
        save(key, b"123")
    Memo.objects.create(
        namespace=namespace,
        cache="c",
        key="k",
        outputs=json.dumps(kept["memo/kept"]),
        created_at=0,
        last_hit_at=0,
    )
    Upload.objects.create(
        uid="u", namespace=namespace, name="n", size=3, location=json.dumps(kept["upload/kept"]),
        created_at=0, expires_at=0,
    )  # fmt: skip
    for number, key in enumerate(("fixed/kept", "tagged/7/kept")):
        Template.objects.create(
            kind="WorkflowTemplate", namespace=namespace, name=f"t{number}", manifest=kept[key],
            source="", created_at=0, updated_at=0,
        )  # fmt: skip

    assert sweep(hours=23) == []
    assert sweep() == ["fixed2/x", "gone/pod/text.tgz", "tagge"]
    assert sweep(delete=True) == ["fixed2/x", "gone/pod/text.tgz", "tagge"]

    assert sweep() == []
    with store.open("r/text.txt") as stream:
        assert stream.read() == b"hello"


def test_what_a_deleted_run_left_is_swept(run: Run, sweep: Callable[..., list[str]]) -> None:
    create.delete_run(Row.objects.get(uid=run.uid).id)

    assert sweep() == ["r/text.txt", "r/tree/a", "r/tree/b/c"]


def test_the_command_names_first_and_deletes_when_told(
    run: Run, save: Save, store: FolderDriver, sweep: Callable[..., list[str]]
) -> None:
    save("gone/file", b"1234")
    sweep()

    assert command("sweep").splitlines() == [
        "             4  gone/file",
        "1 files of 4 bytes could be deleted; say --delete",
    ]
    assert "1 files of 4 bytes deleted" in command("sweep", "--delete")
    assert store.list("gone") == []
