"""What to do on the first day: a card on *My page* for whoever is new, until it is put away. What is known to
be done is ticked; of the rest the register says nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db.models import Exists, OuterRef, Q
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.access import Access
from accounts.roles import May
from agencies.models import Coordinator
from desk.boxes import address
from desk.guide import Chapter, own_first
from desk.models import Visit

NEW: Final = timedelta(days=30)  # since the account was made


@dataclass(frozen=True, slots=True)
class Step:
    """`fact` names what is known of it, empty where nothing can be."""

    rights: tuple[May, ...]
    label: str | Promise
    url: Callable[[Access], str]
    fact: str = ""


@dataclass(frozen=True, slots=True)
class ToDo:
    label: str
    url: str
    done: bool
    known: bool  # whether it can be known at all


def first_day(access: Access) -> Sequence[ToDo]:
    """The steps for who asks, in their order; none for who is not new or has put them away. One query, none
    for who has been here for long."""
    if access.at - access.user.date_joined > NEW:
        return ()
    facts = _facts(access)
    return () if facts["over"] else list(_steps(access, facts))


def put_away(access: Access) -> None:
    _mark(access, "first_day_over")


def guide_read(access: Access, chapter: Chapter) -> None:
    """Noted once, and of the chapter that is the reader's own, while they are new."""
    if chapter == own_chapter(access) and access.at - access.user.date_joined <= NEW:
        _mark(access, "guide_read")


def own_chapter(access: Access) -> Chapter:
    """Of the role of who asks: not the one for everybody, where there is another."""
    own = [chapter for chapter, own in own_first(access, get_language() or "sv") if own]
    return next((chapter for chapter in own if chapter.may != May.VIEW_PUBLISHED), own[0])


def _mark(access: Access, name: str) -> None:
    Visit.objects.update_or_create(
        user=access.user, defaults={name: access.at}, create_defaults={name: access.at, "seen": access.at}
    )


def _facts(access: Access) -> dict[str, bool]:
    kinds = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
    factors = Authenticator.objects.filter(user=OuterRef("user"), type__in=kinds)
    to_come = Q(valid_to__isnull=True) | Q(valid_to__gte=access.today)
    deputies = Coordinator.objects.filter(to_come, kind="deputy", region__in=access.regions)
    rows = Visit.objects.filter(user=access.user).values_list(
        "first_day_over", "guide_read", Exists(factors), Exists(deputies)
    )
    over, guide, factor, deputy = rows.first() or (None, None, False, False)
    return {
        "over": over is not None,
        "guide": guide is not None,
        "factor": factor,
        "deputy": deputy,
        "terms": bool(settings.TERMS_VERSION),  # nobody comes here before they are accepted
    }


def _steps(access: Access, facts: dict[str, bool]) -> Iterator[ToDo]:
    for step in STEPS:
        if not step.rights or access.may(*step.rights):
            done = facts.get(step.fact, False)
            yield ToDo(str(step.label), step.url(access), done, bool(step.fact))


def _to(name: str, *args: object, part: str = "") -> Callable[[Access], str]:
    return lambda _access: f"{address(name, *args)}{part}"


def _own_chapter(access: Access) -> str:
    return address("desk:guide", own_chapter(access).key)


STEPS: Final = (
    Step((), _("Read the terms and what secrecy asks of you"), _to("terms"), "terms"),
    Step((), _("Set up a second step for signing in"), _to("mfa_index"), "factor"),
    Step((), _("Read the chapter of your role in the guide"), _own_chapter, "guide"),
    Step((May.COORDINATE,), _("See who stands in for you, and appoint a deputy"),
        _to("agencies:deputy"), "deputy"),
    Step((May.LOG_CALL,), _("Look at the articles that stand beside a call"), _to("knowledge:index")),
    Step((May.NOTIFY,), _("See who coordinates your county"), _to("agencies:directory")),
    Step((May.NOTIFY,), _("Check your agency's contact"), _to("agencies:own_agency")),
    Step((May.VIEW_TOTALS,), _("Look at the newest year"), _to("summaries:start")),
    Step((May.LET_IN, May.ADMINISTER), _("See which questions two persons answer"),
        _to("agencies:approvals")),
    Step((May.VIEW_TRAIL,), _("Read in the audit trail what was done today"), _to("trail:audit")),
    Step((), _("Learn the keys: ? shows them on every page"), _to("help", part="#keys")),
)  # fmt: skip
