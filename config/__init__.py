"""Settings and entry points of the processes. Not for behaviour; `workflows` never imports this package."""

from __future__ import annotations

from config.celery import app as celery_app

# Celery's `current_app` is this one in every process that reads the settings.
__all__ = ["celery_app"]
