"""The audit log at N and at twice as many events: proving the chain, reading a page of it, and gathering
the events of one case for its extract, which go by an index. Times are told as ratios: of the longer audit
log to the shorter, and of the proof to the hashing alone that it cannot do without.

    python -m bench.audit_log [--events 10000]
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from typing import Any

import django

from bench.importing import coordinator, held, seconds

DATABASE = "PostgreSQL"
CASES = 500  # that the events are about
TIMES = 5


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])  # type: ignore[union-attr]
    parser.add_argument("--events", type=int, default=10_000)
    count = parser.parse_args().events
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "nmt_site.settings")
    django.setup()
    import agencies.reference_data

    agencies.reference_data.load()
    case = asked_about()
    fill(count)
    once = measured(case)
    fill(count)
    twice = measured(case)
    for name, spent in twice.items():
        print(f"{name:36} {2 * count:7} events {spent:8.4f} s", flush=True)
    proof, hashing = twice["proof of the chain"], twice["limit: its hashes alone"]
    ratios = {name: twice[name] / once[name] for name in once}
    limits = {"proof of the chain": 2.6, "a page of the trail": 1.5, "the events of a case": 1.5}
    good = [
        held(f"twice the events: {name}", f"x{ratios[name]:.1f}", f"<= x{limit}", ratios[name] <= limit)
        for name, limit in limits.items()
    ]
    times = f"{proof / hashing:.1f} x"
    good.append(held("proof of the chain", times, "<= 4 x its hashes", proof <= 4 * hashing))
    return 0 if all(good) else 1


def asked_about() -> Any:
    """A case whose events are few, however many others there are."""
    from tests.makers import new_case

    return new_case(by=coordinator())


def fill(count: int) -> None:
    """Another `count` events of the readings of cases, each with its hash, in one transaction."""
    from django.db import transaction

    from audit.writer import Target, record

    by = coordinator()
    with transaction.atomic():
        for number in range(count):
            label = f"SY-2018-{number % CASES:04}"
            record(by, "case.read", Target("cases.case", label, label))


def measured(case: Any) -> dict[str, float]:
    from audit.verify import verify
    from cases.models import Person

    persons = list(Person.objects.filter(case=case))
    return {
        "proof of the chain": least(verify),
        "limit: its hashes alone": least(hashes()),
        "a page of the trail": least(page),
        "the events of a case": least(lambda: about(case, persons)),
    }


def about(case: Any, persons: Any) -> None:
    """As an extract holds them: one by one, and by who has read."""
    from cases.access_log import events_about, readers_of

    events = events_about(case, persons)
    if not list(events) or not readers_of(events):
        raise SystemExit("The case has events.")


def hashes() -> Callable[[], object]:
    """The hash of every event, which are in memory already."""
    from django.conf import settings

    from audit.chain import event_hash
    from audit.models import Event

    events = list(Event.objects.all())
    return lambda: [event_hash(event, settings.AUDIT_KEY) for event in events]


def page() -> None:
    """The newest events, as somebody reads them who may read all."""
    from django.http import QueryDict

    from accounts.access import Access
    from accounts.models import User
    from audit_pages.filter import AuditFilter
    from audit_pages.views import page as page_of
    from bench.importing import NOW

    dora, _made = User.objects.get_or_create(email="dpo@example.org", name="Dora", role="dpo")
    found, _previous, _following = page_of(AuditFilter(QueryDict(), Access.of(dora, at=NOW)))
    if len(found) != 50:
        raise SystemExit("A page of the trail has fifty events.")


def least(work: Callable[[], object]) -> float:
    """The quickest of some times: what else the machine does is in none of them."""
    return min(seconds(work) for _time in range(TIMES))


if __name__ == "__main__":
    sys.exit(main())
