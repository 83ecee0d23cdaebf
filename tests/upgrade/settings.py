"""The product's settings for an installation that is brought up to date; static files are served as they lie."""

from tongxin.conf.settings import *  # noqa: F403
from tongxin.conf.settings import STORAGES

STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
