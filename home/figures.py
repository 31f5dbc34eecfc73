"""What *Min sida* shows those who read and publish totals: what waits for an answer, drafts, the newest
year."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.db.models import Count, Max, Q
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _, ngettext

from accounts.access import Access, bypass_policies
from audit.writer import Target, record
from cases.models import Call, Person
from home.boxes import Box, BoxRow
from summaries.counting.counts import persons
from summaries.coverage import so_far
from summaries.release.corrections import found_open
from summaries.release.models import Exemption, Publication
from summaries.release.questionnaires import due
from summaries.tables.labels import public_titles
from summaries.year_words import named

MINUS = "\u2212"


def exemptions(access: Access) -> list[Box]:
    """Those that wait for a manager; nobody answers an own one."""
    titles = public_titles()
    rows = [
        BoxRow(
            f"{titles.get(one.table, one.table)}, {one.year}",
            _publication(one.year),
            one.reason,
            mark=_("Exemption"),
        )
        for one in Exemption.objects.asked().exclude(asked_by=access.user).order_by("asked_at")
    ]
    return [Box(_("Exemptions that wait for an answer"), len(rows), rows)]


def to_be_sent(access: Access) -> list[Box]:
    """Figures that others ask for by a day."""
    year = due(access.today)
    if year is None:
        return []
    hint = _("to the European Commission by 30 September")
    label, url = _("Article 19a, %(year)s") % {"year": year}, reverse("summaries:publications")
    return [Box(_("Figures to send"), 1, [BoxRow(label, url, hint, mark=_("Figures to send"))])]


def drafts(access: Access) -> list[Box]:
    """What is being made ready, and what differs from the register since it came out, as of last night."""
    ready = Q(version=None) | Q(differing__gt=0)
    rows = Publication.objects.filter(ready).exclude(state=Publication.State.WITHDRAWN)
    made, differing = [], []
    for row in rows.order_by("-year").only("year", "state", "version", "differing"):
        url = _publication(row.year)
        if row.version is None:
            made.append(BoxRow(str(row.year), url, row.get_state_display(), waits=False, mark=_("Draft")))
        else:
            message = ngettext("{n} figure differs", "{n} figures differ", row.differing)
            hint = message.format(n=row.differing)
            differing.append(BoxRow(_version(row), url, hint, waits=False, mark=_("Published")))
    title = _("Published versions that differ from the register")
    return [
        Box(_("Drafts to publish"), len(made), made, waits=False),
        Box(title, len(differing), differing, waits=False),
    ]


def open_versions(access: Access) -> list[Box]:
    """What stands though the attack test of today finds something in it."""
    rows = [
        BoxRow(
            _version(result.publication),
            _publication(result.publication.year),
            _("withdraw it, or revise it")
            if result.readable
            else _("it cannot be read by the attack test of today: contact operations"),
            mark=_("Open version"),
        )
        for result in found_open()
    ]
    return [Box(_("Published versions that can be attacked"), len(rows), rows)]


@bypass_policies("totals")
def newest_year(access: Access) -> list[Box]:
    """How many there were in the newest year with persons, and since the year before where it is over.
    Recorded as any reading is."""
    year = Person.objects.totals_for(access).counted().aggregate(last=Max("first_year", default=0))["last"]
    by_child = persons(access, year - 1, year).values_list("first_year", "child").annotate(n=Count("pk"))
    counts: Counter[Any] = Counter()
    for first_year, child, n in by_child:
        counts[first_year] += n
        counts[first_year, child] += n
    now, before, children = counts[year], counts[year - 1], counts[year, "yes"]
    if not now:
        return []
    record(access, "summary.read", Target("summary", str(year), f"{year} overview"))
    url = reverse("summaries:year", args=[year])
    running = so_far(year, access.today)
    since = _difference(now - before, year - 1) if before and not running else ""
    calls = Call.objects.totals_for(access).received_in(year).count()
    rows = [
        BoxRow(_said(now, ngettext("{n} person", "{n} persons", now)), url, since),
        BoxRow(_said(children, ngettext("{n} child", "{n} children", children)), url),
        BoxRow(_said(calls, ngettext("{n} call", "{n} calls", calls)), url),
    ]
    title = named(_("The year %(year)d in figures") % {"year": year}, running)
    return [Box(title, len(rows), rows, waits=False, listed=False)]


def _said(number: int, words: str) -> str:
    return words.format(n=number_format(number, force_grouping=True))


def _difference(difference: int, year: int) -> str:
    sign = "+" if difference > 0 else MINUS if difference < 0 else ""
    number = sign + number_format(abs(difference), force_grouping=True)
    return _("%(difference)s from %(year)s") % {"difference": number, "year": year}


def _version(publication: Publication) -> str:
    return _("%(year)s, version %(n)s") % {"year": publication.year, "n": publication.version}


def _publication(year: int | None) -> str:
    return reverse("summaries:publication", args=[year])
