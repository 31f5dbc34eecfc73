"""Who lives the year: their browsers, second factors and e-mails."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from tests.year.browser import Browser, Page, Typed
from tests.year.operator import Email, Mail

OPERATOR, COORDINATOR, OFFICER = "Operatör på stödtelefonen", "Regionkoordinator", "Handläggare vid myndighet"
ANALYST, MANAGER, ADMINISTRATOR, DPO = "Analytiker", "Chef", "Administratör", "Dataskyddsombud"
PASSWORD: Final = "Granen i skogen 2027"
AWAY: Final = timedelta(minutes=20)
STEP: Final = 30  # seconds that a code of the app is good for


def code_of_app(secret: str, at: float) -> str:
    """RFC 6238: six digits for these thirty seconds."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.new(key, struct.pack(">Q", int(at) // STEP), hashlib.sha1).digest()
    (number,) = struct.unpack(">I", digest[digest[-1] & 15 :][:4])
    return f"{(number & 0x7FFFFFFF) % 10**6:06d}"


@dataclass(eq=False)
class Person:
    """`wait` lets so many seconds pass for everybody."""

    name: str
    email: str
    role: str
    agency: str
    browser: Browser
    mail: Mail
    now: Callable[[], datetime]
    wait: Callable[[float], None]
    regions: set[str] = field(default_factory=set)  # whose coordinator the person is or stands in for
    left: bool = False  # does not work here any more
    secret: str = ""
    used: int = -1
    last: datetime | None = None  # when the person last did anything

    def __repr__(self) -> str:
        return self.name

    @property
    def at(self) -> Page:
        return self.browser.at

    def opens_the_account(self, link: str, code: str) -> None:
        """By the link of the e-mail, the code that was said by telephone, and an app."""
        self.browser.opens(link)
        self.browser.fills_in({"Nytt lösenord": PASSWORD, "Nytt lösenord igen": PASSWORD})
        self.browser.presses("Spara lösenordet")
        self.signs_in()
        self.gets_an_app(code)

    def gets_an_app(self, code: str) -> None:
        self.browser.fills("Kod med sex siffror", code)
        self.browser.presses("Öppna kontot")
        self.browser.follows("Aktivera")
        if self.browser.offers("Bekräfta"):  # says again who it is
            self.browser.fills("Lösenord", PASSWORD)
            self.browser.presses("Bekräfta")
        self.secret = re.findall(r"Hemlighet: ([A-Z2-7]{32})", self.at.text)[0]
        self._says_the_code("Autentiseringskod", "Aktivera")
        self.browser.opens("/")
        if self.browser.offers(terms := "Jag har läst detta och godtar det"):
            self.browser.presses(terms)
        self.last = self.now()

    def comes(self, to: str = "") -> Browser:
        """Signs in where the session has ended by itself, after twenty-five minutes; goes to the address."""
        self.wait(20)
        if self.last is None or self.now() - self.last > AWAY:
            self.signs_in()
            self._says_the_code("Kod", "Logga in")
        self.last = self.now()
        if to:
            self.browser.opens(to)
        return self.browser

    def does(self, at: str, typed: Mapping[str, Typed], button: str, asked: Mapping[str, Typed] = {}) -> Page:
        """Fills in a form at an address, or the one at hand, and saves. `asked`: only where it is asked."""
        self.comes(at).fills_in({**typed, **{label: asked[label] for label in asked if self.at.asks(label)}})
        return self.saves(button)

    def saves(self, button: str, beside: str = "") -> Page:
        """Presses, and again where the register only warns."""
        page = self.browser.presses(button, beside)
        if self.browser.offers("Spara ändå"):
            page = self.browser.presses("Spara ändå")
        assert "behöver rättas" not in page.text[:400], f"{self} {button!r}: {page.text[:900]}"
        return page

    def saves_too_late(self, button: str) -> Page:
        """The session has ended while the form was filled in: it is kept, and sent again after signing in."""
        self.wait(2 * AWAY.total_seconds())
        self.browser.presses(button)
        self._gives_the_password()
        self._says_the_code("Kod", "Logga in")
        return self.browser.presses("Skicka igen")

    def _says_the_code(self, field: str, button: str) -> None:
        """The app may show another code while this one is sent: then that one."""
        for _try in range(3):
            self.browser.fills(field, self._code())
            page = self.browser.presses(button)
            if not page.asks(field):
                return
        raise AssertionError(f"{self} is not let in: {self.at.text[:300]}")

    def signs_in(self) -> None:
        self.browser.cookies.clear()
        self.browser.opens("/accounts/login/")
        self._gives_the_password()

    def _gives_the_password(self) -> None:
        self.browser.fills_in({"E-post": self.email, "Lösenord": PASSWORD})
        self.browser.presses("Fortsätt")

    def _code(self) -> str:
        """A code is good once."""
        while int(self.now().timestamp()) // STEP == self.used:
            self.wait(STEP)
        self.used = int(self.now().timestamp()) // STEP
        return code_of_app(self.secret, self.now().timestamp())

    def email_about(self, about: str) -> Email:
        found = [one for one in self.mail.to(self.email) if about in one.subject]
        assert found, f"{self} has no letter about {about!r}: {[x.subject for x in self.mail.to(self.email)]}"
        return found[-1]
