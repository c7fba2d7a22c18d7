"""Files sent before a run is submitted that takes them as input artifacts."""

from __future__ import annotations

from django.http import HttpResponse
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from workflows.api.artifact_shapes import UploadAnswer, UploadForm, UploadsAnswer, show_upload
from workflows.api.base import ApiView, actor
from workflows.api.describe import described
from workflows.api.rendering import json_response
from workflows.api.uploading import FilesParser, received_files
from workflows.services import uploads


class UploadListView(ApiView):
    parser_classes = (FilesParser,)

    @described("List files you sent that no run uses yet", answer=UploadsAnswer)
    def get(self, request: Request, namespace: str) -> HttpResponse:
        found = uploads.list_uploads(actor(request), namespace)
        return json_response({"items": [show_upload(upload) for upload in found]})

    @described("Send a file, to be named in a submit", form=UploadForm, answer=UploadAnswer, status=201)
    def post(self, request: Request, namespace: str) -> HttpResponse:
        files = received_files(request)
        if set(files) != {"file"}:
            raise ValidationError({"file": ["send one file, in the field `file`"]})
        path, name = files["file"]
        return json_response(
            show_upload(uploads.store_upload(actor(request), namespace, path, name)), status=201
        )


class UploadView(ApiView):
    @described("Remove a file you sent", status=204)
    def delete(self, request: Request, namespace: str, token: str) -> HttpResponse:
        uploads.withdraw(actor(request), namespace, token)
        return HttpResponse(status=204)
