"""What is cleared away by itself."""

from datetime import timedelta

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from tests.cast import PASSWORD
from tongxin.kernel import tasks
from tongxin.people.tasks import sweep_sessions


def test_sessions_that_are_over_leave_nothing(cast) -> None:
    cast.office.set_password(PASSWORD)
    cast.office.save()
    cast.client().post(reverse("account_login"), {"login": cast.office.username, "password": PASSWORD})
    assert (Session.objects.count(), UserSession.objects.count()) == (1, 1)
    sweep_sessions(timezone.now())
    assert (Session.objects.count(), UserSession.objects.count()) == (1, 1)
    assert sweep_sessions(timezone.now() + timedelta(days=1)) == 1
    assert (Session.objects.count(), UserSession.objects.count()) == (0, 0)


def test_what_is_told_of_finished_tasks_goes_after_some_days(db) -> None:
    known = {"args_kwargs": {"args": [], "kwargs": {}}, "task_path": "x.y", "backend_name": "default"}
    now = timezone.now()
    for days in (1, 5):
        DBTaskResult.objects.create(status="SUCCESSFUL", finished_at=now - timedelta(days=days), **known)
    DBTaskResult.objects.create(status="READY", **known)
    tasks.sweep(now)
    assert DBTaskResult.objects.count() == 2
