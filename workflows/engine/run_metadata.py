"""Labels and annotations a manifest puts on its run as it begins. Source: Argo's `updateWorkflowMetadata`.

Not for what is put on pods.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from workflows.engine.errors import EngineError
from workflows.engine.texts import LENIENT, render
from workflows.expr import ExprError, compile_expression, parse_text

if TYPE_CHECKING:
    from workflows.engine.core import Core
    from workflows.engine.scope import Scope
    from workflows.spec import WorkflowMetadata

_LONGEST: Final = 63
_PATTERN: Final = "(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?"
_LABEL = re.compile(_PATTERN)
_RULE: Final = (
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must"
    " start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used"
    f" for validation is '{_PATTERN}')"
)


def put_on_run(core: Core, metadata: WorkflowMetadata, scope: Scope) -> None:
    """`labelsFrom` may use parameters and everything set before it. Raises EngineError."""
    run = core.run

    def rendered(text: str) -> str:
        return render(parse_text(text), scope, core.context, LENIENT)

    for name, text in metadata.labels.items():
        value = rendered(text)
        _check(value, f'"{name}"')
        run.labels[name] = value
    run.annotations.update({name: rendered(text) for name, text in metadata.annotations.items()})
    core.variables.set_metadata(run)
    for name, source in metadata.labels_from.items():
        value = _computed(core, name, source.expression)
        _check(value, f'"{name}" and expression "{source.expression}"')
        run.labels[name] = value
    core.variables.set_metadata(run)


def _computed(core: Core, name: str, expression: str) -> str:
    failed = f'failed to evaluate label "{name}" expression "{expression}"'
    try:
        value = compile_expression(expression).evaluate(core.variables, core.context)
    except ExprError as error:
        raise EngineError(f"{failed}: {error.message}") from None
    if not isinstance(value, str):
        raise EngineError(f"{failed}: it must give a string")
    return value


def _check(value: str, label: str) -> None:
    """Raises EngineError for what Kubernetes takes for no label."""
    faults = []
    if len(value.encode(errors="replace")) > _LONGEST:
        faults.append(f"must be no more than {_LONGEST} bytes")
    if not _LABEL.fullmatch(value):
        faults.append(_RULE)
    if faults:
        raise EngineError(f'invalid label value "{value}" for label {label}: {";".join(faults)}')
