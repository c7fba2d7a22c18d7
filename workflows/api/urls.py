"""Addresses of pages and API, included at the root. /api/v1/ is kept for the API of Argo's clients."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path, register_converter
from django.urls.converters import UUIDConverter

from workflows.api import pages
from workflows.api.front_end import app_page
from workflows.api.schema import SchemaView
from workflows.api.views import (
    account,
    configuration,
    control,
    events,
    examples,
    library,
    logs,
    memos,
    metrics,
    nowhere,
    runs,
    schedules,
    submit,
    uploads,
)
from workflows.api.views.argo_artifacts import argo_paths
from workflows.api.views.artifacts import run_paths as artifact_paths
from workflows.api.views.claims import claim_paths
from workflows.api.views.installation import info_paths, run_link_paths
from workflows.api.views.locks import lock_paths
from workflows.api.views.revisions import revision_paths


class _RunUid(UUIDConverter):
    """A uid in its one spelling, as text."""

    def to_python(self, value: str) -> str:  # type: ignore[override]
        return value


register_converter(_RunUid, "uid")

_run = [
    path("graph", runs.GraphView.as_view()),
    path("manifest", runs.ManifestView.as_view()),
    path("nodes/<str:node_id>", runs.NodeView.as_view()),
    path("nodes/<str:node_id>/logs", logs.LogView.as_view()),
    *artifact_paths,
    *run_link_paths,
    path("stop", control.StopView.as_view()),
    path("terminate", control.TerminateView.as_view()),
    path("suspend", control.SuspendView.as_view()),
    path("resume", control.ResumeView.as_view()),
    path("set", control.SetView.as_view()),
    path("nodes/<str:node_id>/retry", control.RetryNodeView.as_view()),
    path("nodes/<str:node_id>/retry/preview", control.PreviewRetryNodeView.as_view()),
    path("retry", control.RetryView.as_view()),
    path("retry/preview", control.PreviewRetryView.as_view()),
    path("resubmit", control.ResubmitView.as_view()),
]

_namespace = [
    path("runs", submit.SubmitView.as_view()),
    path("runs/<str:name>", runs.RunByNameView.as_view()),
    path("uploads", uploads.UploadListView.as_view()),
    path("uploads/<str:token>", uploads.UploadView.as_view()),
    path("lint", submit.LintView.as_view()),
    path("workflow-templates", library.WorkflowTemplateListView.as_view()),
    path("workflow-templates/<str:name>", library.WorkflowTemplateView.as_view()),
    *revision_paths("workflow-templates", "WorkflowTemplate"),
    path("workflow-event-bindings", library.WorkflowEventBindingListView.as_view()),
    path("workflow-event-bindings/<str:name>", library.WorkflowEventBindingView.as_view()),
    *revision_paths("workflow-event-bindings", "WorkflowEventBinding"),
    path("events", events.SendPlainEventView.as_view()),
    path("events/<str:discriminator>", events.SendEventView.as_view()),
    path("received-events", events.ReceivedEventListView.as_view()),
    path("received-events/<int:event_id>", events.ReceivedEventView.as_view()),
    path("received-events/<int:event_id>/replay", events.ReplayEventView.as_view()),
    *lock_paths,
    path("secrets", configuration.SecretListView.as_view()),
    path("secrets/<str:name>", configuration.SecretView.as_view()),
    path("config-maps", configuration.ConfigMapListView.as_view()),
    path("config-maps/<str:name>", configuration.ConfigMapView.as_view()),
    *claim_paths,
    path("caches", memos.CacheListView.as_view()),
    path("caches/<str:cache>", memos.CacheView.as_view()),
    path("caches/<str:cache>/entries/<str:key>", memos.CacheEntryView.as_view()),
    path("cron-workflows", library.CronWorkflowListView.as_view()),
    path("cron-workflows/<str:name>", library.CronWorkflowView.as_view()),
    *revision_paths("cron-workflows", "CronWorkflow"),
    path("cron-workflows/<str:name>/status", schedules.CronStatusView.as_view()),
    path("cron-workflows/<str:name>/slots", schedules.CronSlotListView.as_view()),
    path("cron-workflows/<str:name>/suspend", schedules.SuspendCronView.as_view()),
    path("cron-workflows/<str:name>/resume", schedules.ResumeCronView.as_view()),
    path("cron-workflows/<str:name>/trigger", schedules.TriggerCronView.as_view()),
    path("cron-workflows/<str:name>/backfills", schedules.BackfillListView.as_view()),
    path("cron-workflows/<str:name>/backfills/preview", schedules.PreviewBackfillView.as_view()),
    path(
        "cron-workflows/<str:name>/backfills/<int:backfill_id>/cancel", schedules.CancelBackfillView.as_view()
    ),
]

_api: list[URLPattern | URLResolver] = [
    *info_paths,
    path("me", account.MeView.as_view()),
    path("tokens", account.TokenListView.as_view()),
    path("tokens/<int:token_id>", account.TokenView.as_view()),
    path("examples", examples.ExamplesView.as_view()),
    path("schema/", SchemaView.as_view()),
    path("runs", runs.RunListView.as_view()),
    path("runs/<uid:uid>", runs.RunView.as_view()),
    path("runs/<uid:uid>/", include(_run)),
    path("namespaces", account.NamespaceListView.as_view()),
    path("namespaces/<str:namespace>/", include(_namespace)),
    path("cluster-workflow-templates", library.ClusterWorkflowTemplateListView.as_view()),
    path("cluster-workflow-templates/<str:name>", library.ClusterWorkflowTemplateView.as_view()),
    *revision_paths("cluster-workflow-templates", "ClusterWorkflowTemplate"),
    path("v1/events/<str:namespace>/", events.SendPlainArgoEventView.as_view()),
    path("v1/events/<str:namespace>/<str:discriminator>", events.SendArgoEventView.as_view()),
    path("<path:rest>", nowhere.NowhereView.as_view()),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("", pages.runs_page, name="runs"),
    path("runs/<uid:uid>", pages.run_page, name="run"),
    path("ui/", app_page, name="app"),
    path("ui/<path:rest>", app_page),
    path("metrics", metrics.scrape, name="metrics"),
    path("healthz", metrics.healthz, name="healthz"),
    path("readyz", metrics.readyz, name="readyz"),
    path("login/", pages.sign_in, name="login"),
    path("logout/", pages.sign_out, name="logout"),
    path("api/", include(_api)),
    *argo_paths,
]
