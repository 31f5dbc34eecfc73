"""That everything leaves with its texts in clear is asked for by one and answered by another."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import Access
from accounts.approvals import Fact, NotAsItWas, ask, needs_two
from accounts.models import Approval
from accounts.notices import notice
from accounts.once import code_of
from accounts.roles import May
from agencies.answering import answerers
from audit.writer import Target

ACT: Final = "register.export"
WHOLE: Final = Target("register", "texts", "Everything")
DAYS: Final = 7  # for which an answer is good
LEFT: Final = notice(ACT, gettext_lazy("Everything has been exported on the server"))


def ask_export(*, reason: str, by: Access) -> Approval:
    """That the whole register may leave with its texts in clear, once."""
    return ask(ACT, WHOLE, reason=reason, by=by)


def approved(code: str, *, at: datetime) -> Approval:
    """The approval of a code. Raises NotAsItWas where it is none that is good, or was used."""
    key = code_of(code)
    good = Approval.objects.filter(act=ACT, answer="given", answered_at__gt=at - timedelta(days=DAYS))
    found = good.filter(code=key).first() if key else None
    if found is None:
        raise NotAsItWas(
            "No export with texts is approved under this code: ask for it in the register, let a second "
            "person answer, and use it within 7 days."
        )
    if found.used_at is not None:
        raise NotAsItWas(_("The approval has been used."))
    return found


def facts(asked: Approval) -> list[Fact]:
    """What leaves, and how it is carried out once it is approved."""
    said = [(_("What leaves"), _("Every table of the register, with notes and references in clear"))]
    if asked.answer == Approval.Answer.GIVEN:
        command = f"manage.py export_register --to DIR --with-texts --approval {asked.code}"
        used = _("The approval has been used.")
        said.append((_("On the server, within 7 days"), used if asked.used_at else command))
    return said


def register() -> None:
    needs_two(
        ACT,
        title=gettext_lazy("Export everything with its texts"),
        asks=(May.ADMINISTER,),
        answers=(May.LET_IN, May.ADMINISTER),
        who=answerers,
        facts=facts,
        asked_at="lifecycle:ask_export",
    )
