"""What *Min sida* shows those who read and publish totals: what waits for an answer, drafts, the newest
year."""

from __future__ import annotations

from django.db.models import Count, Max, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.access import Access
from accounts.acting import beyond
from audit.writer import Target, record
from cases.models import Call, Person
from desk.boxes import Box, BoxRow
from summaries.counting.counts import persons
from summaries.publishing.after_models import WaitingCorrection
from summaries.publishing.attacking_again import found_open
from summaries.publishing.models import Exemption, Publication
from summaries.publishing.questionnaires import due
from summaries.publishing.words import public_titles
from summaries.running import so_far
from summaries.wording import named

MINUS = "\u2212"


def exemptions(access: Access) -> list[Box]:
    """Those that wait for a manager; nobody answers an own one."""
    titles = public_titles()
    asked = Exemption.objects.asked().exclude(asked_by=access.user)
    rows = [
        BoxRow(
            ", ".join(filter(None, [titles.get(one.table, one.table), str(one.year or "")])),
            _publication(one.year),
            one.reason,
        )
        for one in asked.order_by("asked_at")
    ]
    return [Box(_("Exemptions that wait for an answer"), len(rows), rows)]


def to_be_sent(access: Access) -> list[Box]:
    """Figures that others ask for by a day."""
    year = due(access.today)
    if year is None:
        return []
    hint = _("to the European Commission by 30 September")
    row = BoxRow(_("Article 19a, %(year)s") % {"year": year}, reverse("summaries:publications"), hint)
    return [Box(_("Figures to send"), 1, [row])]


def drafts(access: Access) -> list[Box]:
    """What is being made ready, and what differs from the register since it came out, as of last night."""
    ready = Q(version=None) | Q(differing__gt=0)
    rows = Publication.objects.filter(ready).exclude(state=Publication.State.WITHDRAWN)
    found = list(rows.order_by("-year").only("year", "state", "version", "differing"))
    made = [
        BoxRow(str(one.year), _publication(one.year), one.get_state_display())
        for one in found
        if one.version is None
    ]
    others = [
        BoxRow(
            _("%(year)s, version %(n)s") % {"year": one.year, "n": one.version},
            _publication(one.year),
            ngettext("{n} figure differs", "{n} figures differ", one.differing).format(n=one.differing),
        )
        for one in found
        if one.version is not None
    ]
    title = _("Published versions that differ from the register")
    return [Box(_("Drafts to publish"), len(made), made), Box(title, len(others), others)]


def corrections(access: Access) -> list[Box]:
    """Errors that are known and public, and whose correction waits."""
    found = WaitingCorrection.objects.filter(ended_at=None).order_by("since")
    rows = [BoxRow(str(one.year), _publication(one.year), _since_when(one)) for one in found]
    return [Box(_("Corrections that wait"), len(rows), rows)]


def open_versions(access: Access) -> list[Box]:
    """What stands though the attack test of today finds something in it."""
    rows = [
        BoxRow(
            _("%(year)s, version %(n)s") % {"year": one.publication.year, "n": one.publication.version},
            _publication(one.publication.year),
            _("withdraw it, or revise it")
            if one.readable
            else _("it cannot be read by the attack test of today: contact operations"),
        )
        for one in found_open()
    ]
    return [Box(_("Published versions that are open"), len(rows), rows)]


def _since_when(one: WaitingCorrection) -> str:
    if one.ways.get("now"):
        return _("can be published now")
    return _("since %(day)s") % {"day": date_format(timezone.localtime(one.since), "SHORT_DATE_FORMAT")}


@beyond("totals")
def newest_year(access: Access) -> list[Box]:
    """How many there were in the newest year with persons, and since the year before where it is over.
    Recorded as any reading is."""
    year = Person.objects.totals_for(access).counted().aggregate(last=Max("first_year"))["last"] or 0
    counts = persons(access, year - 1, year).values_list("first_year", "child").annotate(n=Count("pk"))
    of = {(first, child): n for first, child, n in counts}
    now, before = (sum(n for (first, _child), n in of.items() if first == one) for one in (year, year - 1))
    if not now:
        return []
    record(access, "summary.read", Target("summary", str(year), f"{year} overview"))
    url = reverse("summaries:year", args=[year])
    running = so_far(year, access.today)
    since = _since(now - before, year - 1) if before and not running else ""
    children, calls = of.get((year, "yes"), 0), Call.objects.totals_for(access).received_in(year).count()
    rows = [
        BoxRow(_said(now, ngettext("{n} person", "{n} persons", now)), url, since),
        BoxRow(_said(children, ngettext("{n} child", "{n} children", children)), url),
        BoxRow(_said(calls, ngettext("{n} call", "{n} calls", calls)), url),
    ]
    title = named(_("The year %(year)d in figures") % {"year": year}, running)
    return [Box(title, len(rows), rows, url, figures=True)]


def _said(number: int, words: str) -> str:
    return words.format(n=number_format(number, force_grouping=True))


def _since(difference: int, year: int) -> str:
    sign = "+" if difference > 0 else MINUS if difference < 0 else ""
    number = sign + number_format(abs(difference), force_grouping=True)
    return _("%(difference)s from %(year)s") % {"difference": number, "year": year}


def _publication(year: int | None) -> str:
    return reverse("summaries:publication", args=[year])
