"""Rules joined by OR: what adds nothing is left out, so that the database gets the simplest question."""

import pytest
from django.db.models import Q

from tongxin.kernel.rules import EVERYTHING, NOTHING, either

HERE = Q(assembly_id=1)
MINE_HERE = Q(assembly_id=1, created_by_id=2)
OTHER = Q(body_id=3)


@pytest.mark.parametrize(
    ("parts", "joined"),
    [
        ((), NOTHING),
        ((NOTHING, NOTHING), NOTHING),
        ((NOTHING, HERE), HERE),
        ((HERE, MINE_HERE), HERE),
        ((MINE_HERE, HERE), HERE),
        ((HERE, HERE), HERE),
        ((MINE_HERE, OTHER), MINE_HERE | OTHER),
        ((MINE_HERE, OTHER, HERE), OTHER | HERE),
        ((EVERYTHING, MINE_HERE | OTHER), EVERYTHING),
        ((MINE_HERE | OTHER, EVERYTHING), EVERYTHING),
        ((~HERE, MINE_HERE), ~HERE | MINE_HERE),
        ((~MINE_HERE, HERE), ~MINE_HERE | HERE),
    ],
)
def test_parts_that_add_nothing_are_left_out(parts, joined):
    assert either(*parts) == joined
