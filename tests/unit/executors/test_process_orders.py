"""From orders to messages for the shepherd, and which orders are refused. Nothing is started."""

from __future__ import annotations

from typing import Any

import pytest

from workflows.engine.messages import Launch
from workflows.executors.process.claims import Claims
from workflows.executors.process.names import attempt_folder, run_folder
from workflows.executors.process.objects import Objects
from workflows.executors.process.orders import build_order
from workflows.executors.process.refusal import CannotRunError
from workflows.executors.process.settings import ProcessSettings
from workflows.executors.process.shepherd.attempts import Order
from workflows.executors.process.shepherd.folders import Layout
from workflows.executors.process.support import is_harmless_patch, unsupported_fields

CONTAINER = {"image": "busybox", "command": ["true"]}


def _build(template: dict[str, Any], **fields: Any) -> dict[str, Any]:
    order = Launch(
        run_uid="uid-1",
        run_name="hello",
        namespace="team",
        node_id="hello-7",
        node_name="hello.a",
        attempt=2,
        pod_name="hello-a-7",
        template=template,
        **fields,
    )
    return build_order(order, ProcessSettings(), Objects(), Claims(Layout("/state"))).message


@pytest.mark.parametrize(
    ("ids", "folder"),
    [
        (("run", "node-1", 0), "run/node-1~0"),
        (("run", "node-1", 12), "run/node-1~12"),
        (("a.b_c-D", "n", 0), "a.b_c-D/n~0"),
    ],
)
def test_harmless_ids_are_folder_names(ids: tuple[str, str, int], folder: str) -> None:
    assert attempt_folder(*ids) == folder


@pytest.mark.parametrize(
    "run_uid",
    [
        "",
        ".",
        "..",
        "../../etc",
        "a/b",
        "a\0b",
        "a b",
        ".hidden",
        "h-0123",
        "x" * 101,
        "ü",
        "\ud800",
        "a~b",
        "-r",
    ],
)
def test_other_ids_become_digests(run_uid: str) -> None:
    folder = run_folder(run_uid)

    assert folder.startswith("h-")
    assert len(folder) == 42
    assert folder != run_folder(run_uid + "x")


def test_a_container_becomes_a_message_that_the_shepherd_understands() -> None:
    template = {
        "container": {**CONTAINER, "args": ["$(ARGO_NODE_ID)"], "workingDir": "/work"},
        "initContainers": [{"name": "first", "image": "busybox", "command": ["ls"]}],
    }

    message = _build(
        template, output_paths={"v": "//tmp/./v"}, active_deadline_seconds=5, capture_result=True
    )

    order = Order.from_message(message)
    assert (order.name, order.key) == ("uid-1/hello-7~2", ["uid-1", "hello-7", 2, True])
    assert [(each.name, each.arguments, each.folder) for each in order.containers] == [
        ("first", ("ls",), ""),
        ("main", ("true", "hello-7"), "/work"),
    ]
    assert (order.outputs, order.deadline_seconds, order.script) == ({"v": "/tmp/v"}, 5, None)


def test_a_script_is_the_last_argument_of_its_main_container_only() -> None:
    template = {
        "script": {"image": "python", "command": ["python"], "source": "print($(HOSTNAME))"},
        "initContainers": [{"name": "first", "image": "busybox"}],
    }

    order = Order.from_message(_build(template))

    assert order.script == "print($(HOSTNAME))"
    assert [each.takes_script for each in order.containers] == [False, True]


@pytest.mark.argo("2-volumes")
def test_volumes_of_run_and_template_are_mounted_for_all_containers() -> None:
    template = {
        "container": {
            **CONTAINER,
            "volumeMounts": [{"name": "work", "mountPath": "/mnt/out/", "subPath": "a", "readOnly": True}],
        },
        "initContainers": [
            {
                "name": "first",
                "image": "busybox",
                "mirrorVolumeMounts": True,
                "volumeMounts": [{"name": "own", "mountPath": "/own"}],
            }
        ],
        "volumes": [{"name": "own"}],
    }

    message = _build(template, pod={"volumes": [{"name": "work", "emptyDir": {}}]})

    assert message["mounts"] == [
        {"path": "/own", "volume": "own", "sub_path": "", "read_only": False},
        {"path": "/mnt/out", "volume": "work", "sub_path": "a", "read_only": True},
    ]


