"""The WSGI application that the production server loads."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tongxin.conf.settings")
application = get_wsgi_application()

# What is loaded by now stays for good, so the collector need not walk through it again and again; and a page makes
# thousands of objects that vanish by themselves, for which it need not stop so often.
gc.collect()
gc.freeze()
gc.set_threshold(50_000, 20, 20)
