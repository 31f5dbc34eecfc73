"""What a release and a withdrawal are asked for with, and what binds the answer to it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from accounts.approvals import second_persons
from accounts.models import Approval, User
from accounts.roles import MAY, May
from knowledge.shipped import LANGUAGES
from knowledge.stored_texts import Remarks, present
from summaries.counting.summary import confirmed_regions, number_of_regions
from summaries.release import justice
from summaries.release.frozen import cells_of, edited_apart, strange_numbers, text_of
from summaries.release.models import Announcement, Publication
from summaries.site.versions import remarks_of

RELEASE: Final = "version.release"
WITHDRAWAL: Final = "version.withdraw"
ANSWERS: Final = (May.PUBLISH, May.APPROVE_EXCEPTION)
State = Publication.State
Texts = dict[str, str]  # by language
Wish = dict[str, Any]  # what is asked for, as it is kept with the question


def wish(
    draft: Publication,
    state: str,
    *,
    estimate: int | None = None,
    at: datetime | None = None,
    unconfirmed: Texts | None = None,
    revised: Texts | None = None,
    seen_before: Sequence[str] = (),
    numbers: str = "",
    alike: bool = False,
) -> Wish:
    """`at`: the hour that was announced; at once where there is none. `unconfirmed`: why a final version does
    not wait for all regions. `revised`: why there is a new version. Both are published. `numbers`: why the
    text has numbers that no table shows. `alike`: that a text which was changed differently in the two
    languages says the same in both."""
    return {
        "year": draft.year,
        "state": state,
        "estimate": estimate,
        "at": at.isoformat() if at else None,
        "unconfirmed": _stripped(unconfirmed),
        "revised": _stripped(revised),
        "seen_before": [*seen_before],
        "hands": sorted(draft.hands),
        "numbers": numbers.strip(),
        "alike": alike,
    }


def _stripped(told: Texts | None) -> Texts:
    stripped = {language: text.strip() for language, text in (told or {}).items()}
    return stripped if any(stripped.values()) else {}


def bound(draft: Publication, wished: Mapping[str, Any], remarks: Remarks) -> str:
    """Of the figures, the texts, what stands beside them and what is asked for: what is answered is exactly
    what was looked at."""
    beside, all_remarks = justice.of_year(draft.year), {of: remarks.all_in(of) for of in LANGUAGES}
    seen = [draft.digest, draft.texts, dict(wished), all_remarks, *(one for one in [beside] if one)]
    return hashlib.sha256(json.dumps(seen, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def hour_of(asked: Approval) -> datetime | None:
    return parse_datetime(asked.payload.get("at") or "")


def who_answers(asked: Approval) -> list[User]:
    """Return those who may answer: of a release a manager or, only where none may, another analyst.

    Never who asks or whom the asker has lately let in, and of a release never who prepared it or edited its
    text. A withdrawal hides figures and hastens: any analyst or manager answers it.
    """
    hands = {*asked.payload.get("hands", ())}
    if asked.act == RELEASE:
        hands.update(*Publication.objects.filter(code=asked.target_id).values_list("hands", flat=True))
    users = second_persons(asked, User.objects.able(*ANSWERS).exclude(pk__in=hands))
    if asked.act != RELEASE:
        return users
    return [user for user in users if May.APPROVE_EXCEPTION in MAY[user.role_now]] or users


def lacking(draft: Publication, wished: Mapping[str, Any]) -> str:
    """Why it may not be released as it is asked for; empty where nothing stands in the way."""
    year, state = draft.year, wished["state"]
    if why := why_waiting(year) or _text_lacks(draft, wished):
        return why
    if not hour_stands(year, wished["at"]):
        return _("The announced hour was moved or cancelled meanwhile. Ask for the release again.")
    confirmed, of = confirmed_regions(year), number_of_regions()
    if state == State.FINAL and confirmed < of and not in_both(wished["unconfirmed"]):
        return _(
            "{n} of {of} regions have closed {year}: a final version needs all of them, or the reason in "
            "both languages."
        ).format(n=confirmed, of=of, year=year)
    if state == State.REVISED:
        if not in_both(wished["revised"]):
            return _("A revised version needs its reason, in both languages: everybody can read it.")
        if not differs(draft):
            return _("Nothing differs from the version that is shown: there is nothing to revise.")
    return ""


def _text_lacks(draft: Publication, wished: Mapping[str, Any]) -> str:
    numbers = strange_numbers(draft)
    if numbers and not wished.get("numbers"):
        message = _(
            "No table that is shown has these numbers of the text: {numbers}. Say why they may be published."
        )
        return message.format(numbers=", ".join(numbers))
    if edited_apart(draft) and not wished.get("alike"):
        return _("The text was changed differently in the two languages: confirm that they say the same.")
    return ""


def hour_stands(year: int, at: str | None) -> bool:
    """Whether the hour that was asked for, if any, is still the one that everybody was told of."""
    return not at or Announcement.objects.in_force().filter(year=year, at=datetime.fromisoformat(at)).exists()


def in_both(told: Mapping[str, Any]) -> bool:
    return all(told.get(one) for one in LANGUAGES)


def why_waiting(year: int) -> str:
    """Return that a frozen version of the year waits for its hour; empty where none does."""
    if not Publication.objects.standing().filter(year=year, published_at__gt=timezone.now()).exists():
        return ""
    return _("A version of {year} waits for its hour: let it come out, or call it off.").format(year=year)


def differs(draft: Publication) -> bool:
    """Whether any figure, text or remark is another than in the newest version; always where that is
    withdrawn."""
    newest = Publication.objects.newest(draft.year)
    if newest is None or newest.withdrawn:
        return True
    figures_differ = cells_of(draft) != cells_of(newest)
    texts_differ = any(text_of(draft, language) != text_of(newest, language) for language in LANGUAGES)
    return figures_differ or texts_differ or bool(present().changed_since(remarks_of(newest)))
