"""Whoever works with the register in `bench.under_load`: what they send, what was acknowledged, and how each
request ended."""

from __future__ import annotations

import random
import re
import ssl
import threading
import time
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from itertools import count
from typing import Any, Final
from urllib.parse import urlencode

BAD_GATEWAY: Final = 502  # the proxy's word for a node that cut the connection
AGAIN: Final = 2.0  # seconds until somebody who was refused tries again
TIMEOUT: Final = 60.0  # seconds that a browser waits
NUMBERS: Final = count(1)
LETTERS: Final = "bcdfghjklmnpqrstvwxz"
CODE: Final = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
# Where a redirect leads once it is kept: to what was made. Any other, such as to the sign-in page, is none.
MADE: Final = {"call": rf"/calls/{CODE}/saved/", "case": rf"/cases/{CODE}/"}
Form = dict[str, Any]


def mark() -> str:
    """A word that stands in one text of one row, and that nobody takes for a name or a number."""
    left, word = next(NUMBERS), ""
    for _place in range(6):
        left, letter = divmod(left, len(LETTERS))
        word = LETTERS[letter] + word
    return f"kvz{word}"


@dataclass(frozen=True)
class Answer:
    """`status` is 0 where the connection was cut or refused, `to` where a redirect leads."""

    begun: float
    ended: float
    node: int
    kind: str
    status: int
    page: str = field(default="", compare=False, repr=False)
    to: str = ""

    def acknowledges(self, case: str = "") -> bool:
        """That the write is kept: what was made is shown next, or the case that was written in."""
        led = re.escape(f"/cases/{case}/") if case else MADE.get(self.kind, "(?!)")
        return self.status == 302 and re.fullmatch(led, self.to) is not None

    @property
    def sent_away(self) -> bool:
        """To sign in, or to accept something: who is, does nothing of what is measured."""
        return self.status == 302 and self.to.startswith("/account")


@dataclass
class Log:
    """Of all clients. `kept` has each acknowledged text by its mark: how often it must stand in the register.
    `edited` has by case the notes that were sent, and the last that was acknowledged."""

    answers: list[Answer] = field(default_factory=list)
    kept: dict[str, set[str]] = field(default_factory=dict)
    edited: dict[str, tuple[set[str], str]] = field(default_factory=dict)


