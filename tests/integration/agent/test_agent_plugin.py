"""plugin templates: Argo's protocol of executor plugins, spoken with real servers."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest

from tests.contract.executor_harness import RUN, Harness
from tests.integration.agent.conftest import MakeHarness
from tests.integration.agent.servers import Reply, Seen, Server, serving
from workflows.engine.messages import Fact, NodeFinished, NodeProgress, NodeReported
from workflows.executors.agent import PluginAddress

pytestmark = pytest.mark.argo("3-plugin")

TEMPLATE = {"name": "t", "inputs": {}, "outputs": {}, "plugin": {"hello": {"to": "you"}}}
Answers = Callable[[dict[str, Any]], Reply]


@pytest.fixture
def plugin() -> Iterator[Callable[[Answers], Server]]:
    """plugin(answers) starts a server; `answers` gets what the plugin is asked."""
    open_ones: list[Any] = []

    def start(answers: Answers) -> Server:
        made = serving(lambda seen: answers(json.loads(seen.body)) if _is_call(seen) else Reply(400))
        open_ones.append(made)
        return made.__enter__()

    yield start
    for made in open_ones:
        made.__exit__(None, None, None)


def _is_call(seen: Seen) -> bool:
    return (seen.method, seen.path) == ("POST", "/api/v1/template.execute")


def _says(answer: Any, status: int = 200) -> Answers:
    return lambda _: Reply(status, json.dumps(answer).encode() if answer is not None else b"")


def _with(make_harness: MakeHarness, **servers: Server) -> Harness:
    return make_harness(plugins={name: PluginAddress(server.url, "tok") for name, server in servers.items()})


def test_a_plugin_is_told_the_run_and_the_template_and_its_answer_is_the_end(
    make_harness: MakeHarness, plugin: Callable[[Answers], Server]
) -> None:
    node = {
        "phase": "Succeeded", "message": "hi",
        "outputs": {"parameters": [{"name": "a", "value": "1"}, {"name": "b", "value": 2}], "result": "r"},
    }  # fmt: skip
    server = plugin(_says({"node": node, "requeue": "1h"}))

    end = _with(make_harness, mine=server).run("a", TEMPLATE)

    assert (end.phase, end.message, end.parameters, end.result) == (
        "Succeeded", "hi", {"a": "1", "b": "2"}, "r",
    )  # fmt: skip
    [seen] = server.seen
    assert seen.headers["Authorization"] == "Bearer tok"
    assert json.loads(seen.body) == {
        "workflow": {"metadata": {"name": "hello", "namespace": "team", "uid": RUN}},
        "template": TEMPLATE,
    }


def test_the_first_plugin_that_answers_for_the_node_decides(
    make_harness: MakeHarness, plugin: Callable[[Answers], Server]
) -> None:
    not_mine, mine, never = (
        plugin(_says({})),
        plugin(_says({"node": {"phase": "Failed", "message": "no"}})),
        plugin(_says({"node": {"phase": "Succeeded"}})),
    )

    end = _with(make_harness, not_mine=not_mine, mine=mine, never=never).run("a", TEMPLATE)

    assert (end.phase, end.message) == ("Failed", "no")
    assert (len(not_mine.seen), never.seen) == (1, [])


def test_without_a_plugin_for_it_the_node_fails_in_argos_words(
    make_harness: MakeHarness, plugin: Callable[[Answers], Server]
) -> None:
    ends = [
        make_harness().run("a", TEMPLATE),
        _with(make_harness, other=plugin(_says({}))).run("b", TEMPLATE),
    ]

    assert {(end.phase, end.message) for end in ends} == {("Failed", "no plugin executed the template")}


def test_a_plugin_without_the_method_is_asked_once_a_run(
    make_harness: MakeHarness, plugin: Callable[[Answers], Server]
) -> None:
    server = plugin(_says(None, 404))
    harness = _with(make_harness, mine=server)

    harness.run("a", TEMPLATE)
    harness.run("b", TEMPLATE)

    assert len(server.seen) == 1


def test_long_work_is_asked_for_again_and_shows_how_far_it_is(
    make_harness: MakeHarness, plugin: Callable[[Answers], Server]
) -> None:
    answers = iter(
        [
            {"node": {"phase": "Running", "message": "half", "progress": "1/2"}, "requeue": "10ms"},
            {"node": {"phase": "Running", "message": "half", "progress": "1/2"}, "requeue": "10ms"},
            {"node": {"phase": "Succeeded", "message": "all"}},
        ]
    )
    server = plugin(lambda _: Reply(200, json.dumps(next(answers)).encode()))
    harness = _with(make_harness, mine=server)
    harness.close()
    facts: list[Any] = []
    over = threading.Event()

    def report(_: str, told: Sequence[Fact]) -> None:
        facts.extend(told)
        if any(isinstance(fact, NodeFinished) for fact in told):
            over.set()

    harness.executor.open(report)
    harness.executor.launch([harness.order("a", TEMPLATE)])
    assert over.wait(20)

    reported = [(f.phase, f.message) for f in facts if isinstance(f, NodeReported)]
    progress = [f.progress for f in facts if isinstance(f, NodeProgress)]
    assert (reported, progress, len(server.seen)) == ([("Running", "half")], ["1/2"], 3)
    assert facts[-1].message == "all"


def test_a_busy_plugin_is_tried_again(make_harness: MakeHarness, plugin: Callable[[Answers], Server]) -> None:
    answers = iter([Reply(503, b"busy"), Reply(200, b'{"node": {"phase": "Succeeded"}}')])
    server = plugin(lambda _: next(answers))

    end = _with(make_harness, mine=server).run("a", TEMPLATE)

    assert (end.phase, len(server.seen)) == ("Succeeded", 2)


@pytest.mark.parametrize(
    ("answers", "message"),
    [
        (_says(None, 500), "500 Internal Server Error: "),
        (_says(None, 403), "403 Forbidden: "),
        (lambda _: Reply(200, b"no json"), "the answer of plugin 'mine' cannot be read"),
        (_says({"node": {"phase": "Odd"}}), "the plugin answers with the unknown phase 'Odd'"),
        (
            _says({"node": {"phase": "Running"}, "requeue": "soon"}),
            "the plugin answers with the bad duration",
        ),
    ],
)
def test_answers_that_are_none_fail_the_node(
    make_harness: MakeHarness, plugin: Callable[[Answers], Server], answers: Answers, message: str
) -> None:
    end = _with(make_harness, mine=plugin(answers)).run("a", TEMPLATE)

    assert end.phase == "Failed"
    assert end.message.startswith(message)


@pytest.mark.argo("2-executor-plugins")
def test_a_run_that_names_its_plugins_uses_only_those(
    make_harness: MakeHarness, plugin: Callable[[Answers], Server]
) -> None:
    fine = {"node": {"phase": "Succeeded"}}
    others, named = plugin(_says(fine)), plugin(_says(fine))
    harness = _with(make_harness, others=others, named=named)

    end = harness.run("a", TEMPLATE, pod={"executorPlugins": [{"metadata": {"name": "named"}}]})
    unknown = harness.run("b", TEMPLATE, pod={"executorPlugins": [{"metadata": {"name": "nobody"}}]})

    assert (end.phase, others.seen, len(named.seen)) == ("Succeeded", [], 1)
    assert unknown.phase == "Error"
    assert "the executor plugin 'nobody' is not configured" in unknown.message
