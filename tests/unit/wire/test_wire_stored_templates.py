"""Templates from the library that a run used."""

from __future__ import annotations

from typing import Any

import pytest

from workflows.engine.node import Node
from workflows.wire.stored_templates import stored_templates

LIBRARY: dict[tuple[str, str], dict[str, Any]] = {
    ("namespaced", "lib"): {"spec": {"templates": [{"name": "a", "container": {}}, {"name": "b"}]}},
    ("namespaced", "inline"): {
        "spec": {
            "templates": [
                {"name": "d", "dag": {"tasks": [{"name": "x", "inline": {"container": {}}}]}},
                {"name": "s", "steps": [[{"name": "y", "inline": {"suspend": {}}}]]},
            ]
        }
    },
    ("cluster", "lib"): {"spec": {"templates": [{"name": "a", "script": {}}]}},
}


def node(**fields: Any) -> Node:
    about = {"name": "n", "display_name": "n", "type": "Pod", "phase": "Running"}
    return Node(id="n", idx=0, **(about | fields))


@pytest.mark.parametrize(
    ("nodes", "spec", "expected"),
    [
        pytest.param(
            [node(template_ref={"name": "lib", "template": "a"}, template_scope="local/r")],
            {},
            {"namespaced/lib/a": {"name": "a", "container": {}}},
            id="reference",
        ),
        pytest.param(
            [node(template_ref={"name": "lib", "template": "a", "clusterScope": True})],
            {},
            {"cluster/lib/a": {"name": "a", "script": {}}},
            id="reference to the cluster's",
        ),
        pytest.param(
            [node(template_name="b", template_scope="namespaced/lib")],
            {},
            {"namespaced/lib/b": {"name": "b"}},
            id="called by a stored template",
        ),
        pytest.param(
            [node(template_name="a", template_scope="local/")],
            {"workflowTemplateRef": {"name": "lib", "clusterScope": True}},
            {"cluster/lib/a": {"name": "a", "script": {}}},
            id="the whole run is of a stored template",
        ),
        pytest.param(
            [
                node(template_scope="namespaced/inline", name="r.x"),
                node(template_scope="local/", name="r.y(0:1)"),
            ],
            {"workflowTemplateRef": {"name": "inline"}},
            {"namespaced/inline/inline/x": {"container": {}}, "namespaced/inline/inline/y": {"suspend": {}}},
            id="inline in a stored template",
        ),
        pytest.param([node(template_name="a", template_scope="local/r")], {}, {}, id="the run's own"),
        pytest.param(
            [node(template_ref={"name": "gone", "template": "a"}), node()], {}, {}, id="nothing known"
        ),
    ],
)
@pytest.mark.argo("3-template-ref")
def test_used_templates_are_found(nodes: list[Node], spec: dict[str, Any], expected: dict[str, Any]) -> None:
    assert stored_templates(nodes, LIBRARY, {"spec": spec}) == expected
