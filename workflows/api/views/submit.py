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
from workflows.api.rate_limits import SubmitThrottle
from workflows.api.rendering import json_response
from workflows.api.requests import ManifestBody, SubmitBody, SubmitForm
from workflows.api.uploading import FilesParser, is_form, received_files, submitted_fields
from workflows.engine.messages import JsonObject
from workflows.errors import ManifestError
from workflows.services import lint, presentation, runs
from workflows.services import submit as submitting
from workflows.services.access import Access, Right
from workflows.services.dry_run import DryRun, dry_run
from workflows.services.new_runs import SubmittedRun
from workflows.services.overrides import SETTINGS
from workflows.services.uploads import sent_along


class SubmitView(ApiView):
    throttle_classes = (SubmitThrottle,)
    parser_classes = (*MANIFEST_PARSERS, FilesParser)

    @described(
        "Start runs: every Workflow of the text becomes one, templates in it are stored",
        body=SubmitBody,
        form=SubmitForm,
        answer=answers.Submitted,
        status=201,
        others={200: answers.DryRun},
    )
    def post(self, request: Request, namespace: str) -> HttpResponse:
        sent = is_form(request)
        body = valid(SubmitBody, submitted_fields(request) if sent else _body(request))
        files = received_files(request) if sent else {}
        right = Right.SUBMIT if "manifest" in body else Right.RUN_TEMPLATE
        dry = body["dryRun"]
        with sent_along(
            actor(request), namespace, files, body.get("artifacts"), right=right, keep=not dry
        ) as artifacts:
            if dry:
                return _show_dry_run(dry_run(lambda: _start(request, namespace, body, artifacts)))
            started = _start(request, namespace, body, artifacts)
        access = Access(actor(request))
        records = [runs.get_run(actor(request), run.uid) for run in started]
        shown = [presentation.show_summary(record, access) for record in records]
        warnings = [problem_json(problem) for problem in started[0].warnings] if started else []
        return json_response({"runs": shown, "warnings": warnings}, status=201)


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


def _show_dry_run(found: DryRun) -> HttpResponse:
    warnings = [problem_json(problem) for problem in found.warnings]
    return json_response({"runs": found.workflows, "warnings": warnings})


def _body(request: Request) -> Any:
    """An object of Kubernetes' shape stands for itself."""
    data = request.data
    return {"manifest": data} if "apiVersion" in data or "kind" in data else data


def _start(
    request: Request, namespace: str, body: dict[str, Any], artifacts: dict[str, JsonObject]
) -> list[SubmittedRun]:
    overrides = {
        "name": body.get("name"),
        "generate_name": body.get("generateName"),
        "entrypoint": body.get("entrypoint"),
        "parameters": body.get("parameters"),
        "labels": body.get("labels"),
        "artifacts": artifacts,
        "annotations": body.get("annotations"),
        "settings": {name: body[name] for name in SETTINGS if name in body},
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
