"""A conformance corpus: manifests, what is known of each, and trees recorded from Argo's controller.

A folder with `corpus.json` (entries), the manifests, `goldens/`, and perhaps `compare.py` and `normalise.py`.
"""

from __future__ import annotations

import importlib.util
import json
import re
import shutil
import sys
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import Any

from tests.conformance import comparison, documents

Json = dict[str, Any]

#: what a run may need that nothing on one machine stands in for
_OUT_OF_REACH = re.compile(
    r"network|cloud-store|hdfs|artifactory|windows|privileged"
    r"|image:(?!whalesay$|argosay$|curl$|nginx$|jq$|node$).*"
)
#: images that only a program of the machine stands in for
_NEEDS_PROGRAM = {"image:jq": "jq", "image:node": "node"}
_ACTOR = re.compile(r"\b(Resumed by: )map\[[^\]]*\]")


@dataclass(frozen=True)
class Entry:
    """One manifest of the corpus. `about` is its entry in corpus.json."""

    folder: Path
    about: Json

    @property
    def file(self) -> str:
        return str(self.about["file"])

    @property
    def text(self) -> str:
        return (self.folder / self.file).read_text()

    @property
    def is_invalid(self) -> bool:
        return bool(self.about.get("invalid"))

    @property
    def libraries(self) -> list[str]:
        """Files whose objects must exist before the run."""
        needs = [
            need.removeprefix("library:")
            for need in self.about.get("needs", [])
            if need.startswith("library:")
        ]
        return list(dict.fromkeys([*needs, *self.about.get("load", [])]))

    @property
    def claims(self) -> Json:
        """What must come out where nothing was recorded: at least, that all goes well."""
        claims: Json = self.about.get("expect") or {"phase": "Succeeded"}
        return claims

    @cached_property
    def goldens(self) -> list[Json]:
        """The recorded documents, one for each run; who resumed is written as the comparison wants it."""
        path = self.folder / "goldens" / Path(self.file).with_suffix(".json")
        if not path.exists():
            return []
        runs: list[Json] = json.loads(_ACTOR.sub(r"\1$ACTOR", path.read_text()))["runs"]
        return runs

    @property
    def needs(self) -> list[str]:
        """What it needs besides other files, as corpus.json has it."""
        return [need for need in self.about.get("needs", []) if not need.startswith("library:")]

    @property
    def ports(self) -> frozenset[int]:
        """Of the machine, as far as only one run at a time can have them."""
        return frozenset({80}) if "image:nginx" in self.needs else frozenset()

    @property
    def skipped(self) -> str:
        """Why it is not run, "" when it is."""
        local = self.about.get("runsLocally", "yes")
        if self.is_invalid:
            return "to be refused"
        if local == "not-a-run" or not (self.about.get("submit") or "Workflow" in self.about["kinds"]):
            return "holds no run"
        if any(map(_is_out_of_reach, self.needs)) or (local == "no" and not self.needs):
            return f"needs {', '.join(self.needs) or 'what is not here'}"
        if self.about.get("upstreamExcluded") == "duration" and not self.goldens:
            return "takes too long"
        if "artifact-store" in self.needs and not self.goldens and "expect" not in self.about:
            return "needs a store with contents of its own"
        return ""

    @property
    def tries(self) -> int:
        """How often it may be run until it comes out as recorded: chance decides some outcomes."""
        return 3 if any(golden.get("nondeterministic") for golden in self.goldens) else 1

    @property
    def is_from_schedule(self) -> bool:
        """Whether its run is one that a CronWorkflow starts."""
        return bool(self.about.get("submit")) and "CronWorkflow" in self.about["kinds"]

    @property
    def drive(self) -> list[Json]:
        return list(self.about.get("drive") or [])

    @property
    def resumes_by_itself(self) -> bool:
        """Whether somebody resumes each suspended node after a second."""
        return not self.drive and self.about.get("autoResume", True) is not False


def _is_out_of_reach(need: str) -> bool:
    program = _NEEDS_PROGRAM.get(need)
    return bool(_OUT_OF_REACH.fullmatch(need)) or (program is not None and shutil.which(program) is None)


class Corpus:
    """The whole folder, and its own comparison."""

    def __init__(self, folder: Path) -> None:
        if not (folder / "corpus.json").exists():
            raise SystemExit(f"{folder} is no conformance corpus: it has no corpus.json")
        self.folder = folder
        listed = json.loads((folder / "corpus.json").read_text())["entries"]
        self.entries = [Entry(folder, about) for about in listed]

    @cached_property
    def compare(self) -> ModuleType:
        return self._module("compare", comparison)

    @cached_property
    def normalise(self) -> ModuleType:
        return self._module("normalise", documents)

    def _module(self, name: str, own: ModuleType) -> ModuleType:
        """The corpus's own module of that name or, where it brings none, ours."""
        if not (self.folder / f"{name}.py").exists():
            return own
        spec = importlib.util.spec_from_file_location(f"corpus_{name}", self.folder / f"{name}.py")
        if spec is None or spec.loader is None:
            raise SystemExit(f"{self.folder} has no {name}.py")
        module = importlib.util.module_from_spec(spec)
        sys.modules[spec.name] = module
        spec.loader.exec_module(module)
        return module
