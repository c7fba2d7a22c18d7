"""Stored templates: who sees, stores and deletes them, and in which state."""

from __future__ import annotations

import pytest

from tests.integration.services.conftest import HELLO
from tests.integration.services.test_submit import CONFIG, TEMPLATE
from workflows.errors import ConflictError, ForbiddenError, ManifestError, NotFoundError
from workflows.models import ConfigEntry, Template
from workflows.services import templates
from workflows.services.lint import lint_text

CLUSTER = TEMPLATE.replace("kind: WorkflowTemplate", "kind: ClusterWorkflowTemplate")
KEY = {"kind": "WorkflowTemplate", "name": "greet", "namespace": "team"}


def test_a_template_keeps_its_author_s_text(root):
    [stored] = templates.store_text(root, namespace="team", text=f"# why\n{TEMPLATE}")

    assert templates.get_template(root, **KEY).source == f"# why\n{TEMPLATE}"
    assert stored.manifest["metadata"]["name"] == "greet"


def test_storing_again_replaces(root):
    templates.store_text(root, namespace="team", text=TEMPLATE)
    templates.store_text(root, namespace="team", text=TEMPLATE.replace("echo", "printf"))

    assert Template.objects.count() == 1
    assert "printf" in templates.get_template(root, **KEY).source


def test_creating_what_exists_is_a_conflict(root):
    templates.store_text(root, namespace="team", text=TEMPLATE)

    with pytest.raises(ConflictError, match="'greet' exists already"):
        templates.store_text(root, namespace="team", text=TEMPLATE, edit=templates.Edit(update=False))


def test_updating_what_does_not_exist_is_not_found(root):
    with pytest.raises(NotFoundError):
        templates.store_text(root, namespace="team", text=TEMPLATE, edit=templates.Edit(create=False))


def test_a_workflow_is_not_stored_as_a_template(root):
    with pytest.raises(ManifestError) as caught:
        templates.store_text(root, namespace="team", text=f"{TEMPLATE}---\n{HELLO}")

    assert ([problem.code for problem in caught.value.problems], Template.objects.count()) == (
        ["not-a-template"],
        0,
    )


def test_config_maps_are_stored_beside_templates(root):
    templates.store_text(root, namespace="team", text=CONFIG)

    entry = ConfigEntry.objects.get()
    assert (entry.name, entry.data) == ("settings", {"key": "value"})
    assert entry.labels == {"workflows.argoproj.io/configmap-type": "Parameter"}


def test_lists_show_what_may_be_seen(make_user, root):
    templates.store_text(root, namespace="team", text=TEMPLATE)
    templates.store_text(root, namespace="other", text=TEMPLATE.replace("name: greet", "name: hidden"))
    templates.store_text(root, namespace="team", text=CLUSTER.replace("name: greet", "name: shared"))

    def seen(user, **filters):
        return [row.name for row in templates.list_templates(user, **filters)]

    assert seen(make_user("viewer")) == ["shared", "greet"]
    assert seen(root, namespace="other") == ["shared", "hidden"]
    assert seen(root, kind="WorkflowTemplate", name_prefix="gr") == ["greet"]


def test_a_template_of_a_hidden_namespace_does_not_exist(make_user, root):
    templates.store_text(root, namespace="team", text=TEMPLATE)

    with pytest.raises(NotFoundError, match="no WorkflowTemplate 'greet' in namespace 'team'"):
        templates.get_template(make_user("nobody"), **KEY)


@pytest.mark.parametrize(("role", "allowed"), [("viewer", False), ("operator", False), ("editor", True)])
def test_deleting_needs_the_right_to_edit(make_user, root, role, allowed):
    templates.store_text(root, namespace="team", text=TEMPLATE)

    if allowed:
        templates.delete_template(make_user(role), **KEY)
    else:
        with pytest.raises(ForbiddenError):
            templates.delete_template(make_user(role), **KEY)

    assert Template.objects.exists() is not allowed


def test_cluster_templates_need_the_right_everywhere(make_user):
    with pytest.raises(ForbiddenError, match="every namespace"):
        templates.store_text(make_user("editor"), namespace="team", text=CLUSTER)


def test_linting_tells_every_problem_and_stores_nothing(make_user):
    lost = HELLO.replace("entrypoint: main", "entrypoint: nowhere")
    misspelt = HELLO.replace("container:", "contaner:")

    text = "---\n".join([TEMPLATE, lost, misspelt])
    problems = lint_text(make_user("viewer"), namespace="team", text=text)

    assert [problem.document for problem in problems] == [1, 2]
    assert "contaner" in problems[1].message
    assert Template.objects.count() == 0
