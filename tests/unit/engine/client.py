"""The words of Argo's client, such as ``stop NAME --message no``, as the signals that the engine hears."""

from __future__ import annotations

from collections.abc import Callable

from workflows.engine.messages import ResumeRun, RetryRun, SetNode, Signal, Stop, SuspendRun, Terminate

_ACTOR = "admin"
_FLAGS = frozenset({"--restart-successful"})

Options = dict[str, str]

_SIGNALS: dict[str, Callable[[Options, dict[str, str]], Signal]] = {
    "stop": lambda options, _: Stop(
        selector=options.get("--node-field-selector", ""), message=options.get("--message", ""), actor=_ACTOR
    ),
    "terminate": lambda options, _: Terminate(actor=_ACTOR),
    "suspend": lambda options, _: SuspendRun(actor=_ACTOR),
    "resume": lambda options, _: ResumeRun(selector=options.get("--node-field-selector", ""), actor=_ACTOR),
    "node": lambda options, values: SetNode(
        selector=options["--node-field-selector"],
        phase=options.get("--phase", ""),
        message=options.get("--message", ""),
        values=values,
        actor=_ACTOR,
    ),
    "retry": lambda options, values: RetryRun(
        restart_successful="--restart-successful" in options,
        selector=options.get("--node-field-selector", ""),
        parameters=values,
        actor=_ACTOR,
    ),
}


def signal(words: list[str]) -> Signal:
    """Raises KeyError for words that nobody knows."""
    options: Options = {}
    values: dict[str, str] = {}
    rest = [word for word in words[1:] if word not in ("set", "$NAME")]
    while rest:
        option = rest.pop(0)
        if option in _FLAGS:
            options[option] = ""
        elif option in ("-p", "--output-parameter"):
            name, _, value = rest.pop(0).partition("=")
            values[name] = value
        else:
            options[option] = rest.pop(0)
    return _SIGNALS[words[0]](options, values)
