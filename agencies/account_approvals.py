"""What an administrator asks for and another person answers: accounts with casework or power, addresses to
sign in by, lost second factors, and who gets a region. Each is carried out at a yes, and told to those whom
it concerns. A coordinator in post appoints an own deputy alone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final, TypeVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _, gettext_lazy

from accounts import approvals, invitations
from accounts.access import Access, refuse_where
from accounts.approvals import Fact, NotAsItWas, ask, facts_of, stop_where
from accounts.models import STAND_INS, Approval, Opening, User
from accounts.notices import NoAddress, address, notice, tell
from accounts.roles import MAY, May, given_by_two
from agencies import stand_ins
from agencies.models import Coordinator, CoordinatorQuerySet
from agencies.stand_ins import AHEAD, Answerers, answerers, deputies_from, end_days, forgets_days, why_not
from audit.writer import Target, record, target
from libs.groups import grouped

Row = TypeVar("Row", User, Coordinator)
USER_FIELDS: Final = ("email", "name", "role", "agency", "language", "is_active", "ends_on")
CARD_FIELDS: Final = (
    "region", "kind", "user", "name", "municipality", "phone", "email", "hours", "valid_from", "valid_to",
)  # fmt: skip
OPENED_NOTICE: Final = notice("account.new", gettext_lazy("A new account was approved"))
CHANGED: Final = notice("account.change", gettext_lazy("An account was given another role or address"))
FACTOR: Final = notice("account.factor", gettext_lazy("A second factor was removed"))
ASSIGNED: Final = notice("region.assign", gettext_lazy("Somebody was given a region"))
STOPPED: Final = notice(
    "region.deputy_stop", gettext_lazy("A deputy was stopped, and no longer has the region")
)
DEPUTY: Final = notice("region.deputy", gettext_lazy("A coordinator has appointed a deputy"))


def waits_already(act: str, kind: str, ident: str) -> bool:
    """Whether such a question waits for its answer."""
    return Approval.objects.of(act, kind, ident).pending().exists()


def ask_account(*, user: User, reason: str, site: str, by: Access) -> Approval:
    """That somebody new is let in. Nothing of it is stored but the question."""
    email = user.email.strip().lower()
    on = Target("accounts.user", email[:60], user.name)
    payload = {"fields": approvals.as_values(user, USER_FIELDS) | {"email": email}, "site": site}
    return ask("account.new", on, reason=reason, by=by, payload=payload)


def ask_change(*, user: User, reason: str, by: Access) -> Approval:
    """That an account gets the values that `user` has here."""
    stored = User.objects.get(pk=user.pk)
    payload = {"user": user.pk, **approvals.difference(stored, user, USER_FIELDS)}
    return ask("account.change", target(stored), reason=reason, by=by, payload=payload)


def ask_factor(*, user: User, reason: str, by: Access) -> Approval:
    """That the second factor of somebody who has lost it is taken away."""
    return ask("account.factor", target(user), reason=reason, by=by, payload={"user": user.pk})


def ask_assignment(*, card: Coordinator, reason: str, by: Access) -> Approval:
    """That somebody gets a region for some days."""
    payload = {"user": card.user_id, "region": card.region_id, "pk": card.pk}
    payload |= approvals.difference(_stored(card), card, CARD_FIELDS)
    on = Target("agencies.coordinator", ident_of(card), str(card)[:100])
    return ask("region.assign", on, reason=reason, by=by, payload=payload)


def ident_of(card: Coordinator) -> str:
    """Its key; before it is stored, so that it is asked about once, the person, region and first day."""
    return str(card.pk or f"{card.region_id}:{card.user_id}:{card.valid_from}")


def _stored(row: Row) -> Row | None:
    """The row before it is changed; None where it is new."""
    return type(row)._default_manager.filter(pk=row.pk).first() if row.pk else None


def account_needs_two(after: User) -> bool:
    """Whether a second person answers before an account, new or stored, is so."""
    before = _stored(after)
    return invitations.needs_two_to_change(before, after) if before else given_by_two(after.role)


def gives_region(after: Coordinator, today: date) -> bool:
    """Whether a card lets somebody see rows of a region that the same card, as it is stored, does not, or
    could later: a deputy's days that no card has are not counted."""
    before = _stored(after)
    if forgets_days(before, after, today):
        return True
    if after.user_id is None or after.last_day < today:
        return False
    if before is None or stand_ins.WHOSE_DAYS(before) != stand_ins.WHOSE_DAYS(after):
        return True
    return after.last_day > before.last_day or after.valid_from < before.valid_from


