"""Artifacts between nodes: what a `from` means, what inputs and outputs list, what launch orders say."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.engine.world import Outcome, World
from workflows.engine import Node
from workflows.engine.messages import CollectArtifacts, Launch

Json = dict[str, Any]
FOLDER = "folder"

MAKE: Json = {
    "name": "make",
    "container": {"image": "busybox", "command": ["true"]},
    "outputs": {"artifacts": [{"name": "out", "path": "/tmp/out"}]},
}
USE: Json = {
    "name": "use",
    "inputs": {"artifacts": [{"name": "in", "path": "/tmp/in"}]},
    "container": {"image": "busybox", "command": ["cat", "{{inputs.artifacts.in.path}}"]},
}
OPTIONAL_USE: Json = {**USE, "inputs": {"artifacts": [{"name": "in", "path": "/tmp/in", "optional": True}]}}


#: an argument
OF_A = {"from": "{{steps.a.outputs.artifacts.out}}"}
UNKNOWN = {"from": "{{steps.a.outputs.artifacts.no}}"}
RESOLVING = "failed to resolve references: unable to resolve references:"


def workflow(*templates: Json, **spec: Any) -> Json:
    return {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Workflow",
        "metadata": {"generateName": "art-"},
        "spec": {"entrypoint": "main", "templates": list(templates), **spec},
    }


def call(name: str, template: str, artifact: Json | None = None, **fields: Any) -> Json:
    arguments = {"arguments": {"artifacts": [{"name": "in", **artifact}]}} if artifact is not None else {}
    return {"name": name, "template": template, **arguments, **fields}


def in_steps(*steps: Json, **fields: Any) -> Json:
    return {"name": "main", "steps": [[step] for step in steps], **fields}


def lived(
    *templates: Json, failing: str = "", missing: str = "", memo: Json | None = None, **spec: Any
) -> World:
    """A run that went on to its end; nodes of the template `failing` fail."""

    def outcome(order: Launch) -> Outcome:
        failed = bool(failing) and order.template["name"] == failing
        gone = frozenset(missing.split())
        return Outcome("Failed", 1, missing_artifacts=gone) if failed else Outcome(missing_artifacts=gone)

    world = World(workflow(*templates, **spec), outcome)
    world.state.run.memo.update(memo or {})
    world.restart()
    world.settle()
    return world


def node(world: World, display_name: str) -> Node:
    return next(n for n in world.state.nodes.values() if n.display_name == display_name)


def order(world: World, display_name: str) -> Launch:
    wanted = node(world, display_name).id
    return next(launch for launch in world.launched if launch.node_id == wanted)


def stored(world: World, maker: str, name: str = "out.tgz") -> Json:
    """The location an artifact of the node `maker` got in the folder."""
    return {"name": FOLDER, "key": f"run/{order(world, maker).pod_name}/{name}"}


@pytest.mark.argo("7-passing", "7-default-key")
def test_an_output_of_one_step_is_the_input_of_another() -> None:
    world = lived(
        in_steps(call("a", "make"), call("b", "use", OF_A)),
        MAKE,
        USE,
    )

    location = stored(world, "a")
    assert world.state.run.phase == "Succeeded"
    assert node(world, "a").outputs == {
        "artifacts": [{"name": "out", "path": "/tmp/out", "plugin": location}],
        "exitCode": "0",
    }
    assert node(world, "b").inputs == {"artifacts": [{"name": "in", "plugin": location, "path": "/tmp/in"}]}
    assert order(world, "b").template["inputs"] == {
        "artifacts": [{"name": "in", "plugin": location, "path": "/tmp/in"}]
    }
    assert order(world, "b").template["container"]["command"] == ["cat", "/tmp/in"]


REFERENCES = {
    "tag": {"from": "{{steps.a.outputs.artifacts.out}}"},
    "tag with blanks": {"from": "{{ steps.a.outputs.artifacts.out }}"},
    "no braces": {"from": "steps.a.outputs.artifacts.out"},
    "expression tag": {"from": "{{=steps.a.outputs.artifacts.out}}"},
    "nested tag": {"from": "{{steps.{{workflow.parameters.who}}.outputs.artifacts.out}}"},
    "expression": {"fromExpression": "steps.a.outputs.artifacts.out"},
    "choice": {"fromExpression": "steps.a.status == 'Succeeded' ? steps['a'].outputs.artifacts.out : nil"},
    "tag in expression": {"fromExpression": "steps.{{workflow.parameters.who}}.outputs.artifacts.out"},
}


@pytest.mark.argo("7-passing")
@pytest.mark.parametrize("reference", REFERENCES.values(), ids=REFERENCES)
def test_all_ways_to_name_an_artifact(reference: Json) -> None:
    world = lived(
        in_steps(call("a", "make"), call("b", "use", reference)), MAKE, USE,
        arguments={"parameters": [{"name": "who", "value": "a"}]},
    )  # fmt: skip

    assert (node(world, "b").inputs or {})["artifacts"][0].get("plugin") == stored(world, "a")


@pytest.mark.argo("7-sub-path")
@pytest.mark.parametrize(
    ("sub_path", "ending"), [("x/y.txt", "x/y.txt"), ("{{item}}", "one"), ("./p//{{workflow.name}}", "p/run")]
)
def test_a_sub_path_is_appended_to_the_key(sub_path: str, ending: str) -> None:
    source = {**OF_A, "subPath": sub_path}
    world = lived(in_steps(call("a", "make"), call("b", "use", source, withItems=["one"])), MAKE, USE)

    artifact = (node(world, "b(0:one)").inputs or {})["artifacts"][0]
    assert artifact["plugin"]["key"] == f"{stored(world, 'a')['key']}/{ending}"


FAULTS = {
    "steps, unknown": (
        in_steps(call("a", "make"), call("b", "use", UNKNOWN)),
        f'{RESOLVING} Unable to resolve: "steps.a.outputs.artifacts.no"',
    ),
    "steps, no artifact": (
        in_steps(call("a", "make"), call("b", "use", {"fromExpression": "'text'"})),
        f"{RESOLVING} Variable {{{{in}}}} is not an artifact",
    ),
    "not supplied": (in_steps(call("b", "use")), "inputs.artifacts.in was not supplied"),
    "optional, so not supplied": (
        in_steps(
            call("a", "make"),
            call("b", "use", {**UNKNOWN, "optional": True}),
        ),
        "inputs.artifacts.in was not supplied",
    ),
    "skipped": (
        in_steps(call("a", "make", when="false"), call("b", "use", OF_A)),
        "inputs.artifacts.in missing location information",
    ),
    "no location": (
        in_steps(call("b", "use", {"s3": {"bucket": "b"}})),
        "inputs.artifacts.in missing location information",
    ),
}


@pytest.mark.argo("7-passing", "7-optional")
@pytest.mark.parametrize(("main", "message"), FAULTS.values(), ids=FAULTS)
def test_artifacts_that_cannot_be_had(main: Json, message: str) -> None:
    world = lived(main, MAKE, USE)

    assert world.state.run.phase in ("Failed", "Error")
    assert message in world.state.run.message


def test_a_task_may_name_what_a_skipped_task_did_not_make_only_if_it_is_optional() -> None:
    def after(optional: bool) -> World:
        source = {"from": "{{tasks.a.outputs.artifacts.out}}", "optional": optional}
        tasks = [call("a", "make", when="false"), call("b", "use", source, depends="a")]
        return lived({"name": "main", "dag": {"tasks": tasks}}, MAKE, OPTIONAL_USE)

    assert after(True).state.run.phase == "Succeeded"
    assert node(after(True), "b").inputs == {
        "artifacts": [{"name": "in", "path": "/tmp/in", "optional": True}]
    }
    assert node(after(False), "b").message == 'Unable to resolve: "tasks.a.outputs.artifacts.out"'


@pytest.mark.argo("7-optional")
def test_an_optional_input_without_an_argument_has_no_location() -> None:
    world = lived({**in_steps(call("b", "use"))}, OPTIONAL_USE)

    assert order(world, "b").template["inputs"]["artifacts"] == [
        {"name": "in", "path": "/tmp/in", "optional": True}
    ]


@pytest.mark.argo("2-arguments-artifacts")
def test_the_entry_template_takes_artifacts_of_the_run() -> None:
    raw = {"name": "in", "raw": {"data": "for {{workflow.name}}"}}
    world = lived({**USE, "name": "main"}, arguments={"artifacts": [raw]})

    assert node(world, "run").inputs == {
        "artifacts": [{"name": "in", "raw": {"data": "for run"}, "path": "/tmp/in"}]
    }


def test_mode_and_path_are_the_inputs_and_the_rest_is_the_arguments() -> None:
    use = {**USE, "inputs": {"artifacts": [{"name": "in", "path": "/{{workflow.name}}", "mode": 420}]}}
    given = {"s3": {"key": "k"}, "archive": {"none": {}}, "mode": 511, "path": "/elsewhere"}
    world = lived(in_steps(call("b", "use", given)), use)

    expected = {"name": "in", "s3": {"key": "k"}, "archive": {"none": {}}, "path": "/run", "mode": 420}
    assert node(world, "b").inputs == {"artifacts": [expected]}


@pytest.mark.argo("7-key-only-artifacts")
def test_a_key_alone_is_in_the_repository() -> None:
    world = lived(in_steps(call("b", "use", {"s3": {"key": "a/b"}})), USE)

    assert order(world, "b").template["inputs"]["artifacts"][0]["plugin"] == {"name": FOLDER, "key": "a/b"}
    assert (node(world, "b").inputs or {})["artifacts"][0]["s3"] == {"key": "a/b"}


def test_an_output_with_a_key_of_its_own_is_where_it_was_saved() -> None:
    declared = {
        "name": "out",
        "path": "/tmp/out",
        "s3": {"key": "{{workflow.name}}.txt"},
        "archive": {"none": {}},
    }
    world = lived({**MAKE, "name": "main", "outputs": {"artifacts": [declared]}})

    expected = {"name": "out", "path": "/tmp/out", "archive": {"none": {}}}
    expected["plugin"] = {"name": FOLDER, "key": "run.txt"}
    assert (node(world, "run").outputs or {})["artifacts"] == [expected]


S3 = {"endpoint": "s3.test", "bucket": "b"}


@pytest.mark.argo("7-default-repository")
@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ({}, {"s3": {**S3, "key": "p/run/run"}, "archiveLogs": False}),
        ({"archiveLocation": {"archiveLogs": True}}, {"s3": {**S3, "key": "p/run/run"}, "archiveLogs": True}),
        (
            {"archiveLocation": {"gcs": {"bucket": "g", "key": "{{pod.name}}"}}},
            {"gcs": {"bucket": "g", "key": "run"}},
        ),
    ],
    ids=["repository", "with logs", "own location"],
)  # fmt: skip
def test_where_outputs_go(template: Json, expected: Json) -> None:
    location = {"s3": {**S3, "key": "p/{{workflow.name}}/{{pod.name}}"}}
    world = lived({**MAKE, "name": "main", **template}, memo={"artifactRepository": {"location": location}})

    assert world.launched[0].template["archiveLocation"] == expected


@pytest.mark.parametrize(
    ("repository", "spec", "template", "kept"),
    [
        (False, None, None, None),
        (False, True, None, True),
        (False, True, False, None),
        (False, None, True, True),
        (True, None, None, True),
        (True, False, False, True),
    ],
)
def test_whose_word_counts_for_archived_logs(
    repository: bool, spec: bool | None, template: bool | None, kept: bool | None
) -> None:
    quiet: Json = {"name": "main", "container": MAKE["container"]}
    if template is not None:
        quiet["archiveLocation"] = {"archiveLogs": template}
    more = {} if spec is None else {"archiveLogs": spec}
    world = lived(quiet, memo={"artifactRepository": {"archiveLogs": repository}}, **more)

    location = world.launched[0].template.get("archiveLocation") or {}
    assert ("plugin" in location, location.get("archiveLogs")) == (bool(kept), kept if kept else template)


def test_a_key_format_with_an_unknown_variable_is_an_error_of_the_node() -> None:
    location = {"s3": {**S3, "key": "{{workflow.parameters.nowhere}}"}}
    world = lived({**MAKE, "name": "main"}, memo={"artifactRepository": {"location": location}})

    assert node(world, "run").message == "failed to resolve {{workflow.parameters.nowhere}}"
    assert world.state.run.phase == "Error"


@pytest.mark.argo("2-artifact-repository-ref")
def test_a_repository_that_was_not_found_ends_the_run() -> None:
    world = lived({**MAKE, "name": "main"}, memo={"artifactRepository": {"error": "no such thing"}})

    assert (world.state.run.phase, world.state.run.message) == (
        "Error",
        "failed to resolve artifact repository: no such thing",
    )
    assert not world.state.nodes


@pytest.mark.argo("7-output-artifacts-on-failure")
def test_a_failed_node_has_its_artifacts_all_the_same() -> None:
    world = lived({**MAKE, "name": "main"}, failing="main")

    assert node(world, "run").phase == "Failed"
    assert (node(world, "run").outputs or {})["artifacts"][0]["plugin"]["key"] == "run/run/out.tgz"


def test_outputs_of_a_retried_node_are_those_of_its_last_attempt() -> None:
    make = {**MAKE, "retryStrategy": {"limit": 1}}
    world = lived(
        in_steps(call("a", "make"), call("b", "use", OF_A)),
        make,
        USE,
    )

    assert (node(world, "a").outputs or {})["artifacts"][0]["plugin"] == stored(world, "a(0)")
    assert (node(world, "b").inputs or {})["artifacts"][0]["plugin"] == stored(world, "a(0)")


GLOBAL = {**MAKE, "outputs": {"artifacts": [{"name": "out", "path": "/tmp/out", "globalName": "everyones"}]}}


@pytest.mark.argo("7-passing")
def test_an_artifact_with_a_global_name_is_an_output_of_the_run() -> None:
    inner = {
        "name": "inner",
        "dag": {"tasks": [call("b", "use", {"from": "{{workflow.outputs.artifacts.everyones}}"})]},
    }
    world = lived(in_steps(call("a", "make"), call("i", "inner")), inner, GLOBAL, USE)

    assert world.state.run.outputs == {"artifacts": [{"name": "everyones", "plugin": stored(world, "a")}]}
    assert (node(world, "b").inputs or {})["artifacts"][0]["plugin"] == stored(world, "a")


@pytest.mark.parametrize("word", ["steps", "tasks"])
def test_composites_pass_artifacts_up_and_down(word: str) -> None:
    up: Json = {"artifacts": [{"name": "up", "from": f"{{{{{word}.a.outputs.artifacts.out}}}}"}]}
    maker: Json = {"name": "maker", "outputs": up}
    down = call("u", "use", {"from": "{{inputs.artifacts.through}}"})
    user: Json = {"name": "user", "inputs": {"artifacts": [{"name": "through"}]}}
    if word == "steps":
        maker["steps"], user["steps"] = [[call("a", "make")]], [[down]]
    else:
        maker["dag"], user["dag"] = {"tasks": [call("a", "make")]}, {"tasks": [down]}
    through = call("y", "user")
    through["arguments"] = {"artifacts": [{"name": "through", "from": "{{steps.x.outputs.artifacts.up}}"}]}
    world = lived(in_steps(call("x", "maker"), through), maker, user, MAKE, USE)

    location = stored(world, "a")
    assert node(world, "x").outputs == {"artifacts": [{"name": "up", "path": "/tmp/out", "plugin": location}]}
    assert (node(world, "u").inputs or {})["artifacts"] == [
        {"name": "in", "path": "/tmp/in", "plugin": location}
    ]


@pytest.mark.parametrize(
    ("optional", "phase", "message"),
    [
        (True, "Succeeded", ""),
        (
            False,
            "Error",
            'unable to resolve outputs from scope: Unable to resolve: "steps.a.outputs.artifacts.out"',
        ),
    ],
)
def test_an_output_that_was_not_made(optional: bool, phase: str, message: str) -> None:
    up = [{"name": "up", "from": "{{steps.a.outputs.artifacts.out}}", "optional": optional}]
    world = lived(in_steps(call("a", "make"), outputs={"artifacts": up}), MAKE, missing="out")

    assert node(world, "run").phase == phase
    assert message in node(world, "run").message


def test_an_exit_hook_gets_artifacts_of_what_it_hangs_on() -> None:
    hook = {
        "template": "use",
        "arguments": {"artifacts": [{"name": "in", "from": "{{steps.a.outputs.artifacts.out}}"}]},
    }
    world = lived(in_steps(call("a", "make", hooks={"exit": hook})), MAKE, USE)

    assert (node(world, "a.onExit").inputs or {})["artifacts"][0]["plugin"] == stored(world, "a")


def test_paths_of_outputs_are_variables() -> None:
    make = {
        **MAKE,
        "name": "main",
        "container": {"image": "i", "command": ["tee", "{{outputs.artifacts.out.path}}"]},
    }
    world = lived(make)

    assert world.launched[0].template["container"]["command"] == ["tee", "/tmp/out"]


def test_templates_without_artifacts_say_nothing_of_them() -> None:
    world = lived({"name": "main", "container": MAKE["container"]})

    assert not {"inputs", "archiveLocation"} & world.launched[0].template.keys()


@pytest.mark.argo("7-artifact-gc")
@pytest.mark.parametrize(
    "spec", [{}, {"artifactGC": {"strategy": "OnWorkflowCompletion"}}], ids=["none", "gc"]
)
def test_the_end_of_a_run_asks_for_its_collection(spec: Json) -> None:
    world = lived({**MAKE, "name": "main"}, **spec)

    finished_at = world.state.run.finished_at or 0
    expected = [CollectArtifacts(due_at=finished_at + 5_000)] if spec else []
    assert [record for record in world.records if isinstance(record, CollectArtifacts)] == expected


def test_a_restart_finds_the_same_artifacts() -> None:
    main = in_steps(call("a", "make"), call("b", "use", OF_A))
    world = World(workflow(main, MAKE, USE))
    world.apply()
    while world.next_time() is not None:
        world.apply(world.pass_time())
        before = [o.template for o in world.state.relaunch([i for i, _ in world.state.active_attempts()])]
        world.restart()
        after = [o.template for o in world.state.relaunch([i for i, _ in world.state.active_attempts()])]
        assert before == after

    assert world.state.run.phase == "Succeeded"
