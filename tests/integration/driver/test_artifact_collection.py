"""The end of a run and the collection of its artifacts are written together."""

from __future__ import annotations

import pytest

from tests.integration.driver.conftest import World
from workflows.engine.messages import RetryRun
from workflows.models import ArtifactCollection

MANIFEST = """
metadata: {name: r}
spec:
  entrypoint: main
  COLLECTION
  templates:
    - name: main
      container: {image: busybox}
      outputs: {artifacts: [{name: a, path: /tmp/a, optional: true}]}
"""


@pytest.mark.argo("7-artifact-gc")
def test_a_run_that_ends_has_a_collection(world: World) -> None:
    run_id = world.submit(MANIFEST.replace("COLLECTION", "artifactGC: {strategy: OnWorkflowCompletion}"))
    engine = world.engine()
    engine.work()

    assert world.run(run_id).phase == "Succeeded"
    row = ArtifactCollection.objects.get()
    assert (row.run_id, row.namespace, row.artifacts, row.tries) == (run_id, "team", "", 0)
    assert row.due_at > (world.run(run_id).finished_at or 0)

    ArtifactCollection.objects.all().delete()
    world.signal(run_id, RetryRun(restart_successful=True, selector="displayName=r"))
    engine.sweep()

    assert world.run(run_id).attempt == 1
    assert ArtifactCollection.objects.get().run_id == run_id


def test_a_run_without_collections_has_none(world: World) -> None:
    world.submit(MANIFEST.replace("COLLECTION", "archiveLogs: false"))
    world.engine().work()

    assert not ArtifactCollection.objects.exists()