@transaction.atomic
def invite_alone(*, user: User, site: str, by: Access) -> tuple[str, Approval]:
    """Invite somebody whose role needs no second person; return the link, and the question whose answer shows
    the code that opens the account: nobody has both. Managers and the data protection officer are told."""
    link = invitations.invite(user=user, by=by, site=site)
    asked = _ask_code(user, by)
    told_of_new(user, by, code=str(asked.code))
    return link, asked


@transaction.atomic
def invite_once_more(*, user: User, site: str, by: Access) -> str:
    """Return a new link for somebody who never came in; ask a colleague for the code where nobody has it.

    Without a mail server the link is shown to whoever presses the button: to who asked for the account or,
    where they have left, to another, who then asks for another code. Raises PermissionDenied.
    """
    asked, had_code = _asked_of(user), Opening.objects.filter(user=user).exists()
    shown = not settings.EMAIL_HOST
    asker_left = asked is not None and not invitations.administers(asked.asked_by)
    if asked is not None and asked.asked_by_id != by.user.pk:
        _may_send_again(asked, shown=shown, asker_left=asker_left)
    link = invitations.invite_again(user=user, by=by, site=site)
    nobody_has_it = not had_code if asked is None else _code_is_lost(asked)
    if invitations.is_closed(user) and (nobody_has_it or (shown and asker_left)):
        _ask_code(user, by)
    return link


def _may_send_again(asked: Approval, *, shown: bool, asker_left: bool) -> None:
    """Raises PermissionDenied where somebody else than the asker should not send the invitation."""
    refuse_where(
        asker_left and asked.answer == Approval.Answer.PENDING,
        _("A request about this account waits, and who asked has left. Send this once it is declined."),
    )
    message = _("%(name)s has asked for this account, and sends its invitation again.")
    refuse_where(shown and not asker_left, message % {"name": asked.asked_by.name})


def _code_is_lost(asked: Approval) -> bool:
    return asked.answered_by is not None and not asked.answered_by.works


def told_of_new(user: User, by: Access, *, code: str = "") -> None:
    """Tell the data protection officer and those who answer who is let in of an account that was made."""
    _notify(OPENED_NOTICE, str(user), code, by, also=(May.LET_IN,))


def _ask_code(user: User, by: Access) -> Approval:
    """The question by whose answer a colleague is shown the code. An earlier one is good for nothing then."""
    invitations.close(user, shown_to=None, at=by.at)
    user.code_to_read_out = ""
    why = _("One person has made the account. Another reads out the code to its owner.")
    return ask("account.code", target(user), reason=why, by=by, payload={"user": user.pk})


def _asked_of(user: User) -> Approval | None:
    """The newest question about an account's code that waits or was answered by a yes."""
    about = Q(act="account.new", payload__lets_in=user.pk) | Q(act="account.code", target_id=str(user.pk))
    stands = Approval.objects.filter(about, answer__in=("pending", "given"))
    return stands.select_related("asked_by", "answered_by").order_by("-asked_at", "-pk").first()


def may_appoint(access: Access) -> frozenset[str]:
    """The regions in which somebody is the coordinator today, and not a deputy."""
    return access.regions.difference(dict(access.deputy))


@transaction.atomic
def appoint_deputy(*, card: Coordinator, by: Access) -> Coordinator:
    """Appoint a deputy, and tell the region and the data protection officer. Raises ValidationError."""
    by.require(May.COORDINATE)
    if card.region_id not in may_appoint(by):
        raise ValidationError({"region": _("Only the coordinator of the region can appoint a deputy in it.")})
    if card.valid_from < by.today:
        raise ValidationError({"valid_from": _("A deputy can stand in from today at the earliest.")})
    card.kind = Coordinator.Kind.DEPUTY
    if why := why_not(card, by.today):
        field = "valid_from" if card.valid_from > by.today + AHEAD else "valid_to"
        raise ValidationError({field: why})
    card._history_user = by.user  # type: ignore[attr-defined]
    card.save()
    _notify(DEPUTY, str(card), "", by, region=card.region_id)
    record(by, "coordinator.add", card)
    return card


def deputies_to_stop(access: Access) -> CoordinatorQuerySet:
    """Those who stand in now or later, and whom one may stop: in one's own region, or anywhere."""
    cards = deputies_from(access.today)
    return cards if access.may(May.ADMINISTER) else cards.filter(region__in=may_appoint(access))


@transaction.atomic
def stop_deputy(*, card: Coordinator, by: Access) -> None:
    """End the days of a deputy at once: told to the deputy, the region and the data protection officer."""
    by.require(May.COORDINATE, May.ADMINISTER)
    locked = deputies_to_stop(by).select_for_update(of=("self",)).get(pk=card.pk)
    deputy, label = locked.user, str(locked)
    end_days(locked, by)
    _notify(STOPPED, label, "", by, region=locked.region_id)
    if deputy is not None:
        tell([deputy], STOPPED, label=label, at=by.at)