def test_raw_input_artifacts_are_files() -> None:
    artifacts = [
        {"name": "in", "path": "/in/data.json", "raw": {"data": "{}"}},
        {"name": "maybe", "path": "/in/x", "optional": True},
    ]

    message = _build({"container": CONTAINER, "inputs": {"artifacts": artifacts}})

    assert message["files"] == {"/in/data.json": "{}"}


def _mounting(**mount: Any) -> dict[str, Any]:
    return {"container": {**CONTAINER, "volumeMounts": [{"name": "v", **mount}]}, "volumes": [{"name": "v"}]}


@pytest.mark.parametrize(
    ("template", "fields", "text"),
    [
        pytest.param({"container": {"image": "x"}}, {}, "has no known command", id="no command"),
        pytest.param({"resource": {}}, {}, "only container, script and containerSet", id="nothing to run"),
        pytest.param({"resource": {"action": "get"}}, {}, "do not support resource", id="resource"),
        pytest.param(
            {"containerSet": {"containers": [{"name": "a", **CONTAINER, "dependencies": ["b"]}]}},
            {},
            "depends on b, which is not in the set",
            id="unknown dependency",
        ),
        pytest.param(_mounting(mountPath="../etc"), {}, "not an absolute path", id="relative mount"),
        pytest.param(_mounting(mountPath="/a/../../b"), {}, "not an absolute path", id="mount upwards"),
        pytest.param(_mounting(mountPath="/a\0b"), {}, "not an absolute path", id="mount with NUL"),
        pytest.param(_mounting(mountPath="/a\ud800"), {}, "not an absolute path", id="mount with surrogate"),
        pytest.param(_mounting(mountPath="//"), {}, "cannot be mounted at /", id="mount at root"),
        pytest.param(
            _mounting(mountPath="/a", subPath="../x"), {}, "subPath of volume 'v'", id="sub path upwards"
        ),
        pytest.param(
            {"container": {**CONTAINER, "volumeMounts": [{"name": "v", "mountPath": "/v"}]}},
            {},
            "volume 'v' is mounted but not declared",
            id="unknown volume",
        ),
        pytest.param(
            {"container": {**CONTAINER, "volumeMounts": [{"name": "v", "mountPath": "/v"}]}},
            {"pod": {"volumes": [{"name": "v", "hostPath": {"path": "/"}}]}},
            "volume 'v': local processes cannot mount hostPath",
            id="volume of the host",
        ),
        pytest.param(
            {"container": CONTAINER},
            {"output_paths": {"v": "v.txt"}},
            "output parameter 'v'",
            id="relative output",
        ),
        pytest.param(
            {"container": CONTAINER, "outputs": {"artifacts": [{"name": "a", "path": "/."}]}},
            {},
            "all of / cannot be saved",
            id="root as an output",
        ),
        pytest.param(
            {"container": CONTAINER, "inputs": {"artifacts": [{"name": "a", "path": "/", "raw": {}}]}},
            {},
            "input artifact 'a' cannot be put at /",
            id="root as an input",
        ),
        pytest.param(
            {"container": {**CONTAINER, "readinessProbe": {"tcpSocket": {"port": "web"}}}, "daemon": True},
            {},
            "readinessProbe of container main: no port 'web'",
            id="port without a number",
        ),
        pytest.param(
            {"container": CONTAINER},
            {"pod": {"podSpecPatch": '{"hostNetwork": true}'}},
            "do not support spec.podSpecPatch",
            id="patch of the run",
        ),
        pytest.param(
            {"container": CONTAINER, "initContainers": [{"name": "main", **CONTAINER}]},
            {},
            "have the same name",
            id="two containers of one name",
        ),
    ],
)
def test_impossible_orders_are_refused_with_the_reason(
    template: dict[str, Any], fields: dict[str, Any], text: str
) -> None:
    with pytest.raises(CannotRunError, match=text):
        _build(template, **fields)


