"""Users with one role each, and a namespace they have it in."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission, User

from workflows.models import Namespace, NamespaceRole
from workflows.store import bus

HELLO = """\
# a comment that stays
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata:
  generateName: hello-
spec:
  entrypoint: main
  arguments:
    parameters:
      - {name: text, value: hello}
  templates:
    - name: main
      container: {image: busybox, command: [echo, "{{workflow.parameters.text}}"]}
"""


@pytest.fixture
def team(db: None) -> Namespace:
    bus.current.cache_clear()
    Namespace.objects.create(name="other", created_at=0)
    return Namespace.objects.create(name="team", created_at=0)


@pytest.fixture
def make_user(team: Namespace):
    """make_user("viewer") has that role in namespace "team"; "root" is a superuser, "nobody" has nothing."""

    def make(role: str, *permissions: str) -> User:
        if role == "root":
            return User.objects.create_superuser(role)
        user = User.objects.create_user(role or "somebody")
        if role not in {"nobody", ""}:
            NamespaceRole.objects.create(namespace=team, user=user, role=role)
        for name in permissions:
            user.user_permissions.add(Permission.objects.get(codename=name))
        return user

    return make


@pytest.fixture
def root(make_user) -> User:
    return make_user("root")
