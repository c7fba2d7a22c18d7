"""Submitting and checking manifests."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from rest_framework.request import Request

from workflows.api import answers
from workflows.api.base import ApiView, actor, valid
from workflows.api.describe import described
from workflows.api.parsers import MANIFEST_PARSERS
from workflows.api.problems import problem_json
from workflows.api.rendering import json_response
from workflows.api.requests import ManifestBody, SubmitBody
from workflows.errors import ManifestError
from workflows.services import lint, presentation, runs
from workflows.services import submit as submitting
from workflows.services.access import Access
from workflows.services.new_runs import SubmittedRun


class SubmitView(ApiView):
    parser_classes = MANIFEST_PARSERS

    @described(
        "Start runs: every Workflow of the text becomes one, templates in it are stored",
        body=SubmitBody,
        answer=answers.Submitted,
        status=201,
    )
    def post(self, request: Request, namespace: str) -> HttpResponse:
        body = valid(SubmitBody, _body(request))
        started = _start(request, namespace, body)
        access = Access(actor(request))
        records = [runs.get_run(actor(request), run.uid) for run in started]
        shown = [presentation.show_summary(record, access) for record in records]
        return json_response({"runs": shown}, status=201)


class LintView(ApiView):
    parser_classes = MANIFEST_PARSERS

    @described("Check a manifest without starting anything", body=ManifestBody, answer=answers.Faults)
    def post(self, request: Request, namespace: str) -> HttpResponse:
        body = valid(ManifestBody, _body(request))
        try:
            found = lint.lint_text(actor(request), namespace=namespace, text=body["manifest"])
        except ManifestError as error:
            found = list(error.problems)
        return json_response({"problems": [problem_json(problem) for problem in found]})


def _body(request: Request) -> Any:
    """An object of Kubernetes' shape stands for itself."""
    data = request.data
    return {"manifest": data} if "apiVersion" in data or "kind" in data else data


def _start(request: Request, namespace: str, body: dict[str, Any]) -> list[SubmittedRun]:
    overrides = {
        "name": body.get("name"),
        "generate_name": body.get("generateName"),
        "entrypoint": body.get("entrypoint"),
        "parameters": body.get("parameters"),
        "labels": body.get("labels"),
    }
    if "manifest" in body:
        return submitting.submit(
            actor(request), namespace=namespace, text=body["manifest"], message=body["message"], **overrides
        )
    template = body["template"]
    run = submitting.submit_from_template(
        actor(request),
        namespace=namespace,
        template=template["name"],
        kind=template["kind"],
        revision=template.get("revision"),
        **overrides,
    )
    return [run]
