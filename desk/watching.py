"""What *Min sida* tells those who watch: over the trail, over sign-ins, over readings and over background
runs."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.utils.translation import gettext as _

from accounts import attempts
from accounts.access import Access
from accounts.roles import role_in_words
from cases.tries import most
from cases.wording import minute
from desk.boxes import Box, Boxes, BoxRow, address, box
from jobs.models import Heartbeat
from jobs.worker import silence
from trail.filter import since_day
from trail.proof import chain_words, last_verified
from trail.scope import trail_for

MOST: Final = 5  # people who are named


def refusals(access: Access) -> Boxes:
    """For the data protection officer: who was refused something in the last week."""
    first = access.today - timedelta(days=7)
    events = trail_for(access).filter(action__startswith="refused", at__gte=since_day(first))
    url = f"{address('trail:audit')}?action=refused&from={first}"
    return box(
        _("Refusals in the last week"),
        events.order_by("-sequence"),
        lambda event: BoxRow(minute(event.at), url, role_in_words(event.role)),
        url,
    )


def failed_attempts(access: Access) -> Boxes:
    """For the data protection officer: the accounts at which many attempts have failed within a day."""
    yesterday = access.today - timedelta(days=1)
    url = f"{address('trail:audit')}?action=user.sign_in_refused&from={yesterday}"
    rows = attempts.much_tried(access.at)
    return box(
        _("Many failed attempts to sign in within a day"),
        rows,
        lambda row: BoxRow(str(row.user), url, _("%(n)d attempts") % {"n": row.count}),
        url,
    )


def tries(access: Access) -> Boxes:
    """For the data protection officer: how often persons were typed that are compared with everybody's."""
    said = _("%(tries)d comparisons of %(persons)d persons")
    first = access.today - timedelta(days=7)
    rows = [
        BoxRow(one.name, f"{address('trail:audit')}?by={one.by}&from={first}",
               said % {"tries": one.times, "persons": one.persons})
        for one in most(access.at)[:MOST]
    ]  # fmt: skip
    return [Box(_("Most comparisons in the last week"), len(rows), rows)]


def chain(access: Access) -> Boxes:
    """For the data protection officer: whether anybody has proven the trail whole lately."""
    state = last_verified()
    proven = state is not None and state.whole and state.at > access.at - timedelta(days=30)
    said = chain_words(state) if state else _("The chain has not been proven yet.")
    when = _("proven %(time)s") % {"time": minute(state.at)} if state else ""
    return [Box(_("Prove the audit trail"), int(not proven), [BoxRow(said, address("trail:audit"), when)])]


def worker(access: Access) -> Boxes:
    """That the process for runs has fallen silent. Whether any waits for it is known to their owners
    alone."""
    last = Heartbeat.objects.of(Heartbeat.WORKER)
    said = silence(last) if last else ""
    return [Box(_("Background runs do not start"), int(bool(said)), [BoxRow(said, "")])]
