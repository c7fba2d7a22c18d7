"""The Django application."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.conf import settings

from workflows.executors import registry
from workflows.executors.agent import AgentExecutor


def _options(name: str) -> dict[str, Any]:
    """What the settings say of an executor; the one on this machine also gets Secrets and artifact stores."""
    options = dict(settings.SLUICE_EXECUTOR_OPTIONS.get(name, {}))
    if name == "process":
        # Services are at hand only once the models are.
        from workflows.services.artifact_stores import surroundings
        from workflows.store.configuration import read_config_map, read_secret

        options |= {"secrets": read_secret, "config_maps": read_config_map, "surroundings": surroundings}
    return options


def _agent() -> AgentExecutor:
    """Made when first needed: until then, its services need not be read."""
    from workflows.services.agents import build_agent

    return build_agent()


class WorkflowsConfig(AppConfig):
    name = "workflows"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        name = settings.SLUICE_EXECUTOR
        agent = _agent if settings.SLUICE_AGENT_DIR else None
        registry.configure(name, _options(name), agent=agent)
