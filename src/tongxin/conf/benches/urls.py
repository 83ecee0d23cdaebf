"""The product's addresses, and the bare views. Only `tongxin.conf.benches.settings` knows these."""

from django.urls import path

from tongxin.conf.urls import *  # noqa: F403
from tongxin.conf.urls import urlpatterns as product

from .floor import bare

urlpatterns = [*product, path("bench/<slug:name>/", bare)]  # type: ignore[list-item]
