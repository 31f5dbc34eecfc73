"""An account opens with a code of six digits, which is shown once to who answered that its owner is let in,
and said by telephone.

The link of an invitation comes by mail: whoever reads the mailbox, and the administrator who is shown the
link, could choose the password and set up the second factor. The code is known to neither.
"""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Final

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.crypto import salted_hmac

from accounts.access import Access
from accounts.models import Opening, User
from audit.writer import record

TRIES: Final = 5
CLOSED: Final = "must_open"  # in the session of somebody whose account is not open yet
# What is open before the account is: the way in and out, and what a page asks about itself.
BEFORE: Final = (
    "/account/open/",
    "/accounts/login/",
    "/accounts/logout/",
    "/accounts/password/reset/",
    "/language/",
    "/theme/",
    "/session/",
    "/healthz",
    "/accessibility/",
    "/privacy/",
    "/help/",
)


def ask_for_code(request: HttpRequest) -> HttpResponse | None:
    """Leads whoever has an account that is not open to the page that opens it: not even a second factor is
    set up before."""
    waits = request.session.get(CLOSED) and not request.path.startswith(BEFORE)
    return redirect("open_account") if waits else None


def close(user: User, *, shown_to: User | None, at: datetime) -> str:
    """The new code of an account that is closed until somebody gives it; the former is good for nothing."""
    code = f"{secrets.randbelow(1_000_000):06d}"
    facts = {"hashed": _hashed(user, code), "tries": 0, "made_at": at, "made_by": shown_to}
    Opening.objects.update_or_create(user=user, defaults={**facts, "opened_at": None})
    user.code_to_say = code
    return code


def is_closed(user: User, *, told_to: User | None = None) -> bool:
    """Whether the account waits for its code; with `told_to` for one that this person was shown."""
    waits = Opening.objects.filter(user=user, opened_at=None)
    return waits.filter(made_by=told_to).exists() if told_to else waits.exists()


def tries_left(user: User) -> int:
    row = Opening.objects.filter(user=user).first()
    return max(TRIES - row.tries, 0) if row else 0


@transaction.atomic
def open_account(code: str, *, by: Access) -> bool:
    """Whether the code was right, and so the account is open. After five wrong ones none is."""
    row = Opening.objects.select_for_update().filter(user=by.user, opened_at=None).first()
    if row is None:
        return True
    typed = "".join(sign for sign in code if sign.isdecimal())
    if row.tries >= TRIES or not check_password(_mark(by.user, typed), row.hashed):
        Opening.objects.filter(pk=row.pk, tries__lt=TRIES).update(tries=F("tries") + 1)
        record(by, "user.open_refused", by.user)
        return False
    row.opened_at = by.at
    row.save(update_fields=["opened_at"])
    record(by, "user.open", by.user)
    return True


def _hashed(user: User, code: str) -> str:
    """A million codes are soon tried by who has the database: not without the key that is outside it."""
    return make_password(_mark(user, code))


def _mark(user: User, code: str) -> str:
    return salted_hmac("accounts.opening", f"{user.pk}:{code}").hexdigest()
