"""estimatedDuration: as long as the newest run of the same template that succeeded."""

from __future__ import annotations

import pytest

from workflows.models import Node, Run, Template
from workflows.services.access import Access
from workflows.services.estimates import node_estimates
from workflows.services.presentation import show_summary, show_workflow
from workflows.services.runs import get_run
from workflows.services.submit import submit_from_template
from workflows.services.templates import store_text

pytestmark = pytest.mark.argo("4-estimated-duration")

TEMPLATE = """
apiVersion: argoproj.io/v1alpha1
kind: WorkflowTemplate
metadata: {name: known}
spec:
  entrypoint: main
  templates: [{name: main, container: {image: busybox}}]
"""
START = 1_700_000_000_000


@pytest.fixture
def submit(root, fake_clock):
    store_text(root, namespace="team", text=TEMPLATE)

    def submit():
        fake_clock.pass_ms(1000)
        made = submit_from_template(root, namespace="team", template="known", kind=Template.Kind.NAMESPACED)
        return get_run(root, made.uid)

    return submit


def end(record, seconds, phase="Succeeded"):
    rows = Run.objects.filter(id=record.run_id)
    rows.update(phase=phase, started_at=START, finished_at=START + seconds * 1000 + 999, node_count=2)
    for idx, (name, took) in enumerate([("", seconds * 1000), ("[0]", 400)]):
        Node.objects.create(
            id=record.run_id << 24 | idx, run_id=record.run_id, idx=idx, seq=1, node_id=f"n{idx}",
            name=record.run.name + name, display_name="n", type="Pod", phase="Succeeded", started_at=START,
            finished_at=START + took,
        )  # fmt: skip


def test_the_newest_success_tells(root, submit):
    first = submit()
    end(first, 30)
    end(submit(), 10)
    end(submit(), 99, "Failed")
    record = submit()

    assert "estimatedDuration" not in first.run.memo
    assert record.run.memo["estimatedDuration"] == 10
    assert show_summary(record, Access(root))["status"]["estimatedDuration"] == 10
    assert node_estimates(record.run) == {"": 10}
    assert node_estimates(first.run) == {}


def test_nodes_show_what_their_like_took(root, submit):
    end(submit(), 10)
    record = submit()
    Node.objects.create(
        id=record.run_id << 24, run_id=record.run_id, idx=0, seq=1, node_id="x", name=record.run.name,
        display_name="n", type="Pod", phase="Running", started_at=START,
    )  # fmt: skip

    shown = show_workflow(record, Access(root))

    assert shown["status"]["nodes"]["x"]["estimatedDuration"] == 10


def test_a_baseline_that_is_gone_or_large_tells_nothing_of_nodes(submit, monkeypatch):
    baseline = submit()
    end(baseline, 10)
    record = submit()

    monkeypatch.setattr("workflows.store.estimates._MOST_NODES", 1)
    assert node_estimates(record.run) == {}
    monkeypatch.undo()
    assert node_estimates(record.run) == {"": 10}
    Node.objects.all().delete()
    Run.objects.filter(id=baseline.run_id).delete()
    assert node_estimates(record.run) == {}


def test_a_template_that_always_fails_is_not_searched_for_ever(submit, monkeypatch):
    monkeypatch.setattr("workflows.store.estimates._LOOKS", 2)
    end(submit(), 10)
    end(submit(), 10, "Failed")
    end(submit(), 10, "Failed")

    assert "estimatedDuration" not in submit().run.memo