@pytest.mark.parametrize(
    ("template", "fields"),
    [
        pytest.param({"container": CONTAINER}, [], id="plain"),
        pytest.param(
            {
                "name": "t",
                "container": {**CONTAINER, "resources": {"limits": {"cpu": 1}}, "imagePullPolicy": "Always"},
                "nodeSelector": {"a": "b"},
                "retryStrategy": {"limit": 1},
                "securityContext": {"runAsUser": 1000},
                "metadata": {"labels": {}},
                "timeout": "4s",
            },
            [],
            id="fields of no consequence",
        ),
        pytest.param({"container": {**CONTAINER, "envFrom": []}, "sidecars": []}, [], id="empty is absent"),
        pytest.param({"script": {"lifecycle": {"preStop": {}}}}, ["script.lifecycle"], id="lifecycle"),
        pytest.param(
            {"container": {**CONTAINER, "securityContext": {"privileged": True, "runAsUser": 0}}},
            ["container.securityContext.privileged"],
            id="privileged",
        ),
        pytest.param(
            {"container": {**CONTAINER, "securityContext": {"capabilities": {"add": ["NET_ADMIN"]}}}},
            ["container.securityContext.capabilities.add"],
            id="capabilities",
        ),
        pytest.param(
            {
                "container": {
                    **CONTAINER,
                    "env": [{"name": "A"}, {"valueFrom": {"resourceFieldRef": {"resource": "limits.cpu"}}}],
                }
            },
            ["container.env[1].valueFrom.resourceFieldRef"],
            id="variable",
        ),
        pytest.param(
            {"container": {**CONTAINER, "env": [{"valueFrom": {"fieldRef": {"fieldPath": "spec.other"}}}]}},
            ["container.env[0].valueFrom.fieldRef"],
            id="unknown field",
        ),
        pytest.param(
            {"container": CONTAINER, "initContainers": [{"name": "i", "restartPolicy": "Always"}]},
            ["initContainers[0].restartPolicy"],
            id="init container",
        ),
        pytest.param(
            {"container": CONTAINER, "volumes": [{"name": "a", "emptyDir": {}}, {"name": "b", "csi": {}}]},
            ["volumes[1].csi"],
            id="volume",
        ),
        pytest.param(
            {"containerSet": {"containers": [{"lifecycle": {"preStop": {}}}]}, "zeta": 1},
            ["containerSet.containers[0].lifecycle", "zeta"],
            id="unknown",
        ),
    ],
)
def test_fields_that_cannot_be_honoured_are_listed(template: dict[str, Any], fields: list[str]) -> None:
    assert unsupported_fields(template) == fields


@pytest.mark.parametrize(
    ("patch", "harmless"),
    [
        ('{"containers":[{"name":"main", "resources":{"limits":{"memory": "1Gi"}}}]}', True),
        ("nodeSelector:\n  disk: ssd\n", True),
        ("", True),
        ('{"containers":[{"name":"main", "image":"other"}]}', False),
        ('{"containers":["main"]}', False),
        ('{"hostNetwork": true}', False),
        ("[1]", False),
        ("{", False),
        ("[" * 5000, False),
    ],
    ids=["resources", "placement", "empty", "image", "no object", "network", "list", "broken", "deep"],
)
@pytest.mark.argo("2-pod-spec-patch")
def test_a_patch_is_harmless_when_it_leaves_alone_what_runs(patch: str, harmless: bool) -> None:
    assert is_harmless_patch(patch) is harmless
