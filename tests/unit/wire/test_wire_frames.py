"""Messages of the socket."""

from __future__ import annotations

import msgspec
import pytest

from workflows.wire import frames
from workflows.wire.topics import runs_topic


def test_a_subscription_is_read() -> None:
    command = frames.parse_command('{"type": "subscribe", "topic": "runs:demo", "since": 4}')

    assert command == frames.Command(type="subscribe", topic="runs:demo", since=4)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        pytest.param("", "truncated", id="empty"),
        pytest.param("[]", "Expected `object`", id="no object"),
        pytest.param("{}", "missing required field `type`", id="no type"),
        pytest.param('{"type": "publish"}', "Invalid enum value", id="unknown type"),
        pytest.param('{"type": "subscribe", "since": "1"}', "Expected `int`", id="since is text"),
        pytest.param('{"type": "subscribe", "since": -1}', "must not be negative", id="negative since"),
        pytest.param('{"type": "subscribe", "topic": 5}', "Expected `str`", id="topic is a number"),
        pytest.param('{"x": ' + "[" * 100_000, "[Rr]ecursion", id="deeply nested"),
    ],
)
def test_bad_commands_are_refused(text: str, why: str) -> None:
    with pytest.raises((msgspec.MsgspecError, RecursionError), match=why):
        frames.parse_command(text)


def test_frames_name_their_topic() -> None:
    topic = runs_topic("demo")

    assert frames.runs_frame(topic, runs=[{"a": 1}], deleted=["u"]) == {
        "type": "runs",
        "topic": "runs:demo",
        "runs": [{"a": 1}],
        "deleted": ["u"],
    }
    assert frames.gone_frame(topic) == {"type": "gone", "topic": "runs:demo"}
    assert frames.graph_frame(topic, run={}, graph={}) == {
        "type": "graph",
        "topic": "runs:demo",
        "run": {},
        "graph": {},
    }
    assert frames.problem_frame("x", code="c", detail="d") == {
        "type": "problem",
        "topic": "x",
        "code": "c",
        "detail": "d",
    }
    assert frames.pong_frame() == {"type": "pong"}
