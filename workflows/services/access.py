"""Who may do what in which namespace. Deny by default; what may not be seen does not exist.

A right comes from a role in the namespace, given to the user or to one of their groups, or from Django's
permission of the same meaning, which then holds in every namespace. Superusers have all rights.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from django.contrib.auth.models import AnonymousUser, User
from django.db.models import Q

from workflows.errors import ForbiddenError, NotFoundError
from workflows.models import Namespace, NamespaceRole

Actor = User | AnonymousUser


class Right(StrEnum):
    """One kind of action; the comment tells what else it covers."""

    VIEW = "view"  # runs, templates, logs
    SUBMIT = "submit"  # manifests of one's own
    RUN_TEMPLATE = "run-template"  # stored templates, resubmitting
    OPERATE = "operate"  # stop, terminate, suspend, resume, set, retry
    DELETE = "delete"
    EDIT = "edit"  # templates and configuration
    ADMINISTER = "administer"


_PERMISSIONS: Mapping[Right, str] = {
    Right.VIEW: "workflows.view_namespace",
    Right.SUBMIT: "workflows.submit_run",
    Right.RUN_TEMPLATE: "workflows.run_template",
    Right.OPERATE: "workflows.operate_run",
    Right.DELETE: "workflows.delete_run",
    Right.EDIT: "workflows.edit_template",
    Right.ADMINISTER: "workflows.administer",
}

_Role = NamespaceRole.Role
ROLE_RIGHTS: Mapping[str, frozenset[Right]] = {
    _Role.VIEWER: frozenset({Right.VIEW}),
    _Role.OPERATOR: frozenset({Right.VIEW, Right.RUN_TEMPLATE, Right.OPERATE}),
    _Role.EDITOR: frozenset({Right.VIEW, Right.SUBMIT, Right.RUN_TEMPLATE, Right.OPERATE, Right.EDIT}),
    _Role.ADMIN: frozenset(Right),
}


@dataclass(frozen=True)
class Access:
    """All rights of one actor, read from the database once and kept for one request."""

    actor: Actor

    @cached_property
    def everywhere(self) -> frozenset[Right]:
        """Rights in every namespace, by Django's permissions."""
        if not self.actor.is_active:
            return frozenset()
        if self.actor.is_superuser:
            return frozenset(Right)
        held = {right for right, permission in _PERMISSIONS.items() if self.actor.has_perm(permission)}
        return frozenset(held | {Right.VIEW} if held else held)

    @cached_property
    def by_namespace(self) -> Mapping[str, frozenset[Right]]:
        """Rights from roles, by the name of the namespace."""
        if not isinstance(self.actor, User) or not self.actor.is_active:
            return {}
        mine = Q(user=self.actor) | Q(group__in=self.actor.groups.all())
        rights: dict[str, frozenset[Right]] = {}
        for namespace, role in NamespaceRole.objects.filter(mine).values_list("namespace__name", "role"):
            rights[namespace] = rights.get(namespace, frozenset()) | ROLE_RIGHTS[role]
        return rights

    def rights(self, namespace: str) -> frozenset[Right]:
        return self.everywhere | self.by_namespace.get(namespace, frozenset())

    def allows(self, namespace: str, right: Right) -> bool:
        return right in self.rights(namespace)

    def visible_namespaces(self) -> list[str] | None:
        """Names of the namespaces whose runs may be seen, None for all."""
        if Right.VIEW in self.everywhere:
            return None
        return sorted(self.by_namespace)

    def require(self, namespace: str, right: Right, *, what: str = "") -> None:
        """Raises NotFoundError when the namespace may not be seen, ForbiddenError without the right."""
        rights = self.rights(namespace)
        if Right.VIEW not in rights:
            raise NotFoundError(what or f"there is no namespace {namespace!r}")
        if right not in rights:
            raise ForbiddenError(f"the right to {right} in namespace {namespace!r} is missing")

    def require_everywhere(self, right: Right) -> None:
        """For what belongs to no namespace, such as ClusterWorkflowTemplates."""
        if right not in self.everywhere:
            raise ForbiddenError(f"the right to {right} in every namespace is missing")


def get_namespace(access: Access, name: str, right: Right) -> Namespace:
    """The namespace when the actor has the right in it. Raises NotFoundError or ForbiddenError."""
    access.require(name, right)
    namespace = Namespace.objects.filter(name=name).first()
    if namespace is None:
        raise NotFoundError(f"there is no namespace {name!r}")
    return namespace
