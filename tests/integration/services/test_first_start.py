"""An empty data folder becomes one that people can work with."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User

from workflows.models import Namespace, Template
from workflows.services.first_start import prepare
from workflows.services.housekeeping import keep_house

pytestmark = pytest.mark.django_db


def test_the_administrator_gets_a_random_password_kept_for_the_owner_only(tmp_path):
    sign_in = prepare(tmp_path)

    kept = tmp_path / "admin-password"
    user = User.objects.get()
    assert (sign_in.user, sign_in.created, user.is_superuser) == ("admin", True, True)
    assert user.check_password(sign_in.password)
    assert (kept.read_text(), kept.stat().st_mode & 0o777) == (f"{sign_in.password}\n", 0o600)


def test_a_given_password_is_kept_nowhere(tmp_path):
    sign_in = prepare(tmp_path, password="chosen")

    assert User.objects.get().check_password("chosen")
    assert (sign_in.password, list(tmp_path.iterdir())) == (None, [])


def test_the_second_start_changes_nothing(tmp_path):
    first = prepare(tmp_path)
    Template.objects.all().delete()

    second = prepare(tmp_path, password="other")

    assert (second.password, second.created) == (first.password, False)
    assert (User.objects.count(), Template.objects.count()) == (1, 0)


def test_there_is_a_namespace_and_the_templates_that_examples_refer_to(tmp_path):
    prepare(tmp_path)

    assert Namespace.objects.get().name == "default"
    assert list(Template.objects.values_list("kind", flat=True).distinct()) == ["WorkflowTemplate"]


def test_housekeeping_has_nothing_to_do_in_a_new_installation(tmp_path, django_assert_max_num_queries):
    with django_assert_max_num_queries(5):
        keep_house()
