"""Which command stands for a container: images, entry points, variables. Nothing is started."""

from __future__ import annotations

from typing import Any

import pytest

from workflows.engine.messages import Launch
from workflows.executors.process.containers import build_container, command_of, main_containers
from workflows.executors.process.environment import expand, variables_of
from workflows.executors.process.images import DEFAULT_IMAGES, ImageRule, find_rule, repository_of
from workflows.executors.process.objects import Objects
from workflows.executors.process.refusal import CannotRunError
from workflows.executors.process.settings import ProcessSettings


def _order(template: dict[str, Any], **fields: Any) -> Launch:
    return Launch(
        run_uid="uid-1",
        run_name="hello",
        namespace="team",
        node_id="hello-7",
        node_name="hello.a",
        attempt=0,
        pod_name="hello-a-7",
        template=template,
        **fields,
    )


@pytest.mark.parametrize(
    ("image", "repository"),
    [
        ("busybox", "busybox"),
        ("python:3.12-alpine", "python"),
        ("docker.io/library/python:3", "python"),
        ("docker.io/argoproj/argosay:v2", "argoproj/argosay"),
        ("quay.io/argoproj/argosay:v2", "quay.io/argoproj/argosay"),
        ("localhost:5000/tools/make", "localhost:5000/tools/make"),
        ("localhost:5000/tools/make:1", "localhost:5000/tools/make"),
        ("alpine@sha256:0123", "alpine"),
        ("alpine:3@sha256:0123", "alpine"),
        ("", ""),
    ],
)
def test_the_repository_of_an_image_has_no_tag_and_no_default_registry(image: str, repository: str) -> None:
    assert repository_of(image) == repository


@pytest.mark.parametrize(
    ("container", "command"),
    [
        pytest.param({"image": "busybox"}, ["sh"], id="cmd"),
        pytest.param({"image": "python:3"}, ["python3"], id="cmd of another image"),
        pytest.param({"image": "busybox", "args": ["ls"]}, ["ls"], id="args replace cmd"),
        pytest.param({"image": "argoproj/argosay:v2"}, ["argosay"], id="entrypoint"),
        pytest.param(
            {"image": "argoproj/argosay:v2", "args": ["cat", "x"]}, ["argosay", "cat", "x"], id="both"
        ),
        pytest.param({"image": "argoproj/argosay:v2", "command": ["sh"]}, ["sh"], id="command replaces both"),
        pytest.param({"image": "unheard/of", "command": ["ls"], "args": ["-l"]}, ["ls", "-l"], id="no rule"),
        pytest.param({"image": "unheard/of"}, [], id="nothing known"),
    ],
)
@pytest.mark.argo("3-container")
def test_command_and_args_combine_with_the_image_as_in_kubernetes(
    container: dict[str, Any], command: list[str]
) -> None:
    rule = find_rule(container["image"], DEFAULT_IMAGES)

    assert command_of(container, rule) == command


def test_the_first_rule_that_fits_decides() -> None:
    rules = (ImageRule("me/special", arguments=("one",)), ImageRule("me/*", arguments=("two",)))

    found = [find_rule(image, rules) for image in ("me/special:1", "me/other", "you/other")]

    assert found == [rules[0], rules[1], None]


def test_programs_that_only_the_image_has_get_a_local_stand_in() -> None:
    container = {"name": "main", "image": "argoproj/argosay:v2", "command": ["/argosay"], "args": ["echo"]}

    built = build_container(_order({}), container, ProcessSettings(), Objects())

    assert built["arguments"] == ["argosay", "echo"]


def test_an_image_without_command_and_rule_is_refused_with_a_remedy() -> None:
    with pytest.raises(CannotRunError, match=r'"unheard/of" .* give the template a command'):
        build_container(_order({}), {"name": "main", "image": "unheard/of"}, ProcessSettings(), Objects())


def test_operators_may_refuse_images_without_rule() -> None:
    container = {"name": "main", "image": "unheard/of", "command": ["true"]}

    with pytest.raises(
        CannotRunError, match=r"^Pod failed before main container starts due to ErrImagePull: "
    ):
        build_container(_order({}), container, ProcessSettings(unknown_image="refuse"), Objects())


@pytest.mark.parametrize("template", [{}, {"containerSet": {}}, {"container": None}, {"container": []}])
def test_only_containers_and_scripts_have_a_main_container(template: dict[str, Any]) -> None:
    with pytest.raises(CannotRunError, match="only container, script and containerSet"):
        main_containers(template)


@pytest.mark.parametrize(
    ("text", "expanded"),
    [
        pytest.param("no reference", "no reference", id="nothing to do"),
        pytest.param("$(A) and $(B)", "1 and 2", id="references"),
        pytest.param("$(C)", "$(C)", id="unknown stays"),
        pytest.param("$$(A)", "$(A)", id="escaped"),
        pytest.param("$$$(A)", "$1", id="escaped dollar, then a reference"),
        pytest.param("kill $$", "kill $", id="two dollars are one"),
        pytest.param("$A ${A}", "$A ${A}", id="the shell's own"),
        pytest.param("$(date $(A))", "$(date $(A))", id="a reference ends at the first parenthesis"),
        pytest.param("$(A", "$(A", id="unfinished"),
        pytest.param("$", "$", id="at the end"),
    ],
)
def test_references_to_variables_are_expanded_as_in_kubernetes(text: str, expanded: str) -> None:
    assert expand(text, {"A": "1", "B": "2"}) == expanded


def test_variables_come_in_order_and_argos_win() -> None:
    container = {
        "name": "main",
        "env": [
            {"name": "FIRST", "value": "1"},
            {"name": "SECOND", "value": "$(FIRST)$(LATER)"},
            {"name": "LATER", "value": "3"},
            {"name": "EMPTY"},
            {"name": "POD", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}},
            {"name": "TEAM", "valueFrom": {"fieldRef": {"fieldPath": "metadata.labels['team']"}}},
            {"name": "NOTE", "valueFrom": {"fieldRef": {"fieldPath": "metadata.annotations['none']"}}},
            {"name": "ARGO_NODE_ID", "value": "forged"},
        ],
    }

    order = _order({}, labels={"team": "red"}, capture_result=True)

    assert variables_of(order, container, {"FIRST": "settings", "HTTP_PROXY": "proxy"}, Objects()) == {
        "ARGO_CONTAINER_NAME": "main",
        "ARGO_INCLUDE_SCRIPT_OUTPUT": "true",
        "ARGO_NODE_ID": "hello-7",
        "ARGO_POD_NAME": "hello-a-7",
        "ARGO_WORKFLOW_NAME": "hello",
        "ARGO_WORKFLOW_UID": "uid-1",
        "EMPTY": "",
        "FIRST": "1",
        "HOSTNAME": "hello-a-7",
        "HTTP_PROXY": "proxy",
        "LATER": "3",
        "NOTE": "",
        "POD": "hello-a-7",
        "SECOND": "1$(LATER)",
        "TEAM": "red",
    }
