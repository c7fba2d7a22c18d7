"""Fields that only a cluster can honour are kept and reach the executor in the launch order."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.unit.engine.world import Outcome, World
from workflows.engine.messages import JsonObject, Launch
from workflows.spec import load, parse_documents

CLAIM = {"metadata": {"name": "work"}, "spec": {"accessModes": ["ReadWriteOnce"]}}
DEVICE = [{"name": "gpu", "resourceClaimTemplateName": "one-gpu"}]
AFFINITY = {"nodeAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": []}}


def _row(field: str, value: Any, *features: str) -> Any:
    return pytest.param(field, value, id=field, marks=pytest.mark.argo(*features))


OF_RUN = [
    _row("volumeClaimTemplates", [CLAIM], "2-volume-claim-templates"),
    _row("volumeClaimGC", {"strategy": "OnWorkflowCompletion"}, "2-volume-claim-templates"),
    _row("volumes", [{"name": "data", "persistentVolumeClaim": {"claimName": "data"}}], "2-volumes"),
    _row("serviceAccountName", "builder", "2-service-account-name"),
    _row("automountServiceAccountToken", False, "2-service-account-name"),
    _row("executor", {"serviceAccountName": "reporter"}, "2-service-account-name"),
    _row("nodeSelector", {"kubernetes.io/os": "windows"}, "2-scheduling", "23-windows-containers"),
    _row("affinity", AFFINITY, "2-scheduling"),
    _row("tolerations", [{"key": "spot", "operator": "Exists"}], "2-scheduling"),
    _row("schedulerName", "batch", "2-scheduling"),
    _row("podPriorityClassName", "high", "2-scheduling"),
    _row("hostNetwork", True, "2-scheduling"),
    _row("hostAliases", [{"ip": "10.0.0.1", "hostnames": ["db"]}], "2-scheduling"),
    _row("dnsPolicy", "None", "2-scheduling"),
    _row("dnsConfig", {"nameservers": ["10.0.0.2"]}, "2-scheduling"),
    _row("imagePullSecrets", [{"name": "registry"}], "2-scheduling"),
    _row("securityContext", {"runAsUser": 1000}, "2-security-context"),
    _row("podSpecPatch", '{"hostname": "{{workflow.name}}"}', "2-pod-spec-patch"),
    _row("podMetadata", {"labels": {"of": "{{workflow.name}}"}}, "2-pod-metadata"),
    _row("podDisruptionBudget", {"minAvailable": 1}, "2-pod-disruption-budget"),
    _row("podGC", {"strategy": "OnPodSuccess", "deleteDelayDuration": "30s"}, "2-pod-gc"),
    _row("podResources", {"limits": {"cpu": "2"}}, "2-pod-resources"),
    _row("resourceClaims", DEVICE, "2-resource-claims"),
]
OF_TEMPLATE = [
    _row("nodeSelector", {"disk": "fast"}, "2-scheduling"),
    _row("tolerations", [{"key": "spot", "operator": "Exists"}], "2-scheduling"),
    _row("priorityClassName", "high", "2-scheduling"),
    _row("securityContext", {"runAsUser": 1000}, "2-security-context"),
    _row("serviceAccountName", "builder", "2-service-account-name"),
    _row("podSpecPatch", '{"hostname": "{{pod.name}}"}', "2-pod-spec-patch"),
    _row("metadata", {"annotations": {"of": "{{workflow.name}}"}}, "2-pod-metadata"),
    _row("podResources", {"limits": {"memory": "1Gi"}}, "2-pod-resources"),
    _row("resourceClaims", DEVICE, "2-resource-claims"),
]


def _workflow(spec: JsonObject, template: JsonObject) -> JsonObject:
    main = {"name": "main", "container": {"image": "busybox"}, **template}
    return {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Workflow",
        "metadata": {"name": "w"},
        "spec": {"entrypoint": "main", "templates": [main], **spec},
    }


def _orders(workflow: JsonObject, outcome: Outcome | None = None) -> list[Launch]:
    """The first three launch orders of the run."""
    orders: list[Launch] = []

    def end(order: Launch) -> Outcome:
        orders.append(order)
        return outcome or Outcome()

    world = World(workflow, end)
    world.apply()
    while world.next_time() is not None and len(orders) < 3:
        world.apply(world.pass_time())
    return orders


def _resolved(value: Any, order: Launch) -> Any:
    if isinstance(value, str):
        return value.replace("{{workflow.name}}", order.run_name).replace("{{pod.name}}", order.pod_name)
    return {key: _resolved(item, order) for key, item in value.items()} if isinstance(value, dict) else value


@pytest.mark.parametrize(("field", "value"), OF_RUN)
def test_settings_of_the_run_reach_the_executor(field: str, value: Any) -> None:
    [order] = _orders(_workflow({field: value}, {}))

    assert order.pod[field] == _resolved(value, order)


@pytest.mark.parametrize(("field", "value"), OF_TEMPLATE)
def test_settings_of_a_template_reach_the_executor(field: str, value: Any) -> None:
    [order] = _orders(_workflow({}, {field: value}))

    assert order.template[field] == _resolved(value, order)


@pytest.mark.argo("22-debug-pause")
def test_variables_that_hold_a_container_for_debugging_reach_the_executor() -> None:
    env = [{"name": f"ARGO_DEBUG_PAUSE_{when}", "value": "true"} for when in ("BEFORE", "AFTER")]

    [order] = _orders(_workflow({}, {"container": {"image": "busybox", "env": env}}))

    assert order.template["container"]["env"] == env


def test_all_of_them_are_fields_that_argo_knows() -> None:
    spec = {row.values[0]: row.values[1] for row in OF_RUN}
    template = {row.values[0]: row.values[1] for row in OF_TEMPLATE}

    [document] = parse_documents(json.dumps(_workflow(spec, template)))

    load(document)

    assert not document.problems
    assert document.raw == _workflow(spec, template)


FAILING = Outcome(phase="Failed", exit_code=1)
RETRY = {"retryStrategy": {"limit": 2, "affinity": {"nodeAntiAffinity": {}}}}
NOT_THERE = {"key": "kubernetes.io/hostname", "operator": "NotIn", "values": ["host-1"]}
ZONE = {"key": "zone", "operator": "In", "values": ["a"]}


def _terms(order: Launch) -> Any:
    required = order.template["affinity"]["nodeAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]
    return required["nodeSelectorTerms"]


@pytest.mark.argo("8-node-anti-affinity")
def test_an_attempt_avoids_the_hosts_of_failed_ones() -> None:
    first, *others = _orders(_workflow({}, RETRY), FAILING)

    assert "affinity" not in first.template
    assert [_terms(order) for order in others] == [[{"matchExpressions": [NOT_THERE]}]] * 2


@pytest.mark.parametrize("where", ["run", "template"])
def test_the_rule_joins_an_affinity_that_is_there(where: str) -> None:
    terms = [{"matchExpressions": [ZONE]}]
    required = {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": terms}}
    affinity = {"affinity": {"nodeAffinity": required}}
    workflow = _workflow(affinity, RETRY) if where == "run" else _workflow({}, {**RETRY, **affinity})

    orders = _orders(workflow, FAILING)

    assert _terms(orders[1]) == [{"matchExpressions": [ZONE, NOT_THERE]}]
    assert terms == [{"matchExpressions": [ZONE]}]


def test_the_hosts_of_a_failed_composite_count() -> None:
    workflow = _workflow({}, {})
    inner = workflow["spec"]["templates"][0]
    outer = {"name": "outer", "steps": [[{"name": "a", "template": "main"}]], **RETRY}
    workflow["spec"] |= {"entrypoint": "outer", "templates": [outer, inner]}

    first, second, *_ = _orders(workflow, FAILING)

    assert "affinity" not in first.template
    assert _terms(second) == [{"matchExpressions": [NOT_THERE]}]


def test_without_the_wish_hosts_do_not_matter() -> None:
    orders = _orders(_workflow({}, {"retryStrategy": {"limit": 2}}), FAILING)

    assert ["affinity" in order.template for order in orders] == [False, False, False]
