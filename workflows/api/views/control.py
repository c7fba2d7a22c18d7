"""Actions on a run. They answer 202: the engine carries them out, the graph shows their effect."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from rest_framework.request import Request

from workflows.api import answers
from workflows.api import retry_shapes as shapes
from workflows.api.base import ApiView, actor, valid
from workflows.api.describe import described
from workflows.api.rate_limits import SubmitThrottle
from workflows.api.rendering import json_response
from workflows.api.requests import NoBody, ResubmitBody, ResumeBody, RetryBody, SetBody, StopBody
from workflows.services import control, presentation, resubmit, retries, runs
from workflows.services.access import Access


def _retry_wishes(request: Request) -> dict[str, Any]:
    body = valid(RetryBody, request.data)
    return {
        "restart_successful": body["restartSuccessful"],
        "selector": body["selector"],
        "parameters": body.get("parameters"),
    }


def _accepted(request: Request, uid: str) -> HttpResponse:
    record = runs.get_run(actor(request), uid)
    return json_response(presentation.show_summary(record, Access(actor(request))), status=202)


class StopView(ApiView):
    @described("Stop a run; exit handlers still run", body=StopBody, answer=answers.Workflow, status=202)
    def post(self, request: Request, uid: str) -> HttpResponse:
        control.stop(actor(request), uid, **valid(StopBody, request.data))
        return _accepted(request, uid)


class TerminateView(ApiView):
    @described("End a run at once, without exit handlers", body=NoBody, answer=answers.Workflow, status=202)
    def post(self, request: Request, uid: str) -> HttpResponse:
        control.terminate(actor(request), uid)
        return _accepted(request, uid)


class SuspendView(ApiView):
    @described("Start no new nodes until resumed", body=NoBody, answer=answers.Workflow, status=202)
    def post(self, request: Request, uid: str) -> HttpResponse:
        control.suspend(actor(request), uid)
        return _accepted(request, uid)


class ResumeView(ApiView):
    @described(
        "Resume a run, or answer its suspend nodes", body=ResumeBody, answer=answers.Workflow, status=202
    )
    def post(self, request: Request, uid: str) -> HttpResponse:
        control.resume(actor(request), uid, **valid(ResumeBody, request.data))
        return _accepted(request, uid)


class SetView(ApiView):
    @described(
        "Set phase, message or outputs of suspend nodes", body=SetBody, answer=answers.Workflow, status=202
    )
    def post(self, request: Request, uid: str) -> HttpResponse:
        control.set_node(actor(request), uid, **valid(SetBody, request.data))
        return _accepted(request, uid)


class RetryView(ApiView):
    @described(
        "Do the failed nodes of a finished run again", body=RetryBody, answer=answers.Workflow, status=202
    )
    def post(self, request: Request, uid: str) -> HttpResponse:
        retries.retry(actor(request), uid, **_retry_wishes(request))
        return _accepted(request, uid)


class PreviewRetryView(ApiView):
    @described("Tell which nodes a retry would do again, and why", body=RetryBody, answer=shapes.RetryPreview)
    def post(self, request: Request, uid: str) -> HttpResponse:
        found = retries.preview_retry(actor(request), uid, **_retry_wishes(request))
        return json_response(shapes.show_preview(found))


class RetryNodeView(ApiView):
    @described(
        "Do one node of a finished run again, and what came after it",
        body=shapes.NodeRetryBody,
        answer=answers.Workflow,
        status=202,
    )
    def post(self, request: Request, uid: str, node_id: str) -> HttpResponse:
        body = valid(shapes.NodeRetryBody, request.data)
        retries.retry_node(actor(request), uid, node_id, parameters=body.get("parameters"))
        return _accepted(request, uid)


class PreviewRetryNodeView(ApiView):
    @described(
        "Tell which nodes the retry of one would do again, and why",
        body=shapes.NodeRetryBody,
        answer=shapes.RetryPreview,
    )
    def post(self, request: Request, uid: str, node_id: str) -> HttpResponse:
        body = valid(shapes.NodeRetryBody, request.data)
        selector = retries.selector_of(actor(request), uid, node_id)
        found = retries.preview_retry(
            actor(request),
            uid,
            restart_successful=True,
            selector=selector,
            parameters=body.get("parameters"),
        )
        return json_response(shapes.show_preview(found))


class ResubmitView(ApiView):
    throttle_classes = (SubmitThrottle,)

    @described("Start the same run anew", body=ResubmitBody, answer=answers.Workflow, status=201)
    def post(self, request: Request, uid: str) -> HttpResponse:
        body = valid(ResubmitBody, request.data)
        made = resubmit.resubmit(
            actor(request),
            uid,
            parameters=body.get("parameters", {}),
            same_templates=body["sameTemplates"],
            memoized=body["memoized"],
        )
        record = runs.get_run(actor(request), made.uid)
        return json_response(presentation.show_summary(record, Access(actor(request))), status=201)
