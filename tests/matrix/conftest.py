"""The world is made once for all rows; every request in it is taken back."""

from collections.abc import Iterator

import pytest
from django.test import override_settings

from tests.matrix.making import build
from tests.matrix.world import World, undone

HOUR = 3600


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker) -> Iterator[World]:
    """Everybody has just typed their password, and nobody is asked for it again while the tests run."""
    with django_db_blocker.unblock(), override_settings(ACCOUNT_REAUTHENTICATION_TIMEOUT=HOUR), undone():
        yield build()
