"""What is submitted has a name, or is given one."""

from __future__ import annotations

import pytest

from tests.integration.services.conftest import HELLO
from workflows.errors import ManifestError
from workflows.services import submit

NAMELESS = {
    "run": HELLO.replace("generateName: hello-", "labels: {a: b}"),
    "run without metadata": HELLO.replace("metadata:\n  generateName: hello-\n", ""),
    "template": HELLO.replace("kind: Workflow", "kind: WorkflowTemplate"),
    "config map": "apiVersion: v1\nkind: ConfigMap\nmetadata: {}\ndata: {}\n",
    "config map without metadata": "apiVersion: v1\nkind: ConfigMap\ndata: {}\n",
}


@pytest.mark.parametrize("text", NAMELESS.values(), ids=NAMELESS)
def test_an_object_without_a_name_is_refused(root, text):
    with pytest.raises(ManifestError) as caught:
        submit.submit(root, namespace="team", text=text)

    assert {problem.code for problem in caught.value.problems if problem.severity == "error"} == {
        "missing-name"
    }


@pytest.mark.parametrize("kind", ["run", "run without metadata"])
def test_the_submitter_may_give_the_name(root, kind):
    [run] = submit.submit(root, namespace="team", text=NAMELESS[kind], name="given")

    assert run.name == "given"
