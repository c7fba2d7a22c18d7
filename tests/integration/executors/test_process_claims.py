"""Volume claims as folders: what attempts write to them stays, for the run or for the namespace."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.contract.executor_harness import RUN, Harness
from tests.integration.executors.conftest import executor, result, shell
from workflows.engine.messages import Cleanup
from workflows.executors.process import ProcessExecutor, ProcessSettings

OWN: dict[str, Any] = {
    "volumes": [{"name": "work", "persistentVolumeClaim": {"claimName": "run-work"}}],
    "claimKeys": {"run-work": "run-work.1"},
}


def claim(name: str) -> dict[str, Any]:
    return {"metadata": {"name": name, "labels": {}}, "spec": {}}


def mounting(script: str, **mount: Any) -> dict[str, Any]:
    return shell(script, volumeMounts=[{"name": "work", "mountPath": "/mnt/work", **mount}])


def existing(name: str, **source: Any) -> dict[str, Any]:
    return {"volumes": [{"name": "work", "persistentVolumeClaim": {"claimName": name, **source}}]}


@pytest.fixture
def harness(tmp_path: Path) -> Iterator[Harness]:
    harness = Harness(ProcessExecutor(tmp_path / "state", ProcessSettings(linger_seconds=0)))
    if not executor(harness).isolation.private:
        harness.close()
        pytest.skip(executor(harness).isolation.reason)
    yield harness
    harness.cleanup()
    harness.close()


@pytest.mark.argo("2-volume-claim-templates")
def test_what_is_written_to_a_claim_of_the_run_is_there_for_the_next_node(harness: Harness) -> None:
    harness.run("a", mounting("echo kept > /mnt/work/file"), pod=OWN)

    assert result(harness.run("b", mounting("cat /mnt/work/file"), pod=OWN, capture_result=True)) == "kept"


def test_a_claim_given_up_is_empty_when_it_is_made_again(harness: Harness, tmp_path: Path) -> None:
    harness.run("a", mounting("echo kept > /mnt/work/file"), pod=OWN)
    anew = {**OWN, "claimKeys": {"run-work": "run-work.2"}}
    harness.run("b", mounting("echo new > /mnt/work/file"), pod=anew)

    harness.executor.cleanup([Cleanup(run_uid=RUN, claims=("run-work.1",))])

    assert [path.name for path in (tmp_path / "state").rglob("run-work.*")] == ["run-work.2"]
    assert result(harness.run("c", mounting("cat /mnt/work/file"), pod=anew, capture_result=True)) == "new"


def test_claims_of_a_run_go_with_it_and_those_of_the_namespace_stay(harness: Harness, tmp_path: Path) -> None:
    executor(harness).claims.create("team", claim("data"))
    harness.run("a", mounting("echo kept > /mnt/work/file"), pod=OWN)
    harness.run("b", mounting("echo kept > /mnt/work/file"), pod=existing("data"))

    harness.executor.cleanup([Cleanup(run_uid=RUN)])

    found = [str(path.relative_to(tmp_path / "state")) for path in (tmp_path / "state").rglob("file")]
    assert found == ["claims/team/data/data/file"]


def test_a_claim_nobody_made_is_an_error_that_names_it(harness: Harness) -> None:
    executor(harness).claims.create("other-team", claim("data"))

    end = harness.run("a", mounting("true"), pod=existing("data"))

    assert (end.phase, end.message) == ("Error", 'persistentvolumeclaim "data" not found')


@pytest.mark.parametrize(
    ("source", "mount"),
    [({"readOnly": True}, {}), ({}, {"readOnly": True})],
    ids=["of the volume", "of the mount"],
)
def test_a_claim_mounted_read_only_cannot_be_written(
    harness: Harness, source: dict[str, Any], mount: dict[str, Any]
) -> None:
    executor(harness).claims.create("team", claim("data"))

    end = harness.run("a", mounting("echo x > /mnt/work/file", **mount), pod=existing("data", **source))

    assert end.phase == "Failed"


def test_a_part_of_a_claim_is_mounted(harness: Harness) -> None:
    harness.run("a", mounting("echo kept > /mnt/work/file", subPath="some/part"), pod=OWN)

    end = harness.run("b", mounting("cd /mnt/work; find . -type f"), pod=OWN, capture_result=True)

    assert result(end) == "./some/part/file"


@pytest.mark.parametrize("target", ["/etc", "../../.."])
def test_a_link_that_leads_out_of_a_claim_is_not_mounted(harness: Harness, target: str) -> None:
    harness.run("a", mounting(f"ln -s {target} /mnt/work/out"), pod=OWN)

    end = harness.run("b", mounting("ls /mnt/work", subPath="out"), pod=OWN)

    assert (end.phase, "leads out of the volume" in end.message) == ("Error", True)


def test_an_input_artifact_inside_a_claim_goes_into_it(harness: Harness) -> None:
    template = mounting("cat /mnt/work/in/text")
    raw = {"name": "text", "path": "/mnt/work/in/text", "raw": {"data": "given"}, "mode": 0o644}
    template["inputs"] = {"artifacts": [raw]}
    harness.run("a", template, pod=OWN)

    assert (
        result(harness.run("b", mounting("cat /mnt/work/in/text"), pod=OWN, capture_result=True)) == "given"
    )
