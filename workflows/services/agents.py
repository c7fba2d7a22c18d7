"""The agent of this server: what its settings say, with the database behind it."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from workflows.artifacts.egress import read_rule
from workflows.errors import EnvironmentFault
from workflows.executors.agent import AgentExecutor, AgentSettings, Kinds, PluginAddress
from workflows.services.artifact_stores import surroundings
from workflows.services.object_store import StoredObjects
from workflows.store.configuration import read_secret


def build_agent() -> AgentExecutor:
    """Raises EnvironmentFault for settings that contradict each other."""
    chosen = AgentSettings(
        egress=read_rule(settings.SLUICE_EGRESS_ALLOW, refuses_private=settings.SLUICE_EGRESS_REFUSE_PRIVATE),
        plugins=_plugins(),
        max_body_bytes=settings.SLUICE_HTTP_MAX_BODY,
        max_seconds=settings.SLUICE_HTTP_MAX_SECONDS or None,
    )
    kinds = Kinds(chosen, secrets=read_secret, store=StoredObjects(), surroundings=surroundings)
    return AgentExecutor(Path(settings.SLUICE_AGENT_DIR), kinds, chosen)


def _plugins() -> dict[str, PluginAddress]:
    tokens = settings.SLUICE_EXECUTOR_PLUGIN_TOKENS
    unknown = sorted(set(tokens) - set(settings.SLUICE_EXECUTOR_PLUGINS))
    if unknown:
        raise EnvironmentFault(f"there is a token and no address for plugin {unknown[0]!r}")
    return {
        name: PluginAddress(url, tokens.get(name, ""))
        for name, url in settings.SLUICE_EXECUTOR_PLUGINS.items()
    }
