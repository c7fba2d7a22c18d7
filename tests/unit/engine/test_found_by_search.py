"""Workflows for which a property once failed, each as small as the search could make it, and the property."""

from __future__ import annotations

import textwrap
from typing import Any

import pytest
import yaml

from tests.unit.engine import test_engine_properties as properties

#: id: name of the property, templates (the first is the entrypoint), salt, more of the spec and arguments
FOUND: dict[str, tuple[str, str, int, dict[str, Any], dict[str, Any]]] = {
    "a-daemon-that-ended-while-its-next-attempt-waits": (
        "test_every_run_ends_and_leaves_nothing_open",
        """
        - name: main
          failFast: true
          steps: [[{name: a, template: wait}, {name: b, template: wait}, {name: s0c, template: server}]]
        - {name: wait, suspend: {}}
        - {name: server, daemon: true, container: {image: busybox}}
        """,
        0,
        {"retryStrategy": {"limit": 1}},
        {},
    ),
    "a-left-over-attempt-that-writes-an-artifact": (
        "test_orders_made_again_are_the_same",
        """
        - name: main
          failFast: true
          dag:
            tasks:
            - {name: ta, template: leaf, withItems: [1]}
            - {name: tb, template: request}
            - {name: tc, template: leaf}
            - {name: td, template: leaf}
        - name: leaf
          inputs: {parameters: [{name: p, value: none}]}
          container: {image: busybox}
        - name: request
          http: {url: "http://none"}
          outputs: {artifacts: [{name: a, path: /tmp/a}]}
          retryStrategy: {limit: 0}
        """,
        4_294_967_295,
        {},
        {},
    ),
    "the-timeout-of-a-node-that-waited-for-a-lock-before-a-restart": (
        "test_restarts_change_nothing",
        """
        - name: main
          steps:
          - [{name: s0a, template: leaf}, {name: s0b, template: leaf}]
          - [{name: s1a, template: leaf}]
        - name: leaf
          pendingTimeout: 1s
          container: {image: busybox}
          synchronization: {mutexes: [{name: one}]}
        """,
        1,
        {},
        {},
    ),
    "a-daemon-that-fails-beside-a-node-that-waits-for-a-lock": (
        "test_every_run_ends_and_leaves_nothing_open",
        """
        - name: main
          dag: {tasks: [{name: ta, template: leaf}, {name: tb, template: inner}]}
        - name: inner
          failFast: true
          retryStrategy: {limit: 0}
          steps: [[{name: s0a, template: leaf}, {name: s0b, template: server}]]
        - {name: leaf, container: {image: busybox}, synchronization: {mutexes: [{name: one}]}}
        - {name: server, daemon: true, container: {image: busybox}}
        """,
        0,
        {},
        {},
    ),
    "a-daemon-made-anew-for-what-keeps-its-place": (
        "test_a_retry_by_hand_does_again_what_the_plan_says",
        """
        - name: main
          parallelism: 1
          dag:
            tasks:
            - {name: ta, template: server}
            - {name: tb, template: inner, dependencies: [ta]}
            - {name: tc, template: server}
            - {name: td, template: server}
        - name: inner
          dag:
            tasks:
            - name: ta
              template: server
              arguments: {artifacts: [{name: i, from: "{{workflow.outputs.artifacts.ga}}"}]}
        - {name: server, daemon: true, container: {image: busybox}}
        """,
        0,
        {},
        {"chosen": False},
    ),
}


@pytest.mark.parametrize("case", FOUND.values(), ids=FOUND)
def test_what_once_failed_holds(case: tuple[str, str, int, dict[str, Any], dict[str, Any]]) -> None:
    name, templates, salt, spec, arguments = case
    parsed = yaml.safe_load(textwrap.dedent(templates))
    workflow = {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Workflow",
        "metadata": {"generateName": "found-"},
        "spec": {"entrypoint": "main", "templates": parsed, **spec},
    }

    getattr(properties, name).hypothesis.inner_test(workflow=workflow, salt=salt, **arguments)
