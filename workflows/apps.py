"""The Django application."""

from __future__ import annotations

from django.apps import AppConfig
from django.conf import settings

from workflows.executors import registry


class WorkflowsConfig(AppConfig):
    name = "workflows"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        name = settings.SLUICE_EXECUTOR
        # Services are at hand only once the models are.
        from workflows.services.agents import build_agent

        agent = build_agent if settings.SLUICE_AGENT_DIR else None
        registry.configure(name, settings.SLUICE_EXECUTOR_OPTIONS.get(name, {}), agent=agent)
