"""`manage.py submit` and `lint` tell what the linter says."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from workflows.models import Run, Template
from workflows.store.read import get_manifest

HINTED = """\
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: hinted}
spec:
  entrypoint: main
  arguments: {parameters: [{name: who, value: x}]}
  templates:
  - {name: main, suspend: {}}
"""
TOLD = (
    "file.yaml:6:28: warning: spec.arguments.parameters[0]: the parameter 'who' of the run is not used"
    " (use {{workflow.parameters.who}} or remove it) [unused-parameter]\n"
)


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    (tmp_path / "file.yaml").write_text(HINTED)
    monkeypatch.chdir(tmp_path)
    return "file.yaml"


@pytest.mark.usefixtures("root", "team")
@pytest.mark.argo("18-submit")
def test_a_text_with_warnings_is_submitted_and_they_are_told(file: str) -> None:
    out, err = io.StringIO(), io.StringIO()

    call_command("submit", file, "-n", "team", stdout=out, stderr=err)

    assert Run.objects.get().name == "hinted"
    assert out.getvalue().startswith("team/hinted  ")
    assert err.getvalue().startswith(TOLD)


@pytest.mark.usefixtures("root", "team")
def test_a_broken_text_is_refused_with_every_fault(file: str) -> None:
    Path(file).write_text(HINTED.replace("entrypoint: main", "entrypoint: mian"))
    err = io.StringIO()

    with pytest.raises(CommandError, match="nothing of it was stored"):
        call_command("submit", file, "-n", "team", stdout=io.StringIO(), stderr=err)

    assert "error: spec.entrypoint: there is no template named 'mian'" in err.getvalue()
    assert not Run.objects.exists()


@pytest.mark.usefixtures("root", "team")
@pytest.mark.argo("14-lint", "18-quality")
@pytest.mark.parametrize("options", [["-n", "team"], ["--offline"]], ids=["with the server", "offline"])
def test_lint_tells_warnings_and_accepts(file: str, options: list[str]) -> None:
    out = io.StringIO()

    call_command("lint", file, *options, stdout=out)

    assert out.getvalue() == TOLD


@pytest.mark.usefixtures("root", "team")
@pytest.mark.argo("6-submit-time-overrides", "18-submit")
def test_options_change_what_is_submitted(file: str) -> None:
    Path("values.yaml").write_text("who: file\nlist: [1, a]\n")
    words = "--parameter-file values.yaml -p who=option --annotation note=n --service-account s --priority 3"

    call_command("submit", file, *words.split(), "-n", "team", stdout=io.StringIO(), stderr=io.StringIO())

    spec = (workflow := get_manifest(Run.objects.get().id).workflow)["spec"]
    assert spec["arguments"]["parameters"] == [
        {"name": "who", "value": "option"},
        {"name": "list", "value": '[1,"a"]'},
    ]
    assert workflow["metadata"]["annotations"] == {"note": "n"}
    assert (spec["serviceAccountName"], spec["priority"]) == ("s", 3)


@pytest.mark.usefixtures("root", "team")
@pytest.mark.argo("17-dry-run", "18-submit")
def test_a_dry_run_of_several_files_shows_what_they_make_together(file: str) -> None:
    template = HINTED.replace("kind: Workflow", "kind: WorkflowTemplate").replace("hinted", "stored")
    Path("first.yaml").write_text(template)
    user = "{metadata: {name: user}, kind: Workflow, apiVersion: argoproj.io/v1alpha1, spec: SPEC}"
    Path(file).write_text(user.replace("SPEC", "{workflowTemplateRef: {name: stored}}"))
    out = io.StringIO()

    call_command("submit", "first.yaml", file, "--dry-run", "-n", "team", stdout=out, stderr=io.StringIO())

    shown = json.loads(out.getvalue())
    assert shown["metadata"]["name"] == "user"
    assert shown["status"]["storedWorkflowTemplateSpec"]["entrypoint"] == "main"
    assert (Run.objects.count(), Template.objects.count()) == (0, 0)


@pytest.mark.usefixtures("root", "team")
@pytest.mark.parametrize("text", ["- a", "a: [", "", "a: 1\n---\nb: 2"])
def test_a_file_of_parameters_holds_one_mapping(file: str, text: str) -> None:
    Path("values.yaml").write_text(text)

    with pytest.raises(CommandError, match="no YAML or JSON with names and values"):
        call_command("submit", file, "--parameter-file", "values.yaml", "-n", "team")
