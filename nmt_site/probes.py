"""What machines ask: whether the register lives, whether it can serve, and how it fares.

They ask by the address of the machine and by plain http, so `ProbesMiddleware` answers them before anything
looks at the name of the host, at a session or at a transaction.
"""

from __future__ import annotations

import hmac
import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import Error
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotFound, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry, Gauge, generate_latest

from accounts.access import Middleware
from jobs.models import Heartbeat
from nmt_site.middleware import is_local
from nmt_site.operations import State, database_is_written, disk, missing_migrations, state

log = logging.getLogger(__name__)
TEXT: Final = "text/plain; version=0.0.4; charset=utf-8"
LACKS: Final = "Migrations that the database lacks"


@login_not_required
@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """Asks the database for a row: 200 `{"status": "ok"}`, or 503 without a word about why.

    `worker_age` is in seconds, null where no worker was ever heard; pages are served without one.
    """
    try:
        worker = Heartbeat.objects.of(Heartbeat.WORKER)
    except Error:
        log.exception("The database does not answer")
        return JsonResponse({"status": "unavailable", "database": False}, status=503)
    age = int(worker.age.total_seconds()) if worker else None
    return JsonResponse({"status": "ok", "database": True, "worker_age": age})


@login_not_required
@never_cache
@require_safe
def livez(request: HttpRequest) -> JsonResponse:
    """Asks nobody: a process that answers lives, and is not to be started anew because a database is away."""
    return JsonResponse({"status": "alive"})


@login_not_required
@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """What a web node needs, and only that: 503 where the database is away, lacks a migration that this code
    knows, or a disk is full; null is what could not be looked at. A worker that is silent is no reason to
    send people elsewhere."""
    found: dict[str, bool | None] = {"database": None, "migrations": None, "disk": None}
    written: bool | None = None
    try:
        found["disk"] = not disk().short
        found["migrations"] = not missing_migrations()
        found["database"] = True
        written = database_is_written(Heartbeat.objects.ages())
    except OSError:
        log.exception("The disk cannot be looked at")
    except Error:
        found["database"] = False
        log.exception("The database does not answer")
    is_ready = all(found.values()) and written is not False
    word, status = ("ready", 200) if is_ready else ("unready", 503)
    facts = {**found, "database_writes": written, "release": settings.RELEASE}
    return JsonResponse({"status": word, **facts}, status=status)


@login_not_required
@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """In Prometheus' text form, for the machine itself, or for who brings METRICS_TOKEN; else there is
    nothing here. With the database away the numbers are missing, and `nmt_database_up` is 0; where it only
    lacks this release's migrations, that is the number there is."""
    if not _may(request):
        raise Http404
    registry = CollectorRegistry()
    release = Gauge("nmt_release_info", "Which release answers", ["release"], registry=registry)
    release.labels(release=settings.RELEASE).set(1)
    up = Gauge("nmt_database_up", "Whether the database answers", registry=registry)
    try:
        found = state()
    except Error:
        log.exception("The database does not answer")
        up.set(_lacks_migrations(registry))
    else:
        up.set(1)
        _fill(registry, found)
    return HttpResponse(generate_latest(registry), content_type=TEXT)


def _may(request: HttpRequest) -> bool:
    given = request.headers.get("Authorization", "").encode()
    if settings.METRICS_TOKEN and hmac.compare_digest(given, f"Bearer {settings.METRICS_TOKEN}".encode()):
        return True
    return is_local(request)


def _lacks_migrations(registry: CollectorRegistry) -> bool:
    """Whether the database answers, and lacks this release's migrations: then that is told."""
    try:
        missing = len(missing_migrations())
    except Error:
        return False
    if missing:
        Gauge("nmt_migrations_missing", LACKS, registry=registry).set(missing)
    return bool(missing)


def _fill(registry: CollectorRegistry, found: State) -> None:
    """What never happened was an infinite time ago, so that an alert for "too long ago" sees it. The proof of
    the audit log is counted from the last migration then: a new register is no broken one."""

    def tell(name: str, about: str, value: float | timedelta | None, **labels: str) -> None:
        made = gauges.get(name) or Gauge(f"nmt_{name}", about, list(labels), registry=registry)
        gauges[name] = made
        (made.labels(**labels) if labels else made).set(_number(value))

    gauges: dict[str, Gauge] = {}
    tell("worker_age_seconds", "Since the worker was last heard", found.worker)
    tell("jobs", "Background runs", found.queue.waiting, state="waiting")
    tell("jobs", "Background runs", found.queue.running, state="running")
    tell("jobs_failed_last_day", "Background runs that failed within a day", found.queue.failed)
    tell("jobs_oldest_seconds", "How long the oldest run has waited", found.queue.oldest)
    for timer in found.timers:
        about = "Since the command of a timer last succeeded"
        tell("timer_age_seconds", about, timer.age, timer=timer.name)
        tell("timer_late", "Whether that is longer ago than it may be", timer.late, timer=timer.name)
        tell("timer_failing", "Whether it failed the last time it ran", timer.failing, timer=timer.name)
    tell("trail_proof_age_seconds", "Since the trail was last proven whole", found.unproven)
    tell("trail_broken", "Whether it was found broken since", found.broken is not None)
    tell("trail_events", "Events of the trail", found.events)
    tell("mail_set_up", "Whether a mail server is set", found.mail.set_up)
    tell("mail_waiting", "Letters that no mail server has taken yet", found.mail.waiting)
    tell("mail_late", "Those of them that should have been taken long ago", found.mail.late)
    tell("disk_free_bytes", "Left on the disk of the register's files", found.disk.free)
    tell("database_writes", "Whether the database writes to its disk", found.written is not False)
    tell("faults_last_hour", "Faults of this machine within an hour", found.faults)
    tell("migrations_missing", LACKS, found.missing)
    if found.certificate is not None:
        tell("certificate_days", "Left until the proxy's certificate ends", found.certificate.days)
    tell("clock_apart_seconds", "Between the clocks of this machine and of the database", abs(found.ahead))


def _number(value: float | timedelta | None) -> float:
    if value is None:
        return float("inf")
    return value.total_seconds() if isinstance(value, timedelta) else value


PROBES: Final[dict[str, Callable[[HttpRequest], HttpResponse]]] = {
    "/healthz": healthz,
    "/livez": livez,
    "/readyz": readyz,
    "/metrics": metrics,
}


class ProbesMiddleware(Middleware):
    def __call__(self, request: HttpRequest) -> HttpResponse:
        probe = PROBES.get(request.path_info, self.get_response)
        try:
            return probe(request)
        except Http404:
            return HttpResponseNotFound()
