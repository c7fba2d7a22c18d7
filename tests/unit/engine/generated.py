"""Workflows made up by hypothesis, and outcomes for their processes: every feature, small and nested."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from tests.unit.engine.world import Outcome, Outcomes
from workflows.engine.messages import Launch

Json = dict[str, Any]
Draw = Callable[[st.SearchStrategy[Any]], Any]

_RESULTS = ("[1, 2]", '["a"]', "[]", "3", "text", '{"k": "v"}')
_STATUS_CHECKS = ("Succeeded", "Failed", "Error", "Running", "Pending")


def outcomes_of(salt: int, *, may_hang: bool = False) -> Outcomes:
    """Ends that depend on nothing but the node's name, the attempt and `salt`: the same in each telling."""

    def outcome(order: Launch) -> Outcome:
        dice = zlib.crc32(f"{order.node_name}/{order.attempt}/{salt}".encode())
        seconds: float | None = (0, 1, 1, 2, 4)[dice // 100 % 5]
        if may_hang and dice % 7 == 0:
            seconds = None
        result = _RESULTS[dice // 500 % len(_RESULTS)]
        match dice % 10:
            case 0 | 1:
                return Outcome("Failed", 1, "main: Error (exit code 1)", result, seconds=seconds)
            case 2:
                return Outcome("Error", None, "i/o timeout", None, seconds=seconds)
            case _:
                return Outcome("Succeeded", 0, "", result, {"v": f"v{dice % 3}"}, seconds=seconds)

    return outcome


@st.composite
def workflows(draw: Draw, *, limits: bool = True, deadline: bool = False) -> Json:
    """A Workflow. With `limits` it may have parallelism and failFast, with `deadline` it ends in time."""
    maker = _Maker(draw, limits=limits)
    leaves = [maker.leaf(f"leaf{n}") for n in range(draw(st.integers(1, 3)))]
    inner = [maker.composite(f"inner{n}", leaves) for n in range(draw(st.integers(0, 2)))]
    main = maker.composite("main", [*leaves, *inner], top=True)
    spec: Json = {"entrypoint": "main", "templates": [main, *inner, *leaves]}
    maker.options_of_spec(spec, leaves)
    if deadline:
        spec["activeDeadlineSeconds"] = draw(st.integers(1, 5))
    return {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Workflow",
        "metadata": {"generateName": "made-up-"},
        "spec": spec,
    }


class _Maker:
    def __init__(self, draw: Draw, *, limits: bool) -> None:
        self.draw = draw
        self.limits = limits

    def chance(self, one_in: int) -> bool:
        return bool(self.draw(st.integers(0, one_in - 1)) == one_in - 1)

    def choose(self, *options: Any) -> Any:
        return self.draw(st.sampled_from(options))

    # --- templates ---------------------------------------------------------------------------------

    def leaf(self, name: str) -> Json:
        template: Json = {"name": name, "inputs": {"parameters": [{"name": "p", "value": "none"}]}}
        kind = self.choose(
            "container", "container", "script", "suspend", "containerSet", "http", "plugin", "resource"
        )  # fmt: skip
        if kind == "suspend":
            template["suspend"] = self.choose({}, {"duration": "0"}, {"duration": "3"})
            if self.chance(3):
                template["outputs"] = {"parameters": [{"name": "v", "valueFrom": self.choose(
                    {"supplied": {}, "default": "d"}, {"supplied": {}})}]}  # fmt: skip
            return template
        body = {"image": "busybox", "command": ["sh", "-c"]}
        text = "{{inputs.parameters.p}}"
        template[kind] = {
            "container": {**body, "args": [text]},
            "script": {**body, "source": text},
            "containerSet": self.container_set(),
            "http": {"url": f"http://{text}"},
            "plugin": {"mine": {"text": text}},
            "resource": {"action": "get", "manifest": text},
        }[kind]
        if kind in ("container", "script", "containerSet") and self.chance(6):
            template["daemon"] = True
        self.parameters_of(template)
        self.artifacts_of(template)
        if self.chance(4):
            template["timeout"] = self.choose("1s", "2s")
        if self.chance(6):
            template["pendingTimeout"] = "1s"
        if self.chance(6):
            template["activeDeadlineSeconds"] = 1
        if self.chance(3):
            template["retryStrategy"] = self.retry()
        if "daemon" not in template and self.chance(5):
            template["synchronization"] = self.choose(
                {"mutexes": [{"name": "one"}]},
                {"mutexes": [{"name": "one"}, {"name": "other"}]},
                {"semaphores": [{"database": {"key": "two"}}], "mutexes": [{"name": "other"}]},
            )
        self.memoize(template)
        self.metrics_of(template)
        return template

    def memoize(self, template: Json) -> None:
        if "daemon" not in template and self.chance(5):
            key = self.choose("same", "key-{{inputs.parameters.p}}")
            template["memoize"] = {"key": key, "cache": {"configMap": {"name": "cache"}}}
            if self.chance(2):
                template["memoize"]["maxAge"] = self.choose("1s", "1h", "never")

    def metrics_of(self, template: Json) -> None:
        if self.chance(5):
            kind = self.choose(
                {"counter": {"value": "1"}},
                {"gauge": {"value": "{{duration}}", "realtime": True}},
                {"histogram": {"value": "{{retries}}", "buckets": [1]}},
            )
            template["metrics"] = {"prometheus": [{"name": "m", "help": "h", **kind}]}

    def container_set(self) -> Json:
        first = {"name": "main", "image": "busybox", "command": ["true"]}
        second = {**first, "name": "other", "dependencies": self.choose([], ["main"])}
        return {"containers": self.choose([first], [first, second])}

    def parameters_of(self, template: Json) -> None:
        if self.chance(2):
            value_from: Json = {"path": "/tmp/v"}
            if self.chance(2):
                value_from["default"] = "d"
            template["outputs"] = {"parameters": [{"name": "v", "valueFrom": value_from}]}
            if self.chance(3):
                template["outputs"]["parameters"][0]["globalName"] = "g"

    def artifacts_of(self, template: Json) -> None:
        if self.chance(3):
            more = self.choose(
                {}, {"globalName": "ga"}, {"s3": {"key": "{{workflow.name}}/a"}}, {"optional": True}
            )
            template.setdefault("outputs", {})["artifacts"] = [{"name": "a", "path": "/tmp/a", **more}]
        if self.chance(3):
            more = self.choose({"optional": True}, {"raw": {"data": "x"}})
            template["inputs"]["artifacts"] = [{"name": "i", "path": "/tmp/i", **more}]

    def retry(self) -> Json:
        strategy: Json = {}
        if not self.chance(8):
            strategy["limit"] = self.choose(0, 1, 2, "1")
        else:
            # for ever, but not in this test
            strategy["expression"] = "asInt(retries) < 2"
        if self.chance(2):
            strategy["retryPolicy"] = self.choose("Always", "OnFailure", "OnError", "OnTransientError")
        if self.chance(3):
            strategy["backoff"] = {"duration": self.choose("1", "2s"), "factor": self.choose(1, 2)}
            if self.chance(2):
                strategy["backoff"]["maxDuration"] = self.choose("2", "10s")
        if self.chance(4):
            strategy["expression"] = self.choose(
                "asInt(retries) < 2", "lastRetry.exitCode == '1'", "lastRetry.status", "nonsense("
            )
        return strategy

    def composite(self, name: str, callees: list[Json], *, top: bool = False) -> Json:
        template: Json = {"name": name}
        if not top:
            template["inputs"] = {"parameters": [{"name": "p", "value": "none"}]}
        if self.choose(True, False):
            template["steps"] = self.steps(callees)
            word, names = "steps", [step["name"] for group in template["steps"] for step in group]
        else:
            template["dag"] = self.dag(callees)
            word, names = "tasks", [task["name"] for task in template["dag"]["tasks"]]
        if self.chance(3):
            template["outputs"] = {"parameters": [{"name": "v", "valueFrom": self.output(word, names)}]}
        if self.chance(5):
            source = f"{{{{{word}.{self.choose(*names)}.outputs.artifacts.a}}}}"
            template.setdefault("outputs", {})["artifacts"] = [
                {"name": "a", "from": source, "optional": self.choose(True, True, False)}
            ]
        if self.limits and self.chance(4):
            template["parallelism"] = self.choose(1, 2)
        if self.limits and self.chance(5):
            template["failFast"] = True
        if self.chance(5):
            template["retryStrategy"] = self.retry()
        return template

    def output(self, word: str, names: list[str]) -> Json:
        name = self.choose(*names)
        source: Json = self.choose(
            {"parameter": f"{{{{{word}.{name}.outputs.parameters.v}}}}"},
            {"expression": f"{word}['{name}'].outputs.parameters.v ?? 'none'"},
        )
        return {**source, "default": "d"} if self.chance(2) else source

    def steps(self, callees: list[Json]) -> list[list[Json]]:
        groups: list[list[Json]] = []
        before: list[str] = []
        for number in range(self.draw(st.integers(1, 3))):
            group = [
                self.call(f"s{number}{letter}", callees, "steps", before)
                for letter in "abc"[: self.draw(st.integers(1, 3))]
            ]
            before = [*before, *(step["name"] for step in group)]
            groups.append(group)
        return groups

    def dag(self, callees: list[Json]) -> Json:
        tasks: list[Json] = []
        for letter in "abcde"[: self.draw(st.integers(1, 5))]:
            earlier = [task["name"] for task in tasks]
            needs = [name for name in earlier if self.chance(2)]
            task = self.call(f"t{letter}", callees, "tasks", needs)
            if needs and self.chance(3):
                task["depends"] = self.depends(needs)
            elif needs and self.chance(2):
                task["depends"] = " && ".join(needs)
            elif needs:
                task["dependencies"] = needs
            if "depends" not in task and self.chance(6):
                task["continueOn"] = self.choose({"failed": True}, {"error": True})
            elif "depends" in task:
                task.pop("continueOn", None)
            tasks.append(task)
        dag: Json = {"tasks": tasks}
        if self.chance(3):
            dag["failFast"] = self.choose(True, False)
        if self.chance(6):
            dag["target"] = self.choose(*[task["name"] for task in tasks])
        return dag

    def depends(self, needs: list[str]) -> str:
        results = (
            "",
            ".Succeeded",
            ".Failed",
            ".Errored",
            ".Skipped",
            ".Omitted",
            ".AnySucceeded",
            ".AllFailed",
        )
        terms = [f"{self.choose('', '!')}{name}{self.choose(*results[1:])}" if self.chance(2) else name
                 for name in needs]  # fmt: skip
        return self.choose(" && ", " || ").join(terms)

    # --- calls -------------------------------------------------------------------------------------

    def call(self, name: str, callees: list[Json], word: str, before: list[str]) -> Json:
        call: Json = {"name": name, "template": self.choose(*callees)["name"]}
        own = "p"
        if self.chance(3):
            own = self.loop(call, word, before)
        value = self.argument(own, word, before)
        if value is not None:
            call["arguments"] = {"parameters": [{"name": "p", "value": value}]}
        if self.chance(4):
            call.setdefault("arguments", {})["artifacts"] = [{"name": "i", **self.artifact(word, before)}]
        if self.chance(4):
            call["when"] = self.condition(own, word, before)
        if word == "steps" and self.chance(4):
            call["continueOn"] = self.choose(
                {"failed": True}, {"error": True}, {"failed": True, "error": True}
            )
        if self.chance(4):
            call["hooks"] = self.hooks(name, callees, word)
        if self.chance(20):
            call["template"] = "{{workflow.parameters.nowhere}}"
        return call

    def loop(self, call: Json, word: str, before: list[str]) -> str:
        kind = self.choose("withItems", "withItems", "withSequence", "withParam")
        if kind == "withItems":
            call[kind] = self.choose([1], [1, "b"], ["a", "b", "a"], [{"k": "x"}, {"k": "y"}], [[1, 2]])
        elif kind == "withSequence":
            call[kind] = self.choose({"count": "2"}, {"start": "3", "end": "1"}, {"count": "0"})
        elif before:
            source = self.choose(*before)
            field = self.choose("outputs.result", "outputs.parameters")
            call[kind] = f"{{{{{word}.{source}.{field}}}}}"
        else:
            call[kind] = self.choose("[1, 2]", "[]", "no list", '[{"k": [1]}]')
        return "{{item}}"

    def argument(self, own: str, word: str, before: list[str]) -> str | None:
        if before and self.chance(4):
            field = self.choose("outputs.result", "outputs.parameters.v", "status", "exitCode", "finishedAt")
            return f"{{{{{word}.{self.choose(*before)}.{field}}}}}"
        if self.chance(4):
            return self.choose(
                "{{=1 + 1}}", "{{workflow.name}}", "{{workflow.outputs.parameters.g}}", "{{=nope(}}"
            )
        return own if own != "p" else None

    def artifact(self, word: str, before: list[str]) -> Json:
        if not before or self.chance(3):
            return dict(self.choose({"raw": {"data": "y"}}, {"from": "{{workflow.outputs.artifacts.ga}}"}))
        source = f"{{{{{word}.{self.choose(*before)}.outputs.artifacts.a}}}}"
        found: Json = self.choose({"from": source}, {"from": source, "subPath": "b"})
        return {**found, "optional": True} if self.chance(2) else found

    def condition(self, own: str, word: str, before: list[str]) -> str:
        if before and self.chance(2):
            return f"{{{{{word}.{self.choose(*before)}.status}}}} == {self.choose(*_STATUS_CHECKS)}"
        if own != "p" and self.chance(2):
            return "{{item}} == 1"
        return str(self.choose("true", "1 == 2", "broken ==", "'a' == 'a'", "{{workflow.status}} == Running"))

    def hooks(self, name: str, callees: list[Json], word: str) -> Json:
        hooks: Json = {}
        leaf = {"template": self.choose(*[c["name"] for c in callees if c["name"].startswith("leaf")])}
        if self.chance(2):
            hooks["exit"] = dict(leaf)
            if self.chance(3):
                hooks["exit"]["expression"] = f"{word}['{name}'].status == '{self.choose(*_STATUS_CHECKS)}'"
        if not hooks or self.chance(2):
            hooks["life"] = {
                **leaf,
                "expression": self.choose(
                    f"{word}['{name}'].status == '{self.choose(*_STATUS_CHECKS)}'", "true", "false", "1"
                ),
            }
        return hooks

    # --- the run -----------------------------------------------------------------------------------

    def options_of_spec(self, spec: Json, leaves: list[Json]) -> None:
        leaf = self.choose(*leaves)["name"]
        if self.chance(3):
            spec["onExit"] = leaf
        if self.chance(5):
            spec.setdefault("hooks", {})["w"] = {
                "template": leaf, "expression": f"workflow.status == '{self.choose(*_STATUS_CHECKS)}'",
            }  # fmt: skip
        if self.chance(5) and "onExit" not in spec:
            spec.setdefault("hooks", {})["exit"] = {"template": leaf}
        if self.limits and self.chance(4):
            spec["parallelism"] = self.choose(1, 2, 3)
        if self.chance(6):
            spec["activeDeadlineSeconds"] = self.choose(1, 3, 6)
        if self.chance(8):
            spec["retryStrategy"] = self.retry()
        if self.chance(8):
            spec["templateDefaults"] = {"retryStrategy": self.retry()}
