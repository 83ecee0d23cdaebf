"""Limits per client, and which address a client has."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import RequestFactory

from tongxin.kernel.throttle import Throttle, ThrottleCount, client_address, sweep

NOW = datetime(2024, 1, 5, 10, tzinfo=UTC)


def request(address: str = "203.0.113.7", forwarded: str = ""):
    headers = {"HTTP_X_FORWARDED_FOR": forwarded} if forwarded else {}
    return RequestFactory().get("/", REMOTE_ADDR=address, **headers)


@pytest.mark.django_db
def test_limit_window_and_waiting_time() -> None:
    throttle = Throttle("speak", limit=2, seconds=60)
    assert throttle.blocked(request(), NOW) == 0
    assert throttle.hit(request(), NOW) == 0
    assert throttle.blocked(request(), NOW) == 0
    assert throttle.hit(request(), NOW + timedelta(seconds=20)) == 0
    assert throttle.blocked(request(), NOW + timedelta(seconds=20)) == 40
    assert throttle.hit(request(), NOW + timedelta(seconds=30)) == 30
    assert throttle.blocked(request(), NOW + timedelta(seconds=60)) == 0
    assert throttle.hit(request(), NOW + timedelta(seconds=61)) == 0
    assert ThrottleCount.objects.get().count == 1


@pytest.mark.django_db
def test_clients_and_scopes_are_apart_and_addresses_unknown() -> None:
    throttle = Throttle("speak", limit=1, seconds=60)
    throttle.hit(request(), NOW)
    assert throttle.blocked(request(), NOW)
    assert not throttle.blocked(request("203.0.113.8"), NOW)
    assert not Throttle("receipt", limit=1, seconds=60).blocked(request(), NOW)
    assert "203.0.113" not in str(ThrottleCount.objects.values_list())


@pytest.mark.django_db
def test_counting_is_one_statement(django_assert_num_queries) -> None:
    throttle = Throttle("speak", limit=5, seconds=60)
    for _ in range(3):
        with django_assert_num_queries(1):
            throttle.hit(request(), NOW)
    with django_assert_num_queries(1):
        throttle.blocked(request(), NOW)
    assert ThrottleCount.objects.get().count == 3


@pytest.mark.django_db
def test_sweep_leaves_running_windows() -> None:
    Throttle("a", 1, 60).hit(request(), NOW)
    Throttle("b", 1, 600).hit(request(), NOW)
    assert sweep(NOW + timedelta(seconds=61)) == 1
    assert ThrottleCount.objects.count() == 1


@pytest.mark.parametrize(
    ("proxies", "address", "forwarded", "meant"),
    [
        (0, "203.0.113.7", "198.51.100.1", "203.0.113.7"),
        (1, "10.0.0.1", "198.51.100.1", "198.51.100.1"),
        (1, "10.0.0.1", "6.6.6.6, 198.51.100.1", "198.51.100.1"),
        (2, "10.0.0.1", "6.6.6.6, 198.51.100.1, 10.0.0.2", "198.51.100.1"),
        (2, "10.0.0.1", "198.51.100.1", "10.0.0.1"),
        (1, "10.0.0.1", "not an address", "10.0.0.1"),
        (1, "10.0.0.1", "", "10.0.0.1"),
        (0, "2001:db8:1:2:3:4:5:6", "", "2001:db8:1:2::/64"),
        (0, "::ffff:203.0.113.7", "", "203.0.113.7"),
        (0, "", "", ""),
    ],
)
def test_client_address(settings, proxies: int, address: str, forwarded: str, meant: str) -> None:
    settings.TRUSTED_PROXIES = proxies
    assert client_address(request(address, forwarded)) == meant
