"""The product's settings with the benchmarks' bare views beside its pages."""

import os
from pathlib import Path

from tongxin.conf.settings import *  # noqa: F403

ROOT_URLCONF = "tongxin.conf.benches.urls"
if gathered := os.environ.get("TONGXIN_BENCH_STATIC"):
    STATIC_ROOT = Path(gathered)  # gathered once for all databases of a run
