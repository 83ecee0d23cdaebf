"""Numbers have no gaps, even when many take one at the same moment and some give up."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from tongxin.kernel import numbering
from tongxin.people.models import Assembly


@pytest.mark.django_db(transaction=True)
def test_gapless_under_concurrency():
    assembly = Assembly.objects.create(code="1", name="某市政协", level="city")

    def draw(n: int) -> int | None:
        try:
            with transaction.atomic():
                number = numbering.take(assembly.pk, "case", "2026")
                if n % 4 == 0:
                    raise ValueError("this one gives up")
                return number
        except ValueError:
            return None
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        drawn = [number for number in pool.map(draw, range(24)) if number]
    assert sorted(drawn) == list(range(1, 19))


@pytest.mark.django_db(transaction=True)
def test_a_number_needs_the_transaction_that_uses_it():
    assembly = Assembly.objects.create(code="1", name="某市政协", level="city")
    with pytest.raises(RuntimeError):
        numbering.take(assembly.pk, "case", "2026")


def test_series_and_periods_do_not_meet(cast):
    assert numbering.take(cast.city.pk, "case", "2025") == 1
    assert numbering.take(cast.city.pk, "case", "2026") == 1
    assert numbering.take(cast.city.pk, "brief", "2026", 5) == 1
    assert numbering.take(cast.city.pk, "brief", "2026") == 6
    assert numbering.take(cast.elsewhere.pk, "brief", "2026") == 1
