"""Every error of the API as problem details (RFC 9457). Codes are stable, texts are not.

    {"type": "urn:sluice:problem:conflict", "title": "Conflict", "status": 409, "code": "conflict",
     "detail": "the run has finished", "instance": "/api/runs/…/stop"}

A manifest that cannot be accepted has `problems`, one entry per fault; a request body or query that cannot be
read has `fields`, the faults by field.
"""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpResponse
from rest_framework import exceptions

from workflows.api.rendering import json_response
from workflows.errors import (
    ConflictError,
    EnvironmentFault,
    ForbiddenError,
    ManifestError,
    NotFoundError,
    Problem,
    SluiceError,
    UserError,
)

logger = logging.getLogger(__name__)

CONTENT_TYPE = "application/problem+json"

#: The first class that fits decides.
_STATUS: tuple[tuple[type[SluiceError], HTTPStatus], ...] = (
    (ManifestError, HTTPStatus.UNPROCESSABLE_ENTITY),
    (NotFoundError, HTTPStatus.NOT_FOUND),
    (ForbiddenError, HTTPStatus.FORBIDDEN),
    (ConflictError, HTTPStatus.CONFLICT),
    (UserError, HTTPStatus.BAD_REQUEST),
    (EnvironmentFault, HTTPStatus.SERVICE_UNAVAILABLE),
)

#: DRF's own codes where ours differ.
_CODES = {
    "not_authenticated": "not-signed-in",
    "authentication_failed": "bad-credentials",
    "permission_denied": "forbidden",
    "invalid": "invalid-request",
}


def problem_json(problem: Problem) -> dict[str, Any]:
    """One fault of a manifest as clients see it."""
    return {
        "code": problem.code,
        "message": problem.message,
        "severity": problem.severity,
        "document": problem.document,
        "path": problem.path,
        "line": problem.line,
        "column": problem.column,
        "remedy": problem.remedy,
    }


def problem_response(
    status: HTTPStatus,
    *,
    code: str,
    detail: str,
    instance: str = "",
    headers: dict[str, str] | None = None,
    **members: Any,
) -> HttpResponse:
    body = {
        "type": f"urn:sluice:problem:{code}",
        "title": status.phrase,
        "status": status.value,
        "code": code,
        "detail": detail,
    }
    if instance:
        body["instance"] = instance
    return json_response(body | members, status=status, content_type=CONTENT_TYPE, headers=headers)


def handle(error: Exception, context: dict[str, Any]) -> HttpResponse:
    """DRF's exception handler: there is no error that it does not turn into a problem."""
    request = context.get("request")
    instance = request.path if request is not None else ""
    if isinstance(error, SluiceError):
        return _own(error, instance)
    if isinstance(error, Http404):
        error = exceptions.NotFound("there is no such page")
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    if isinstance(error, exceptions.APIException):
        return _of_framework(error, instance)
    if isinstance(error, RequestDataTooBig):
        status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        return problem_response(
            status, code="too-large", detail="the request is too large", instance=instance
        )
    if isinstance(error, SuspiciousOperation):
        status = HTTPStatus.BAD_REQUEST
        return problem_response(status, code="invalid-request", detail="malformed request", instance=instance)
    return _unforeseen(error, instance)


def _own(error: SluiceError, instance: str) -> HttpResponse:
    status = next((status for kind, status in _STATUS if isinstance(error, kind)), None)
    if status is None:
        return _unforeseen(error, instance)
    members: dict[str, Any] = {}
    if isinstance(error, ManifestError):
        members["problems"] = [problem_json(problem) for problem in error.problems]
    return problem_response(status, code=error.code, detail=error.message, instance=instance, **members)


def _of_framework(error: exceptions.APIException, instance: str) -> HttpResponse:
    headers: dict[str, str] = {}
    if getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = error.auth_header  # type: ignore[attr-defined]
    if getattr(error, "wait", None):
        headers["Retry-After"] = str(int(error.wait))  # type: ignore[attr-defined]
    code = "" if isinstance(error.detail, dict | list) else str(error.detail.code)
    status = HTTPStatus(error.status_code)
    if isinstance(error, exceptions.ValidationError):
        return problem_response(
            status,
            code="invalid-request",
            detail="the request has faults in its fields",
            instance=instance,
            fields=error.detail,
        )
    return problem_response(
        status,
        code=_CODES.get(code, code.replace("_", "-")),
        detail=str(error.detail),
        instance=instance,
        headers=headers,
    )


def _unforeseen(error: Exception, instance: str) -> HttpResponse:
    logger.error("a request to %s failed", instance, exc_info=error)
    return problem_response(
        HTTPStatus.INTERNAL_SERVER_ERROR,
        code="internal-error",
        detail="the server failed; its log tells more",
        instance=instance,
    )
