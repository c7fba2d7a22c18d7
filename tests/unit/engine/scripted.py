"""Own manifests, and what happens to them: read from the manifests' own comments, acted out in a `World`.

The first comment of a manifest says what it is about. Comment lines that begin with ``#:`` are YAML:

    outcomes   name of an attempt to its end: {phase, exitCode, message, result, parameters, seconds, missing:
               names of output artifacts it does not make}; a name is a node's name without the run's, its
               display name or its template's, whichever is found first. ``seconds: never`` for what goes on
               until it is killed, ``starts: false`` for what does not even start; what is not named succeeds
               after a second. A list tells one end for each time that the run is done
    drive      what people do: [{after: {node, phase} or {phase}, wait: seconds, argo: [words of its client]}]
    autoResume false when nobody resumes what waits
    load       files whose templates and ConfigMaps must be there
    submit     the file has no Workflow: run its template
    argo       ids of the features it shows, from tests/coverage/features.tsv
    local      why it cannot run as local processes on a server; without it, it can
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import yaml

from tests.conformance.documents import normalise
from tests.unit.engine.client import signal
from tests.unit.engine.world import Outcome, World
from workflows.engine.messages import JsonObject, Launch, ResumeRun
from workflows.spec import parse_documents
from workflows.wire.workflow import RunAbout, workflow_json

FOLDER = Path(__file__).parents[2] / "manifests"
_TEMPLATE_KINDS = {"WorkflowTemplate": "namespaced", "ClusterWorkflowTemplate": "cluster"}
_KNOWN = frozenset({"outcomes", "drive", "autoResume", "load", "submit", "argo", "local"})


@dataclass(frozen=True)
class Script:
    """One manifest of the folder."""

    file: str

    @cached_property
    def text(self) -> str:
        return (FOLDER / self.file).read_text()

    @cached_property
    def about(self) -> JsonObject:
        lines = [line[2:] for line in self.text.splitlines() if line.startswith("#:")]
        about: JsonObject = yaml.safe_load("\n".join(lines)) or {}
        unknown = about.keys() - _KNOWN
        assert not unknown, f"{self.file}: unknown {unknown}"
        return about

    @property
    def probe(self) -> str:
        """What the manifest is about."""
        lines = self.text.splitlines()
        return " ".join(line[2:] for line in lines[: _first(lines)])

    @property
    def golden(self) -> Path:
        return FOLDER / "goldens" / Path(self.file).with_suffix(".json")

    @cached_property
    def documents(self) -> list[JsonObject]:
        return [document.raw for document in parse_documents(self.text)]

    @property
    def workflows(self) -> list[JsonObject]:
        if not self.about.get("submit"):
            return [raw for raw in self.documents if raw["kind"] == "Workflow"]
        raw = self.documents[0]
        reference = {"name": raw["metadata"]["name"], "clusterScope": raw["kind"].startswith("Cluster")}
        metadata = {"generateName": f"{raw['metadata']['name']}-"}
        return [{"kind": "Workflow", "metadata": metadata, "spec": {"workflowTemplateRef": reference}}]

    def entry(self) -> JsonObject:
        """Its entry in corpus.json."""
        entry: JsonObject = {"file": self.file, "kinds": sorted({raw["kind"] for raw in self.documents})}
        entry |= {
            key: self.about[key] for key in ("drive", "autoResume", "load", "submit") if key in self.about
        }
        if not self.documents_of("Workflow") and not self.about.get("submit"):
            return {**entry, "runsLocally": "not-a-run", "probe": self.probe}
        entry["runsLocally"] = "no" if "local" in self.about else "yes"
        return {**entry, "probe": self.probe}

    def documents_of(self, kind: str) -> list[JsonObject]:
        return [raw for raw in self.documents if raw["kind"] == kind]

    def run(self) -> list[JsonObject]:
        """Act it out; the documents of its runs."""
        return [self._run(workflow) for workflow in self.workflows]

    def _run(self, workflow: JsonObject) -> JsonObject:
        library, config_maps = self._surroundings()
        name = workflow["metadata"].get("name") or workflow["metadata"]["generateName"] + "q7zxw"
        outcomes = ToldOutcomes(self.about.get("outcomes", {}))
        world = World(workflow, outcomes, library=library, config_maps=config_maps, name=name)
        for _ in _acts(world, list(self.about.get("drive", [])), resumes=self._resumes):
            pass
        assert not outcomes.unused, f"{self.file}: nothing was called {outcomes.unused}"
        state = world.state
        shown = workflow_json(state.run, list(state.nodes.values()), manifest=workflow, about=RunAbout())
        return normalise(shown)

    @property
    def _resumes(self) -> bool:
        return "drive" not in self.about and self.about.get("autoResume", True)

    def _surroundings(self) -> tuple[dict[tuple[str, str], JsonObject], dict[str, JsonObject]]:
        library, config_maps = {}, {}
        for raw in [
            *self.documents,
            *(raw for file in self.about.get("load", []) for raw in Script(file).documents),
        ]:
            name = raw["metadata"].get("name", "")
            if raw["kind"] in _TEMPLATE_KINDS:
                library[_TEMPLATE_KINDS[raw["kind"]], name] = raw
            elif raw["kind"] == "ConfigMap":
                config_maps[name] = {"data": raw["data"], "labels": raw["metadata"].get("labels", {})}
        return library, config_maps


class ToldOutcomes:
    """Ends by the name of the attempt; `unused` are names that nothing had so far."""

    def __init__(self, told: dict[str, JsonObject | list[JsonObject]]) -> None:
        self.told = told
        self.unused = set(told)

    def __call__(self, order: Launch) -> Outcome:
        own = order.node_name.removeprefix(order.run_name)
        for name in (own, own.rpartition("].")[2], own.rpartition(".")[2], order.template.get("name", "")):
            if name in self.told:
                self.unused.discard(name)
                told = self.told[name]
                return _outcome(told[min(order.attempt, len(told) - 1)] if isinstance(told, list) else told)
        return Outcome()


def scripts() -> list[Script]:
    files = sorted(path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*.yaml"))
    return [Script(file) for file in files]


def _first(lines: list[str]) -> int:
    """How many lines the first comment has."""
    return next((n for n, line in enumerate(lines) if not line.startswith("# ")), len(lines))


def _outcome(told: JsonObject) -> Outcome:
    code = told.get("exitCode", 0)
    phase = told.get("phase", "Failed" if code else "Succeeded")
    seconds = told.get("seconds", 1)
    return Outcome(
        phase=phase,
        exit_code=None if phase == "Error" else code,
        message=told.get("message", f"main: Error (exit code {code})" if code else ""),
        result=told.get("result"),
        parameters=told.get("parameters", {}),
        seconds=None if seconds == "never" else seconds,
        starts=told.get("starts", True),
        missing_artifacts=frozenset(told.get("missing", ())),
    )


def _acts(world: World, drive: list[JsonObject], *, resumes: bool) -> Iterator[None]:
    """Let the run go on as far as it does, moment by moment, doing what the script says."""
    world.apply()
    while True:
        yield
        if drive and _reached(world, drive[0]["after"]):
            act = drive.pop(0)
            _wait(world, int(act.get("wait", 0) * 1000))
            world.apply([signal(act["argo"])])
        elif world.next_time() is not None:
            world.apply(world.pass_time())
        elif resumes and not world.state.finished and world.waiting_suspensions():
            world.now += 1000
            world.apply([ResumeRun(actor="admin")])
        else:
            assert not drive, f"never reached: {drive[0]}"
            return


def _wait(world: World, millis: int) -> None:
    until = world.now + millis
    while (when := world.next_time()) is not None and when <= until:
        world.apply(world.pass_time())
    world.now = until


def _reached(world: World, after: JsonObject) -> bool:
    if "node" not in after:
        return bool(world.state.run.phase == after["phase"])
    return any(
        n.display_name == after["node"] and n.phase == after["phase"] for n in world.state.nodes.values()
    )
