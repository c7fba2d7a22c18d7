"""Names of socket topics and their groups."""

from __future__ import annotations

import re

import pytest

from workflows.wire.topics import Topic, parse_topic, run_topic, runs_topic

UID = "0f8fad5b-d9cb-469f-a165-70867728950e"


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        pytest.param(f"run:{UID}", Topic("run", UID), id="run"),
        pytest.param("runs:team-a", Topic("runs", "team-a"), id="run list"),
        pytest.param("runs:a", Topic("runs", "a"), id="shortest namespace"),
        pytest.param(f"runs:{'n' * 63}", Topic("runs", "n" * 63), id="longest namespace"),
        pytest.param(f"runs:{'n' * 64}", None, id="namespace too long"),
        pytest.param("runs:-a", None, id="namespace starts with hyphen"),
        pytest.param("runs:a b", None, id="space"),
        pytest.param("runs:a\n", None, id="trailing newline"),
        pytest.param("runs:ä", None, id="not ascii"),
        pytest.param("run:../etc", None, id="no uid"),
        pytest.param("run:", None, id="empty key"),
        pytest.param("nodes:x", None, id="unknown kind"),
        pytest.param("", None, id="empty"),
    ],
)
def test_topics_are_read_strictly(text: str, topic: Topic | None) -> None:
    assert parse_topic(text) == topic


@pytest.mark.parametrize("topic", [run_topic(UID), runs_topic("n" * 63)], ids=str)
def test_a_topic_reads_back_and_its_group_suits_channel_layers(topic: Topic) -> None:
    assert parse_topic(str(topic)) == topic
    assert re.fullmatch(r"[A-Za-z0-9._-]{1,99}", topic.group)
