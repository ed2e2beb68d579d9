"""How gunicorn serves Mediaops: a few processes with threads, lines in the product's own log."""

import logging
import os

from gunicorn.glogging import Logger

bind = os.environ.get("BIND", "127.0.0.1:8000")
workers = int(os.environ.get("WEB_WORKERS", "2"))
threads = int(os.environ.get("WEB_THREADS", "4"))
worker_class = "gthread"
preload_app = True
timeout = 60
graceful_timeout = 8
keepalive = 5
max_requests = 20_000
max_requests_jitter = 2_000
forwarded_allow_ips = os.environ.get("FORWARDED_ALLOW_IPS", "127.0.0.1,::1")
proc_name = "mediaops-web"
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None

QUIET = ("/static/", "/healthz", "/readyz", "/favicon")


class WebLog(Logger):
    """Gunicorn's loggers without handlers of their own; one line per request, without query or headers."""

    def setup(self, cfg):
        self.cfg, self.loglevel = cfg, logging.INFO
        self.error_log.setLevel(logging.WARNING)
        self.access_log.setLevel(logging.INFO)
        self.error_log.propagate = self.access_log.propagate = True

    def access(self, resp, req, environ, request_time):
        if req.path.startswith(QUIET):
            return
        milliseconds = round(request_time.total_seconds() * 1000)
        status = str(resp.status).split(" ", 1)[0]
        self.access_log.info("%s %s  %s  %s ms", req.method, req.path, status, milliseconds)

    def reopen_files(self):
        pass


logger_class = WebLog
accesslog = "-"
