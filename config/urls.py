"""All addresses: Django's admin here, everything else in `workflows.api.urls`."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    path("", include("workflows.api.urls")),
]
