"""`manage.py templates` and `manage.py secrets`."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tests.integration.services.test_revisions import KIND, TEMPLATE
from workflows.models import Template
from workflows.store import configuration


def manage(*words: str) -> list[str]:
    out = StringIO()
    call_command(*words, "-n", "team", stdout=out)
    return out.getvalue().splitlines()


@pytest.fixture
def stored(root, tmp_path: Path) -> Path:
    file = tmp_path / "greet.yaml"
    for version in (1, 2):
        file.write_text(TEMPLATE.format(version=version))
        manage("submit", str(file), "--message", f"version {version}")
    return file


def test_a_history_is_shown_and_gone_back_in(stored: Path) -> None:
    what = "workflowtemplate/greet"
    assert manage("templates", "list") == ["workflowtemplate/greet  revision 2"]
    newest, oldest = manage("templates", "history", what)
    assert newest.split()[0] == "2"
    assert newest.endswith("root  version 2")
    assert oldest.endswith("version 1")
    assert manage("templates", "show", what)[0] == "# greets, version 2"
    assert manage("templates", "show", what, "--revision", "1")[0] == "# greets, version 1"
    assert "+# greets, version 2" in manage("templates", "diff", what)
    assert "+# greets, version 1" in manage("templates", "diff", what, "--since", "2", "--revision", "1")
    assert manage("templates", "restore", what, "--revision", "1") == [f"{what} is at revision 3"]
    [run] = manage("submit", "--from", what, "--revision", "2")
    assert run.startswith("team/greet-")
    manage("templates", "delete", what)
    assert not Template.objects.filter(kind=KIND).exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        pytest.param(("show", "greet"), "an object is", id="kind"),
        pytest.param(("restore", "workflowtemplate/greet"), "--revision", id="number"),
        pytest.param(("show", "workflowtemplate/unknown"), "there is no WorkflowTemplate", id="unknown"),
    ],
)
def test_mistakes_are_told(stored: Path, words: tuple[str, ...], said: str) -> None:
    with pytest.raises(CommandError, match=said):
        manage("templates", *words)


def test_secrets_are_read_from_files_and_never_printed(root, tmp_path: Path) -> None:
    file = tmp_path / "value"
    file.write_bytes(b"hunter2\n")
    assert manage("secrets", "set", "store", f"key={file}") == ["team/store has 1 keys"]
    assert configuration.read_secret("team", "store") == {"key": b"hunter2\n"}
    assert manage("secrets", "list") == ["store  key"]
    assert manage("secrets", "rotate") == ["1 secrets are sealed with the newest key"]
    with pytest.raises(CommandError, match="is not followed by =FILE"):
        manage("secrets", "set", "store", "key")
    with pytest.raises(CommandError, match="No such file"):
        manage("secrets", "set", "store", "key=/nowhere/at/all")
    assert manage("secrets", "delete", "store") == ["team/store is deleted"]
