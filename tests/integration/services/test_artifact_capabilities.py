"""Artifacts in stores without a driver are told at submit, with their place."""

from __future__ import annotations

from typing import Any

import pytest

from workflows.services.artifact_capabilities import unsupported_stores
from workflows.services.capabilities import find_unsupported
from workflows.spec import parse_documents

HDFS = {"hdfs": {"addresses": ["h:1"], "path": "/p"}}
OSS = {"oss": {"endpoint": "e", "bucket": "b", "key": "k"}}
PLUGIN = {"plugin": {"name": "mine", "configuration": "c", "key": "k"}}


def template(**fields: Any) -> dict[str, Any]:
    return {"templates": [{"name": "main", **fields}]}


CASES: dict[str, tuple[dict[str, Any], list[tuple[str, str]]]] = {
    "outputs": (
        template(outputs={"artifacts": [{"name": "a", **HDFS}]}),
        [("templates.0.outputs.artifacts.0.hdfs", "hdfs artifacts")],
    ),
    "inputs and location": (
        template(archiveLocation=OSS, inputs={"artifacts": [{"name": "a"}, {"name": "b", **PLUGIN}]}),
        [
            ("templates.0.archiveLocation.oss", "oss artifacts"),
            ("templates.0.inputs.artifacts.1.plugin", "artifact plugin mine"),
        ],
    ),
    "arguments": (
        template(steps=[[{"name": "s", "arguments": {"artifacts": [{"name": "a", **HDFS}]}}]]),
        [("templates.0.steps.0.0.arguments.artifacts.0.hdfs", "hdfs artifacts")],
    ),
    "listed": (
        template(data={"source": {"artifactPaths": {"name": "a", **OSS}}}),
        [("templates.0.data.source.artifactPaths.oss", "oss artifacts")],
    ),
    "of the run": (
        {"arguments": {"artifacts": [{"name": "a", "azure": {"endpoint": "e", "container": "c", "blob": "b",
                                                           "useSDKCreds": True}}]}},
        [("arguments.artifacts.0.azure", "azure with useSDKCreds")],
    ),
    "only a key": (template(outputs={"artifacts": [{"name": "a", "oss": {"key": "k"}}]}), []),
    "the folder": (
        template(outputs={"artifacts": [{"name": "a", "plugin": {"name": "folder", "key": "k"}}]}), []
    ),
    "nothing odd": (
        template(outputs={"artifacts": [{"name": "a", "s3": {"endpoint": "e", "bucket": "b"}}]}), []
    ),
    "not an artifact": ({"artifacts": "text", "templates": [{"archiveLocation": None}]}, []),
}  # fmt: skip


@pytest.mark.argo("7-store-drivers")
@pytest.mark.parametrize(("spec", "expected"), CASES.values(), ids=CASES)
def test_stores_without_a_driver(spec: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    found = [(".".join(map(str, path)), name) for path, name in unsupported_stores(spec, ())]

    assert found == expected


def test_the_line_is_told() -> None:
    text = """\
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {generateName: a-}
spec:
  entrypoint: main
  templates:
    - name: main
      container: {image: busybox}
      outputs:
        artifacts:
          - {name: a, path: /a, hdfs: {addresses: [h], path: /p, hdfsUser: u}}
"""
    [document] = parse_documents(text)

    [problem] = find_unsupported(document)

    assert (problem.line, problem.code, problem.message) == (
        11,
        "not-supported-here",
        "this server has no driver for hdfs artifacts",
    )
