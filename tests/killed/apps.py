"""Stands still where everything of a move is written and nothing is committed yet."""

import os
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.apps import AppConfig

FLAG = "TONGXIN_STANDS_STILL"  # names the file that is made when the process stands still
LONG = 300  # seconds: nobody waits that long


class Killed(AppConfig):
    """The search index is the last that the door writes: after it the process waits to be killed."""

    name = "tests.killed"

    def ready(self) -> None:
        from tongxin.kernel import search

        flag = os.environ.get(FLAG)
        if not flag:
            return
        index_many = search.index_many

        def index_and_stand_still(records: Iterable[Any]) -> None:
            index_many(records)
            Path(flag).touch()
            time.sleep(LONG)

        search.index_many = index_and_stand_still
