"""Django's admin for platform staff: namespaces and who has which role in them. Not for runs."""

from __future__ import annotations

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from workflows.models import Namespace, NamespaceRole
from workflows.store import clock


class RoleInline(admin.TabularInline):
    model = NamespaceRole
    autocomplete_fields = ("user", "group")
    extra = 1


@admin.register(Namespace)
class NamespaceAdmin(admin.ModelAdmin):
    """A namespace keeps its name: runs and templates are found by it."""

    inlines = (RoleInline,)
    search_fields = ("name",)
    fields = ("name",)

    def get_readonly_fields(self, request: HttpRequest, obj: Namespace | None = None) -> tuple[str, ...]:
        return ("name",) if obj is not None else ()

    def save_model(self, request: HttpRequest, obj: Namespace, form: forms.ModelForm, change: bool) -> None:
        obj.created_at = obj.created_at or clock.now()
        super().save_model(request, obj, form, change)
