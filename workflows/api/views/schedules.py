"""Schedules of CronWorkflows: status, ledger, and what people do to them."""

from __future__ import annotations

from django.http import HttpResponse
from rest_framework.request import Request

from workflows.api import schedule_shapes as shapes
from workflows.api.base import ApiView, actor, valid
from workflows.api.describe import described
from workflows.api.rendering import json_response
from workflows.api.requests import NoBody
from workflows.api.schedule_shapes import CronStatus, SlotPage, SlotQuery, Triggered, show_slot, show_status
from workflows.services import backfills, schedules


def _status(request: Request, namespace: str, name: str) -> HttpResponse:
    return json_response(show_status(schedules.get_status(actor(request), namespace, name)))


class CronStatusView(ApiView):
    @described("Get the status of a schedule and its next slots", answer=CronStatus)
    def get(self, request: Request, namespace: str, name: str) -> HttpResponse:
        return _status(request, namespace, name)


class CronSlotListView(ApiView):
    @described("List what became of the slots of a schedule, newest first", answer=SlotPage, query=SlotQuery)
    def get(self, request: Request, namespace: str, name: str) -> HttpResponse:
        query = valid(SlotQuery, request.query_params)
        limit = query["limit"]
        found = schedules.list_slots(
            actor(request),
            namespace,
            name,
            before=query.get("before"),
            outcome=query["outcome"],
            limit=limit + 1,
        )
        items = [show_slot(slot) for slot in found[:limit]]
        return json_response({"items": items, "next": items[-1]["id"] if len(found) > limit else None})


class SuspendCronView(ApiView):
    @described("Skip the slots of a schedule until it is resumed", body=NoBody, answer=CronStatus)
    def post(self, request: Request, namespace: str, name: str) -> HttpResponse:
        schedules.suspend(actor(request), namespace, name)
        return _status(request, namespace, name)


class ResumeCronView(ApiView):
    @described("Go on with a suspended or stopped schedule", body=NoBody, answer=CronStatus)
    def post(self, request: Request, namespace: str, name: str) -> HttpResponse:
        schedules.resume(actor(request), namespace, name)
        return _status(request, namespace, name)


class TriggerCronView(ApiView):
    @described("Start a run of a schedule now, out of turn", body=NoBody, answer=Triggered, status=201)
    def post(self, request: Request, namespace: str, name: str) -> HttpResponse:
        run = schedules.trigger(actor(request), namespace, name)
        return json_response({"uid": run.uid, "name": run.name}, status=201)


class BackfillListView(ApiView):
    @described("List the backfills of a schedule, newest first", answer=shapes.Backfills)
    def get(self, request: Request, namespace: str, name: str) -> HttpResponse:
        found = backfills.list_backfills(actor(request), namespace, name)
        return json_response({"items": [shapes.show_backfill(one) for one in found]})

    @described(
        "Run the slots of a range that have not run",
        body=shapes.BackfillBody,
        answer=shapes.NewBackfill,
        status=201,
    )
    def post(self, request: Request, namespace: str, name: str) -> HttpResponse:
        body = valid(shapes.BackfillBody, request.data)
        made = backfills.start(actor(request), namespace, name, **body)
        return json_response({"id": made.id}, status=201)


class PreviewBackfillView(ApiView):
    @described("Tell what a backfill would run", body=shapes.RangeBody, answer=shapes.BackfillPreview)
    def post(self, request: Request, namespace: str, name: str) -> HttpResponse:
        body = valid(shapes.RangeBody, request.data)
        found = backfills.preview(actor(request), namespace, name, **body)
        return json_response({"items": [shapes.show_candidate(one) for one in found]})


class CancelBackfillView(ApiView):
    @described("Start no more runs of a backfill", body=NoBody, status=204)
    def post(self, request: Request, namespace: str, name: str, backfill_id: int) -> HttpResponse:
        backfills.cancel(actor(request), namespace, name, backfill_id)
        return HttpResponse(status=204)
