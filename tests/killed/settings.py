"""The product's settings with the app that stands still; static files are served as they lie."""

from tongxin.conf.settings import *  # noqa: F403
from tongxin.conf.settings import CACHES, INSTALLED_APPS, STORAGES

INSTALLED_APPS = [*INSTALLED_APPS, "tests.killed"]
CACHES["default"] = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "shared"}
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
