"""What whoever releases a year looks at before: how complete, how certain and how safe it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.access import Access
from summaries.counting.quality import Quality, quality
from summaries.publishing.frozen import before_tables, protected_tables
from summaries.publishing.models import Exemption, Publication
from summaries.publishing.words import public_titles
from summaries.tables import TOTAL, ProtectedTable
from summaries.telling import HEADLINE
from summaries.wording import sentence


@dataclass(frozen=True)
class Point:
    """One line. `fine`: whether it is as it should be; None where it is only to be known."""

    what: str
    said: str
    fine: bool | None = None
    more: str = ""


def checklist(access: Access, draft: Publication) -> list[Point]:
    found = quality(access, draft.year)
    return [
        _regions(found),
        _duplicates(found),
        _late(found),
        _unknown(found),
        _since_the_year_before(draft),
        _attack(draft),
        _text(draft),
        *_exemptions(draft.year),
    ]


def _regions(found: Quality) -> Point:
    missing = [one.name for one in found.regions if one.confirmed_on is None]
    said = _("{n} of {of}").format(n=found.number_confirmed, of=len(found.regions))
    return Point(_("Regions that have closed the year"), said, not missing, ", ".join(missing))


def _duplicates(found: Quality) -> Point:
    n = found.open_duplicates
    return Point(_("Possible duplicates that nobody has decided on"), number_format(n), n == 0)


def _late(found: Quality) -> Point:
    said = ngettext("{n} person", "{n} persons", found.late).format(n=number_format(found.late))
    return Point(_("Registered when the year should have been complete"), said)


def _unknown(found: Quality) -> Point:
    shares = [(one.variable, round(100 * one.missing / one.persons)) for one in found.shares if one.persons]
    said = ", ".join(f"{name} {share} %" for name, share in shares if share)
    return Point(_("Unknown or not stated"), said or _("nothing"))


def _since_the_year_before(draft: Publication) -> Point:
    what = _("Difference to the year before")
    if draft.so_far:
        return Point(what, sentence(draft.year, draft.so_far))
    now, before = _total(protected_tables(draft.tables)), _total(before_tables(draft.year))
    if now is None or before is None:
        return Point(what, _("no figure to compare with"))
    said = _("{difference} from {before}").format(
        difference=f"{now - before:+d}", before=number_format(before)
    )
    percent = _("{n} percent").format(n=f"{100 * (now - before) / before:+.0f}") if before else ""
    return Point(what, said, more=percent)


def _total(tables: Sequence[ProtectedTable]) -> int | None:
    groups = next((one for one in tables if one.name == HEADLINE), None)
    return groups.value(TOTAL) if groups else None


def _attack(draft: Publication) -> Point:
    return Point(_("Attack test"), _("passed") if draft.passed else _("not passed"), draft.passed)


def _text(draft: Publication) -> Point:
    edited = [bool(text.get("edited")) for text in draft.texts.values()]
    if any(edited) and not all(edited):
        return Point(_("Text"), _("edited in one language alone: does the other say the same?"), fine=False)
    return Point(_("Text"), _("edited in both languages") if any(edited) else _("as it was generated"))


def _exemptions(year: int) -> Iterator[Point]:
    titles, rows = public_titles(), Exemption.objects.filter(year=year)
    waiting = [titles.get(one.table, one.table) for one in rows if one.waits]
    shown = [titles.get(one.table, one.table) for one in Exemption.objects.in_force(year) if one.year]
    yield Point(
        _("Exemptions that wait for an answer"), number_format(len(waiting)), not waiting, ", ".join(waiting)
    )
    yield Point(_("Tables shown in full by a decision"), number_format(len(shown)), None, ", ".join(shown))
