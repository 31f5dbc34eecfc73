"""The server in front of the register: gunicorn nmt_site.wsgi:application --config deploy/gunicorn.conf.py

The first process loads the register once, and its workers share that memory. What it writes is made like all
other records of the process (nmt_site.logs): no query, no key of a link, no number.
"""

import gc
import os
import signal
import sys
from pathlib import Path
from typing import Any

from gunicorn.systemd import sd_notify

bind = "127.0.0.1:8000"
workers = 4
worker_class = "gthread"  # a browser's idle spare connection holds a thread, not a whole process
threads = 4
timeout = 120
graceful_timeout = 30
preload_app = True
umask = 0o077
control_socket_disable = True  # in a home that the service has not, shared by all of a user
accesslog = "-"
errorlog = "-"
# No referrer, no browser, nobody's address. Time and request stand in each line, as in the register's own.
access_log_format = "%(m)s %(U)s %(s)s %(B)s %(L)s"


def pre_exec(server: Any) -> None:
    """After USR2: the new server is of the release that the service's folder leads to now. gunicorn keeps the
    path at which it was started, with links followed, and would load the former release again."""
    if folder := os.environ.get("SERVICE_FOLDER"):
        python = str(Path(folder, ".venv/bin/python"))
        program = str(Path(folder, ".venv/bin/gunicorn"))
        server.START_CTX.update({"cwd": folder, "args": [python, program, *sys.argv[1:]], 0: python})


def when_ready(server: Any) -> None:
    """The register is loaded and no worker is started yet. After USR2, by which a release is put in, this is
    the new server beside the old: the old one ends now, and not if the new code could not be loaded."""
    gc.collect()
    gc.freeze()  # a search for garbage would write to each page of memory that is shared
    if server.master_pid:
        sd_notify(f"MAINPID={server.pid}", server.log)
        os.kill(server.master_pid, signal.SIGTERM)
        server.master_pid = 0  # the next reload need not wait until the old one has answered all