class Worker(threading.Thread):
    """Somebody of `who`: one thing after another until `over`; what gets no answer, or 503, is sent again.
    `ports` are the nodes' own, or with `proxied` that of the proxy before them."""

    def __init__(
        self,
        who: Mapping[str, str],
        ports: list[int],
        log: Log,
        over: threading.Event,
        facts: Mapping[str, Form],
        planted: list[str],
        pause: float,
        *,
        proxied: bool = False,
    ) -> None:
        super().__init__(daemon=True)
        self.proxied = proxied
        self.who, self.ports, self.log, self.over, self.facts = who, ports, log, over, facts
        self.planted, self.pause = planted, pause
        self.node = int(who["number"]) % len(ports)
        self.random = random.Random(who["number"])  # noqa: S311 - which page is looked at
        self.cookie, self.token, self.note = who["cookie"], "", ""
        self.fault: Exception | None = None

    def run(self) -> None:
        acts = [self.look, self.look, self.call, self.search]
        if self.who["case"]:
            acts = [self.look, self.look, self.edit, self.remind, self.register, self.search]
        try:
            while not self.over.is_set():
                self.random.choice(acts)()
                self.over.wait(self.pause * self.random.uniform(0.5, 1.5))
        except Exception as fault:
            self.fault = fault

    # --- what is done ------------------------------------------------------------------------
    def look(self) -> None:
        self.ask(
            "GET",
            self.random.choice(["/", "/cases/" if self.who["case"] else "/calls/", "/coordinators/"]),
            "look",
        )

    def search(self) -> None:
        """For somebody who is nobody's business in a log."""
        self.ask("GET", f"/statistik/?{urlencode({'q': self.random.choice(self.planted)})}", "look")
        self.write("/cases/find/", {"find": self.random.choice(self.planted)}, "search")

    def call(self) -> None:
        """Now and then with a text that is refused, since it names somebody."""
        if self.random.random() < 0.2:
            self.write(
                "/calls/new/", self.facts["call"] | {"note": self.random.choice(self.planted)}, "refused"
            )
        self.once("/calls/new/", self.facts["call"], "note", "call")

    def remind(self) -> None:
        self.once(f"/cases/{self.who['case']}/remind/", {"day": "2099-01-31"}, "text", "reminder")

    def register(self) -> None:
        self.once("/cases/new/", self.facts["case"], "note", "case")

    def edit(self) -> None:
        path = f"/cases/{self.who['case']}/edit/"
        page = self.ask("GET", path, "look").page
        version = re.findall(r'name="version" value="(\d+)"', page)
        if not version:
            return
        sent, _last = self.log.edited.setdefault(self.who["case"], (set(), ""))
        note = f"Frågar om boende {mark()}"
        sent.add(note)
        form = self.facts["edit"] | {"note": note, "version": version[0]}
        if self.write(path, form, "edit").acknowledges(self.who["case"]):
            self.log.edited[self.who["case"]] = (sent, note)

    def once(self, path: str, facts: Form, text: str, kind: str) -> None:
        word = mark()
        form = {**facts, text: f"Frågar om boende {word}", "form_token": str(uuid.uuid4())}
        if self.write(path, form, kind).acknowledges(self.who["case"] if kind == "reminder" else ""):
            self.log.kept.setdefault(kind, set()).add(word)

    # --- how it is sent ----------------------------------------------------------------------
    def write(self, path: str, form: Form, kind: str) -> Answer:
        while not self.token and not self.over.is_set():
            page = self.ask("GET", "/account/", "look").page
            self.token = next(iter(re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', page)), "")
        return self.ask(
            "POST", path, kind, urlencode({**form, "csrfmiddlewaretoken": self.token}, doseq=True)
        )

    def ask(self, method: str, path: str, kind: str, body: str = "") -> Answer:
        """The first answer that is one; the same bytes again after a cut, or while none can be had."""
        answer = None
        while answer is None or answer.status in (0, 503):
            answer = self.tried(method, path, kind, body)
            self.log.answers.append(answer)
            if answer.status == 0:
                self.node = (self.node + 1) % len(self.ports)
            if answer.status in (0, 503) and self.over.wait(AGAIN):
                break
        return answer

    def tried(self, method: str, path: str, kind: str, body: str) -> Answer:
        begun, status, page, to = time.monotonic(), 0, "", ""
        connection = self.connection()
        headers = {
            "Cookie": self.cookie,
            "User-Agent": self.random.choice(self.planted).encode("latin1", "replace"),
            "Referer": f"https://127.0.0.1{path}",
        }
        headers |= {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
        try:
            connection.request(method, path, body.encode(), headers)
            answer = connection.getresponse()
            page, to, status = answer.read().decode(), answer.headers.get("Location", ""), answer.status
            if self.proxied and status == BAD_GATEWAY:
                status = 0
            for cookie in answer.headers.get_all("Set-Cookie") or []:
                self.take(cookie.partition(";")[0])
        except (OSError, HTTPException):
            pass
        finally:
            connection.close()
        return Answer(begun, time.monotonic(), self.node, kind, status, page, to)

    def connection(self) -> HTTPConnection:
        port = self.ports[self.node]
        if not self.proxied:
            return HTTPConnection("127.0.0.1", port, timeout=TIMEOUT)
        ours = ssl._create_unverified_context()  # noqa: S323 - the certificate is made for the day
        return HTTPSConnection("127.0.0.1", port, timeout=TIMEOUT, context=ours)

    def take(self, told: str) -> None:
        name = told.partition("=")[0]
        others = [one for one in self.cookie.split("; ") if one.partition("=")[0] != name]
        self.cookie = "; ".join([*others, told])


def percentile(answers: Iterator[Answer] | list[Answer], share: float) -> int:
    """Of how long they took, in milliseconds."""
    took = sorted(answer.ended - answer.begun for answer in answers)
    return round(1000 * took[min(len(took) - 1, int(share * len(took)))]) if took else 0
