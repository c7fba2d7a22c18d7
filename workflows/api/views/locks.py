"""Locks of a namespace, the limits of its semaphores, and how many of its runs may be active."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import URLPattern, path
from rest_framework.request import Request

from workflows.api import lock_shapes as shapes
from workflows.api.base import ApiView, actor, valid
from workflows.api.describe import described
from workflows.api.rendering import json_response
from workflows.services import locks, parallelism


class LockListView(ApiView):
    @described("List locks, who holds them and who waits", answer=shapes.LockPage, query=shapes.LockQuery)
    def get(self, request: Request, namespace: str) -> HttpResponse:
        query = valid(shapes.LockQuery, request.query_params)
        found = locks.list_locks(actor(request), namespace, after=query["after"], in_use=query["inUse"])
        more = found[-1].lock.ref.name if len(found) == locks.PAGE else None
        return json_response({"items": [shapes.show_lock(view) for view in found], "next": more})


class LimitListView(ApiView):
    @described("List limits of database semaphores", answer=shapes.Limits)
    def get(self, request: Request, namespace: str) -> HttpResponse:
        found = locks.list_limits(actor(request), namespace)
        return json_response({"items": [shapes.show_limit(row) for row in found]})


class LimitView(ApiView):
    @described("Set how many may hold a database semaphore", body=shapes.LimitBody, answer=shapes.Limit)
    def put(self, request: Request, namespace: str, key: str) -> HttpResponse:
        limit = valid(shapes.LimitBody, request.data)["limit"]
        return json_response(shapes.show_limit(locks.set_limit(actor(request), namespace, key, limit)))

    @described("Delete the limit of a database semaphore", status=204)
    def delete(self, request: Request, namespace: str, key: str) -> HttpResponse:
        locks.delete_limit(actor(request), namespace, key)
        return HttpResponse(status=204)


class ConfigMapLimitView(ApiView):
    @described("Set how many may hold a semaphore of a ConfigMap", body=shapes.LimitBody, status=204)
    def put(self, request: Request, namespace: str, config_map: str, key: str) -> HttpResponse:
        limit = valid(shapes.LimitBody, request.data)["limit"]
        locks.set_config_map_limit(actor(request), namespace, config_map, key, limit)
        return HttpResponse(status=204)

    @described("Delete an entry of a ConfigMap that semaphores read", status=204)
    def delete(self, request: Request, namespace: str, config_map: str, key: str) -> HttpResponse:
        locks.set_config_map_limit(actor(request), namespace, config_map, key, None)
        return HttpResponse(status=204)


class ParallelismView(ApiView):
    @described("How many runs may be active at once, and how many are", answer=shapes.ParallelismAnswer)
    def get(self, request: Request, namespace: str) -> HttpResponse:
        return json_response(shapes.show_parallelism(parallelism.get_parallelism(actor(request), namespace)))

    @described(
        "Set how many runs may be active at once",
        body=shapes.ParallelismBody,
        answer=shapes.ParallelismAnswer,
    )
    def put(self, request: Request, namespace: str) -> HttpResponse:
        limit = valid(shapes.ParallelismBody, request.data)["limit"]
        found = parallelism.set_parallelism(actor(request), namespace, limit)
        return json_response(shapes.show_parallelism(found))


lock_paths: list[URLPattern] = [
    path("locks", LockListView.as_view()),
    path("parallelism", ParallelismView.as_view()),
    path("limits", LimitListView.as_view()),
    path("limits/<str:key>", LimitView.as_view()),
    path("limits/<str:config_map>/<str:key>", ConfigMapLimitView.as_view()),
]
