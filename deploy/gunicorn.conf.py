"""The server in front of the register: gunicorn nmt_site.wsgi:application --config deploy/gunicorn.conf.py

Its records are made like all others of the process (nmt_site.logs): no query, no key of a link, no number.
"""

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
# No referrer, no browser, nobody's address; the request's identifier, as in the register's own lines.
access_log_format = '%(t)s "%(m)s %(U)s" %(s)s %(B)s %(L)s %({x-request-id}o)s'
