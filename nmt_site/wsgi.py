import gc
import os
import sys

from django.core.wsgi import get_wsgi_application
from django.db import connections

from nmt_site import logs

gc.set_threshold(50_000, 20, 20)  # hardly any of what is loaded becomes garbage: it is looked for seldom
os.umask(0o077)  # what it writes is its own user's alone
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "nmt_site.settings")
sys.excepthook = logs.log_uncaught
application = get_wsgi_application()

from nmt_site.checks import refuse_real_users  # noqa: E402 - the apps are loaded now

refuse_real_users()
connections.close_all()  # workers that are started from this process open their own
