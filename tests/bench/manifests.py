"""Manifests of any size for benchmarks, as JSON text: reading YAML is measured in `submit` alone."""

from __future__ import annotations

import json
from typing import Any

WORK = {"name": "work", "container": {"image": "busybox", "command": ["true"]}}
NOTHING = {"name": "nothing", "suspend": {"duration": "0"}}


def workflow(templates: list[dict[str, Any]], prefix: str = "bench-") -> str:
    return json.dumps(
        {
            "apiVersion": "argoproj.io/v1alpha1",
            "kind": "Workflow",
            "metadata": {"generateName": prefix},
            "spec": {"entrypoint": "main", "templates": templates},
        }
    )


def layers(count: int, width: int) -> str:
    """A DAG of `count` layers, each `width` pods made by a loop, each waiting for the whole layer before."""
    tasks = [
        {
            "name": f"layer-{number}",
            "template": "work",
            "withSequence": {"count": str(width)},
            **({"depends": f"layer-{number - 1}"} if number else {}),
        }
        for number in range(count)
    ]
    return workflow([{"name": "main", "dag": {"tasks": tasks}}, WORK])


def tasks(count: int, width: int) -> str:
    """A DAG of `count` single tasks in layers of `width`; each waits for two of the layer before."""
    listed = []
    for number in range(count):
        layer, place = divmod(number, width)
        before = (layer - 1) * width
        needs = dict.fromkeys((f"t{before + place}", f"t{before + (place + 1) % width}")) if layer else ()
        listed.append(
            {"name": f"t{number}", "template": "work", **({"dependencies": [*needs]} if needs else {})}
        )
    return workflow([{"name": "main", "dag": {"tasks": listed}}, WORK])


def chain(length: int, template: dict[str, Any]) -> str:
    """Tasks that each wait for the one before."""
    tasks = [
        {"name": f"t{n}", "template": template["name"], **({"depends": f"t{n - 1}"} if n else {})}
        for n in range(length)
    ]
    return workflow([{"name": "main", "dag": {"tasks": tasks}}, template])


def nothing_at_all(count: int) -> str:
    """`count` nodes without a process: skipped steps, suspends of no duration, nested steps around them."""
    inner = [{"name": "skip", "template": "nothing", "when": "1 == 2"}]
    steps = [[{"name": f"s{n}", "template": "pair"} for n in range(count // 4)]]
    pair = {"name": "pair", "steps": [[*inner, {"name": "wait", "template": "nothing"}]]}
    return workflow([{"name": "main", "steps": steps}, pair, NOTHING])


def tasks_yaml(count: int) -> str:
    """A hand-written looking DAG of `count` tasks, each with arguments and up to three dependencies."""
    lines = [
        "apiVersion: argoproj.io/v1alpha1",
        "kind: Workflow",
        "metadata:",
        "  generateName: large-",
        "spec:",
        "  entrypoint: main",
        "  templates:",
        "    - name: main",
        "      dag:",
        "        tasks:",
    ]
    for number in range(count):
        earlier = [f"task-{n}" for n in (number - 50, number - 57, number - 61) if n >= 0]
        lines += [
            f"          - name: task-{number}",
            "            template: work",
            *([f"            depends: {' && '.join(earlier)}"] if earlier else []),
            "            arguments:",
            "              parameters:",
            "                - name: input",
            f'                  value: "data/part-{number:05}.parquet"',
            "                - name: mode",
            "                  value: full",
        ]
    lines += [
        "    - name: work",
        "      inputs:",
        "        parameters:",
        "          - name: input",
        "          - name: mode",
        "      container:",
        "        image: busybox",
        "        command: [sh, -c]",
        '        args: ["echo {{inputs.parameters.input}} {{inputs.parameters.mode}}"]',
    ]
    return "\n".join(lines) + "\n"
