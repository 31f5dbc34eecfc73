"""Words of the audit log and rights in Django's admin, which the app hands in (accounts.permissions)."""

from __future__ import annotations

from typing import Final

from django.apps import AppConfig
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts.permissions import Verbs, one_right
from accounts.roles import May

SIGN_INS: Final = (
    *("user.sign_in", "user.sign_in_refused", "user.sign_out"),
    *("user.sessions", "user.session_ended", "user.sessions_end"),
    *("user.password", "user.code_used", "user.codes_read"),
    *(
        "user.factor_refused",
        "user.factor_add",
        "user.factor_change",
        "user.factor_remove",
        "user.factor_taken",
    ),
    *("user.invite", "user.invite_again", "user.invite_accept", "user.ended_refused"),
    *("user.eid_bind", "user.eid_unbind", "user.eid_refused"),
    *("user.review", "user.open", "user.open_refused", "user.terms", "user.new_code", "user.break_glass"),
)
# What an event is about: the part of its action before the dot.
ABOUT: Final = {
    "user": gettext_lazy("Users and sign-ins"),
    "approval": gettext_lazy("Approvals by a second person"),
}
# What was done: the part after the dot.
DONE: Final = {
    "break_glass": pgettext_lazy("audit", "account broken open on the server"),
    "calendar": pgettext_lazy("audit", "address of the calendar made"),
    "calendar_end": pgettext_lazy("audit", "address of the calendar ended"),
    "code_used": pgettext_lazy("audit", "recovery code used"),
    "codes_read": pgettext_lazy("audit", "recovery codes shown"),
    "eid_bind": pgettext_lazy("audit", "e-ID connected"),
    "eid_refused": pgettext_lazy("audit", "e-ID refused"),
    "eid_unbind": pgettext_lazy("audit", "e-ID disconnected"),
    "ended_refused": pgettext_lazy("audit", "sign-in refused, the account has ended"),
    "factor_add": pgettext_lazy("audit", "second factor added"),
    "factor_change": pgettext_lazy("audit", "second factor renamed"),
    "factor_refused": pgettext_lazy("audit", "second factor refused"),
    "factor_remove": pgettext_lazy("audit", "second factor removed"),
    "factor_taken": pgettext_lazy("audit", "second factor taken away"),
    "invite": pgettext_lazy("audit", "invited"),
    "invite_accept": pgettext_lazy("audit", "invitation accepted"),
    "invite_again": pgettext_lazy("audit", "invited again"),
    "letters": pgettext_lazy("audit", "e-mail notices chosen"),
    "stand_in_end": pgettext_lazy("audit", "stands in for a manager no more"),
    "new_code": pgettext_lazy("audit", "new code for opening shown"),
    "open_refused": pgettext_lazy("audit", "code for opening refused"),
    "password": pgettext_lazy("audit", "chose a password"),
    "review": pgettext_lazy("audit", "account reviewed"),
    "session_ended": pgettext_lazy("audit", "session ended by another"),
    "sessions": pgettext_lazy("audit", "list of who is signed in"),
    "sessions_end": pgettext_lazy("audit", "other sessions ended"),
    "sign_in": pgettext_lazy("audit", "signed in"),
    "sign_in_refused": pgettext_lazy("audit", "sign-in refused"),
    "sign_out": pgettext_lazy("audit", "signed out"),
    "terms": pgettext_lazy("audit", "accepted the terms"),
}
# How something was looked for, read or proven.
HOW: Final = {
    "stays": gettext_lazy("stays"),
    "eid": gettext_lazy("e-ID"),
    "stray": gettext_lazy("answer to nothing that was begun here"),
    "away": gettext_lazy("no answer of the e-ID service"),
    "busy": gettext_lazy("e-ID service too slow"),
    "denied": gettext_lazy("not confirmed by the e-ID service"),
    "proof": gettext_lazy("answer that cannot be verified"),
    "level": gettext_lazy("level too low"),
    "old": gettext_lazy("not asked anew"),
    "unbound": gettext_lazy("connected to no account"),
    "ended": gettext_lazy("account ended"),
    "other": gettext_lazy("another e-ID"),
    "password": gettext_lazy("password needed first"),
    "in_use": gettext_lazy("connected already"),
    "many": gettext_lazy("too many attempts"),
    "ends": gettext_lazy("ends"),
    "totp": gettext_lazy("authenticator app"),
    "webauthn": gettext_lazy("security key"),
    "recovery_codes": gettext_lazy("recovery codes"),
}


VERBS: Final[dict[str, Verbs]] = {"accounts.user": one_right(May.ADMINISTER)}


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = gettext_lazy("Accounts")

    def ready(self) -> None:
        from accounts import access, factors, notices, sign_in, stored_policies  # noqa: F401 - they register

        access.listen()
        stored_policies.listen()
