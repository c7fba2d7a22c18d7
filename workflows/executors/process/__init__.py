"""Runs nodes as local processes, see `executor`. Off unless the settings say so."""

from workflows.executors.process.executor import ProcessExecutor
from workflows.executors.process.images import DEFAULT_IMAGES, ImageRule
from workflows.executors.process.launcher import Isolation
from workflows.executors.process.settings import ProcessSettings

__all__ = ["DEFAULT_IMAGES", "ImageRule", "Isolation", "ProcessExecutor", "ProcessSettings"]
