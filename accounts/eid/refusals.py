"""Why an e-ID is not taken: the word of the trail, and the sentence for who is refused."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SENTENCES: Final[dict[str, str | Promise]] = {
    "state": _("This answer belongs to no sign-in that was begun in this browser, or it came too late."),
    "away": _("The e-ID service does not answer. Sign in with your password, or try again later."),
    "busy": _(
        "The e-ID service is slow, and others wait for it already. Wait half a minute and try again, or sign "
        "in with your password."
    ),
    "denied": _("The e-ID service did not confirm who you are."),
    "proof": _("What the e-ID service answered could not be verified."),
    "level": _("The e-ID is not of the level that the register requires."),
    "old": _("The e-ID service did not ask you anew who you are."),
    "unbound": _(
        "This e-ID is not connected to an account. Sign in with your password and connect it in My account."
    ),
    "ended": _("The account has ended."),
    "other": _("This e-ID is not the one that is connected to your account."),
    "password": _("Sign in with your password and second factor to connect an e-ID."),
    "taken": _("This e-ID is connected to another account, or your account has one already."),
    "many": _("Too many attempts. Wait five minutes and try again."),
}


class Refused(Exception):
    """`why` is one of the words above; `whose`: the account that it was about, where it is known."""

    def __init__(self, why: str, whose: object = None) -> None:
        super().__init__(why)
        self.why, self.whose = why, whose

    @property
    def sentence(self) -> str:
        return str(SENTENCES[self.why])
