"""What an executor cannot do is told at submit, with its place, wherever in the manifest it is asked for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from workflows.executors import registry
from workflows.executors.process import ProcessExecutor, ProcessSettings
from workflows.services.capabilities import find_unsupported
from workflows.spec import parse_documents

HEAD = "apiVersion: argoproj.io/v1alpha1\nkind: Workflow\nmetadata: {name: w}\nspec:\n"
WORK = "  templates: [{name: main, container: {image: busybox}}]\n"
CASES = {
    "claims": (
        "  volumeClaimTemplates: [{metadata: {name: work}, spec: {}}]\n" + WORK,
        [],
    ),
    "volume-of-the-run": (
        "  volumes: [{name: a, emptyDir: {}}, {name: b, hostPath: {path: /b}}]\n" + WORK,
        [("spec.volumes", 5, "volumes[1].hostPath")],
    ),
    "patch-of-the-run": (
        '  podSpecPatch: \'{"runtimeClassName": "gvisor"}\'\n' + WORK,
        [("spec.podSpecPatch", 5, "podSpecPatch")],
    ),
    "defaults": (
        "  templateDefaults:\n    container: {lifecycle: {preStop: {httpGet: {port: 1}}}}\n" + WORK,
        [("spec.templateDefaults", 6, "templateDefaults.container.lifecycle")],
    ),
    "template": (
        "  templates:\n  - {name: main, container: {image: busybox, securityContext: {privileged: true}}}\n",
        [("spec.templates[0]", 6, "container.securityContext.privileged")],
    ),
    "inline-template": (
        "  templates:\n  - name: main\n    steps:\n    - - name: a\n        inline:\n"
        "          container: {image: busybox, securityContext: {privileged: true}}\n",
        [("spec.templates[0].steps[0][0].inline", 10, "container.securityContext.privileged")],
    ),
    "patch-with-tags": (
        '  podSpecPatch: \'{"containers": [{"name": "main", "resources": {{workflow.parameters.r}}}]}\'\n'
        + WORK,
        [],
    ),
    "pause-for-debugging": (
        "  templates:\n  - name: main\n    container: {image: busybox, env: [{name: A, value: a},"
        ' {name: ARGO_DEBUG_PAUSE_AFTER, value: "true"}]}\n',
        [("spec.templates[0]", 6, "container.env[1].ARGO_DEBUG_PAUSE_AFTER")],
    ),
    "no-pause-for-debugging": (
        "  templates:\n  - name: main\n"
        '    container: {image: busybox, env: [{name: ARGO_DEBUG_PAUSE_AFTER, value: "false"}]}\n',
        [],
    ),
    "nothing": ("  nodeSelector: {disk: fast}\n" + WORK, []),
}


@pytest.fixture
def _local_processes(tmp_path: Path) -> Iterator[None]:
    before = registry.current()
    registry.install(ProcessExecutor(tmp_path, ProcessSettings()))
    yield
    registry.install(before)


@pytest.mark.usefixtures("_local_processes")
@pytest.mark.parametrize(("spec", "expected"), CASES.values(), ids=CASES.keys())
@pytest.mark.argo("2-volume-claim-templates", "2-pod-spec-patch", "22-debug-pause")
def test_what_local_processes_cannot_do_is_told(spec: str, expected: list[tuple[str, int, str]]) -> None:
    [document] = parse_documents(HEAD + spec)

    found = find_unsupported(document)

    assert [(problem.path, problem.line, problem.code, problem.message) for problem in found] == [
        (path, line, "not-supported-here", f"the executor of this server cannot honour {name!r}")
        for path, line, name in expected
    ]
    assert all(problem.remedy for problem in found)
