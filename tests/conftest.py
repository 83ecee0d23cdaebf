"""What every test stands on: an empty database that can be emptied again, and caches without memory."""

import os
from collections.abc import Iterator

import pytest
from hypothesis import settings
from playwright.sync_api import Browser

from scripts.browser import MISSING, find, launched

# The browser driver runs an event loop in the test's thread; Django would take the test for asynchronous code.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

# The same examples in every run, so that a change is judged and not the dice; HYPOTHESIS_PROFILE=roam tries new ones.
settings.register_profile("same", derandomize=True)
settings.register_profile("roam", derandomize=False)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> Iterator[None]:
    """The journal's triggers forbid emptying its tables; lift them while the test database is flushed."""
    from django.db import connection, transaction

    from tongxin.kernel import triggers

    operations = type(connection.ops)
    flush = operations.execute_sql_flush

    def flush_with_journal(self, sql_list: list[str]) -> None:
        with transaction.atomic(using=self.connection.alias):
            triggers.remove(self.connection)
            flush(self, sql_list)
            triggers.install(self.connection)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(operations, "execute_sql_flush", flush_with_journal)
        yield


@pytest.fixture(autouse=True)
def _forgetful_caches() -> Iterator[None]:
    """Throttles and remembered values of one test must not reach the next."""
    yield
    from django.core.cache import caches

    for cache in caches.all():
        cache.clear()


@pytest.fixture
def cast(db: None):
    """The fixed cast of `tests/cast.py`."""
    from tests.cast import gather

    return gather()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The browser of the run; there can be one only."""
    if not find():
        pytest.skip(MISSING)
    with launched() as chromium:
        yield chromium
