"""The agent: http, plugin, resource and data templates, carried out without a process of their own."""

from workflows.executors.agent.executor import AgentExecutor
from workflows.executors.agent.kinds import Kinds, kind_of
from workflows.executors.agent.objects import KINDS, Change, Hear, ObjectStore, Requester
from workflows.executors.agent.settings import AgentSettings, PluginAddress

__all__ = [
    "KINDS",
    "AgentExecutor",
    "AgentSettings",
    "Change",
    "Hear",
    "Kinds",
    "ObjectStore",
    "PluginAddress",
    "Requester",
    "kind_of",
]
