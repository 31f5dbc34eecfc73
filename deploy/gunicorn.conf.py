"""The server in front of the register: gunicorn nmt_site.wsgi:application --config deploy/gunicorn.conf.py

What its workers write is made like all other records of the process (nmt_site.logs): no query, no key of a
link, no number. The process that starts them loads nothing of the register, which would stay the old code
after HUP: its form of a line stands here.
"""

import json
import logging
import os
from datetime import UTC, datetime


class JsonLines(logging.Formatter):
    """As those of nmt_site.logs."""

    def format(self, record: logging.LogRecord) -> str:
        time = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line = {"time": time, "level": record.levelname, "logger": record.name}
        return json.dumps(line | {"message": record.getMessage()})


bind = "127.0.0.1:8000"
workers = 4
worker_class = "gthread"  # a browser's idle spare connection holds a thread, not a whole process
threads = 4
timeout = 120
graceful_timeout = 30
preload_app = False  # loaded once for all it would stay the old code after HUP, by which a release is put in
umask = 0o077
control_socket_disable = True  # in a home that the service has not, shared by all of a user
accesslog = "-"
errorlog = "-"
# No referrer, no browser, nobody's address. Time and request stand in each line, as in the register's own.
access_log_format = "%(m)s %(U)s %(s)s %(B)s %(L)s"
if os.environ.get("LOG_JSON", "0" if os.environ.get("DEMO") == "1" else "1") == "1":
    _lines = {"level": "INFO", "handlers": ["error_console"], "propagate": False}
    logconfig_dict = {
        "root": {"level": "WARNING", "handlers": ["error_console"]},
        "loggers": {"gunicorn.error": _lines, "gunicorn.access": _lines},
        "formatters": {"generic": {"()": JsonLines}},
    }
