"""Servers on which all runs must come from stored templates."""

from __future__ import annotations

import pytest

from tests.integration.services.conftest import HELLO
from tests.integration.services.test_revisions import CRON, TEMPLATE
from workflows.errors import ManifestError
from workflows.services import lint, submit, templates

RUN = """\
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: by-reference}
spec:
  workflowTemplateRef: {name: greet}
  priority: 3
"""


@pytest.fixture(params=["Strict", "Secure"])
def strict(request: pytest.FixtureRequest, settings, root) -> None:
    settings.SLUICE_TEMPLATE_REFERENCING = request.param
    templates.store_text(root, namespace="team", text=TEMPLATE.format(version=1))


@pytest.mark.argo("14-restrictions")
@pytest.mark.usefixtures("strict")
def test_runs_must_refer_to_a_template(root) -> None:
    for text in (HELLO, CRON.format(version=1)):
        [problem] = lint.lint_text(root, namespace="team", text=text)
        assert problem.code == "reference-required"
    with pytest.raises(ManifestError, match="must use workflowTemplateRef"):
        submit.submit(root, namespace="team", text=HELLO)
    assert submit.submit(root, namespace="team", text=RUN)
    assert submit.submit_from_template(root, namespace="team", template="greet", parameters={"p": "1"})


@pytest.mark.usefixtures("strict")
@pytest.mark.parametrize(
    ("more", "path"),
    [
        ("  serviceAccountName: admin\n", "spec.serviceAccountName"),
        ("  podSpecPatch: '{}'\n", "spec.podSpecPatch"),
        ("  artifactGC: {serviceAccountName: admin}\n", "spec.artifactGC.serviceAccountName"),
    ],
)
def test_runs_may_not_set_what_the_template_decides(root, more: str, path: str) -> None:
    found = lint.lint_text(root, namespace="team", text=RUN + more)
    assert [(problem.code, problem.path) for problem in found] == [("field-not-permitted", path)]


@pytest.mark.usefixtures("strict")
def test_more_fields_may_be_allowed(root, settings) -> None:
    settings.SLUICE_TEMPLATE_REFERENCING_ALLOW = ["serviceAccountName"]
    assert submit.submit(root, namespace="team", text=RUN + "  serviceAccountName: admin\n")


def test_without_a_restriction_all_is_as_ever(root) -> None:
    assert submit.submit(root, namespace="team", text=HELLO)
