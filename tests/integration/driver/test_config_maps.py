"""Runs read the ConfigMaps of their namespace as they are now."""

from __future__ import annotations

import pytest

from workflows.models import ConfigEntry, Namespace
from workflows.store import load

LABELS = {"workflows.argoproj.io/configmap-type": "Parameter"}
READER = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: reader}
spec:
  entrypoint: main
  templates:
    - name: main
      steps: [[{name: wait, template: wait}], [{name: read, template: read}]]
    - {name: wait, suspend: {duration: "100"}}
    - name: read
      inputs:
        parameters:
          - {name: text, valueFrom: {configMapKeyRef: {name: settings, key: text}}}
      container: {image: busybox, command: [echo, "{{inputs.parameters.text}}"]}
"""


def set_text(text: str, now: int) -> None:
    home, _ = Namespace.objects.get_or_create(name="team", defaults={"created_at": 0})
    ConfigEntry.objects.update_or_create(
        namespace=home,
        name="settings",
        defaults={"data": {"text": text}, "labels": LABELS, "updated_at": now},
    )


def commands(engine) -> list[list[str]]:
    return [order.template["container"]["command"] for order in engine.sent]


@pytest.mark.argo("6-value-from-config-map-key-ref")
def test_a_value_is_read_when_the_node_starts(world):
    set_text("before", world.clock.now())
    world.submit(READER)
    engine = world.engine()
    engine.work()
    set_text("after", world.clock.now() + 1)

    engine.sweep(2_000)
    engine.sweep(100_000)

    assert commands(engine) == [["echo", "after"]]


def test_a_value_is_known_after_a_restart(world):
    set_text("kept", world.clock.now())
    run_id = world.submit(READER)
    first = world.engine()
    first.work()
    first.crash()
    world.pass_ms(100_001)

    second = world.engine(sole=True)
    second.work()

    assert commands(second) == [["echo", "kept"]]
    assert world.run(run_id).phase == "Succeeded"


def test_a_missing_config_map_is_told_on_the_node(world):
    run_id = world.submit(READER)
    engine = world.engine()
    engine.work()
    engine.sweep(100_001)

    [node] = [node for node in load.load_nodes(run_id) if node.display_name == "read"]
    assert (node.phase, "ConfigMap 'settings' does not exist" in node.message) == ("Error", True)
