"""The product's settings, made quick and kept apart from any real data."""

import atexit
import os
import shutil
import tempfile

# A folder of its own for every process, whatever TONGXIN_DATA_DIR says: tests never touch real files.
os.environ["TONGXIN_DATA_DIR"] = _folder = tempfile.mkdtemp(prefix="tongxin-tests-")
atexit.register(shutil.rmtree, _folder, ignore_errors=True)

from tongxin.conf.settings import *  # noqa: E402, F403
from tongxin.conf.settings import CACHES, DATA_DIR, DATABASES, STATIC_ROOT, STORAGES  # noqa: E402

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
CACHES["default"] = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "shared"}
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
STATIC_ROOT.mkdir()

if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, not memory: the live server's threads then have connections of their own, as in production.
    DATABASES["default"]["TEST"] = {"NAME": str(DATA_DIR / "test.sqlite3")}
    DATABASES["default"]["OPTIONS"]["init_command"] += " PRAGMA synchronous=OFF;"
