"""data templates: list what is stored somewhere and transform the list.

Source: Argo's `ProcessData` and `executorDataSourceProcessor`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from workflows.artifacts import Location, Surroundings, open_driver, read_location
from workflows.artifacts.location import read_store
from workflows.engine.messages import Launch
from workflows.errors import EnvironmentFault, SluiceError
from workflows.executors.agent.settings import AgentSettings
from workflows.executors.agent.work import Ending, Failed, Note, Pause, failed_pod, succeeded_pod
from workflows.expr import ExprError, compile_expression
from workflows.expr.errors import Fault
from workflows.expr.gojson import marshal

#: how stores of a namespace are reached
OpenSurroundings = Callable[[str], Surroundings]

_WHAT = "unable to process data template: "
_SOURCE = f"{_WHAT}unable to process data source: "
_TRANSFORMATION = f"{_WHAT}unable to process data transformation: "
_TRIES = 4


class DataWork:
    """A store that does not answer is asked a few times."""

    is_slow = True

    def __init__(
        self, order: Launch, note: Note, settings: AgentSettings, surroundings: OpenSurroundings
    ) -> None:
        self._order = order
        self._note = note
        self._settings = settings
        self._surroundings = surroundings
        self._template: dict[str, Any] = order.template["data"]
        self._tries = 0

    def advance(self) -> Ending | Pause:
        try:
            paths = self._paths()
        except EnvironmentFault as fault:
            self._tries += 1
            if self._tries >= _TRIES:
                raise
            self._note(f"{fault}; trying again")
            return Pause(2.0**self._tries)
        self._note(f"{len(paths)} paths")
        result = self._transformed(paths)
        if len(result) > self._settings.max_body_bytes:
            raise Failed(f"{_WHAT}the result is longer than {self._settings.max_body_bytes} characters")
        return succeeded_pod(result=result)

    def failed(self, message: str) -> Ending:
        text = (
            message if message.startswith(_WHAT) else f"{_SOURCE}unable to source artifact paths: {message}"
        )
        self._note(text)
        return failed_pod(text)

    def limit(self) -> None:
        return None

    def cancel(self) -> None:
        """Stores have time limits of their own."""

    def killed(self) -> None:
        """Nothing was changed."""

    def _paths(self) -> list[str]:
        artifact = (self._template.get("source") or {}).get("artifactPaths")
        if artifact is None:
            raise Failed(f"{_SOURCE}no valid source is used for data template")
        location = _located(artifact, self._order.template.get("archiveLocation") or {})
        driver = open_driver(location, self._surroundings(self._order.namespace))
        return [stored.key for stored in driver.list(location.key)]

    def _transformed(self, data: Any) -> str:
        steps = self._template.get("transformation") or ()
        for index, step in enumerate(steps):
            expression = str(step.get("expression") or "")
            if not expression:
                continue
            try:
                data = compile_expression(expression).evaluate({"data": data})
            except (ExprError, SluiceError) as fault:
                message = f"error processing data step {index}: {fault}"
                raise Failed(f"{_TRANSFORMATION}{message}") from fault
        try:
            return marshal(data)
        except Fault as fault:
            raise Failed(f"{_WHAT}{fault}") from fault


def _located(artifact: Mapping[str, Any], archive: Mapping[str, Any]) -> Location:
    """Where to look. What the artifact does not say of its store, such as the endpoint, the repository says.

    A whole store may be listed, so there need not be a key.
    """
    own = read_location(artifact)
    if own is None:
        raise Failed("the artifact has no location")
    repository = read_location(archive)
    if own.is_complete() or repository is None or repository.kind != own.kind:
        return own if own.is_complete() else own.relocated(repository)
    fields = {name: value for name, value in archive[own.kind].items() if name != "key"}
    return Location(own.kind, read_store(own.kind, fields | dict(artifact[own.kind])))
