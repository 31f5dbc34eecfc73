"""Acts that two persons are needed for: one asks, another answers. Some are carried out at the answer, by
what was asked; others ask themselves, when they are done, whether they were approved.

Each app registers its acts. Rights say who may ask and who may answer, the database that it is not the same
person. A row can be asked for before it is written: its values as JSON, how they differ from what is stored,
and both in words.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from accounts.access import Access, refuse_where
from accounts.models import Approval, User
from accounts.roles import May
from audit.writer import Target, record


class AlreadyAnswered(Exception):
    """Somebody else was quicker, or it was withdrawn; `row` is the question with the answer that holds."""

    def __init__(self, row: Any) -> None:
        super().__init__("answered already")
        self.row = row

    def in_words(self) -> str:
        """Return what the answer was, for who came second."""
        text = _("Somebody else answered first: %(answer)s. Your answer is not saved.")
        return text % {"answer": self.row.get_answer_display()}


class NotAsItWas(Exception):
    """What was asked for can no longer be carried out; the message says why, to who answers."""


def stop_where(holds: object, sentence: str | Promise) -> None:
    """Raise NotAsItWas with the sentence where something holds that was not so when it was asked."""
    if holds:
        raise NotAsItWas(sentence)


Fact = tuple[str, str]
NEW: Final = timedelta(days=90)  # how long somebody who was let in is not independent of who did it
NEVER, ALWAYS = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
LETS_IN: Final = "lets_in"  # in the payload of a question: the user whom its answer let in


class Newcomers:
    """Who was let in within the last 90 days, and by whom. One query, however many questions wait.

    An administrator who has let in two accounts of their own could ask by one and answer by the other.
    """

    def __init__(self, at: datetime) -> None:
        self.since = at - NEW
        self._by: dict[int, list[tuple[int, datetime]]] = defaultdict(list)
        given = Approval.objects.filter(
            answer=Approval.Answer.GIVEN, answered_at__gt=self.since - NEW, payload__has_key=LETS_IN
        )
        for payload, *hands, day in given.values_list("payload", "asked_by", "answered_by", "answered_at"):
            if day is not None:  # the database keeps no answer without its moment
                self._by[payload[LETS_IN]].extend((hand, day) for hand in hands)

    def independent(self, people: Iterable[User], asker: int) -> list[User]:
        """Return those of `people` who may be the second person for `asker`.

        Left out are `asker`, whoever `asker` has let in within 90 days, and whoever was let in within 90 days
        by a person who has let in `asker` too, at most 90 days before or at any time since.
        """
        return [user for user in people if user.pk != asker and not self._depends(user.pk, asker)]

    def _depends(self, user: int, asker: int) -> bool:
        last = dict(sorted(self._by[asker], key=lambda one: one[1])) | {asker: ALWAYS}
        return any(day > self.since and last.get(hand, NEVER) >= day - NEW for hand, day in self._by[user])


def second_persons(asked: Approval, people: Iterable[User], newcomers: Newcomers | None = None) -> list[User]:
    """Return those of `people` who are independent enough of who asked to answer the question.

    Whatever names those who may answer asks this, and so does the answer itself. `newcomers`: read already,
    where many questions are looked at.
    """
    return (newcomers or Newcomers(timezone.now())).independent(people, asked.asked_by_id)


@dataclass(frozen=True, slots=True)
class Act:
    """`title` for the page; any of `asks` may ask, any of `answers` may answer.

    `who`: exactly those who may answer one question, where that is fewer. `facts`: what is asked for, in
    words; `details`: HTML that is shown below them. `carry_out` does it at a yes, in the same transaction,
    and returns the code of an account that opens by one, or nothing; it may raise NotAsItWas. `asked_at`: the
    address of a page where it is asked, where no list has it. `page`: the address of the page on which one
    question is answered, where more has to be seen before than facts."""

    name: str
    title: str | Promise
    asks: tuple[May, ...]
    answers: tuple[May, ...]
    who: Callable[[Approval], Sequence[User]] | None = None
    facts: Callable[[Approval], Sequence[Fact]] = lambda asked: []
    details: Callable[[Approval], str] = lambda asked: ""
    carry_out: Callable[[Approval, Access], str] | None = None
    asked_at: str = ""
    page: Callable[[Approval], str] = lambda asked: ""


ACTS: Final[dict[str, Act]] = {}


def needs_two(
    name: str, *, title: str | Promise, asks: tuple[May, ...], answers: tuple[May, ...], **more: Any
) -> Act:
    """An act that is not done without the answer of a second person. `more`: as `Act` has it."""
    return ACTS.setdefault(name, Act(name, title, asks, answers, **more))


@transaction.atomic
def ask(
    act: str,
    on: Target,
    *,
    reason: str,
    by: Access,
    digest: str = "",
    payload: Mapping[str, Any] | None = None,
) -> Approval:
    """The question that waits; the same one where this person has asked it already.

    Raises PermissionDenied, and IntegrityError where somebody else's question of this waits.
    """
    by.require(*ACTS[act].asks)
    pending = Approval.objects.of(act, on.kind, on.ident).pending()
    if same := pending.filter(asked_by=by.user, digest=digest).first():
        return same
    asked = Approval.objects.create(
        act=act,
        target_kind=on.kind,
        target_id=on.ident,
        target_label=on.label,
        digest=digest,
        payload=dict(payload or {}),
        reason=reason,
        asked_by=by.user,
        asked_at=by.at,
    )
    record(by, "approval.ask", asked, search_kind=act)
    return asked


@transaction.atomic
def answer(asked: Approval, *, give: bool, by: Access, reason: str = "") -> Approval:
    """The question with its answer; at a yes it is carried out. Raises PermissionDenied for who may not
    answer or has asked, AlreadyAnswered, NotAsItWas."""
    act = ACTS[asked.act]
    by.require(*act.answers)
    row = _waiting(asked)
    refuse_where(row.asked_by_id == by.user.pk, _("Nobody answers their own request. Ask a colleague."))
    of_others = act.who is not None and by.user not in act.who(row)
    refuse_where(of_others, _("This request is for somebody else to answer."))
    refuse_where(
        not second_persons(row, [by.user], Newcomers(by.at)),
        _("For 90 days you cannot answer the person who approved your account, or others they approved."),
    )
    if not give:
        return _close(row, Approval.Answer.DECLINED, by, reason)
    code = ""
    if act.carry_out is not None:
        Access.of(row.asked_by, at=by.at).require(*act.asks)  # who asked may have lost the right since
        code, row.used_at = act.carry_out(row, by), by.at
    row = _close(row, Approval.Answer.GIVEN, by, reason)
    row.code_to_read_out = code
    return row


@transaction.atomic
def use(asked: Approval, *, at: datetime) -> None:
    """An approval is used up by what it was given for. Raises NotAsItWas where it was used before."""
    used_now = Approval.objects.filter(pk=asked.pk, answer="given", used_at=None).update(used_at=at)
    stop_where(not used_now, _("The approval has been used."))


@transaction.atomic
def withdraw(asked: Approval, *, by: Access) -> Approval:
    """The question taken back by who asked it. Raises PermissionDenied, AlreadyAnswered."""
    row = _waiting(asked)
    own = row.asked_by_id == by.user.pk
    refuse_where(not own, _("Only the person who asked can withdraw the request."))
    return _close(row, Approval.Answer.WITHDRAWN, by, "")


def given(act: str, on: Target, *, digest: str = "") -> Approval | None:
    """The approval under which an act may be done: the latest answer about exactly this, where it was a
    yes."""
    answered = (Approval.Answer.GIVEN, Approval.Answer.DECLINED)
    latest = Approval.objects.of(act, on.kind, on.ident).filter(answer__in=answered).first()
    fits = latest is not None and latest.answer == Approval.Answer.GIVEN and latest.digest == digest
    return latest if fits else None


_ACTIONS: Final = {
    Approval.Answer.GIVEN: "approval.approve",
    Approval.Answer.DECLINED: "approval.decline",
    Approval.Answer.WITHDRAWN: "approval.withdraw",
}


def _waiting(asked: Approval) -> Approval:
    row = Approval.objects.select_for_update(of=("self",)).select_related("asked_by").get(pk=asked.pk)
    if row.answer != Approval.Answer.PENDING:
        raise AlreadyAnswered(row)
    return row


def _close(row: Approval, said: Approval.Answer, by: Access, reason: str) -> Approval:
    row.answer, row.answered_by, row.answered_at, row.answer_reason = said, by.user, by.at, reason
    row.save(update_fields=["answer", "answered_by", "answered_at", "answer_reason", "used_at", "payload"])
    record(by, _ACTIONS[said], row, search_kind=row.act)
    return row


def as_values(row: models.Model, names: tuple[str, ...]) -> dict[str, Any]:
    """The values of a row, as JSON holds them: of a link its key, of a day its text."""
    values = {name: getattr(row, row._meta.get_field(name).attname) for name in names}  # type: ignore[union-attr]
    return {name: str(value) if isinstance(value, date) else value for name, value in values.items()}


def difference(stored: models.Model | None, row: models.Model, names: tuple[str, ...]) -> dict[str, Any]:
    if stored is None:
        return {"fields": as_values(row, names), "before": {}}
    new, old = as_values(row, names), as_values(stored, names)
    changed = tuple(name for name in names if new[name] != old[name])
    return {"fields": as_values(row, changed), "before": as_values(stored, changed)}


def read_values(model: type[models.Model], values: Mapping[str, Any]) -> dict[str, Any]:
    found = {}
    for name, value in values.items():
        field: Any = model._meta.get_field(name)
        found[field.attname] = field.to_python(value)
    return found


def apply_asked(row: models.Model, asked: Approval) -> list[str]:
    """The changed fields. Raises NotAsItWas where one of them is no longer what the asker saw."""
    before, fields = asked.payload["before"], asked.payload["fields"]
    stop_where(
        as_values(row, tuple(before)) != before,
        _("It has been changed since it was asked. Decline, and have it asked again."),
    )
    for name, value in read_values(type(row), fields).items():
        setattr(row, name, value)
    check_fits(row)
    return list(fields)


def check_fits(row: models.Model) -> None:
    try:
        row.full_clean()
    except ValidationError as error:
        raise NotAsItWas(" ".join(error.messages)) from None


def facts_of(model: type[models.Model]) -> Any:
    """What a question about such a row says: each value, and beside a changed one the former."""

    def facts(asked: Approval) -> list[Fact]:
        before, found = asked.payload.get("before", {}), []
        for name, value in asked.payload["fields"].items():
            field = model._meta.get_field(name)
            text = _in_words(field, value)
            if name in before:
                text = f"{_in_words(field, before[name])} → {text}"
            if name in before or value not in (None, ""):
                found.append((str(field.verbose_name).capitalize(), text))  # type: ignore[union-attr]
        return found

    return facts


def _in_words(field: Any, value: object) -> str:
    if value in (None, ""):
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if field.is_relation:
        row = field.related_model._default_manager.filter(pk=value).first()
        return str(row or value)
    return str(dict(field.flatchoices).get(value, value))
