"""Roles, permissions, and what those see who have none."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser, Group

from workflows.errors import ForbiddenError, NotFoundError
from workflows.models import NamespaceRole
from workflows.services.access import Access, Right, get_namespace

RIGHTS = {
    "viewer": "view",
    "operator": "view run-template operate",
    "editor": "view submit run-template operate edit",
    "admin": "view submit run-template operate delete edit administer",
    "root": "view submit run-template operate delete edit administer",
    "nobody": "",
}


@pytest.mark.parametrize(("role", "rights"), RIGHTS.items(), ids=RIGHTS)
@pytest.mark.argo("21-granularity")
def test_each_role_has_these_rights_and_no_others(make_user, role, rights):
    assert Access(make_user(role)).rights("team") == {Right(right) for right in rights.split()}


@pytest.mark.parametrize("role", ["viewer", "admin"])
def test_a_role_holds_in_its_namespace_only(make_user, role):
    access = Access(make_user(role))

    assert (access.rights("other"), access.visible_namespaces()) == (frozenset(), ["team"])


def test_a_permission_of_django_holds_everywhere_and_lets_see(make_user):
    access = Access(make_user("", "operate_run"))

    assert (access.rights("other"), access.visible_namespaces()) == ({Right.VIEW, Right.OPERATE}, None)


def test_rights_of_user_and_groups_add_up(make_user, team):
    user = make_user("viewer")
    group = Group.objects.create(name="editors")
    user.groups.add(group)
    NamespaceRole.objects.create(namespace=team, group=group, role="operator")

    assert Access(user).rights("team") == {Right.VIEW, Right.RUN_TEMPLATE, Right.OPERATE}


def test_nobody_has_rights_without_signing_in(team):
    access = Access(AnonymousUser())

    assert (access.rights("team"), access.visible_namespaces()) == (frozenset(), [])


def test_a_closed_account_has_no_rights(make_user):
    user = make_user("root")
    user.is_active = False

    assert Access(user).rights("team") == frozenset()


def test_what_may_not_be_seen_does_not_exist(make_user):
    with pytest.raises(NotFoundError, match="no namespace 'team'"):
        get_namespace(Access(make_user("nobody")), "team", Right.VIEW)


def test_what_may_be_seen_is_forbidden_by_name(make_user):
    with pytest.raises(ForbiddenError, match="the right to submit in namespace 'team' is missing"):
        get_namespace(Access(make_user("viewer")), "team", Right.SUBMIT)


def test_rights_are_read_once_per_request(make_user, django_assert_num_queries):
    access = Access(make_user("viewer"))
    with django_assert_num_queries(3):
        for _ in range(5):
            access.rights("team")
            access.visible_namespaces()
