"""Namespaces, who may do what in them, and tokens for programs. The rules are in `services.access`."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import models


class Namespace(models.Model):
    """The unit of ownership: every run and every template but the cluster-wide ones belongs to one.

    parallelism   how many of its runs may be active at once, 0 for any number, None for the server's default
    """

    name = models.CharField(max_length=63, unique=True)
    created_at = models.BigIntegerField()
    parallelism = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        permissions = [
            ("submit_run", "Can submit manifests of their own"),
            ("run_template", "Can run stored templates"),
            ("operate_run", "Can stop, suspend, resume and retry runs"),
            ("delete_run", "Can delete runs"),
            ("edit_template", "Can create, change and delete templates and configuration"),
            ("administer", "Can give roles in the namespace"),
        ]

    def __str__(self) -> str:
        return self.name


class NamespaceRole(models.Model):
    """A role of one user or one group in one namespace."""

    class Role(models.TextChoices):
        VIEWER = "viewer"
        OPERATOR = "operator"
        EDITOR = "editor"
        ADMIN = "admin"

    namespace = models.ForeignKey(Namespace, on_delete=models.CASCADE, related_name="roles")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, blank=True)
    group = models.ForeignKey(Group, on_delete=models.CASCADE, null=True, blank=True)
    role = models.CharField(max_length=16, choices=Role)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(user__isnull=True) ^ models.Q(group__isnull=True),
                name="namespacerole_one_principal",
            ),
            models.UniqueConstraint(fields=["namespace", "user", "role"], name="namespacerole_user"),
            models.UniqueConstraint(fields=["namespace", "group", "role"], name="namespacerole_group"),
        ]

    def __str__(self) -> str:
        return f"{self.role} in {self.namespace_id}"


class ApiToken(models.Model):
    """A program's key to act as its owner. Only a digest is kept; `prefix` lets people recognise it."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=100)
    prefix = models.CharField(max_length=12)
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.BigIntegerField()
    expires_at = models.BigIntegerField(null=True)
    last_used_at = models.BigIntegerField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "name"], name="apitoken_name")]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"