def _open_account(asked: Approval, by: Access) -> str:
    user = User(**approvals.read_values(User, asked.payload["fields"]), password="!")  # noqa: S106 (no password opens it)
    approvals.check_fits(user)
    try:
        site = asked.payload.get("site") or address()
    except NoAddress as fault:
        raise NotAsItWas(str(fault)) from None
    code = invitations.let_in(user=user, asked=asked, by=by, site=site)
    told_of_new(user, by, code=str(asked.code))
    return code


def _give_code(asked: Approval, by: Access) -> str:
    user = User.objects.get(pk=asked.payload["user"])
    stop_where(not invitations.is_closed(user), _("The account is open already."))
    return invitations.first_code(user=user, asked=asked, by=by)


def _change_account(asked: Approval, by: Access) -> str:
    user = User.objects.select_for_update(of=("self",)).get(pk=asked.payload["user"])
    fields = approvals.apply_asked(user, asked)
    invitations.keep_one(User.objects.get(pk=user.pk), user)
    invitations.change_asked(user=user, fields=fields, asked=asked, by=by)
    _notify(CHANGED, str(user), str(asked.code), by)
    return ""


def _take_factor(asked: Approval, by: Access) -> str:
    user = User.objects.get(pk=asked.payload["user"])
    code = invitations.take_second_factor(user=user, asked=asked, by=by)
    _notify(FACTOR, str(user), str(asked.code), by)
    return code


def _assign(asked: Approval, by: Access) -> str:
    """A new card, or the changed one."""
    key = asked.payload["pk"]
    if key is None:
        card, fields = Coordinator(**approvals.read_values(Coordinator, asked.payload["fields"])), []
        approvals.check_fits(card)
    else:
        card = Coordinator.objects.select_for_update(of=("self",)).get(pk=key)
        fields = approvals.apply_asked(card, asked)
    why = why_not(card, by.today)
    stop_where(why, why)
    card._history_user = by.user  # type: ignore[attr-defined]
    card.save()
    record(by, "coordinator.add" if key is None else "coordinator.change", card, fields=fields)
    _notify(ASSIGNED, str(card), str(asked.code), by, region=card.region_id)
    return ""


def _notify(
    kind: str, label: str, code: str, by: Access, *, region: str = "", also: tuple[May, ...] = ()
) -> None:
    """The data protection officer, and of a region those who have it: not who has done it themselves."""
    people = list(User.objects.working(May.VIEW_AUDIT_LOG, *also))
    own = Answerers(timezone.localdate()).regions.get(region, []) if region else []
    others = [user for user in (*people, *own) if user.pk != by.user.pk]
    by_link = grouped(others, lambda user: _link_for(user, code, own=user in own))
    for link, users in by_link.items():
        tell(users, kind, label=label, link=link, at=by.at)


def _link_for(user: User, code: str, *, own: bool) -> str:
    """Return the address of the first page about it that `user` may read; empty where there is none."""
    may = MAY[user.role_now]
    if code and (own or May.VIEW_AUDIT_LOG in may):
        return reverse("agencies:approval", args=[code])
    if May.REVIEW_ACCOUNTS in may:
        return reverse("agencies:review")
    return reverse("agencies:directory") if May.VIEW_DIRECTORY in may else ""


def _account_facts(asked: Approval) -> list[Fact]:
    user = User.objects.filter(pk=asked.payload["user"]).first()
    if user is None:
        return []
    return [(_("User"), str(user)), (_("E-mail"), user.email), (_("Role"), str(user.get_role_display()))]


def register(titles: Mapping[str, Promise]) -> None:
    """The acts of this app, called as in the audit log. Done once, when the app is ready."""
    for name, facts, carry_out, also in (
        ("account.new", facts_of(User), _open_account, ()),
        ("account.change", facts_of(User), _change_account, ()),
        ("account.code", _account_facts, _give_code, ()),
        ("account.factor", _account_facts, _take_factor, ()),
        ("region.assign", facts_of(Coordinator), _assign, (May.COORDINATE,)),
    ):
        answers = (May.LET_IN, May.ADMINISTER, *also)
        how = {"who": answerers, "facts": facts, "carry_out": carry_out}
        approvals.needs_two(name, title=titles[name], asks=(May.ADMINISTER,), answers=answers, **how)
    approvals.needs_two(
        STAND_INS,
        title=gettext_lazy("Stand in for a manager"),
        asks=(May.ADMINISTER, May.LET_IN),
        answers=(May.LET_IN, May.ADMINISTER),
        who=answerers,
        facts=stand_ins.facts,
        asked_at="agencies:stand_in",
    )
