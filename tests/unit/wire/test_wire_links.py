"""Placeholders in the addresses of links."""

from __future__ import annotations

from typing import Any

import pytest

from workflows.wire.links import filled, links_of_run

WORKFLOW: dict[str, Any] = {
    "metadata": {"name": "r", "labels": {"example.com/team": "a b&c=d", "plain": "x"}},
    "spec": {"priority": 3, "suspend": True, "templates": []},
    "status": {"startedAt": "2026-01-01T00:00:01Z", "finishedAt": None},
}
NOW = 1_767_225_999_000


@pytest.mark.argo("20-links")
@pytest.mark.parametrize(
    ("url", "result"),
    [
        pytest.param("/${metadata.name}", "/r", id="of-the-run"),
        pytest.param("/${workflow.spec.priority}", "/3", id="any-field"),
        pytest.param("/${workflow.spec.suspend}", "/true", id="truth"),
        pytest.param("/${status.startedAt}", "/2026-01-01T00%3A00%3A01Z", id="time"),
        pytest.param("/${status.startedAtEpoch}", "/1767225601000", id="epoch"),
        pytest.param("/${status.finishedAtEpoch}", f"/{NOW}", id="epoch-of-what-goes-on"),
        pytest.param("/${workflow.metadata.labels.plain}", "/x", id="label"),
        pytest.param("/${metadata.labels.example.com/team}", "/a%20b%26c%3Dd", id="key-with-dots"),
        pytest.param("/${status.finishedAt}", "/", id="none"),
        pytest.param("/${workflow.spec.nothing.at.all}", "/", id="no-such-field"),
        pytest.param("/${workflow.spec}", "/", id="no-single-value"),
        pytest.param("/${}${", "/${", id="nothing-named"),
        pytest.param("/{{workflow.name}}", "/{{workflow.name}}", id="no-tags"),
    ],
)
def test_a_placeholder_becomes_its_value(url: str, result: str) -> None:
    [link] = links_of_run([{"name": "x", "scope": "workflow", "url": url}], WORKFLOW, NOW)

    assert link["url"] == result


def test_a_value_is_not_filled_in_itself() -> None:
    assert filled("/${a}", {"a": "${b}", "b": "secret"}) == "/%24%7Bb%7D"
